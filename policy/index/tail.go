package index

import (
	"cmp"
	"context"
	"slices"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
)

// tail is what the log has after an index: rows that are new, and rows of the
// index that are other now.
type tail struct {
	f    Filter
	most int
	open map[string]*Row
	done []*Row
	over map[uint64]bool // stored rows that stand here instead
	gone spanSet
}

// replaces reports whether a stored row is not to be answered.
func (t *tail) replaces(first uint64) bool { return t.over[first] || t.gone.has(first) }

// tail reads the log after a view of the index.
func (r *Reader) tail(ctx context.Context, v view, f Filter) (*tail, error) {
	t := &tail{f: f, most: r.most, open: map[string]*Row{}, over: map[uint64]bool{}}
	err := after(ctx, r.log, v.at, func(i audit.Item) error {
		if len(t.done) > t.most && f.Limit == 0 {
			return ErrTooMany
		}
		e, err := decode(i.Seq, i.Leaf, i.Bytes)
		if err != nil || e.g.Kind == "" {
			return err
		}
		if e.g.Kind == policy.KindAdmin {
			if e.g.Admin != nil {
				t.gone.take(*e.g.Admin)
			}
			return nil
		}
		return t.add(ctx, v, &e)
	})
	if err != nil {
		return nil, err
	}
	for _, row := range t.open {
		t.keep(row)
	}
	t.open = nil
	t.done = slices.DeleteFunc(t.done, func(row *Row) bool { return t.gone.has(row.First) })
	return t, nil
}

func (t *tail) add(ctx context.Context, v view, e *event) error {
	row := t.open[e.g.Flow]
	switch {
	case e.g.Kind == policy.KindIntent && e.g.Intent != nil:
		row = e.begin()
	case row == nil && v.tx == nil:
		return nil // its beginning was deleted under retention
	case row == nil:
		var err error
		if row, err = scanOne(v.tx.QueryRowContext(ctx, rowQuery+" WHERE id = ? ORDER BY first DESC LIMIT 1", e.g.Flow)); row == nil || err != nil || row.Complete {
			return err
		}
		if t.f.entries {
			if err := row.loadParts(ctx, v.tx); err != nil {
				return err
			}
		}
		t.over[row.First] = true
		e.onto(row)
	default:
		e.onto(row)
	}
	if !row.Complete {
		t.open[row.ID] = row
		return nil
	}
	delete(t.open, row.ID)
	t.keep(row)
	return nil
}

// keep remembers a row that is wanted; with a limit only the newest.
func (t *tail) keep(row *Row) {
	if !t.f.entries {
		row.parts = nil
	}
	if !t.f.Match(*row) {
		return
	}
	t.done = append(t.done, row)
	if n := t.f.Limit; n > 0 && len(t.done) > 2*n+1024 {
		t.sort(false)
		clear(t.done[n:])
		t.done = t.done[:n]
	}
}

func (t *tail) sort(oldest bool) {
	slices.SortFunc(t.done, func(a, b *Row) int {
		if oldest {
			return cmp.Compare(a.First, b.First)
		}
		return cmp.Compare(b.First, a.First)
	})
}

func (t *tail) sorted(oldest bool) []*Row {
	t.sort(oldest)
	return t.done
}
