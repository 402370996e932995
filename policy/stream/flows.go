package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
)

// keptBytes bounds the entries of open flows that are kept in memory; those of
// others are read again when the outcome comes.
const keptBytes = 32 << 20

// atOnce is how many entries of open flows are read at one time.
const atOnce = 512

// flows are the flows that are open at the entry that was scanned last.
type flows struct {
	source audit.Source
	by     map[string]*flow
	kept   int
}

type flow struct {
	OpenFlow
	intent, group *policy.Entry // nil: to be read again
	size          int           // of both
}

func newFlows(s audit.Source) *flows { return &flows{source: s, by: map[string]*flow{}} }

// restore takes up the flows of a position. It returns how many are no longer
// in the log.
func (f *flows) restore(ctx context.Context, open []OpenFlow) (lost uint64, err error) {
	for part := range slices.Chunk(open, atOnce) {
		seqs := make([]uint64, len(part))
		for i, o := range part {
			seqs[i] = o.First
		}
		entries, err := audit.At(ctx, f.source, seqs...)
		if err != nil {
			if ctx.Err() != nil {
				return lost, err
			}
			entries = nil
			for _, n := range seqs { // one of them is gone: find out which
				one, err := audit.At(ctx, f.source, n)
				if gone(err) {
					lost++
					one, err = []policy.Entry{{}}, nil
				}
				if err != nil {
					return lost, err
				}
				entries = append(entries, one...)
			}
		}
		for i, e := range entries {
			if e.Kind == policy.KindIntent {
				f.by[e.Flow] = &flow{OpenFlow: part[i]}
				f.keep(f.by[e.Flow], &e, 0)
			}
		}
	}
	return lost, nil
}

// gone reports whether an entry is no longer in the log.
func gone(err error) bool { return errors.Is(err, audit.ErrNoRecord) }

// keep remembers an entry of a flow while there is room. A later group takes
// the place of the one before.
func (f *flows) keep(w *flow, e *policy.Entry, size int) {
	if size == 0 {
		size = 4 << 10 // about what an intent has
	}
	slot := &w.intent
	if e.Kind == policy.KindGroup {
		slot = &w.group
	}
	if *slot == nil && f.kept+size > keptBytes {
		return
	}
	if *slot == nil {
		f.kept += size
		w.size += size
	}
	*slot = e
}

// add takes the next entry. It returns the record of a flow that the entry
// completes. ok is false when the entry belongs to a flow of which the
// beginning is not known, or cannot belong there.
func (f *flows) add(ctx context.Context, e *policy.Entry, size int) (r *policy.Record, ok bool, err error) {
	switch {
	case e.Kind == policy.KindIntent && e.Intent != nil && !e.Intent.Enforced.Releases():
		r, err := policy.Fold([]policy.Entry{*e})
		return &r, err == nil, nil
	case e.Kind == policy.KindIntent && e.Intent != nil:
		if len(f.by) >= maxOpen || f.by[e.Flow] != nil {
			return nil, false, nil
		}
		w := &flow{OpenFlow: OpenFlow{First: e.Seq}}
		f.by[e.Flow] = w
		f.keep(w, e, size)
		return nil, true, nil
	}
	w := f.by[e.Flow]
	switch {
	case w == nil:
		return nil, false, nil
	case e.Kind == policy.KindGroup && e.Group != nil:
		w.OpenFlow.add(e.Seq, e.Group)
		lean, group := *e, *e.Group
		lean.Group, group.Question = &group, nil // the last one is read again
		f.keep(w, &lean, size)
		return nil, true, nil
	case e.Kind == policy.KindOutcome:
		entries, err := f.entries(ctx, w)
		if gone(err) {
			f.drop(e.Flow)
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		f.drop(e.Flow)
		r, err := policy.Fold(append(entries, *e))
		return &r, err == nil && r.Complete, nil
	}
	return nil, false, nil
}

func (f *flows) drop(id string) {
	f.kept -= f.by[id].size
	delete(f.by, id)
}

// entries are those of a flow so far, its groups as one.
func (f *flows) entries(ctx context.Context, w *flow) ([]policy.Entry, error) {
	out := make([]policy.Entry, 0, 3)
	for _, want := range []struct {
		seq  uint64
		kept *policy.Entry
	}{{w.First, w.intent}, {w.Group, w.group}} {
		switch {
		case want.seq == 0:
		case want.kept != nil:
			out = append(out, *want.kept)
		default:
			again, err := audit.At(ctx, f.source, want.seq)
			if err != nil {
				return nil, fmt.Errorf("read an open flow again: %w", err)
			}
			out = append(out, again...)
		}
	}
	if w.Group > 0 && len(out) == 2 && out[1].Group != nil {
		asked, err := f.asked(ctx, w, &out[1])
		if err != nil {
			return nil, err
		}
		out[1].Group = w.sum(out[1].Group, asked)
	}
	return out, nil
}

// asked is the last question of a flow's groups.
func (f *flows) asked(ctx context.Context, w *flow, last *policy.Entry) (json.RawMessage, error) {
	if w.Question == 0 || w.Question == last.Seq && len(last.Group.Question) > 0 {
		return last.Group.Question, nil
	}
	again, err := audit.At(ctx, f.source, w.Question)
	if err != nil {
		return nil, fmt.Errorf("read an open flow again: %w", err)
	}
	if len(again) != 1 || again[0].Group == nil {
		return nil, fmt.Errorf("entry %d is no group of an open flow", w.Question)
	}
	return again[0].Group.Question, nil
}

// open is what a position keeps of the flows.
func (f *flows) open() []OpenFlow {
	out := make([]OpenFlow, 0, len(f.by))
	for _, w := range f.by {
		out = append(out, w.OpenFlow)
	}
	slices.SortFunc(out, func(a, b OpenFlow) int {
		if a.First < b.First {
			return -1
		}
		return 1
	})
	return out
}
