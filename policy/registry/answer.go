package registry

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/sign"
)

// The bounds of an answer.
const (
	// MaxApproval is how long an approval of a ticket may last.
	MaxApproval = 30 * 24 * time.Hour
	// skew is by how much the clocks of a reviewer and the register may
	// differ.
	skew         = 5 * time.Minute
	maxSignature = 16 << 10
	maxAnswers   = 100 // to one object
)

// subject is what an answer is about.
type subject struct {
	since  time.Time
	terms  terms
	ticket *held
	lift   *lift
}

// Answer stores what a reviewer said and signed. Faults come all at once as
// *FaultError. The newest answer of a person counts; a denial is final.
func (r *Registry) Answer(ctx context.Context, a Answer, signature []byte) (Change, error) {
	a.At, a.Expires = a.At.UTC().Round(0), a.Expires.UTC().Round(0)
	k := key{KindReview, a.Ticket}
	var c Change
	err := r.write(ctx, "review", func(tx *sql.Tx) error {
		s, err := r.subject(ctx, tx, a.Ticket)
		if err != nil {
			return fmt.Errorf("%s: %w", NamedKind(KindReview, a.Ticket), err)
		}
		before, err := readRevisions(ctx, tx, k)
		if err != nil {
			return err
		}
		prev := &row{}
		if n := len(before); n > 0 {
			prev = &before[n-1]
		}
		for i := range before {
			if same := before[i].doc.(review); bytes.Equal(same.Answer.Statement(), a.Statement()) && bytes.Equal(same.Signature, signature) {
				c = before[i].Change
				c.Same = true
				return nil
			}
		}
		if faults := r.answerFaults(&a, signature, s, before); len(faults) > 0 {
			return &FaultError{Filing: a.Ticket, Kind: KindReview, Faults: faults}
		}
		act := ActApprove
		if a.Verdict == Deny {
			act = ActDeny
		}
		next, err := insert(ctx, tx, prev, review{Answer: a, Signature: signature}, act, a.Reason, r.o.Now())
		if err != nil {
			return err
		}
		c = next.Change
		_, err = tx.ExecContext(ctx, "DELETE FROM ticket_open WHERE id = ?", a.Ticket)
		return err
	})
	return c, err
}

// subject finds what an id names: an exception or a ticket.
func (r *Registry) subject(ctx context.Context, q querier, id string) (*subject, error) {
	e, err := readNewest(ctx, q, key{KindException, id})
	if err != nil {
		return nil, err
	}
	if d, ok := e.doc.(ExceptionDoc); ok {
		l, err := newLift(d)
		if err != nil {
			return nil, err
		}
		return &subject{since: e.At, terms: l.terms(), lift: l}, nil
	}
	h, err := readTicket(ctx, q, id)
	if err != nil {
		return nil, err
	}
	return &subject{since: h.At, terms: h.terms(), ticket: h}, nil
}

func (r *Registry) answerFaults(a *Answer, signature []byte, s *subject, before []row) []Fault {
	var l faultList
	now := r.o.Now()
	r.signedBy(&l, a, signature, s)
	l.add(a.Verdict != Approve && a.Verdict != Deny, "verdict", "is none that is known", "write approve or deny")
	l.add(a.Object != s.terms.object, "object", "is not what stands in the register now", "look at it again and answer that")
	l.add(strings.TrimSpace(a.Reason) == "" || len(a.Reason) > maxNote || personNumber(a.Reason), "reason", "is empty, too long or holds more than 10 digits in a row or in groups",
		fmt.Sprintf("give a reason of 1 to %d bytes without numbers of persons", maxNote))
	l.shown("reason", a.Reason)
	l.add(a.At.After(now.Add(skew)) || a.At.Before(s.since.Add(-skew)), "at", "is not between the request and now", "set the clock, look at it again and answer that")
	l.add(len(before) >= maxAnswers, "ticket", "has too many answers", "deny it, or try the transfer again with other content")
	for _, b := range before {
		old := b.doc.(review).Answer
		if old.Object != s.terms.object {
			continue
		}
		l.add(old.Verdict == Deny, "ticket", "was denied, which is final", "send other content, or ask for an exception under another id")
		l.add(old.Reviewer == a.Reviewer && !a.At.After(old.At), "at", "is not after this reviewer's last answer", "answer again now")
	}
	if s.ticket != nil && len(before) == 0 {
		l.add(s.ticket.overdue(now), "ticket", "waited too long and expired", "have the transfer tried again, which makes a new one")
	}
	if a.Verdict == Approve {
		s.approval(&l, a, now)
	}
	return l
}

// signedBy checks who answers. A name alone counts for nothing.
func (r *Registry) signedBy(l *faultList, a *Answer, signature []byte, s *subject) {
	reviewers := r.reviewers()
	i := slices.IndexFunc(reviewers, func(v sign.Verifier) bool { return v.Name() == a.Reviewer })
	switch {
	case len(reviewers) == 0:
		l.add(true, "reviewer", "cannot be checked: there are no reviewers", "add their public keys to review.reviewers of the configuration")
	case i < 0:
		l.add(true, "reviewer", "is no reviewer here", "use the name of a key in review.reviewers of the configuration")
	default:
		l.add(len(signature) > maxSignature || !signed(reviewers[i], *a, signature), "signature", "is not this reviewer's for this answer", "sign it with the private key of that name")
		l.add(a.Verdict == Approve && owns(reviewers, s.terms.owner, reviewers[i]), "reviewer", "owns the exception", "have two others review it")
	}
}

