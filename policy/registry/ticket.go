package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// The bounds of what waits for reviewers.
const (
	MaxOpenTickets = 10_000
	// MaxExporterTickets bounds those of one exporter, so that none takes the
	// room of the others.
	MaxExporterTickets = 1_000
	// OpenFor is how long a ticket waits for its first answer.
	OpenFor   = 30 * 24 * time.Hour
	maxTicket = 64 << 10
	maxHolds  = 100_000 // transfers of one approval
)

// ErrTooManyTickets means that so many tickets wait for an answer that no
// other is taken.
var ErrTooManyTickets = errors.New("too many tickets wait for reviewers")

// held is a stored ticket.
type held struct {
	policy.Ticket
	digest string
}

func (h *held) terms() terms {
	return terms{object: h.digest, bound: Quota{maxHolds, maxPersons}, each: int64(h.Persons.Total)}
}

// rules are those that the reviewers see the part held by, sorted.
func (h *held) rules() []string {
	var out []string
	for _, reason := range h.Reasons {
		switch {
		case reason.Code == policy.SplittingSuspected:
			out = append(out, policy.RuleSplitting)
		case reason.Rule == "":
		case reason.Code == policy.HeldForReview:
			out = append(out, reason.Rule)
		case reason.Code == policy.ImportantSuspected:
			out = append(out, "suspected."+reason.Rule)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// overdue reports whether a ticket that nobody answered has waited too long.
func (h *held) overdue(now time.Time) bool { return now.Sub(h.At) >= OpenFor }

// Hold keeps a ticket for the reviewers, durably; one that is there stays.
// Tickets that nobody answered in time make room for new ones.
func (r *Registry) Hold(ctx context.Context, t policy.Ticket) error {
	t.At = t.At.UTC()
	body, err := json.Marshal(t)
	switch {
	case err != nil:
		return fmt.Errorf("hold: %w", err)
	case !idForm.MatchString(t.ID):
		return errors.New("hold: the ticket has no proper id")
	case len(body) > maxTicket:
		return fmt.Errorf("hold: the ticket is larger than %d bytes", maxTicket)
	}
	if err := r.present(); err != nil {
		return fmt.Errorf("hold: %w", err)
	}
	// Most retries of a held transfer need no lock.
	known, err := r.waits(ctx, r.reading(r.db), t.ID)
	if err == nil && !known {
		err = r.commit(ctx, func(tx *sql.Tx) error { return r.keep(ctx, tx, &t, body) })
	}
	if err != nil {
		return fmt.Errorf("hold: %w", damaged(r.path, err))
	}
	return nil
}

// waits reports whether a ticket is there and not to be replaced.
func (r *Registry) waits(ctx context.Context, q querier, id string) (bool, error) {
	h, err := readTicket(ctx, q, id)
	if err != nil {
		return false, notMissing(err)
	}
	if !h.overdue(r.o.Now()) {
		return true, nil
	}
	answered, err := readNewest(ctx, q, key{KindReview, id})
	return answered.doc != nil, err
}

func (r *Registry) keep(ctx context.Context, tx *sql.Tx, t *policy.Ticket, body []byte) error {
	if known, err := r.waits(ctx, tx, t.ID); known || err != nil {
		return err
	}
	if e, err := readNewest(ctx, tx, key{KindException, t.ID}); err != nil || e.doc != nil {
		return errors.Join(err, errors.New("an exception has the id of the ticket"))
	}
	late := r.o.Now().Add(-OpenFor).UTC().Format(sortable)
	for _, stmt := range []string{
		"DELETE FROM ticket WHERE id IN (SELECT id FROM ticket_open WHERE at <= ?)",
		"DELETE FROM ticket_open WHERE at <= ?"} {
		if _, err := tx.ExecContext(ctx, stmt, late); err != nil {
			return err
		}
	}
	if err := room(ctx, tx, t.Exporter); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO ticket (id, hash, body) VALUES (?, ?, ?)", t.ID, sum(body), body); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO ticket_open (id, at, exporter) VALUES (?, ?, ?)", t.ID, t.At.Format(sortable), t.Exporter)
	return err
}

// room returns ErrTooManyTickets if no other ticket of an exporter may wait.
func room(ctx context.Context, tx *sql.Tx, exporter string) error {
	var all, own int
	if err := tx.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM ticket_open), (SELECT count(*) FROM ticket_open WHERE exporter = ?)", exporter).Scan(&all, &own); err != nil {
		return err
	}
	const mend = "answer some with customs review approve or deny, or wait until the oldest end after 30 days"
	switch {
	case own >= MaxExporterTickets:
		return fmt.Errorf("%w: %d of this exporter; %s", ErrTooManyTickets, own, mend)
	case all >= MaxOpenTickets:
		return fmt.Errorf("%w: %d in all; %s", ErrTooManyTickets, all, mend)
	}
	return nil
}

// sortable writes a time in UTC so that texts sort as the times do.
const sortable = "2006-01-02T15:04:05.000000000Z"

// readTicket returns a ticket, or ErrNotFound.
func readTicket(ctx context.Context, q querier, id string) (*held, error) {
	all, err := readTickets(ctx, q, "WHERE id = ?", id)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, ErrNotFound
	}
	return all[0], nil
}

func readTickets(ctx context.Context, q querier, where string, args ...any) ([]*held, error) {
	rows, err := q.QueryContext(ctx, "SELECT id, hash, body FROM ticket "+where+" ORDER BY id", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*held
	for rows.Next() {
		var h held
		var id string
		var body []byte
		if err := rows.Scan(&id, &h.digest, &body); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(body, &h.Ticket); err != nil || h.ID != id || sum(body) != h.digest {
			return nil, fmt.Errorf("a ticket was altered in the store: it does not match its hash")
		}
		out = append(out, &h)
	}
	return out, rows.Err()
}

// notMissing drops ErrNotFound.
func notMissing(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
