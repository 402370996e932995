package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// TestConformanceCatches gives the judge of the table's rows what it must not
// let through.
func TestConformanceCatches(t *testing.T) {
	record := func(action policy.Action, code policy.Code, sent policy.Sent, change func(*policy.Record)) policy.Record {
		r := policy.Record{ID: "r", Complete: true, Intent: policy.Intent{Enforced: action, Decided: policy.Verdict{Action: action}}}
		if code != "" {
			r.Intent.Decided.Reasons = []policy.Reason{{Code: code}}
		}
		if sent != "" {
			r.Outcome = &policy.Outcome{Sent: sent}
		}
		if change != nil {
			change(&r)
		}
		return r
	}
	good := record(policy.Pass, "", policy.SentAll, nil)
	filed := record(policy.Pass, "", policy.SentAll, func(r *policy.Record) { r.Intent.Decided.Filing = conformFiling; r.Intent.Persons.Total = 1 })
	stopped := record(policy.Block, conformCode, "", nil)
	tests := []struct {
		name    string
		want    ending
		arrived int
		records []policy.Record
		fault   string
	}{
		{"a clean row", toPass, 1, []policy.Record{good}, ""},
		{"a covered row", toCover, 2, []policy.Record{filed, good}, ""},
		{"a refused row", toRefuse, 1, []policy.Record{good, stopped}, ""},
		{"no record", toPass, 1, nil, "0 records that passed, 1 requests"},
		{"a record too many", toPass, 1, []policy.Record{good, good}, "2 records that passed, 1 requests"},
		{"a request that came all the same", toRefuse, 1, []policy.Record{stopped}, "0 records that passed, 1 requests"},
		{"nothing was refused", toRefuse, 1, []policy.Record{good}, "1 passed (0 under the filing), 0 were refused"},
		{"nothing was found", toCover, 1, []policy.Record{good}, "1 passed (0 under the filing), 0 were refused"},
		{"one was refused", toPass, 1, []policy.Record{good, stopped}, "1 were refused"},
		{"refused for something else", toRefuse, 0, []policy.Record{record(policy.Block, policy.BadRequest, "", nil)}, "was refused for"},
		{"passed with a person", toRefuse, 1, []policy.Record{stopped, record(policy.Pass, "", policy.SentAll,
			func(r *policy.Record) { r.Intent.Persons.Total = 1 })}, "passed with 1 persons"},
		{"half of it", toPass, 1, []policy.Record{record(policy.Pass, "", policy.SentSome, nil)}, "sent some"},
		{"a fault", toPass, 1, []policy.Record{record(policy.Pass, "", policy.SentAll,
			func(r *policy.Record) { r.Outcome.Fault = policy.OriginCut })}, "fault"},
		{"an open one", toPass, 1, []policy.Record{record(policy.Pass, "", "", func(r *policy.Record) { r.Complete = false })}, "not complete"},
	}
	for _, tt := range tests {
		s := &stand{want: tt.want, shore: &shore{seen: make([]arrival, tt.arrived)}}
		if got := s.fault(tt.records); (got == "") != (tt.fault == "") || !strings.Contains(got, tt.fault) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.fault)
		}
	}
	if s := (&stand{want: toRefuse, shore: &shore{}, shown: "id"}); s.fault([]policy.Record{stopped}) == "" {
		t.Error("an id that no record has is taken")
	}
}

// TestShoreCatches brings the identity to an origin of the table in each way.
func TestShoreCatches(t *testing.T) {
	id := synth.New(11, policytestDay).Minor().ResidentID
	for name, r := range map[string]*http.Request{
		"body":            httptest.NewRequest("POST", "/echo", strings.NewReader("x"+id)),
		"body in pieces":  httptest.NewRequest("POST", "/echo", io.MultiReader(strings.NewReader(id[:7]), strings.NewReader(id[7:]))),
		"path":            httptest.NewRequest("GET", "/"+id, nil),
		"escaped":         httptest.NewRequest("GET", "/echo?q=%"+"3"+id[:1]+id[1:], nil),
		"nothing at all!": httptest.NewRequest("POST", "/echo", strings.NewReader(id[1:])),
	} {
		o := &shore{secret: []byte(id)}
		o.ServeHTTP(httptest.NewRecorder(), r)
		if want := !strings.HasSuffix(name, "!"); o.leaked() != want {
			t.Errorf("%s: seen %v, want %v", name, o.leaked(), want)
		}
	}
}