// approval checks how much an approval gives and for how long.
func (s *subject) approval(l *faultList, a *Answer, now time.Time) {
	most, until := Quota{maxHolds, maxPersons}, a.At.Add(MaxApproval)
	if s.lift != nil {
		most, until = s.terms.bound, s.lift.until
		l.add(s.lift.doc.Status != statusEffective, "ticket", "is suspended or revoked", "add the exception again with status effective")
		l.add(!now.Before(until), "ticket", "has ended", "ask for another exception")
	} else {
		l.add(a.Expires.IsZero(), "expires", "is missing", "give a time within 30 days")
	}
	l.add(!a.Expires.IsZero() && (!a.Expires.After(now) || a.Expires.After(until)), "expires", "lies in the past or too far ahead",
		"give a time until "+until.In(policy.Shanghai).Format(time.RFC3339))
	l.add(a.Transfers < 0 || a.Transfers > most.Transfers, "transfers", "is out of range", fmt.Sprintf("give 1 to %d", most.Transfers))
	l.add(a.Persons < 0 || a.Persons > most.Persons, "persons", "is out of range", fmt.Sprintf("give 1 to %d", most.Persons))
}

// StateSuspended is the state of an exception that its status ended.
const StateSuspended = "suspended"

// Tickets returns what waits for reviewers or was answered, tickets first,
// each by id.
func (r *Registry) Tickets(ctx context.Context) ([]TicketState, error) {
	if err := r.present(); err != nil {
		return nil, fmt.Errorf("list tickets: %w", err)
	}
	all, err := readTickets(ctx, r.reading(r.db), "")
	if err != nil {
		return nil, fmt.Errorf("list tickets: %w", damaged(r.path, err))
	}
	exceptions, err := r.ExceptionsAll(ctx)
	if err != nil {
		return nil, err
	}
	votes := r.view.Load().book.votes
	out := make([]TicketState, 0, len(all)+len(exceptions))
	ids := make([]string, 0, cap(out))
	for _, h := range all {
		ids = append(ids, h.ID)
	}
	for _, e := range exceptions {
		ids = append(ids, e.ID)
	}
	for _, id := range ids {
		s, err := r.state(ctx, id, votes[id])
		if errors.Is(err, ErrNotFound) {
			continue // it went meanwhile
		}
		if err != nil {
			return nil, fmt.Errorf("list tickets: %w", damaged(r.path, err))
		}
		out = append(out, s)
	}
	return out, nil
}

// Ticket returns a held transfer or an exception with its answers.
func (r *Registry) Ticket(ctx context.Context, id string) (TicketState, error) {
	if err := r.refresh(ctx, 0); err != nil {
		return TicketState{}, fmt.Errorf("ticket: %w", err)
	}
	s, err := r.state(ctx, id, r.view.Load().book.votes[id])
	if err != nil {
		return s, fmt.Errorf("%s: %w", NamedKind(KindReview, id), damaged(r.path, err))
	}
	return s, nil
}

func (r *Registry) state(ctx context.Context, id string, votes []*vote) (TicketState, error) {
	s, err := r.subject(ctx, r.reading(r.db), id)
	if err != nil {
		return TicketState{}, err
	}
	uses, err := r.taken(ctx, r.reading(r.db), id)
	if err != nil {
		return TicketState{}, err
	}
	used := uses.usage
	q := tally(r.reviewers(), votes, s.terms)
	t := TicketState{Object: s.terms.object, Approvers: q.approvers, UsedTransfers: used.transfers, UsedPersons: used.persons}
	for _, v := range votes {
		if v.Answer.Object == s.terms.object {
			t.Answers = append(t.Answers, v.Answer)
		}
	}
	if len(q.approvers) > 0 {
		t.Expires, t.Quota = q.expires, q.quota
	}
	now := r.o.Now()
	t.State = q.stateAt(now, used)
	if s.ticket != nil {
		t.Ticket = s.ticket.Ticket
		if len(t.Answers) == 0 && s.ticket.overdue(now) {
			t.State = StateExpired
		}
		return t, nil
	}
	t.Exception = &s.lift.doc
	t.Ticket = policy.Ticket{ID: id, At: s.since, Exporter: s.lift.doc.Exporter}
	switch s.lift.state(q, used, now) {
	case liftSuspended:
		t.State = StateSuspended
	case liftExpired:
		t.State = StateExpired
	}
	return t, nil
}

func (q *quorum) stateAt(now time.Time, used usage) string {
	switch {
	case q.denied != "":
		return StateDenied
	case len(q.approvers) < needed:
		return StateOpen
	case !now.Before(q.expires):
		return StateExpired
	case q.spent(used):
		return StateUsedUp
	}
	return StateApproved
}
