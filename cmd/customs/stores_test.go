package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// works are ledger, log and outbox on one disk that can be crashed, with a
// receiver of alerts that lives through every crash.
type works struct {
	disk   *faultfs.Disk
	ledger counting
	log    *audit.Log
	outbox *alert.Outbox
	told   *hearer
	broken func(counting) counting
}

// counting is what a walk needs of a ledger.
type counting interface {
	policy.Ledger
	Preset(context.Context, ledger.Opening) error
	Settle(ctx context.Context, id string, sent bool) (ledger.Pending, error)
	Show() ([]ledger.Total, []ledger.Pending)
	Close() error
}

// hearer is a receiver that counts what it got.
type hearer struct{ got map[string]int }

func (r *hearer) Name() string { return "office" }
func (r *hearer) Send(_ context.Context, a *alert.Alert) error {
	r.got[a.ID]++
	return nil
}

// openWorks opens the stores of a disk; broken stands before the ledger, or is
// nil.
func openWorks(d *faultfs.Disk, r *hearer, broken func(counting) counting) (*works, error) {
	clock := (&policytest.Clock{}).Now
	w := &works{disk: d, told: r, broken: broken}
	var err error
	if w.log, err = audit.Open(audit.Options{Dir: "data", Node: "n1", Files: d, Now: clock, SegmentBytes: 2500}); err != nil {
		return nil, err
	}
	// Each line ends a segment, so that much is folded.
	led, err := ledger.Open(ledger.Options{Dir: "data", Key: bytes.Repeat([]byte{1}, 32), Files: d, Now: clock, CompactBytes: 400})
	if err != nil {
		w.log.Close()
		return nil, err
	}
	if w.ledger = led; broken != nil {
		w.ledger = broken(led)
	}
	if w.outbox, err = alert.Open(alert.Options{Dir: "data", Files: d, Now: clock, Receivers: []alert.Receiver{r}}); err != nil {
		w.ledger.Close()
		w.log.Close()
	}
	return w, err
}

func (w *works) close() {
	w.outbox.Close()
	w.ledger.Close()
	w.log.Close()
}

// leg is one flow of a walk.
type leg struct {
	name    string
	person  int
	verdict policy.Action
	sent    policy.Sent
	settle  string // by an operator afterwards: sent, not-sent
	group   bool
}

// legs end in each way that a flow can end.
var legs = []leg{
	{name: "all", person: 1, verdict: policy.Pass, sent: policy.SentAll},
	{name: "none", person: 2, verdict: policy.Pass, sent: policy.SentNone},
	{name: "blocked", person: 3, verdict: policy.Block},
	{name: "some", person: 4, verdict: policy.Pass, sent: policy.SentSome, group: true},
	{name: "again", person: 1, verdict: policy.Pass, sent: policy.SentAll},
	{name: "in-doubt", person: 5, verdict: policy.Pass, sent: policy.SentUnknown},
	{name: "doubt-sent", person: 6, verdict: policy.Pass, sent: policy.SentUnknown, settle: "sent", group: true},
	{name: "doubt-not-sent", person: 7, verdict: policy.Pass, sent: policy.SentUnknown, settle: "not-sent"},
	{name: "last", person: 8, verdict: policy.Pass, sent: policy.SentAll},
}

func (l leg) count() policy.Count {
	c := policy.Count{Flow: l.name, Entity: policytest.Exporter, At: policytest.Start, Basis: "SC", Filing: "F1",
		Persons: policytest.Persons(l.person, 1), Limits: []policy.Limit{{ID: "n", Kind: policy.CountNS, Max: 1000}}}
	if l.group {
		c.Members = []string{policytest.Exporter, demoBank}
	}
	return c
}

// alarm is the alert that is raised after a flow.
func (l leg) alarm() alert.Alert {
	both := alert.Text{ZH: "人数", EN: "persons"}
	return alert.Alert{Kind: alert.Volume, Severity: alert.Warning, Object: policytest.Exporter, Mark: l.name, Period: "2026", Title: both, Text: both}.Sealed()
}

// openingBalance is entered in the middle of a walk.
var openingBalance = ledger.Opening{ID: "before", Entity: policytest.Exporter, Year: 2026, Kind: policy.CountNS, Basis: "SC", Persons: 9}

// walked is what the outside saw of a walk.
type walked struct {
	origin  map[string]bool
	raised  []string // ids of alerts that were promised
	settled []string // flows of which the operator was told that they are settled
	opening bool     // the opening balance was promised
}

// walk takes all flows through the state machine as the gateway does, raises
// an alert after each, and begins anew in the middle. step hears where it is.
func (w *works) walk(step func(string)) (*works, walked) {
	out := walked{origin: map[string]bool{}}
	ctx := context.Background()
	for i, l := range legs {
		step(l.name)
		w.flow(ctx, l, &out)
		if new, err := w.outbox.Raise(ctx, l.alarm()); err == nil && new {
			out.raised = append(out.raised, l.alarm().ID)
		}
		w.outbox.Deliver(ctx, w.told.Name())
		if i != len(legs)/2 {
			continue
		}
		step("opening balance")
		out.opening = w.ledger.Preset(ctx, openingBalance) == nil
		step("begin anew")
		w.close()
		next, err := openWorks(w.disk, w.told, w.broken)
		if err != nil {
			return nil, out // a gateway that does not start
		}
		w = next
		if _, err := w.recover(); err != nil {
			w.close()
			return nil, out
		}
	}
	step("fold")
	return w, out
}

