// Package policytest has fakes of the policy interfaces with hooks for faults,
// and suites that every implementation of them must pass.
//
// The fakes are small and honest: the ledger counts and the recorder keeps its
// entries, in memory. A fault hook that is set answers instead of the fake.
package policytest

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Register answers with fixed filings, exceptions and approvals. Held and Used
// keep what it was told.
type Register struct {
	Filings  []policy.Candidate
	Lifted   []policy.Exception
	Approved map[string]*policy.Approval // by ticket
	Held     []policy.Ticket
	Used     []policy.Use
	Complete func(f *policy.Flow) // what Identify does; nil changes nothing
	Fault    func() error
}

var _ policy.Register = (*Register)(nil)

// Identify runs Complete.
func (r *Register) Identify(_ context.Context, f *policy.Flow) error {
	if r.Complete != nil {
		r.Complete(f)
	}
	return fault(r.Fault)
}

// Candidates returns Filings.
func (r *Register) Candidates(context.Context, *policy.Flow) ([]policy.Candidate, error) {
	return r.Filings, fault(r.Fault)
}

// Exceptions returns Lifted.
func (r *Register) Exceptions(context.Context, *policy.Flow) ([]policy.Exception, error) {
	return r.Lifted, fault(r.Fault)
}

// Hold keeps the ticket.
func (r *Register) Hold(_ context.Context, t policy.Ticket) error {
	r.Held = append(r.Held, t)
	return fault(r.Fault)
}

// Approval looks in Approved.
func (r *Register) Approval(_ context.Context, ticket string) (*policy.Approval, error) {
	return r.Approved[ticket], fault(r.Fault)
}

// Use keeps the use.
func (r *Register) Use(_ context.Context, u policy.Use) error {
	r.Used = append(r.Used, u)
	return fault(r.Fault)
}

// Ready answers the fault.
func (r *Register) Ready(context.Context) error { return fault(r.Fault) }

// Decider answers with one verdict, or with what Answer says.
type Decider struct {
	Verdict policy.Verdict
	Answer  func(q *policy.Question) policy.Verdict
	Fault   func() error
}

var _ policy.Decider = (*Decider)(nil)

// Decide answers. With a fault the verdict is a Block.
func (d *Decider) Decide(_ context.Context, q *policy.Question) (policy.Verdict, error) {
	if err := fault(d.Fault); err != nil {
		return policy.Refuse(policy.DeciderFailed), err
	}
	if d.Answer != nil {
		return d.Answer(q), nil
	}
	return d.Verdict, nil
}

// Digest is constant.
func (d *Decider) Digest() string { return "policytest" }

// Law answers with one set of rules.
type Law struct {
	Rules *policy.Rules
	Fault func() error
}

var _ policy.Law = (*Law)(nil)

// At returns Rules whatever the time.
func (l *Law) At(time.Time) (*policy.Rules, error) {
	if err := fault(l.Fault); err != nil {
		return nil, err
	}
	return l.Rules, nil
}

// Atlas knows hosts by name only.
type Atlas map[string]policy.Place

var _ policy.Atlas = Atlas(nil)

// Place looks the host up.
func (a Atlas) Place(host string, _ netip.Addr) policy.Place { return a[host] }

// Unread grants nothing.
func (a Atlas) Unread(*policy.Flow) []inspect.GapReason { return nil }

// Digest is constant.
func (a Atlas) Digest() string { return "policytest" }

// Clock is a clock that moves when told. The zero value stands at an instant
// of 2026. It is safe for concurrent use.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// Start is where a Clock begins.
var Start = time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.t.IsZero() {
		return Start
	}
	return c.t
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) {
	now := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = now.Add(d)
}

func fault(f func() error) error {
	if f == nil {
		return nil
	}
	return f()
}
