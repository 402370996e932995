package registry

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Whoever may write the file can take its triggers away, alter rows and make
// their hashes anew. What the register then still tells: a trigger that is
// missing, a row that does not match its hash or does not follow, changes and
// uses that a running process has seen and that are gone. It cannot tell rows
// that were cut off at the end, or replaced with hashes made anew, while no
// process ran; the log holds the digest of every change and the approvals that
// each release used. Nobody can forge an approval: it is signed.

// guard is a trigger of the schema as SQLite keeps its text.
type guard struct{ name, text string }

func guards() []guard {
	var out []guard
	for _, stmt := range schema {
		if text, ok := strings.CutPrefix(stmt, "CREATE TRIGGER IF NOT EXISTS "); ok {
			name, _, _ := strings.Cut(text, " ")
			out = append(out, guard{name, "CREATE TRIGGER " + text})
		}
	}
	return out
}

// guarded checks that the triggers of the schema are there.
func (r *Registry) guarded(ctx context.Context, q querier) error {
	if r.old {
		return nil
	}
	rows, err := q.QueryContext(ctx, "SELECT sql FROM sqlite_schema WHERE type = 'trigger'")
	if err != nil {
		return err
	}
	defer rows.Close()
	have := map[string]bool{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		have[text] = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, g := range guards() {
		if !have[g.text] {
			return fmt.Errorf("it was altered by hand: its guard %s is missing; restore it from a backup", g.name)
		}
	}
	return nil
}

// whole checks that the store still holds the newest change that was seen,
// and its guards.
func (r *Registry) whole(ctx context.Context, last int64) error {
	var have int64
	const newest = "SELECT max((SELECT coalesce(max(seq), 0) FROM filing_revision), (SELECT coalesce(max(seq), 0) FROM object_revision))"
	rows, err := r.reading(r.poll).QueryContext(ctx, newest)
	if err != nil {
		return err
	}
	for rows.Next() {
		err = rows.Scan(&have)
	}
	if err = errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return err
	}
	if have < last {
		return fmt.Errorf("changes after %d were cut off in the store; restore it from a backup", have)
	}
	return r.guarded(ctx, r.poll)
}
