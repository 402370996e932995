package index

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
)

// chunkSize is how many entries are decoded and written at a time.
const chunkSize = 8192

// Progress is what an Update did.
type Progress struct {
	Entries uint64 // read
	Last    uint64 // where the index stands
	Again   string // why the index was made from the beginning; "" when it was not
}

// errMoved means that the log is not the one that was indexed.
var errMoved = errors.New("the log is not the one that was indexed")

// Update reads what the log has after the index's position. An index that does
// not fit the log is made again. When it fails, what was read up to there
// stays; the next Update goes on.
func (x *Index) Update(ctx context.Context, s audit.Source) (Progress, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	p, err := x.update(ctx, s)
	if err != nil && (errors.Is(err, errMoved) || Unusable(err)) {
		why := err.Error()
		if err = x.again(ctx, why); err == nil {
			p, err = x.update(ctx, s)
		}
		p.Again = why
	}
	if err != nil {
		return p, fmt.Errorf("index: %w", err)
	}
	return p, nil
}

// chunk is entries in order, decoded by the time that ready is closed.
type chunk struct {
	raw    []byte
	events []event
	ends   []int
	ready  chan struct{}
	err    error
}

func (c *chunk) decode() {
	defer close(c.ready)
	from := 0
	for i, end := range c.ends {
		e := &c.events[i]
		if *e, c.err = decode(e.seq, e.leaf, c.raw[from:end]); c.err != nil {
			return
		}
		from = end
	}
}

func (x *Index) update(ctx context.Context, s audit.Source) (p Progress, err error) {
	ctx, stop := context.WithCancel(ctx)
	at := x.at
	chunks := make(chan *chunk, 2)
	read := make(chan error, 1)
	go func() {
		defer close(chunks)
		err := readChunks(ctx, s, at, chunks)
		if errors.Is(err, audit.ErrNoLog) && at.Seq == 0 {
			err = nil // it is not there yet
		}
		read <- err
	}()
	for c := range chunks {
		<-c.ready
		if err == nil {
			err = errors.Join(c.err, ctx.Err())
		}
		if err == nil {
			err = x.take(ctx, c.events)
		}
		if err != nil {
			stop() // and let the rest run off
			continue
		}
		p.Entries += uint64(len(c.events))
	}
	stop()
	if rerr := <-read; err == nil {
		err = rerr
	}
	p.Last = x.at.Seq
	return p, err
}

// readChunks sends what the log has after a position.
func readChunks(ctx context.Context, s audit.Source, at position, to chan<- *chunk) error {
	c := &chunk{ready: make(chan struct{})}
	send := func() error {
		if len(c.events) == 0 {
			return nil
		}
		go c.decode()
		select {
		case to <- c:
		case <-ctx.Done():
			return ctx.Err()
		}
		c = &chunk{ready: make(chan struct{})}
		return nil
	}
	err := after(ctx, s, at, func(i audit.Item) error {
		c.raw = append(c.raw, i.Bytes...)
		c.ends = append(c.ends, len(c.raw))
		c.events = append(c.events, event{seq: i.Seq, leaf: i.Leaf})
		if len(c.events) < chunkSize && len(c.raw) < 32<<20 {
			return nil
		}
		return send()
	})
	if err != nil {
		return err
	}
	return send()
}

// after reads what the log has after a position, and answers errMoved when the
// log does not have the entry that the position names.
func after(ctx context.Context, s audit.Source, at position, fn func(audit.Item) error) error {
	seen := at.Seq == 0
	_, err := audit.ReadFrom(ctx, s, max(at.Seq, 1), func(i audit.Item) error {
		if i.Seq > at.Seq {
			if !seen {
				return errMoved
			}
			return fn(i)
		}
		if seen = hex.EncodeToString(i.Leaf[:]) == at.Leaf; !seen {
			return errMoved
		}
		return nil
	})
	if err == nil && !seen {
		err = errMoved
	}
	return err
}

