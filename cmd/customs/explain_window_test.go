package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// windowed makes of the record of a whole flow that of one in windows, with the
// answer of the policy in force to the same question about what came so far.
func (w *pastWorld) windowed(r policy.Record) policy.Record {
	w.t.Helper()
	var q policy.Question
	w.must(json.Unmarshal(r.Intent.Question, &q))
	q.Stage = policy.StageWindow
	b, err := q.Canonical()
	w.must(err)
	v, err := w.dec.Decide(context.Background(), &q)
	w.must(err)
	r.Intent.Judged, r.Intent.Question, r.Intent.Decided = policy.JudgedWindow, b, v
	r.Intent.Enforced = v.Action
	if !v.Action.Releases() {
		r.Intent.Reservation, r.Outcome = nil, nil
		return r
	}
	r.Groups = &policy.Group{Parts: 2, Bytes: 4, Verdict: v, Question: b}
	return r
}

// cutOff is a flow that left under one record's verdict until the other's.
func cutOff(left, last policy.Record) policy.Record {
	r := last
	r.Groups, r.Outcome = left.Groups, &policy.Outcome{Sent: policy.SentSome, Bytes: 4, Fault: policy.AfterRelease}
	r.Intent.Reservation, r.Intent.Enforced, r.Complete = left.Intent.Reservation, policy.Pass, true
	r.Intent.Decided.Reasons = append([]policy.Reason{{Code: policy.AfterRelease}}, last.Intent.Decided.Reasons...)
	return r
}

// TestWindowsAreExplained derives the verdicts of windows from their records, by
// the law, the register and the operator's rules of then.
func TestWindowsAreExplained(t *testing.T) {
	f := pastFiling("SC-1", motors, policy.SC, "api.example.sg", "SG", inspect.BankCard, inspect.ResidentID)
	f.Links[0].Window = &policy.Window{Stop: []inspect.Class{inspect.ResidentID}}
	w := newPastWorld(t, map[string]string{"cn-2024.yaml": national(t)}, pastModule, f,
		pastFiling("SC-2", motors, policy.SC, "many.example.sg", "SG", inspect.BankCard))
	send := func(host string, classes ...string) policy.Record {
		w.send(pastFlow{exporter: policy.Exporter{USCC: motors, CIIO: policy.No}, host: host, place: policy.Place{Country: "SG", Source: "table"},
			declared: policy.Declared{Purpose: "ops", Source: "client"}, ns: 250_000, head: inspect.Report{Coverage: inspect.Coverage{State: inspect.Full}},
			body: reportOf(3, false, classes...)})
		all := w.records()
		return w.windowed(all[len(all)-1])
	}
	open, none := send("api.example.sg", "pi.contact.mobile"), send("many.example.sg", "pi.contact.mobile")
	stop, other := send("api.example.sg", "pi.contact.mobile", "pi.id.resident"), send("api.example.sg", "pi.contact.mobile", "pi.contact.email")
	wrong := cutOff(open, stop)
	wrong.Groups = &policy.Group{Parts: 2, Bytes: 4, Verdict: none.Intent.Decided, Question: none.Intent.Question}
	tests := []struct {
		name  string
		r     policy.Record
		codes string // of the verdict
		match bool
	}{
		{"a filing opens it", open, "FILING_COVERS", true},
		{"a filing that opens none", none, "OVERSIZE", true},
		{"a class that stops it", stop, "OVERSIZE", true},
		{"a class that is not filed", other, "OVERSIZE CATEGORY_NOT_COVERED", true},
		{"cut off by a class that stops it", cutOff(open, stop), "BLOCKED_AFTER_RELEASE OVERSIZE", true},
		{"cut off by a class that is not filed", cutOff(open, other), "BLOCKED_AFTER_RELEASE OVERSIZE CATEGORY_NOT_COVERED", true},
		{"parts that left without a ground", wrong, "BLOCKED_AFTER_RELEASE OVERSIZE", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			line, err := json.Marshal(tt.r)
			w.must(err)
			file := filepath.Join(t.TempDir(), "records")
			w.must(os.WriteFile(file, append(line, '\n'), 0o600))
			out, _ := asProcess(t, "explain", "--data", w.data(), "--records", file)
			l := derivedLines(t, out)[tt.r.ID]
			if l.Verdict == nil || l.Match == nil {
				t.Fatalf("not derived: %s", out)
			}
			var codes []string
			for _, r := range l.Verdict.Reasons {
				codes = append(codes, string(r.Code))
			}
			if got := strings.Join(codes, " "); *l.Match != tt.match || got != tt.codes {
				t.Errorf("match %v, %s; want %v, %s\n%v", *l.Match, got, tt.match, tt.codes, l.Differences)
			}
		})
	}
}
