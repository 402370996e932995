package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// The bounds of one use.
const (
	maxUses = 64
	maxFlow = 200
)

// Approval returns the release of a ticket that is in force with the rules that
// the reviewers saw it held by, or its refusal, or nil.
func (r *Registry) Approval(ctx context.Context, ticket string) (*policy.Approval, error) {
	if err := r.present(); err != nil {
		return nil, fmt.Errorf("approval: %w", err)
	}
	h, err := readTicket(ctx, r.reading(r.db), ticket)
	if err != nil {
		if err = notMissing(err); err != nil {
			err = fmt.Errorf("approval: %w", damaged(r.path, err))
		}
		return nil, err
	}
	q, err := r.quorum(ctx, r.reading(r.db), ticket, h.terms())
	if err != nil {
		return nil, fmt.Errorf("approval: %w", damaged(r.path, err))
	}
	if q.denied != "" {
		return &policy.Approval{Ticket: ticket, Denied: true, Approvers: []string{q.denied}}, nil
	}
	used, err := r.taken(ctx, r.reading(r.db), ticket)
	if err != nil {
		return nil, fmt.Errorf("approval: %w", damaged(r.path, err))
	}
	if !q.approves(r.o.Now()) || q.spent(used.usage) {
		return nil, nil
	}
	return &policy.Approval{Ticket: ticket, Approvers: q.approvers, Rules: h.rules()}, nil
}

// approves reports whether enough persons approve at a time and nobody
// denied.
func (q *quorum) approves(now time.Time) bool {
	return q.denied == "" && len(q.approvers) >= needed && now.Before(q.expires)
}

// quorum reads the answers to an object and counts them.
func (r *Registry) quorum(ctx context.Context, q querier, id string, t terms) (quorum, error) {
	rows, err := readRevisions(ctx, q, key{KindReview, id})
	if err != nil {
		return quorum{}, err
	}
	var votes []*vote
	prev := &row{}
	for i := range rows {
		if err := rows[i].follows(prev); err != nil {
			return quorum{}, err
		}
		prev = &rows[i]
		votes = append(votes, &vote{review: rows[i].doc.(review)})
	}
	return tally(r.reviewers(), votes, t), nil
}

// Use takes the quota of what a verdict rests on, durably, all or nothing.
// The same flow takes it once.
func (r *Registry) Use(ctx context.Context, u policy.Use) error {
	ids := slices.Compact(slices.Sorted(slices.Values(u.IDs)))
	switch {
	case len(ids) == 0:
		return nil
	case u.Flow == "" || len(u.Flow) > maxFlow || len(ids) > maxUses || u.Persons < 0 || u.Persons > maxPersons:
		return errors.New("use: flow, ids or persons are out of range")
	}
	now := map[string]usage{}
	err := r.commit(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			if err := r.use(ctx, tx, id, u, now); err != nil {
				return fmt.Errorf("%s: %w", NamedKind("approval", id), err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("use: %w", damaged(r.path, err))
	}
	for id, taken := range now {
		r.notice(id, taken)
	}
	return nil
}

// use takes from one object, and notes in now what went out under it.
func (r *Registry) use(ctx context.Context, tx *sql.Tx, id string, u policy.Use, now map[string]usage) error {
	var taken int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM quota_use WHERE object = ? AND flow = ?", id, u.Flow).Scan(&taken); err != nil || taken > 0 {
		return err
	}
	q, err := r.force(ctx, tx, id)
	if err != nil {
		return err
	}
	used, err := r.taken(ctx, tx, id)
	if err != nil {
		return err
	}
	if used.transfers >= q.quota.Transfers || u.Persons > q.quota.Persons-used.persons {
		return policy.ErrUsedUp
	}
	now[id] = usage{used.transfers + 1, used.persons + u.Persons}
	next := taking{object: id, usage: now[id], flow: u.Flow, at: r.o.Now().UTC().Format(sortable)}
	return next.insert(ctx, tx, used.digest)
}

// force returns the quorum of a ticket or an exception that is in force now,
// or ErrUsedUp.
func (r *Registry) force(ctx context.Context, q querier, id string) (quorum, error) {
	now := r.o.Now()
	e, err := readNewest(ctx, q, key{KindException, id})
	if err != nil {
		return quorum{}, err
	}
	var t terms
	if d, ok := e.doc.(ExceptionDoc); ok {
		l, err := newLift(d)
		if err != nil {
			return quorum{}, err
		}
		if d.Status != statusEffective || now.Before(l.from) {
			return quorum{}, policy.ErrUsedUp
		}
		t = l.terms()
	} else {
		h, err := readTicket(ctx, q, id)
		if errors.Is(err, ErrNotFound) {
			return quorum{}, policy.ErrUsedUp
		}
		if err != nil {
			return quorum{}, err
		}
		t = h.terms()
	}
	got, err := r.quorum(ctx, q, id, t)
	if err == nil && !got.approves(now) {
		err = policy.ErrUsedUp
	}
	return got, err
}
