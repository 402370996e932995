package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/datacustoms/customs/policy/audit"
)

// Reader answers from an index and, for what the index does not hold, from the
// log. It changes neither. It is safe for concurrent use.
type Reader struct {
	db   *sql.DB // nil without an index
	log  audit.Source
	most int // rows that are kept of what the index does not hold

	mu  sync.Mutex
	why error
}

// Look opens the index at path for reading beside whoever writes it. Without
// one that can be used everything is read from the log, which takes longer;
// Why says so.
func Look(path string, log audit.Source) *Reader {
	r := &Reader{log: log, most: mostRows}
	r.db, r.why = connect(path, "mode=ro", "query_only(1)")
	if r.why == nil {
		r.db.SetMaxOpenConns(4)
	}
	return r
}

// mostRows bounds what one answer keeps of records that no index holds.
const mostRows = 1 << 20

// ErrTooMany means that more records match than can be put in order without an
// index.
var ErrTooMany = errors.New("more records match than can be put in order without the index: run customs audit reindex, or ask for less (--from, --to, --limit)")

// Why says why the index is not used; nil when it is.
func (r *Reader) Why() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.why
}

// Close closes the index.
func (r *Reader) Close() error {
	if r.db == nil {
		return nil
	}
	return r.db.Close()
}

// view is a state of the index that does not change; tx is nil without one.
type view struct {
	tx *sql.Tx
	at position
}

func (r *Reader) view(ctx context.Context) (v view, err error) {
	if r.db == nil {
		return v, nil
	}
	if v.tx, err = r.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}); err != nil {
		return v, err
	}
	if v.at, err = readPosition(ctx, v.tx); err != nil {
		v.close()
		return view{}, err
	}
	return v, nil
}

func (v view) close() {
	if v.tx != nil {
		_ = v.tx.Rollback() // it only read
	}
}

// with runs do on the index, and on the log alone when the index turns out not
// to be usable. An error of the caller's own, in stopped, is none of the index.
func (r *Reader) with(ctx context.Context, stopped *error, do func(view) error) error {
	v, err := r.view(ctx)
	viewed := err == nil
	if viewed {
		err = do(v)
		v.close()
	}
	if err == nil || r.db == nil || *stopped != nil || ctx.Err() != nil || viewed && !Unusable(err) && !errors.Is(err, errMoved) {
		return err
	}
	r.leave(err)
	return do(view{})
}

// leave notes why the index is not used.
func (r *Reader) leave(why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.why = why
}

// Query calls fn for every record that the filter lets through, newest first
// unless it says otherwise. An index that fails on the way is left and the rest
// is read from the log.
func (r *Reader) Query(ctx context.Context, f Filter, fn func(Row) error) error {
	var stopped error
	last, n := uint64(0), 0
	emit := func(row Row) error {
		if n > 0 && f.passed(row.First, last) {
			return nil // answered before the index failed
		}
		last = row.First
		n++
		stopped = fn(row)
		return stopped
	}
	ask := func(v view) error {
		f := f
		if n > 0 && f.Limit > 0 && !f.Oldest {
			if f.Before, f.Limit = last, f.Limit-n; f.Limit == 0 {
				return nil
			}
		}
		return r.ask(ctx, v, f, emit)
	}
	if err := r.with(ctx, &stopped, ask); err != nil {
		return fmt.Errorf("index: query: %w", err)
	}
	return nil
}

func (r *Reader) ask(ctx context.Context, v view, f Filter, fn func(Row) error) error {
	t, err := r.tail(ctx, v, f)
	if err != nil {
		return err
	}
	if f.Oldest && f.Limit > 0 {
		return newest(ctx, v, f, t, fn)
	}
	return join(ctx, v, f, t, fn)
}

// join calls fn for stored rows and rows of the tail, in order.
func join(ctx context.Context, v view, f Filter, t *tail, fn func(Row) error) error {
	m := merge{limit: f.Limit, oldest: f.Oldest, tail: t.sorted(f.Oldest), fn: fn}
	if v.tx != nil {
		err := f.each(ctx, v.tx, func(row *Row) (bool, error) {
			if t.replaces(row.First) {
				return true, nil
			}
			return m.next(row)
		})
		if err != nil {
			return err
		}
	}
	return m.rest()
}

// newest answers the newest rows, the oldest of them first.
func newest(ctx context.Context, v view, f Filter, t *tail, fn func(Row) error) error {
	var rows []Row
	f.Oldest = false
	if err := join(ctx, v, f, t, func(row Row) error { rows = append(rows, row); return nil }); err != nil {
		return err
	}
	for _, row := range slices.Backward(rows) {
		if err := fn(row); err != nil {
			return err
		}
	}
	return nil
}

// merge joins stored rows with those of the log's tail, in order.
type merge struct {
	limit  int
	oldest bool
	tail   []*Row
	fn     func(Row) error
	n      int
}

func (m *merge) put(r *Row) (bool, error) {
	if m.limit > 0 && m.n >= m.limit {
		return false, nil
	}
	m.n++
	return m.limit == 0 || m.n < m.limit, m.fn(*r)
}

// next takes the next stored row.
func (m *merge) next(r *Row) (bool, error) {
	for len(m.tail) > 0 && (m.tail[0].First > r.First) != m.oldest {
		more, err := m.put(m.tail[0])
		if m.tail = m.tail[1:]; err != nil || !more {
			return false, err
		}
	}
	return m.put(r)
}

func (m *merge) rest() error {
	for _, r := range m.tail {
		if more, err := m.put(r); err != nil || !more {
			return err
		}
	}
	return nil
}
