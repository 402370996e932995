package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
)

// liar is a ledger with one fault. What it does not change is the real one's.
type liar struct {
	policy.Ledger
	count  func(c *policy.Count)                                                   // changes what is asked and reserved
	commit func(ctx context.Context, l policy.Ledger, id string, doubt bool) error // instead of Commit
	free   func(ctx context.Context, l policy.Ledger, id string) error             // instead of Release
}

func (l *liar) Peek(ctx context.Context, c policy.Count) ([]policy.Bracket, error) {
	l.change(&c)
	return l.Ledger.Peek(ctx, c)
}

func (l *liar) Reserve(ctx context.Context, c policy.Count) (policy.Reservation, error) {
	l.change(&c)
	return l.Ledger.Reserve(ctx, c)
}

func (l *liar) change(c *policy.Count) {
	if l.count != nil {
		c.Persons = append([]policy.Counted(nil), c.Persons...)
		l.count(c)
	}
}

func (l *liar) Commit(ctx context.Context, id string, doubt bool) error {
	if l.commit != nil {
		return l.commit(ctx, l.Ledger, id, doubt)
	}
	return l.Ledger.Commit(ctx, id, doubt)
}

func (l *liar) Release(ctx context.Context, id string) error {
	if l.free != nil {
		return l.free(ctx, l.Ledger, id)
	}
	return l.Ledger.Release(ctx, id)
}

// The faults. Each is one that a counting store could have.
var liars = map[string]liar{
	"books a place twice":     {count: func(c *policy.Count) { c.Limits = append([]policy.Limit(nil), c.Limits...); lift(c.Limits) }},
	"forgets a person":        {count: func(c *policy.Count) { c.Persons = c.Persons[:max(len(c.Persons)-1, 0)] }},
	"knows nobody again":      {count: func(c *policy.Count) { mark(c) }},
	"has another year":        {count: func(c *policy.Count) { c.At = c.At.Add(-8 * time.Hour) }},
	"does not know the group": {count: func(c *policy.Count) { c.Members = nil }},
	"drops a commit":          {commit: func(context.Context, policy.Ledger, string, bool) error { return nil }},
	"releases what was sent":  {commit: func(ctx context.Context, l policy.Ledger, id string, _ bool) error { return l.Release(ctx, id) }},
	"keeps what was not sent": {free: func(ctx context.Context, l policy.Ledger, id string) error { return l.Commit(ctx, id, false) }},
}

func lift(limits []policy.Limit) {
	for i := range limits {
		limits[i].Max++
	}
}

// mark makes each flow's persons others than those of any other flow.
func mark(c *policy.Count) {
	for i := range c.Persons {
		for j, b := range []byte(c.Flow) {
			c.Persons[i].Subject[j%len(c.Persons[i].Subject)] += b
		}
	}
}

// witness is a testing.TB that keeps what a test would have said and ends it at
// the first word.
type witness struct {
	testing.TB
	mu   sync.Mutex
	said []string
	over bool
}

func (w *witness) say(s string) {
	w.mu.Lock()
	w.said = append(w.said, s)
	over := w.over
	w.mu.Unlock()
	if !over {
		runtime.Goexit()
	}
}

func (w *witness) Error(args ...any)                 { w.say(fmt.Sprint(args...)) }
func (w *witness) Errorf(format string, args ...any) { w.say(fmt.Sprintf(format, args...)) }
func (w *witness) Fatal(args ...any)                 { w.say(fmt.Sprint(args...)) }
func (w *witness) Fatalf(format string, args ...any) { w.say(fmt.Sprintf(format, args...)) }
func (w *witness) FailNow()                          { w.say("failed") }
func (w *witness) Logf(string, ...any)               {}
func (w *witness) Failed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.said) > 0
}

// hears runs a test's body before a witness and returns what it said.
func hears(t testing.TB, body func(testing.TB)) []string {
	w := &witness{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		body(w)
	}()
	<-done
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true // what is cleaned up later is not part of it
	return w.said
}

// TestProofsSeeABrokenLedger runs the proofs before a ledger with one fault
// each, and wants them to fail. By default each proof meets the first fault of
// its list, and with -reps above 1 all.
func TestProofsSeeABrokenLedger(t *testing.T) {
	race := func(t testing.TB, o harbourOptions) { raceForTheLastPlaces(t, o, 1) }
	for _, tt := range []struct {
		proof string
		run   func(testing.TB, harbourOptions)
		sees  []string
	}{
		{"race for the last places", race, []string{"books a place twice", "forgets a person", "knows nobody again", "drops a commit", "releases what was sent"}},
		{"same person in every form", samePersonInEveryForm, []string{"knows nobody again", "forgets a person"}},
		{"same person across a group", samePersonAcrossAGroup, []string{"does not know the group", "knows nobody again"}},
		{"retries count once", retriesCountOnce, []string{"keeps what was not sent", "releases what was sent", "knows nobody again"}},
		{"year boundary", yearBoundary, []string{"has another year", "books a place twice"}},
		{"over midnight", overMidnight, []string{"has another year", "forgets a person"}},
	} {
		if *reps == 1 {
			tt.sees = tt.sees[:1]
		}
		for _, fault := range tt.sees {
			l := liars[fault]
			o := harbourOptions{wait: time.Second, ledger: func(real policy.Ledger) policy.Ledger {
				l.Ledger = real
				return &l
			}}
			if said := hears(t, func(t testing.TB) { tt.run(t, o) }); len(said) == 0 {
				t.Errorf("%s: a ledger that %s is not noticed", tt.proof, fault)
			}
		}
	}
}

// liarOnDisk is a liar before the ledger of a walk.
type liarOnDisk struct {
	counting
	liar
}

func (l *liarOnDisk) Peek(ctx context.Context, c policy.Count) ([]policy.Bracket, error) {
	return l.liar.Peek(ctx, c)
}
func (l *liarOnDisk) Reserve(ctx context.Context, c policy.Count) (policy.Reservation, error) {
	return l.liar.Reserve(ctx, c)
}
func (l *liarOnDisk) Commit(ctx context.Context, id string, doubt bool) error {
	return l.liar.Commit(ctx, id, doubt)
}
func (l *liarOnDisk) Release(ctx context.Context, id string) error { return l.liar.Release(ctx, id) }
func (l *liarOnDisk) Ready(ctx context.Context) error              { return l.counting.Ready(ctx) }
func (l *liarOnDisk) Unsettled(ctx context.Context) ([]policy.Reservation, error) {
	return l.counting.Unsettled(ctx)
}

var _ counting = (*liarOnDisk)(nil)
var _ counting = (*ledger.Ledger)(nil)

// TestCrashesSeeABrokenLedger runs a walk that ends by a loss of power before
// a ledger with one fault each, and wants the comparison to fail.
func TestCrashesSeeABrokenLedger(t *testing.T) {
	for _, fault := range []string{"forgets a person", "knows nobody again", "releases what was sent", "keeps what was not sent"} {
		c := &crash{t: t, at: 1 << 20, broken: func(real counting) counting {
			l := liars[fault]
			l.Ledger = real
			return &liarOnDisk{real, l}
		}}
		if faults := c.row(); len(faults) == 0 {
			t.Errorf("a ledger that %s is not noticed", fault)
		}
	}
}