// take adds entries in one transaction. When that fails the index stands where
// it stood.
func (x *Index) take(ctx context.Context, events []event) error {
	ctx = context.WithoutCancel(ctx) // a chunk is short, and watching for the end costs more than a statement
	next, last := x.at, events[len(events)-1]
	err := inTx(ctx, x.db, func(tx *sql.Tx) error {
		w, err := begin(ctx, tx)
		if err != nil {
			return err
		}
		if next.Acts, err = x.put(ctx, w, events); err != nil {
			return err
		}
		next.Seq, next.Leaf = last.seq, hex.EncodeToString(last.leaf[:])
		return next.write(ctx, tx)
	})
	if err != nil {
		// What was put into these stands in no table now.
		x.names.of, x.open = map[nameKey]int64{}, map[string]*Row{}
		return errors.Join(err, x.names.load(ctx, x.db))
	}
	x.at = next
	return nil
}

func (x *Index) put(ctx context.Context, w *writing, events []event) (acts string, err error) {
	acts = x.at.Acts
	var gone spanSet
	spans := map[uint64]*span{}
	touched := map[uint64]*Row{}
	for i := range events {
		e := &events[i]
		switch {
		case e.g.Kind == "":
			continue
		case e.g.Kind == policy.KindAdmin && e.g.Admin != nil:
			a := Act{Seq: e.seq, Time: e.g.Time, Admin: *e.g.Admin}
			acts = a.chain(acts)
			gone.take(a.Admin)
			if err := w.putAct(ctx, a); err != nil {
				return acts, err
			}
			continue
		}
		r, err := x.rowFor(ctx, w, e)
		if err != nil {
			return acts, err
		}
		if r == nil {
			continue // its beginning was deleted under retention
		}
		touched[r.First] = r
		if r.First == e.seq {
			n := e.seq / spanSize
			if spans[n] == nil {
				spans[n] = &span{}
			}
			spans[n].add(r.Time)
		}
	}
	order := make([]uint64, 0, len(touched))
	for n := range touched {
		order = append(order, n)
	}
	slices.Sort(order)
	for _, n := range order {
		if err := w.put(ctx, x.names, touched[n]); err != nil {
			return acts, err
		}
	}
	for n, s := range spans {
		if _, err := w.span.ExecContext(ctx, int64(n), s.lo, s.hi); err != nil {
			return acts, err
		}
	}
	for _, g := range gone {
		if acts, err = x.forget(ctx, w, g); err != nil {
			return acts, err
		}
	}
	return acts, nil
}

// forget removes what began with entries that were deleted under retention, and
// returns the chain of the acts that stay.
func (x *Index) forget(ctx context.Context, w *writing, gone [2]uint64) (acts string, err error) {
	for _, table := range []string{"flows WHERE first", "parts WHERE flow", "acts WHERE seq"} {
		if _, err := w.tx.ExecContext(ctx, "DELETE FROM "+table+" BETWEEN ? AND ?", int64(gone[0]), int64(min(gone[1], 1<<62))); err != nil {
			return "", err
		}
	}
	maps.DeleteFunc(x.open, func(_ string, r *Row) bool { return gone[0] <= r.First && r.First <= gone[1] })
	err = eachAct(ctx, w.tx, func(a Act) error {
		acts = a.chain(acts)
		return nil
	})
	return acts, err
}

// rowFor returns the row that an entry begins or changes, with that change, or
// nil when the row is not known.
func (x *Index) rowFor(ctx context.Context, w *writing, e *event) (*Row, error) {
	r := x.open[e.g.Flow]
	switch {
	case e.g.Kind == policy.KindIntent && e.g.Intent != nil:
		r = e.begin()
	case r == nil:
		var err error
		if r, err = scanOne(w.byID.QueryRowContext(ctx, e.g.Flow)); r == nil || err != nil || r.Complete {
			return nil, err
		}
		e.onto(r)
	default:
		e.onto(r)
	}
	if r.Complete {
		delete(x.open, r.ID)
	} else {
		x.open[r.ID] = r
	}
	return r, nil
}
