package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// TestAChangedRecordNeverMatches changes a record at one place, and the
// verdict with it where that fits: none of them may be told to match.
func TestAChangedRecordNeverMatches(t *testing.T) {
	w := newPastWorld(t, nil, pastModule, pastFilings()...)
	_, err := w.reg.AddDocument(context.Background(), registry.ExporterDoc{Schema: registry.ExporterSchema, USCC: motors, CIIO: policy.No, Status: "effective"})
	w.must(err)
	f := pastFlow{exporter: policy.Exporter{USCC: motors, CIIO: policy.No}, host: "api.example.sg", place: policy.Place{Country: "SG", Source: "table"},
		ns: 10, declared: policy.Declared{Purpose: "ops", Source: "client"}, body: reportOf(3, false, "pi.contact.mobile"),
		head: inspect.Report{Coverage: inspect.Coverage{State: inspect.Full}}}
	w.send(f)
	f.exporter.CIIO = policy.Yes // as nobody registered it
	w.send(f)
	records := w.records()
	sound, other := records[0], records[1]
	if !sound.Intent.Decided.Action.Releases() || sound.Outcome == nil {
		t.Fatalf("the flow did not leave: %+v", sound.Intent.Decided)
	}
	stop := func(code policy.Code) func(*policy.Record) {
		return func(r *policy.Record) {
			r.Intent.Stopped, r.Intent.Decided = code, policy.Refuse(code)
		}
	}
	tests := []struct {
		name   string
		of     policy.Record
		change func(*policy.Record)
		match  bool
	}{
		{"sound", sound, func(*policy.Record) {}, true},
		{"other facts of the exporter than the register's", other, func(*policy.Record) {}, false},
		{"another verdict", sound, func(r *policy.Record) { r.Intent.Decided = policy.Refuse(policy.FilingNotFound) }, false},
		{"another basis", sound, func(r *policy.Record) { r.Intent.Decided.Basis = "SA" }, false},
		{"a stop of the wire, and yet sent", sound, stop(policy.Oversize), false},
		{"a stop of a store, and yet sent", sound, stop(policy.LedgerUnavail), false},
		{"a stop, and nothing sent, but persons reserved", sound, func(r *policy.Record) {
			stop(policy.LedgerUnavail)(r)
			r.Intent.Enforced, r.Outcome = policy.Block, nil
		}, false},
		{"a stop by a code of the policy", sound, func(r *policy.Record) {
			stop(policy.OperatorDenied)(r)
			r.Intent.Enforced, r.Outcome, r.Intent.Reservation = policy.Block, nil, nil
		}, false},
		{"enforced otherwise", sound, func(r *policy.Record) { r.Intent.Enforced = policy.Block }, false},
		{"more new persons than it holds", sound, func(r *policy.Record) { r.Intent.Counters[0].Before -= 2 }, false},
		{"fewer persons than classes tell", sound, func(r *policy.Record) { r.Intent.Persons = policy.PersonCount{} }, false},
		{"more of a class", sound, func(r *policy.Record) { r.Intent.Classes[0].Medium = 5000 }, false},
		{"no class", sound, func(r *policy.Record) { r.Intent.Classes = nil }, false},
		{"another policy", sound, func(r *policy.Record) { r.Intent.Policy = "" }, true}, // the verdict still names it
		{"an exception that nobody registered", sound, asked(t, func(q *policy.Question) {
			q.Exceptions = []policy.Exception{{ID: "E-9", Revision: 1, State: "current", Waives: []string{"many-cards"}}}
		}), false},
		{"an exception that lifted something else", sound, asked(t, func(q *policy.Question) {
			q.Exceptions = []policy.Exception{{ID: pastLift(motors, "many-cards"), Revision: 1, State: "current", Waives: []string{"no-genes-to-us"}}}
		}), false},
		{"an approval of no ticket", sound, asked(t, func(q *policy.Question) { q.Approval = &policy.Approval{Ticket: "t-1", Approvers: []string{"a", "b"}} }), false},
		{"a filing left out of the limits", sound, asked(t, func(q *policy.Question) { q.Candidates = nil }), false},
	}
	var in bytes.Buffer
	for i, tt := range tests {
		var r policy.Record
		b, err := json.Marshal(tt.of)
		w.must(err)
		w.must(json.Unmarshal(b, &r))
		tt.change(&r)
		r.ID = tt.name
		b, err = json.Marshal(r)
		w.must(err)
		in.Write(append(b, '\n'))
		tests[i].of = r
	}
	path := filepath.Join(t.TempDir(), "records.jsonl")
	w.must(os.WriteFile(path, in.Bytes(), 0o600))
	out, code := asProcess(t, "explain", "--data", w.data(), "--records", path)
	if code != 1 {
		t.Errorf("exit %d, want 1", code)
	}
	lines := derivedLines(t, out)
	for _, tt := range tests {
		l := lines[tt.name]
		if got := l.Match != nil && *l.Match; got != tt.match {
			t.Errorf("%s: match %v, want %v: %v %s", tt.name, got, tt.match, l.Differences, l.Error)
		}
	}
	if taken := lines["sound"].Taken; len(taken) > 0 {
		t.Errorf("a sound record of a registered exporter: taken %v", taken)
	}
	if taken := lines["an approval of no ticket"].Taken; !slices.Contains(taken, "approval") {
		t.Errorf("what reviewers said: taken %v", taken)
	}
}

// asked changes the question of a record.
func asked(t *testing.T, change func(*policy.Question)) func(*policy.Record) {
	return func(r *policy.Record) {
		var q policy.Question
		if err := json.Unmarshal(r.Intent.Question, &q); err != nil {
			t.Fatal(err)
		}
		change(&q)
		b, err := q.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		r.Intent.Question = b
	}
}