// flow is what proxy.Exchange does with its stores.
func (w *works) flow(ctx context.Context, l leg, out *walked) {
	r, err := w.ledger.Reserve(ctx, l.count())
	if err != nil {
		return
	}
	intent := policytest.Intent(l.name, l.verdict)
	if r.ID != "" && l.verdict.Releases() {
		intent.Intent.Reservation = &r
	}
	if _, err = w.log.Append(ctx, intent); err != nil || !l.verdict.Releases() {
		_ = w.ledger.Release(ctx, r.ID)
		return
	}
	if l.sent != policy.SentNone && l.settle != "not-sent" {
		out.origin[l.name] = true
	}
	outcome := policytest.Outcome(l.name, l.sent)
	outcome.Outcome.InDoubt = l.sent == policy.SentUnknown
	_, err = w.log.Append(ctx, outcome)
	switch {
	case l.sent == policy.SentNone && err == nil:
		_ = w.ledger.Release(ctx, r.ID)
	case l.sent != policy.SentNone:
		_ = w.ledger.Commit(ctx, r.ID, err != nil || l.sent == policy.SentUnknown)
	}
	if l.settle != "" {
		if _, err := w.ledger.Settle(ctx, r.ID, l.settle == "sent"); err == nil {
			out.settled = append(out.settled, l.name)
		}
	}
}

func (w *works) recover() (policy.Recovery, error) {
	return policy.Recover(context.Background(), w.ledger, w.log, "n1", (&policytest.Clock{}).Now, w.log.Settled)
}

// look reads what stands after a recovery.
func (w *works) look(seen walked) (*sets, error) {
	s := &sets{origin: seen.origin, counted: map[string]bool{}, doubt: map[string]bool{}, recorded: map[string]int{}}
	totals, pending := w.ledger.Show()
	for _, p := range pending {
		if !p.InDoubt {
			return nil, fmt.Errorf("flow %s is still open after recovery", p.Flow)
		}
		s.doubt[p.Flow] = true
	}
	for _, name := range seen.settled {
		if s.doubt[name] {
			return nil, fmt.Errorf("flow %s was settled and is in doubt again", name)
		}
	}
	opening := func(t ledger.Total) bool {
		return t.Entity == openingBalance.Entity && t.Opening == openingBalance.Persons
	}
	if seen.opening && !slices.ContainsFunc(totals, opening) {
		return nil, errors.New("the opening balance is gone")
	}
	for _, l := range legs {
		s.tried = append(s.tried, l.name)
		in, all, err := w.scopes(l)
		if err != nil {
			return nil, err
		}
		if s.counted[l.name] = in > 0; in > 0 && in < all {
			return nil, fmt.Errorf("the person of %s is counted in %d scopes of %d", l.name, in, all)
		}
	}
	s.share()
	source := audit.Source{Files: w.disk, Dir: "data"}
	err := audit.Records(context.Background(), source, func(r policy.Record) error {
		if s.recorded[r.ID]++; !r.Complete {
			return fmt.Errorf("record %s is not complete", r.ID)
		}
		return nil
	})
	_, err2 := audit.Verify(context.Background(), source, audit.VerifyOptions{Now: time.Now(), ChainOnly: true})
	return s, errors.Join(err, err2)
}

// scopes asks in how many of its scopes a leg's person counts: the exporter's
// year, its group's, the filing's year and the filing's validity.
func (w *works) scopes(l leg) (in, all int, err error) {
	c := l.count()
	c.Limits = []policy.Limit{{ID: "any", Kind: policy.CountAny, Max: 1 << 40}, {ID: "year", Kind: policy.CountAny, Max: 1 << 40, Filing: "F1"},
		{ID: "validity", Kind: policy.CountAny, Max: 1 << 40, Filing: "F1", Validity: true}}
	got, err := w.ledger.Peek(context.Background(), c)
	if c.Members != nil && err == nil {
		var own []policy.Bracket
		c.Members, c.Limits = nil, c.Limits[:1]
		own, err = w.ledger.Peek(context.Background(), c)
		got = append(got, own...)
	}
	for _, b := range got {
		if all++; b.After == b.Before {
			in++
		}
	}
	return in, all, err
}

// share lets two flows with one person answer for each other: the person is
// counted when one of them arrived or is in doubt.
func (s *sets) share() {
	answers := func(name string) bool { return s.origin[name] || s.doubt[name] }
	if answers("all") != answers("again") {
		s.counted["all"] = s.counted["all"] && answers("all")
		s.counted["again"] = s.counted["again"] && answers("again")
	}
}

// alarms checks that every alert that was promised is known, and has reached
// its receiver once, or twice when the crash came between.
func (w *works) alarms(t testing.TB, seen walked) (out []string) {
	t.Helper()
	w.outbox.Deliver(context.Background(), w.told.Name())
	for _, id := range seen.raised {
		if !w.outbox.Known(id) {
			out = append(out, "an alert that was raised is not known")
		}
		if n := w.told.got[id]; n < 1 || n > 2 {
			out = append(out, fmt.Sprintf("an alert reached its receiver %d times", n))
		}
	}
	return out
}
