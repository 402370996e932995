package policytest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Recorder keeps entries in memory. It is safe for concurrent use.
type Recorder struct {
	// Fault answers for an entry before it is kept.
	Fault func(e policy.Entry) error

	mu      sync.Mutex
	entries []policy.Entry
}

var _ policy.Recorder = (*Recorder)(nil)

// Append keeps the entry.
func (r *Recorder) Append(_ context.Context, e policy.Entry) (policy.Receipt, error) {
	if r.Fault != nil {
		if err := r.Fault(e); err != nil {
			return policy.Receipt{}, fmt.Errorf("%w: %w", policy.ErrRecorderUnavailable, err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e.Schema, e.Seq = policy.EntrySchema, uint64(len(r.entries)+1)
	r.entries = append(r.entries, e)
	return policy.Receipt{Seq: e.Seq}, nil
}

// Entries returns what was kept.
func (r *Recorder) Entries() []policy.Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.entries)
}

// Open folds the flows that are not complete.
func (r *Recorder) Open(context.Context) ([]policy.Record, error) {
	flows := map[string][]policy.Entry{}
	var order []string
	for _, e := range r.Entries() {
		if e.Kind == policy.KindAdmin {
			continue
		}
		if flows[e.Flow] == nil {
			order = append(order, e.Flow)
		}
		flows[e.Flow] = append(flows[e.Flow], e)
	}
	var out []policy.Record
	for _, id := range order {
		rec, err := policy.Fold(flows[id])
		if err != nil {
			return nil, err
		}
		if !rec.Complete {
			out = append(out, rec)
		}
	}
	return out, nil
}

// Settled looks up the outcome of a flow for a reservation, for policy.Recover.
func (r *Recorder) Settled(flow, reservation string) (policy.Outcome, bool) {
	named := false
	for _, e := range r.Entries() {
		if e.Flow != flow {
			continue
		}
		for _, c := range e.Claims() {
			named = named || c.ID == reservation
		}
		if e.Kind == policy.KindOutcome && e.Outcome != nil {
			if !named {
				return policy.Outcome{Sent: policy.SentNone}, true
			}
			return *e.Outcome, true
		}
	}
	return policy.Outcome{}, false
}

// Ready answers what an admin entry would be answered.
func (r *Recorder) Ready(context.Context) error {
	if r.Fault == nil {
		return nil
	}
	return r.Fault(policy.Entry{Kind: policy.KindAdmin})
}

// Ledger counts one set of persons an exporter and year, whatever the basis:
// enough for tests of what stands above. It is safe for concurrent use.
type Ledger struct {
	// Fault answers before a call does anything; op is the method's name.
	Fault func(op string) error

	mu   sync.Mutex
	next int
	held map[string]held
	firm map[string]map[inspect.Subject]bool
}

type held struct {
	order   int
	flow    string
	watched bool // observed
	scope   string
	persons []inspect.Subject
}

var _ policy.Ledger = (*Ledger)(nil)

func (l *Ledger) fault(op string) error {
	if l.Fault == nil {
		return nil
	}
	if err := l.Fault(op); err != nil {
		return fmt.Errorf("%w: %w", policy.ErrLedgerUnavailable, err)
	}
	return nil
}

func scopeOf(c policy.Count) string {
	return c.Entity + "/" + strconv.Itoa(c.At.In(policy.Shanghai).Year())
}

// all returns everybody counted in a scope.
func (l *Ledger) all(scope string) map[inspect.Subject]bool {
	out := map[inspect.Subject]bool{}
	for s := range l.firm[scope] {
		out[s] = true
	}
	for _, h := range l.held {
		if h.scope == scope {
			for _, s := range h.persons {
				out[s] = true
			}
		}
	}
	return out
}

func (l *Ledger) brackets(c policy.Count) []policy.Bracket {
	before := l.all(scopeOf(c))
	n := int64(len(before))
	for _, p := range c.Persons {
		before[p.Subject] = true
	}
	out := make([]policy.Bracket, len(c.Limits))
	for i, lim := range c.Limits {
		out[i] = policy.Bracket{Limit: lim.ID, Before: n, After: int64(len(before)), Max: lim.Max,
			Exceeded: int64(len(before)) > lim.Max}
	}
	return out
}

// Peek says where the persons would fall.
func (l *Ledger) Peek(_ context.Context, c policy.Count) ([]policy.Bracket, error) {
	if err := l.fault("Peek"); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.brackets(c), nil
}

// Reserve claims all persons or none.
func (l *Ledger) Reserve(_ context.Context, c policy.Count) (policy.Reservation, error) {
	if err := l.fault("Reserve"); err != nil {
		return policy.Reservation{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	brackets := l.brackets(c)
	for _, b := range brackets {
		if b.Exceeded && !c.Observe {
			return policy.Reservation{}, &policy.LimitError{Bracket: b}
		}
	}
	r := policy.Reservation{Flow: c.Flow, Brackets: brackets}
	if l.final(c) {
		return r, nil
	}
	h := held{flow: c.Flow, watched: c.Observe, scope: scopeOf(c)}
	for _, p := range c.Persons {
		h.persons = append(h.persons, p.Subject)
	}
	l.next++
	h.order = l.next
	r.ID = strconv.Itoa(l.next)
	if l.held == nil {
		l.held = map[string]held{}
	}
	l.held[r.ID] = h
	return r, nil
}

// final reports whether nobody is left to claim.
func (l *Ledger) final(c policy.Count) bool {
	for _, p := range c.Persons {
		if !l.firm[scopeOf(c)][p.Subject] {
			return false
		}
	}
	return true
}

// Commit makes a reservation final.
func (l *Ledger) Commit(_ context.Context, id string, _ bool) error {
	return l.settle("Commit", id, func(h held) {
		if l.firm == nil {
			l.firm = map[string]map[inspect.Subject]bool{}
		}
		if l.firm[h.scope] == nil {
			l.firm[h.scope] = map[inspect.Subject]bool{}
		}
		for _, s := range h.persons {
			l.firm[h.scope][s] = true
		}
	})
}

// Release gives the places back.
func (l *Ledger) Release(_ context.Context, id string) error {
	return l.settle("Release", id, func(held) {})
}

func (l *Ledger) settle(op, id string, do func(held)) error {
	if err := l.fault(op); err != nil {
		return err
	}
	if id == "" {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	h, ok := l.held[id]
	if !ok {
		return fmt.Errorf("reservation %s is not open", id)
	}
	do(h)
	delete(l.held, id)
	return nil
}

// Unsettled returns the open reservations, oldest first.
func (l *Ledger) Unsettled(context.Context) ([]policy.Reservation, error) {
	if err := l.fault("Unsettled"); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []policy.Reservation
	for id, h := range l.held {
		out = append(out, policy.Reservation{ID: id, Flow: h.flow, Observed: h.watched})
	}
	slices.SortFunc(out, func(a, b policy.Reservation) int { return l.held[a.ID].order - l.held[b.ID].order })
	return out, nil
}

// Ready answers the fault.
func (l *Ledger) Ready(context.Context) error { return l.fault("Ready") }
