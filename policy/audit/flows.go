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
	settled map[string]policy.Outcome
	order   []string // of settled, a ring
	next    int
	dropped bool // settled does not hold all
}

type openFlow struct {
	intent []byte // the entry's bytes
	groups *policy.Entry
}

func newFlows() *flows {
	return &flows{open: map[string]*openFlow{}, settled: map[string]policy.Outcome{}}
}

// glance is the part of an entry that add needs.
type glance struct {
	Kind   policy.EntryKind `json:"kind"`
	Flow   string           `json:"flow"`
	Intent *struct {
		Enforced policy.Action `json:"enforced"`
	} `json:"intent"`
	Outcome *policy.Outcome `json:"outcome"`
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
		delete(f.open, g.Flow)
		g.Outcome.Late = nil
		f.settle(g.Flow, *g.Outcome)
	}
	return nil
}

// add keeps one group entry that stands for all: a stream may have any number.
func (o *openFlow) add(entry []byte) error {
	var e policy.Entry
	if err := json.Unmarshal(entry, &e); err != nil {
		return fmt.Errorf("entry is not readable: %w", err)
	}
	if o.groups != nil && o.groups.Group != nil && e.Group != nil {
		e.Group.Parts += o.groups.Group.Parts
		e.Group.Bytes += o.groups.Group.Bytes
	}
	o.groups = &e
	return nil
}

func (f *flows) settle(flow string, out policy.Outcome) {
	if len(f.order) < recent {
		f.order = append(f.order, flow)
	} else {
		delete(f.settled, f.order[f.next])
		f.order[f.next] = flow
		f.next = (f.next + 1) % recent
		f.dropped = true
	}
	f.settled[flow] = out
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
// opened. It is for policy.Recover. A flow that is not in the log, or released
// nothing, is not settled. When the log cannot be read the answer is an
// outcome in doubt, so that nobody is uncounted.
func (l *Log) Settled(flow string) (policy.Outcome, bool) {
	if found := l.seen(); found != nil {
		if out, ok := found.settled[flow]; ok || !found.dropped {
			return out, ok
		}
	}
	out, err := l.Outcomes(context.Background(), []string{flow})
	if err != nil {
		return policy.Outcome{Sent: policy.SentUnknown, InDoubt: true}, true
	}
	o, ok := out[flow]
	return o, ok
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
