package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
)

// Who is cut off once, or again and again, is told of once an hour and
// recipient; who was refused before anything left is not told of.
func TestCutOffFlowsReachAPerson(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 30, 0, 0, time.UTC)
	l := newLookout(t, t.TempDir(), nil, &clockWatch{}, now)
	defer l.close()
	cut := func(id, recipient string, at time.Time, fault policy.Code) {
		l.cuts.Closed(&policy.Record{ID: id, Time: at, Outcome: &policy.Outcome{Sent: policy.SentSome, Fault: fault, Bytes: 4096},
			Intent: policy.Intent{Judged: policy.JudgedWindow, Exporter: demoMotors, Recipient: recipient, Persons: policy.PersonCount{Total: 7}}})
	}
	cut("r1", "sg", now, policy.AfterRelease)
	cut("r2", "sg", now.Add(time.Minute), policy.AfterRelease)
	cut("r3", "us", now, policy.AfterRelease)
	cut("r4", "hk", now, policy.ClientGone)
	l.cuts.Closed(&policy.Record{ID: "r5", Time: now})
	l.look(now)
	cut("r6", "sg", now.Add(time.Hour), policy.AfterRelease)
	l.look(now.Add(time.Hour))
	got := l.marks(alert.CutOff)
	slices.Sort(got)
	want := []string{demoMotors + " sg 2026-11-22T10", demoMotors + " sg 2026-11-22T11", demoMotors + " us 2026-11-22T10"}
	if !slices.Equal(got, want) {
		t.Errorf("told of %v, want %v", got, want)
	}
}

// A flood is bounded, and what the outbox does not take waits in its order.
func TestCutOffFlowsThatWaitAreBounded(t *testing.T) {
	var a cutAlerts
	for i := range maxCuts + 5 {
		a.Closed(&policy.Record{ID: fmt.Sprint(i), Outcome: &policy.Outcome{Fault: policy.AfterRelease}})
	}
	cuts, lost := a.take()
	if len(cuts) != maxCuts || lost != 5 {
		t.Fatalf("%d wait, %d lost", len(cuts), lost)
	}
	a.Closed(&policy.Record{ID: "new", Outcome: &policy.Outcome{Fault: policy.AfterRelease}})
	a.back(cuts)
	if cuts, lost := a.take(); len(cuts) != maxCuts || lost != 1 || cuts[0].Record != "0" {
		t.Errorf("%d wait, %d lost, first %s", len(cuts), lost, cuts[0].Record)
	}
}
