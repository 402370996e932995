package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// recent is how many settled flows are remembered from opening the log.
const recent = 1 << 16

// flows is what recovery wants to know of a log: the flows that are open, and
// the outcomes of those settled last.
type flows struct {
	open    map[string]*openFlow
	settled map[string]settledFlow
	order   []string // of settled, a ring
	next    int
	dropped bool // settled does not hold all
}

type openFlow struct {
	intent []byte // the entry's bytes
	groups *policy.Entry
	named  []string // reservations that its groups name
}

// settledFlow is how a flow ended, and the reservations that its entries name.
type settledFlow struct {
	out   policy.Outcome
	named []string
	many  bool // more than are kept in memory
}

// maxNamed is how many reservations of a settled flow are remembered.
const maxNamed = 64

// of returns what was sent of a reservation.
func (s *settledFlow) of(reservation string) policy.Outcome {
	if !slices.Contains(s.named, reservation) {
		return policy.Outcome{Sent: policy.SentNone}
	}
	return s.out
}

func named(entries ...policy.Entry) []string {
	var out []string
	for i := range entries {
		for _, c := range entries[i].Claims() {
			out = append(out, c.ID)
		}
	}
	return out
}

func newFlows() *flows {
	return &flows{open: map[string]*openFlow{}, settled: map[string]settledFlow{}}
}

// glance is the part of an entry that add needs.
type glance struct {
	Kind   policy.EntryKind `json:"kind"`
	Flow   string           `json:"flow"`
	Intent *struct {
		Enforced    policy.Action       `json:"enforced"`
		Reservation *policy.Reservation `json:"reservation"`
	} `json:"intent"`
	Outcome *struct {
		policy.Outcome
		Late *struct {
			Reservation *policy.Reservation `json:"reservation"`
		} `json:"late"`
	} `json:"outcome"`
}

func (f *flows) add(entry []byte) error {
	var g glance
	if err := json.Unmarshal(entry, &g); err != nil {
		return fmt.Errorf("entry is not readable: %w", err)
	}
	switch {
	case g.Kind == policy.KindIntent && g.Intent != nil && g.Intent.Enforced.Releases():
		f.open[g.Flow] = &openFlow{intent: slices.Clone(entry)}
	case g.Kind == policy.KindGroup && f.open[g.Flow] != nil:
		return f.open[g.Flow].add(entry)
	case g.Kind == policy.KindOutcome && g.Outcome != nil && f.open[g.Flow] != nil:
		o := f.open[g.Flow]
		delete(f.open, g.Flow)
		return o.settle(f, g)
	}
	return nil
}

// settle moves a flow that has its outcome.
func (o *openFlow) settle(f *flows, g glance) error {
	s := settledFlow{out: g.Outcome.Outcome, named: o.named}
	late := g.Outcome.Late
	if err := json.Unmarshal(o.intent, &g); err != nil {
		return fmt.Errorf("entry is not readable: %w", err)
	}
	if r := g.Intent.Reservation; r != nil {
		s.named = append(s.named, r.ID)
	}
	if late != nil && late.Reservation != nil {
		s.named = append(s.named, late.Reservation.ID)
	}
	if len(s.named) > maxNamed {
		s.named, s.many = nil, true
	}
	f.settle(g.Flow, s)
	return nil
}

// add keeps one group entry that stands for all: a stream may have any number.
func (o *openFlow) add(entry []byte) error {
	var e policy.Entry
	if err := json.Unmarshal(entry, &e); err != nil {
		return fmt.Errorf("entry is not readable: %w", err)
	}
	o.named = append(o.named, named(e)...)
	var before *policy.Group
	if o.groups != nil {
		before = o.groups.Group
	}
	e.Group = before.Join(e.Group)
	o.groups = &e
	return nil
}

func (f *flows) settle(flow string, s settledFlow) {
	if len(f.order) < recent {
		f.order = append(f.order, flow)
	} else {
		delete(f.settled, f.order[f.next])
		f.order[f.next] = flow
		f.next = (f.next + 1) % recent
		f.dropped = true
	}
	f.settled[flow] = s
}

// seen returns what was in the log when it was opened, or nil after the first
// flow, when nobody recovers any more and the memory is given back.
func (l *Log) seen() *flows {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.found
}

func (l *Log) began() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.found = nil
}

// Open returns the records of flows that had a releasing intent and no outcome
// when the log was opened, oldest first. After the first flow it is an error.
func (l *Log) Open(context.Context) ([]policy.Record, error) {
	found := l.seen()
	if found == nil {
		return nil, errors.New("audit: flows that were found open are known only before the first flow")
	}
	var out []policy.Record
	for _, o := range found.open {
		var intent policy.Entry
		if err := json.Unmarshal(o.intent, &intent); err != nil {
			return nil, fmt.Errorf("audit: read an open flow: %w", err)
		}
		entries := []policy.Entry{intent}
		if o.groups != nil {
			entries = append(entries, *o.groups)
		}
		r, err := policy.Fold(entries)
		if err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b policy.Record) int { return int(int64(a.First) - int64(b.First)) })
	return out, nil
}

// Settled looks up the outcome of a flow that was complete when the log was
// opened, for one of its reservations: to one that no entry of the flow names,
// nothing was sent. It is for policy.Recover. A flow that is not in the log, or
// released nothing, is not settled. When the log cannot be read the answer is
// an outcome in doubt, so that nobody is uncounted.
func (l *Log) Settled(flow, reservation string) (policy.Outcome, bool) {
	if found := l.seen(); found != nil {
		s, ok := found.settled[flow]
		switch {
		case ok && !s.many:
			return s.of(reservation), true
		case !ok && !found.dropped:
			return policy.Outcome{}, false
		}
	}
	s, ok, err := l.lookUp(context.Background(), flow)
	if err != nil {
		return policy.Outcome{Sent: policy.SentUnknown, InDoubt: true}, true
	}
	return s.of(reservation), ok
}

// lookUp reads the entries of a flow from where the oldest may stand.
func (l *Log) lookUp(ctx context.Context, flow string) (settledFlow, bool, error) {
	var out settledFlow
	s, err := openShelf(l.opts.Files, l.dir)
	if err != nil {
		return out, false, err
	}
	from, err := s.begin([]string{flow})
	if err != nil {
		return out, false, err
	}
	entries, err := s.collect(flow, func(fn func(Item) error) error {
		_, err := reading{ordinal: from}.run(ctx, s.files, s.dir, func(i item) error { return fn(Item{i.seq, i.leaf, i.entry}) })
		return err
	})
	if err != nil || len(entries) == 0 || entries[len(entries)-1].Outcome == nil {
		return out, false, err
	}
	if entries[0].Intent == nil { // its beginning is not there, nor who it names
		return out, false, errors.New("the flow's beginning is not where its id says")
	}
	out.out, out.named = *entries[len(entries)-1].Outcome, named(entries...)
	out.out.Late = nil
	return out, true, nil
}

// Outcomes looks up the outcomes of several flows in one pass over the log,
// from where the oldest of them may stand.
func (l *Log) Outcomes(ctx context.Context, ids []string) (map[string]policy.Outcome, error) {
	s, err := openShelf(l.opts.Files, l.dir)
	if err != nil {
		return nil, fmt.Errorf("audit: look up outcomes: %w", err)
	}
	out, err := outcomes(ctx, s, ids)
	if err != nil {
		return nil, fmt.Errorf("audit: look up outcomes: %w", err)
	}
	return out, nil
}
