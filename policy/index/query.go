package index

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// where is a condition on the table of flows.
type where struct {
	parts []string
	args  []any
}

func (w *where) and(text string, args ...any) {
	w.parts = append(w.parts, text)
	w.args = append(w.args, args...)
}

func (w *where) String() string {
	if len(w.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.parts, " AND ")
}

// where turns the filter into a condition. A false answer says that no row can
// match.
func (f Filter) where(ctx context.Context, q querier) (w where, some bool, err error) {
	if f.Open || f.InDoubt {
		w.and("state <> 1") // the small index
	}
	if f.Open {
		w.and("state & 1 = 0")
	}
	if f.InDoubt {
		w.and("state & 2 <> 0")
	}
	if f.Action != nil {
		w.and("action = ?", int64(*f.Action))
	}
	if f.Enforced != nil {
		w.and("enforced = ?", int64(*f.Enforced))
	}
	if f.Before > 0 {
		w.and("first < ?", int64(min(f.Before, 1<<62)))
	}
	for _, n := range []struct {
		kind   int
		column string
		text   string
		fits   func(set string) bool
	}{
		{kindExporter, "exporter", f.Exporter, nil}, {kindRecipient, "recipient", f.Recipient, nil}, {kindCountry, "country", f.Country, nil},
		{kindFiling, "filing", f.Filing, nil}, {kindReasons, "reasons", f.Reason, f.reason}, {kindClasses, "classes", f.Class, f.class},
	} {
		if n.text == "" {
			continue
		}
		ids, err := numbers(ctx, q, n.kind, n.text, n.fits)
		if err != nil || len(ids) == 0 {
			return w, false, err
		}
		w.and(n.column + " IN (" + strings.Join(ids, ",") + ")")
	}
	if !f.From.IsZero() || !f.To.IsZero() {
		return w, true, f.times(ctx, q, &w)
	}
	return w, true, nil
}

// numbers returns the numbers of the names that fit: the text itself, or of a
// set each that has a member that fits.
func numbers(ctx context.Context, q querier, kind int, text string, fits func(string) bool) (ids []string, err error) {
	query, args := "SELECT n, text FROM names WHERE kind = ? AND text = ?", []any{kind, text}
	if fits != nil {
		query, args = "SELECT n, text FROM names WHERE kind = ?", []any{kind}
	}
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var set string
		if err := rows.Scan(&n, &set); err != nil {
			return nil, err
		}
		ok := fits == nil
		for _, member := range splitSet(set) {
			ok = ok || fits(member)
		}
		if ok {
			ids = append(ids, strconv.FormatInt(n, 10))
		}
	}
	return ids, rows.Err()
}

// times bounds the entries by the spans that have such times, and the rows by
// the times themselves.
func (f Filter) times(ctx context.Context, q querier, w *where) error {
	lo, hi := int64(-1<<63), int64(1<<63-1)
	if !f.From.IsZero() {
		lo = f.From.UnixNano()
		w.and("time >= ?", lo)
	}
	if !f.To.IsZero() {
		hi = f.To.UnixNano()
		w.and("time < ?", hi)
	}
	var from, to sql.NullInt64
	err := q.QueryRowContext(ctx, "SELECT min(span), max(span) FROM spans WHERE hi >= ? AND lo < ?", lo, hi).Scan(&from, &to)
	if err != nil {
		return err
	}
	if !from.Valid {
		w.and("0")
		return nil
	}
	w.and("first BETWEEN ? AND ?", from.Int64*spanSize, (to.Int64+1)*spanSize-1)
	return nil
}

// each calls fn for the stored rows that match, in the filter's order, until it
// answers false.
func (f Filter) each(ctx context.Context, q querier, fn func(*Row) (bool, error)) error {
	w, some, err := f.where(ctx, q)
	if err != nil || !some {
		return err
	}
	order := " ORDER BY first DESC"
	if f.Oldest {
		order = " ORDER BY first"
	}
	rows, err := q.QueryContext(ctx, rowQuery+w.String()+order, w.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRow(rows)
		if err != nil {
			return err
		}
		if r.ID == "" {
			return fmt.Errorf("row of entry %d: %w", r.First, ErrNoIndex)
		}
		if f.entries {
			if err := r.loadParts(ctx, q); err != nil {
				return err
			}
		}
		more, err := fn(r)
		if err != nil || !more {
			return err
		}
	}
	return rows.Err()
}
