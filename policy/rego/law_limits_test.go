package rego_test

import (
	"context"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/rego"
)

// A verdict that lets persons out names the numbers that must hold when they
// are counted, or two flows at once could pass a limit together.
func TestLimitsToHold(t *testing.T) {
	t.Parallel()
	const (
		list  = "list.CN-TEST-LIST-A.member."
		cards = "list.CN-TEST-LIST-A.payment."

		strict = "list.CN-TEST-LIST-S.strict."
	)
	tests := []struct {
		name   string
		flow   transfer
		basis  string
		filing string
		limits string // sorted
	}{
		{"a small volume: every number of art. 8", transfer{"company", "mobile", 5, 0, ""}, "EX_SMALL", "", "national.ns.100000 national.sp.1"},
		{"a contract: its own and those of art. 7", transfer{"company", "card", 0, 1, "SC"}, "SC", "F1", "F1.ns F1.sp national.ns.1000000 national.sp.10000"},
		{"a certificate: the same", transfer{"company", "card", 0, 1, "CERT"}, "CERT", "F1", "F1.ns F1.sp national.ns.1000000 national.sp.10000"},
		{"an assessment: its own", transfer{"company", "card", 0, 10_000, "SA"}, "SA", "F1", "F1.ns F1.sp"},
		{"nothing governed: none", transfer{"company", "nothing", 0, 0, ""}, "EX_NO_PI", "", ""},
		{"a claim: none of the country's", transfer{"company", "card", 0, 1, "claims EX_CONTRACT; EX_CONTRACT"}, "EX_CONTRACT", "X1", ""},
		{"off a list: none", transfer{"company in zone A", "email", 5, 0, "for retail.member"}, "EX_FTZ_OFFLIST", "", ""},
		{"on a list below its numbers: those", transfer{"company in zone A", "mobile", 5, 0, "for retail.member"}, "EX_FTZ_BELOW_LIST_THRESHOLD", "", list + "100000 " + list + "999999"},
		{"two rows of a list: those of both", transfer{"company in zone A", "mobile + card", 5, 1, "for retail.member"}, "EX_FTZ_BELOW_LIST_THRESHOLD", "",
			list + "100000 " + list + "999999 " + cards + "10000 " + cards + "5000"},
		{"a contract under a list: its own and the list's for an assessment", transfer{"company in zone A", "mobile", 100_000, 0, "for retail.member; SC"}, "SC", "F1", "F1.ns F1.sp " + list + "999999"},
		{"an assessment under a list: its own", transfer{"company in zone A", "mobile", 999_999, 0, "for retail.member; SA"}, "SA", "F1", "F1.ns F1.sp"},
		{"a registered list: it names the registration", transfer{"company in zone R", "card", 0, 1, "for retail.member; list CN-TEST-LIST-R"}, "EX_FTZ_BELOW_LIST_THRESHOLD", "Z1",
			"list.CN-TEST-LIST-R.payment.10000 list.CN-TEST-LIST-R.payment.5000"},
		{"off a registered list: it names the registration", transfer{"company in zone R", "health record", 0, 1, "for retail.member; list CN-TEST-LIST-R"}, "EX_FTZ_OFFLIST", "Z1", ""},
		{"two registrations: those of the one that has limits, and it is named", transfer{"company in zone P", "name", 5, 0, "for retail.member; list CN-TEST-LIST-P1; list CN-TEST-LIST-P2 limited"},
			"EX_FTZ_BELOW_LIST_THRESHOLD", "Z2", "Z2.ns list.CN-TEST-LIST-P1.plain.1000"},
		{"a list in doubt, a small volume: its own and those of art. 8", transfer{"company in zone S", "mobile", 5, 0, "for retail.member"}, "EX_SMALL", "",
			strict + "1000 " + strict + "100000 national.ns.100000 national.sp.1"},
		{"a list in doubt, a contract: its own, the list's and those of art. 7", transfer{"company in zone S", "mobile", 1_000, 0, "for retail.member; SC"}, "SC", "F1",
			"F1.ns F1.sp " + strict + "100000 national.ns.1000000 national.sp.10000"},
		{"a list in doubt, an assessment: its own", transfer{"company in zone S", "mobile", 1_000, 0, "for retail.member; SA"}, "SA", "F1", "F1.ns F1.sp"},
		{"a contract for its approval, below a list: its own and the list's", transfer{"company in zone W", "card", 0, 1, "for test.genes; SC with hgr"}, "SC", "F1",
			"F1.ns F1.sp list.CN-TEST-LIST-W.payment.10000"},
		{"a contract for its approval, a small volume: its own and those of art. 7", transfer{"company", "mobile", 5, 0, "for test.genes; SC with hgr"}, "SC", "F1",
			"F1.ns F1.sp national.ns.1000000 national.sp.10000"},
		{"a general list: its maximum", transfer{"company in zone G", "mobile", 5, 0, "for retail.member; list CN-TEST-LIST-G"}, "EX_FTZ_GENERAL_LIST", "Z1", "list.CN-TEST-LIST-G.trade.max"},
		{"a general list without maximum: none", transfer{"company in zone M", "email", 5, 0, "for retail.member"}, "EX_FTZ_GENERAL_LIST", "", ""},
	}
	b := lawBook(t, "")
	d := open(t, rego.Options{Law: b})
	r, err := b.At(noon())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := d.Decide(context.Background(), tt.flow.question(t, r))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(v.Limits, " "); got != tt.limits || v.Basis != tt.basis || v.Filing != tt.filing {
				t.Errorf("got  %s under %q, filing %q: %s (%s)\nwant under %q, filing %q: %s", v.Action, v.Basis, v.Filing, got, lawCodes(v),
					tt.basis, tt.filing, tt.limits)
			}
		})
	}
}

// Without the count of a number that the answer turns on there is no answer.
func TestUncountedBlocks(t *testing.T) {
	t.Parallel()
	b := lawBook(t, "")
	d := open(t, rego.Options{Law: b})
	r, err := b.At(noon())
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		flow transfer
		gone string
		code string
	}{
		"a national number":           {transfer{"company", "mobile", 5, 0, ""}, "national.ns.100000", "LEDGER_UNAVAILABLE:national.ns.100000"},
		"a number of a list":          {transfer{"company in zone A", "mobile", 5, 0, "for retail.member"}, "list.CN-TEST-LIST-A.member.100000", "LEDGER_UNAVAILABLE:list.CN-TEST-LIST-A.member.100000"},
		"a number of a list in doubt": {transfer{"company in zone S", "mobile", 5, 0, "for retail.member"}, "list.CN-TEST-LIST-S.strict.1000", "LEDGER_UNAVAILABLE:list.CN-TEST-LIST-S.strict.1000"},
		"a number of a claim":         {transfer{"company", "card", 0, 1, "SC"}, "F1.sp", "LEDGER_UNAVAILABLE:F1.sp"},
	} {
		q := tt.flow.question(t, r)
		n := len(q.Brackets)
		for i := range q.Brackets {
			if q.Brackets[i].Limit == tt.gone {
				q.Brackets = append(q.Brackets[:i:i], q.Brackets[i+1:]...)
				break
			}
		}
		if len(q.Brackets) == n {
			t.Fatalf("%s: nobody asks for %s", name, tt.gone)
		}
		v, err := d.Decide(context.Background(), q)
		if err != nil || v.Action.Releases() || !strings.Contains(lawCodes(v), tt.code) {
			t.Errorf("%s: %s %s, %v", name, v.Action, lawCodes(v), err)
		}
	}
}
