package policytest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Persons returns n persons of non-sensitive data, numbered from first.
func Persons(first, n int) []policy.Counted {
	out := make([]policy.Counted, n)
	for i := range out {
		binary.BigEndian.PutUint64(out[i].Subject[:], uint64(first+i)+1)
		out[i].NS = true
	}
	return out
}

// Exporter is the exporter of the suites; its code is a test vector.
const Exporter = "91310115MA1K3ABC99"

func count(flow string, max int64, persons []policy.Counted) policy.Count {
	return policy.Count{Flow: flow, Entity: Exporter, At: Start, Basis: "SC", Persons: persons,
		Limits: []policy.Limit{{ID: "limit", Kind: policy.CountAny, Max: max}}}
}

// RunLedger checks what every Ledger promises. open returns an empty one.
func RunLedger(t *testing.T, open func(t *testing.T) policy.Ledger) {
	ctx := context.Background()
	t.Run("persons count once", func(t *testing.T) {
		l := open(t)
		a := reserve(t, l, count("a", 10, Persons(0, 5)))
		reserve(t, l, count("b", 10, Persons(3, 5)))
		wantBefore(t, l, 8)
		if err := l.Release(ctx, a.ID); err != nil {
			t.Fatal(err)
		}
		wantBefore(t, l, 5)
	})
	t.Run("all or none", func(t *testing.T) {
		l := open(t)
		r := reserve(t, l, count("a", 10, Persons(0, 8)))
		if err := l.Commit(ctx, r.ID, false); err != nil {
			t.Fatal(err)
		}
		_, err := l.Reserve(ctx, count("b", 10, Persons(7, 4)))
		var limit *policy.LimitError
		if !errors.As(err, &limit) || limit.Bracket.After != 11 || limit.Bracket.Max != 10 {
			t.Fatalf("Reserve above the limit = %v, want a LimitError of 11 above 10", err)
		}
		wantBefore(t, l, 8)
	})
	t.Run("committed persons stay", func(t *testing.T) {
		l := open(t)
		a, b := reserve(t, l, count("a", 10, Persons(0, 3))), reserve(t, l, count("b", 10, Persons(0, 3)))
		if err := l.Commit(ctx, a.ID, false); err != nil {
			t.Fatal(err)
		}
		if err := l.Release(ctx, b.ID); err != nil {
			t.Fatal(err)
		}
		wantBefore(t, l, 3)
		if err := l.Release(ctx, a.ID); err == nil {
			t.Error("a committed reservation was released")
		}
	})
	runLedgerEdges(t, open)
	runLedgerPlaces(t, open)
	t.Run("the last places", func(t *testing.T) { raceLedger(t, open(t)) })
}

func runLedgerEdges(t *testing.T, open func(t *testing.T) policy.Ledger) {
	ctx := context.Background()
	t.Run("no persons need no settling", func(t *testing.T) {
		l := open(t)
		if r := reserve(t, l, count("a", 10, nil)); r.ID != "" {
			t.Errorf("reservation of nobody has id %q", r.ID)
		}
	})
	t.Run("persons who are final need no settling", func(t *testing.T) {
		l := open(t)
		if err := l.Commit(ctx, reserve(t, l, count("a", 3, Persons(0, 3))).ID, false); err != nil {
			t.Fatal(err)
		}
		if r := reserve(t, l, count("b", 3, Persons(0, 3))); r.ID != "" {
			t.Errorf("reservation of persons who are final has id %q", r.ID)
		}
		if r := reserve(t, l, count("c", 4, Persons(2, 2))); r.ID == "" {
			t.Error("reservation of a new person has no id")
		}
		wantBefore(t, l, 4)
	})
	t.Run("in doubt is counted and not unsettled", func(t *testing.T) {
		l := open(t)
		if err := l.Commit(ctx, reserve(t, l, count("a", 10, Persons(0, 3))).ID, true); err != nil {
			t.Fatal(err)
		}
		if got, err := l.Unsettled(ctx); err != nil || len(got) != 0 {
			t.Errorf("Unsettled = %+v, %v", got, err)
		}
		wantBefore(t, l, 3)
	})
	t.Run("observe ignores limits", func(t *testing.T) {
		l := open(t)
		c := count("a", 2, Persons(0, 5))
		c.Observe = true
		reserve(t, l, c)
		wantBefore(t, l, 5)
	})
	t.Run("unsettled are listed oldest first", func(t *testing.T) {
		l := open(t)
		var ids []string
		for i := range 4 {
			ids = append(ids, reserve(t, l, count(fmt.Sprint("f", i), 100, Persons(i, 1))).ID)
		}
		if err := l.Commit(ctx, ids[1], false); err != nil {
			t.Fatal(err)
		}
		got, err := l.Unsettled(ctx)
		if err != nil || len(got) != 3 || got[0].ID != ids[0] || got[2].ID != ids[3] || got[0].Flow != "f0" {
			t.Errorf("Unsettled = %+v, %v", got, err)
		}
	})
}

