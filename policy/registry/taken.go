package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// errUses means that the uses of an approval are not those that were written.
var errUses = errors.New("the uses of an approval were altered in the store: restore it from a backup")

// taking is a stored use: what went out under an object up to it, chained to
// the use before by its digest.
type taking struct {
	object string
	usage
	flow, at string
	digest   string
}

// seal is the digest that a use has after one with that digest.
func (t *taking) seal(prev string) (string, error) {
	b, err := json.Marshal([]any{t.object, t.transfers, t.persons, t.flow, t.at, prev})
	return sum(b), err
}

// insert stores a use after the one with that digest.
func (t *taking) insert(ctx context.Context, tx *sql.Tx, prev string) error {
	digest, err := t.seal(prev)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO quota_use (object, n, persons, flow, at, hash) VALUES (?, ?, ?, ?, ?, ?)",
		t.object, t.transfers, t.persons, t.flow, t.at, digest)
	return err
}

// follows checks a use against the one before, which is nil for the first.
func (t *taking) follows(prev *taking) error {
	before := taking{}
	if prev != nil {
		before = *prev
	}
	digest, err := t.seal(before.digest)
	if err != nil || digest != t.digest || t.transfers != before.transfers+1 || t.persons < before.persons {
		return errUses
	}
	return nil
}

// taken returns the newest use of an object, which adds up all before it, or
// the zero one. Fewer than this process saw before means that some were cut
// off, which their chain cannot tell.
func (r *Registry) taken(ctx context.Context, q querier, id string) (taking, error) {
	r.seenMu.Lock()
	seen := r.seen[id] // before the store is asked: it may get more meanwhile
	r.seenMu.Unlock()
	last, err := scanTakings(q.QueryContext(ctx, "SELECT object, n, persons, flow, at, hash FROM quota_use WHERE object = ? ORDER BY n DESC LIMIT 2", id))
	if err != nil {
		return taking{}, err
	}
	var t taking
	if len(last) > 0 {
		var prev *taking
		if len(last) > 1 {
			prev = &last[1]
		}
		if t = last[0]; t.follows(prev) != nil {
			return t, errUses
		}
	}
	if t.transfers < seen.transfers || t.persons < seen.persons {
		return t, errUses
	}
	r.notice(id, t.usage)
	return t, nil
}

// notice remembers the most that was seen to be taken of an object.
func (r *Registry) notice(id string, u usage) {
	r.seenMu.Lock()
	defer r.seenMu.Unlock()
	if u.transfers > r.seen[id].transfers {
		r.seen[id] = u
	}
}

func scanTakings(rows *sql.Rows, err error) ([]taking, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []taking
	for rows.Next() {
		var t taking
		if err := rows.Scan(&t.object, &t.transfers, &t.persons, &t.flow, &t.at, &t.digest); err != nil {
			return nil, fmt.Errorf("%w (%w)", errUses, err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// chainUses seals the uses of a store that had no chain.
func chainUses(ctx context.Context, tx *sql.Tx) error {
	all, err := scanTakings(tx.QueryContext(ctx, "SELECT object, n, persons, flow, at, hash FROM quota_use ORDER BY object, n"))
	if err != nil {
		return err
	}
	prev := taking{}
	for _, t := range all {
		if t.object != prev.object {
			prev = taking{}
		}
		if t.digest, err = t.seal(prev.digest); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE quota_use SET hash = ? WHERE object = ? AND n = ?", t.digest, t.object, t.transfers); err != nil {
			return err
		}
		prev = t
	}
	return nil
}
