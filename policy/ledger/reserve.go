package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// when is the time of a flow, and the year that it counts in.
func (l *Ledger) when(c *policy.Count) (at time.Time, year int) {
	if at = c.At; at.IsZero() {
		at = l.opts.Now()
	}
	return at.UTC(), at.In(policy.Shanghai).Year()
}

// Peek says where the persons would fall. Limits of scopes that never counted
// anybody stand at zero.
func (l *Ledger) Peek(ctx context.Context, c policy.Count) ([]policy.Bracket, error) {
	if err := ctx.Err(); err != nil {
		return nil, unavailable(err)
	}
	_, year := l.when(&c)
	in, err := l.hash(&c, year, nil)
	if err != nil {
		return nil, unavailable(err)
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	a := &asked{c: &c, in: in, year: year}
	out := make([]policy.Bracket, len(c.Limits))
	for i, lim := range c.Limits {
		var firm int64
		if out[i], firm = l.books.bracket(a, lim); len(c.Persons) > 0 {
			out[i].Held, out[i].Exceeded = out[i].After-firm, firm > lim.Max
		}
	}
	return out, nil
}

// Reserve claims all persons or none. Persons who are firm already are left
// out, and when nobody is left there is nothing to settle. A flow that reserves
// the same persons again gets its open reservation again.
func (l *Ledger) Reserve(ctx context.Context, c policy.Count) (policy.Reservation, error) {
	if err := ctx.Err(); err != nil {
		return policy.Reservation{}, unavailable(err)
	}
	if c.Entity == "" {
		return policy.Reservation{}, unavailable(errors.New("the exporter is not known"))
	}
	if len(c.Persons) == 0 {
		brackets, err := l.Peek(ctx, c)
		return policy.Reservation{Flow: c.Flow, Brackets: brackets}, err
	}
	w := waiting{l: l, ctx: ctx}
	defer w.stop()
	for {
		t, err := l.prepare(&c)
		if err != nil {
			return policy.Reservation{}, unavailable(err)
		}
		got, again, err := l.attempt(ctx, t, &w)
		if err != nil || !again {
			return got, err
		}
	}
}

// attempt claims what was prepared and writes its line. again is true when the
// books changed so much meanwhile that it must be prepared anew.
func (l *Ledger) attempt(ctx context.Context, t *try, w *waiting) (_ policy.Reservation, again bool, err error) {
	var line []byte
	if t.r != nil {
		if line, err = t.r.record().line(); err != nil {
			return policy.Reservation{}, false, unavailable(err)
		}
	}
	r, brackets, again, err := l.claim(t, w)
	if again || err != nil {
		return policy.Reservation{}, again, err
	}
	switch {
	case r == nil:
		return policy.Reservation{Flow: t.c.Flow, Brackets: brackets}, false, nil
	case r == t.r:
		r.err = l.group.Do(ctx, change{line: line})
		l.written(ctx, r)
		err = r.err
	default:
		err = r.wait(ctx)
	}
	if err != nil {
		return policy.Reservation{}, false, unavailable(err)
	}
	return r.public(brackets), false, nil
}

// claim puts the reservation into the books, after waiting for places that
// open flows may give back. It returns the flow's reservation of these persons
// when there is one already, and none when everybody is firm.
func (l *Ledger) claim(t *try, w *waiting) (_ *reservation, brackets []policy.Bracket, again bool, err error) {
	for {
		l.mu.Lock()
		if !l.books.still(t) {
			l.mu.Unlock()
			return nil, nil, true, nil
		}
		brackets, full, held := l.books.judge(&t.asked)
		r := l.books.same(t)
		if r == nil && (t.c.Observe || full == nil && held == nil) {
			if r = t.r; r != nil {
				err = l.books.open(r, t.seen)
			}
			held, full = nil, nil
		}
		changed := l.changed
		l.mu.Unlock()
		switch {
		case err != nil:
			return nil, nil, false, unavailable(err)
		case r != nil || full == nil && held == nil:
			return r, brackets, false, nil
		case full != nil:
			return nil, nil, false, &policy.LimitError{Bracket: *full}
		}
		if err := w.wait(changed, held.Limit); err != nil {
			return nil, nil, false, err
		}
	}
}

// waiting is the time that one Reserve may wait for places, over all attempts.
type waiting struct {
	l     *Ledger
	ctx   context.Context
	timer *time.Timer
}

func (w *waiting) wait(changed <-chan struct{}, limit string) error {
	if w.timer == nil {
		w.timer = time.NewTimer(max(w.l.opts.Wait, 0))
	}
	select {
	case <-changed:
		return nil
	case <-w.timer.C:
		w.timer.Reset(0)
		return &policy.ContendedError{Limit: limit}
	case <-w.ctx.Done():
		return fmt.Errorf("%w (%w)", &policy.ContendedError{Limit: limit}, context.Cause(w.ctx))
	}
}

func (w *waiting) stop() {
	if w.timer != nil {
		w.timer.Stop()
	}
}

// wait waits until the journal answered for a reservation of another call.
func (r *reservation) wait(ctx context.Context) error {
	if r.written == nil {
		return nil
	}
	select {
	case <-r.written:
		return r.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// written ends a reservation's way to the journal. A claim whose line may or
// may not be in the journal is undone; what its group begins with stands, and
// the next reservation in the group carries it again.
func (l *Ledger) written(ctx context.Context, r *reservation) {
	l.mu.Lock()
	undo := r.err != nil && l.books.pending[r.id] == r
	if undo {
		l.books.forget(r, false)
	} else if r.err == nil {
		l.books.join(r.parts)
	}
	l.mu.Unlock()
	if undo {
		l.undo(r)
	}
	close(r.written)
	if r.err == nil || ctx.Err() == nil {
		// What the journal itself refused does not count in it: the next
		// segment says that this one ends before.
		return
	}
	if line, err := (record{Op: opRelease, ID: r.id}).line(); err == nil {
		// Lost if the queue is full and ctx ended: recovery releases it then.
		_ = l.group.Post(ctx, change{line: line, lazy: true})
	}
}

// same returns the flow's open reservation of exactly these persons, or of
// these and some who are firm by now.
func (b *books) same(t *try) *reservation {
	if t.c.Flow == "" {
		return nil
	}
	for _, old := range b.byFlow[t.c.Flow] {
		if old.basis == t.c.Basis && old.year == t.year && !old.doubt && !old.final && b.covers(old, t) {
			return old
		}
	}
	return nil
}

func (b *books) covers(old *reservation, t *try) bool {
	var parts []part
	if t.r != nil {
		parts = t.r.parts
	}
	for _, p := range parts {
		if !slices.ContainsFunc(old.parts, func(o part) bool { return o.Scope == p.Scope }) {
			return false
		}
	}
	for _, o := range old.parts {
		i := slices.IndexFunc(parts, func(p part) bool { return p.Scope == o.Scope })
		if i < 0 && !slices.Contains(t.claims, o.Scope) {
			return false
		}
		var now part
		if i >= 0 {
			now = parts[i]
		}
		if !b.scopes[o.Scope].coversPart(old, o, now) {
			return false
		}
	}
	return true
}

// coversPart reports whether an old part holds all of a new one, and beyond it
// only persons who are firm by now.
func (s *scope) coversPart(old *reservation, o, now part) bool {
	fresh := make(map[person]byte, now.len())
	now.each(func(p person, kind byte) { fresh[p] = kind })
	ok, basis := true, s.basis(old.basis)
	o.each(func(p person, kind byte) {
		if have, there := fresh[p]; there {
			ok = ok && have == kind
			delete(fresh, p)
			return
		}
		ok = ok && s.states.has(s.rows.get(p), stamp{old.year, marksAt(basis, kind)})
	})
	return ok && len(fresh) == 0
}

func (r *reservation) public(brackets []policy.Bracket) policy.Reservation {
	return policy.Reservation{ID: r.id, Commitment: r.commitment, Flow: r.flow, Observed: r.observed, NewNS: r.newNS, NewSP: r.newSP,
		Brackets: brackets}
}

// wake tells waiting reservations that places may be free. It is called with
// the lock held.
func (l *Ledger) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}
