package index

import (
	"context"
	"fmt"
	"slices"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
)

// Seqs returns the numbers of the entries of a flow, in order; none for a flow
// that the log does not know.
func (r *Reader) Seqs(ctx context.Context, flow string) (seqs []uint64, err error) {
	var stopped error
	err = r.with(ctx, &stopped, func(v view) error {
		if seqs, err = stored(ctx, v, flow); err != nil {
			return err
		}
		return after(ctx, r.log, v.at, func(i audit.Item) error {
			e, err := decode(i.Seq, i.Leaf, i.Bytes)
			if err == nil && flow != "" && e.g.Flow == flow {
				seqs = append(seqs, i.Seq)
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("index: entries of a flow: %w", err)
	}
	slices.Sort(seqs)
	return slices.Compact(seqs), nil
}

// stored returns the entries of a flow that the index has.
func stored(ctx context.Context, v view, flow string) ([]uint64, error) {
	if v.tx == nil {
		return nil, nil
	}
	row, err := scanOne(v.tx.QueryRowContext(ctx, rowQuery+" WHERE id = ? ORDER BY first DESC LIMIT 1", flow))
	if row == nil || err != nil {
		return nil, err
	}
	if err := row.loadParts(ctx, v.tx); err != nil {
		return nil, err
	}
	return row.seqs(), nil
}

// loadParts adds the entries between the first and the last.
func (r *Row) loadParts(ctx context.Context, q querier) error {
	if r.Last <= r.First+1 {
		return nil
	}
	rows, err := q.QueryContext(ctx, "SELECT seq FROM parts WHERE flow = ? ORDER BY seq", int64(r.First))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var seq uint64
		if err := rows.Scan(&seq); err != nil {
			return err
		}
		r.parts = append(r.parts, seq)
	}
	return rows.Err()
}

// Newest returns the flow that began last; "" for an empty log.
func (r *Reader) Newest(ctx context.Context) (flow string, err error) {
	err = r.Query(ctx, Filter{Limit: 1}, func(row Row) error {
		flow = row.ID
		return nil
	})
	return flow, err
}

// Records calls fn for the records themselves that the filter lets through, in
// the filter's order. An index that turns out to be wrong on the way is left and
// the rest is read from the log.
func (r *Reader) Records(ctx context.Context, f Filter, fn func(policy.Record) error) error {
	var stopped error
	last, n := uint64(0), 0
	emit := func(rec policy.Record) error {
		if n > 0 && f.passed(rec.First, last) {
			return nil // answered before the index failed
		}
		n, last = n+1, rec.First
		stopped = fn(rec)
		return stopped
	}
	err := r.records(ctx, f, emit)
	if err == nil || stopped != nil || r.db == nil || ctx.Err() != nil || !Unusable(err) {
		return err
	}
	r.leave(err)
	return (&Reader{log: r.log, most: r.most}).records(ctx, f, emit)
}

func (r *Reader) records(ctx context.Context, f Filter, fn func(policy.Record) error) error {
	f.entries = true
	var rows []Row
	flush := func() error {
		var all []uint64
		for i := range rows {
			all = append(all, rows[i].seqs()...)
		}
		if len(all) == 0 {
			return nil
		}
		entries, err := audit.At(ctx, r.log, all...)
		if err != nil {
			return fmt.Errorf("look up entries: %w", err)
		}
		for i := range rows {
			n := len(rows[i].seqs())
			rec, err := policy.Fold(entries[:n])
			if err != nil {
				err = fmt.Errorf("entries of row %d: %w: %w", rows[i].First, ErrNoIndex, err)
			}
			if err == nil && !f.Match(RowOf(rec)) {
				err = fmt.Errorf("entry %d is of another record: %w", rec.First, ErrNoIndex)
			}
			if err == nil {
				err = fn(rec)
			}
			if err != nil {
				return err
			}
			entries = entries[n:]
		}
		rows = rows[:0]
		return nil
	}
	err := r.Query(ctx, f, func(row Row) error {
		if rows = append(rows, row); len(rows) < 256 {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	return err
}

// Entries returns the entries of a flow and the record that they fold to. A
// flow that the log does not have is audit.ErrNoRecord.
func (r *Reader) Entries(ctx context.Context, flow string) (policy.Record, []policy.Entry, error) {
	seqs, err := r.Seqs(ctx, flow)
	if err == nil && len(seqs) == 0 {
		err = audit.ErrNoRecord
	}
	if err != nil {
		return policy.Record{}, nil, err
	}
	entries, err := audit.At(ctx, r.log, seqs...)
	if err != nil {
		return policy.Record{}, nil, err
	}
	rec, err := policy.Fold(entries)
	return rec, entries, err
}
