package rego_test

import (
	"context"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/rego"
)

// The record of a transfer that a zone's list lets pass names the list,
// whether or not its use is registered (minimum audit record: list and entry).
func TestAPassByAListNamesIt(t *testing.T) {
	t.Parallel()
	b := lawBook(t, "")
	d := open(t, rego.Options{Law: b})
	r, err := b.At(noon())
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		flow transfer
		want string
	}{
		"off a list":            {transfer{"company in zone A", "email", 5, 0, "for retail.member"}, "EX_FTZ_OFFLIST:cn-test-list-a"},
		"below its numbers":     {transfer{"company in zone A", "mobile", 5, 0, "for retail.member"}, "EX_FTZ_BELOW_LIST_THRESHOLD:cn-test-list-a"},
		"below a registered":    {transfer{"company in zone R", "card", 0, 1, "for retail.member; list CN-TEST-LIST-R"}, "EX_FTZ_BELOW_LIST_THRESHOLD:cn-test-list-r"},
		"two registered":        {transfer{"company in zone P", "name", 5, 0, "for retail.member; list CN-TEST-LIST-P1; list CN-TEST-LIST-P2 limited"}, "EX_FTZ_BELOW_LIST_THRESHOLD:cn-test-list-p2 EX_FTZ_BELOW_LIST_THRESHOLD:cn-test-list-p1"},
		"a general list":        {transfer{"company in zone G", "mobile", 5, 0, "for retail.member; list CN-TEST-LIST-G"}, "EX_FTZ_GENERAL_LIST:cn-test-list-g"},
		"general, unregistered": {transfer{"company in zone M", "email", 5, 0, "for retail.member"}, "EX_FTZ_GENERAL_LIST:cn-test-list-m1"},
	} {
		v, err := d.Decide(context.Background(), tt.flow.question(t, r))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, reason := range v.Reasons {
			if strings.HasPrefix(string(reason.Code), "EX_FTZ") {
				got = append(got, reason.String())
			}
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s: %s, want %s", name, text, tt.want)
		}
	}
}