func runLedgerPlaces(t *testing.T, open func(t *testing.T) policy.Ledger) {
	ctx := context.Background()
	t.Run("released places can be taken", func(t *testing.T) {
		l := open(t)
		a := reserve(t, l, count("a", 2, Persons(0, 2)))
		_, err := l.Reserve(ctx, count("b", 2, Persons(2, 1)))
		var full *policy.LimitError
		var held *policy.ContendedError
		if !errors.As(err, &full) && !errors.As(err, &held) {
			t.Errorf("Reserve beside an open flow that has all places = %v", err)
		}
		if err := l.Release(ctx, a.ID); err != nil {
			t.Fatal(err)
		}
		reserve(t, l, count("c", 2, Persons(2, 2)))
		wantBefore(t, l, 2)
	})
}

func raceLedger(t *testing.T, l policy.Ledger) {
	ctx := context.Background()
	var wg sync.WaitGroup
	passed := make(chan string, 64)
	for i := range 64 {
		wg.Go(func() {
			r, err := l.Reserve(ctx, count(fmt.Sprint("f", i), 20, Persons(i, 1)))
			if err == nil {
				err = l.Commit(ctx, r.ID, false)
				passed <- r.ID
			}
			var limit *policy.LimitError
			var held *policy.ContendedError
			if err != nil && !errors.As(err, &limit) && !errors.As(err, &held) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(passed) != 20 {
		t.Errorf("%d of 64 passed a limit of 20", len(passed))
	}
}

func reserve(t *testing.T, l policy.Ledger, c policy.Count) policy.Reservation {
	t.Helper()
	r, err := l.Reserve(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantBefore(t *testing.T, l policy.Ledger, want int64) {
	t.Helper()
	b, err := l.Peek(context.Background(), count("peek", 1<<40, nil))
	if err != nil || len(b) != 1 || b[0].Before != want {
		t.Errorf("Peek = %+v, %v; want %d persons", b, err, want)
	}
}

// RunRecorder checks what every Recorder promises. open returns an empty one;
// reopen returns it as a restart finds it.
func RunRecorder(t *testing.T, open func(t *testing.T) policy.Recorder, reopen func(t *testing.T, r policy.Recorder) policy.Recorder) {
	ctx := context.Background()
	r := open(t)
	var last uint64
	for _, e := range []policy.Entry{
		Intent("blocked", policy.Block), Intent("passed", policy.Pass), Outcome("passed", policy.SentAll),
		Intent("open", policy.Pass),
		{Kind: policy.KindGroup, Flow: "open", Time: Start, Group: &policy.Group{Parts: 1, Bytes: 10}},
		{Kind: policy.KindGroup, Flow: "open", Time: Start, Group: &policy.Group{Parts: 2, Bytes: 30}},
		{Kind: policy.KindAdmin, Time: Start, Admin: &policy.Admin{Act: "reload"}},
	} {
		got, err := r.Append(ctx, e)
		if err != nil {
			t.Fatal(err)
		}
		if got.Seq <= last {
			t.Errorf("receipt %d follows %d", got.Seq, last)
		}
		last = got.Seq
	}
	if err := r.Ready(ctx); err != nil {
		t.Errorf("Ready = %v", err)
	}
	r = reopen(t, r)
	found, err := r.Open(ctx)
	if err != nil || len(found) != 1 {
		t.Fatalf("Open = %d records, %v; want the one open flow", len(found), err)
	}
	if f := found[0]; f.ID != "open" || f.Complete || f.Groups == nil || f.Groups.Parts != 3 || f.Groups.Bytes != 40 {
		t.Errorf("open flow = %+v", f)
	}
}

// Intent is an intent with the given enforced action.
func Intent(flow string, a policy.Action) policy.Entry {
	return policy.Entry{Schema: policy.EntrySchema, Kind: policy.KindIntent, Node: "test", Time: Start, Flow: flow,
		Intent: &policy.Intent{Mode: "enforce", Judged: "whole", Session: "s", Door: "explicit", Host: "origin.example",
			Coverage: inspect.Coverage{State: inspect.Full}, Decided: policy.Verdict{Action: a}, Enforced: a}}
}

// Outcome is an outcome with the given sending.
func Outcome(flow string, sent policy.Sent) policy.Entry {
	return policy.Entry{Schema: policy.EntrySchema, Kind: policy.KindOutcome, Node: "test", Time: Start, Flow: flow,
		Outcome: &policy.Outcome{Sent: sent}}
}
