package main

import (
	"context"
	"errors"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
)

// clockSlack is how far a clock that was set back may have put later entries
// before earlier ones, for a reading that begins in the middle of the log.
const clockSlack = 24 * time.Hour

// errPeriodOver ends a reading behind the period.
var errPeriodOver = errors.New("past the period")

// recordsOf reads the records that began in the period of the export: the whole
// log without one, else from the first segment that can hold them to the end of
// those flows. The index is not asked: what it lost would be missing unseen.
func (a *exportAsk) recordsOf(ctx context.Context, src audit.Source, fn func(policy.Record) error) error {
	if a.filter.From.IsZero() && a.filter.To.IsZero() {
		return audit.Records(ctx, src, fn)
	}
	segments, err := audit.Segments(ctx, src)
	if err != nil {
		return err
	}
	first := 0
	for first < len(segments)-1 && segments[first].To.Add(clockSlack).Before(a.filter.From) {
		first++
	}
	if len(segments) == 0 {
		return nil
	}
	open := openFlows{filter: func(t time.Time) bool {
		return !t.Before(a.filter.From) && (a.filter.To.IsZero() || t.Before(a.filter.To))
	}, flows: map[string][]policy.Entry{}, fn: fn}
	_, err = audit.ReadFrom(ctx, src, segments[first].First, func(i audit.Item) error {
		e, err := i.Entry()
		if err != nil {
			return err
		}
		if !a.filter.To.IsZero() && len(open.flows) == 0 && e.Time.After(a.filter.To.Add(clockSlack)) {
			return errPeriodOver
		}
		return open.add(e)
	})
	if err != nil && !errors.Is(err, errPeriodOver) {
		return err
	}
	return open.rest()
}

// openFlows folds entries into the records of flows that began in a period.
type openFlows struct {
	filter func(time.Time) bool
	flows  map[string][]policy.Entry
	order  []string // of flows, as they began; some are complete
	fn     func(policy.Record) error
}

func (o *openFlows) add(e policy.Entry) error {
	known := o.flows[e.Flow]
	switch {
	case e.Kind == policy.KindAdmin, e.Kind != policy.KindIntent && known == nil:
		return nil
	case e.Kind == policy.KindIntent && !o.filter(e.Time):
		return nil
	case known == nil:
		o.order = append(o.order, e.Flow)
	case e.Kind == policy.KindGroup && len(known) == 2 && known[1].Group != nil && e.Group != nil:
		e.Group = known[1].Group.Join(e.Group) // one entry stands for all groups, however many there are
		known = known[:1]
	}
	known = append(known, e)
	r, err := policy.Fold(known)
	if err != nil {
		return err
	}
	if !r.Complete {
		o.flows[e.Flow] = known
		return nil
	}
	delete(o.flows, e.Flow)
	if len(o.order) > 2*len(o.flows)+1024 {
		o.prune()
	}
	return o.fn(r)
}

func (o *openFlows) prune() {
	kept := o.order[:0]
	for _, id := range o.order {
		if o.flows[id] != nil {
			kept = append(kept, id)
		}
	}
	o.order = kept
}

// rest hands on what has no outcome, the oldest first.
func (o *openFlows) rest() error {
	o.prune()
	for _, id := range o.order {
		r, err := policy.Fold(o.flows[id])
		if err == nil {
			err = o.fn(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
