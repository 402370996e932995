package ledger

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

func (l *Ledger) year(c policy.Count) int {
	if c.At.IsZero() {
		return l.opts.Now().In(policy.Shanghai).Year()
	}
	return c.At.In(policy.Shanghai).Year()
}

// joins reports whether the persons of a count would count under a limit. An
// unset basis or filing joins all: the question is then what would happen.
func joins(c policy.Count, lim policy.Limit) bool {
	return (lim.Filing == "" || c.Filing == "" || lim.Filing == c.Filing) &&
		(c.Basis == "" || len(lim.Bases) == 0 || slices.Contains(lim.Bases, c.Basis))
}

// bracket says where a limit stands before and after the count. firm is the
// count after it if all open reservations were released.
func (b *books) bracket(lim policy.Limit, c policy.Count, in *counted, year int) (out policy.Bracket, firm int64) {
	id := limitScope(lim, c.Entity, year)
	before, firm := b.count(id, lim)
	out = policy.Bracket{Limit: lim.ID, Before: before, After: before, Max: lim.Max}
	if joins(c, lim) {
		list := in.persons[keyScope(id)]
		s := b.scopes[id]
		for i, kind := range in.kinds {
			if !counts(lim.Kind, kind) {
				continue
			}
			var all, sure marks
			if s != nil && list != nil {
				all, sure = s.of(list[i])
				mask := s.mask(lim.Kind, lim.Bases)
				all, sure = all&mask, sure&mask
			}
			out.After += 1 - one(all)
			firm += 1 - one(sure)
		}
	}
	out.Exceeded = out.After > lim.Max
	return out, firm
}

func counts(limit policy.CountKind, kind byte) bool {
	switch limit {
	case policy.CountNS:
		return kind&kindNS != 0
	case policy.CountSP:
		return kind&kindSP != 0
	}
	return true
}

// Peek says where the persons would fall. Limits of scopes that never counted
// anybody stand at zero.
func (l *Ledger) Peek(ctx context.Context, c policy.Count) ([]policy.Bracket, error) {
	if err := ctx.Err(); err != nil {
		return nil, unavailable(err)
	}
	year := l.year(c)
	in, err := l.hash(c, year, nil)
	if err != nil {
		return nil, unavailable(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]policy.Bracket, len(c.Limits))
	for i, lim := range c.Limits {
		out[i], _ = l.books.bracket(lim, c, in, year)
	}
	return out, nil
}

// Reserve claims all persons or none. A flow that reserves the same persons
// again gets its open reservation again.
func (l *Ledger) Reserve(ctx context.Context, c policy.Count) (policy.Reservation, error) {
	if err := ctx.Err(); err != nil {
		return policy.Reservation{}, unavailable(err)
	}
	year := l.year(c)
	ids := scopesOf(c.Entity, c.Filing, year)
	in, err := l.hash(c, year, ids)
	if err != nil {
		return policy.Reservation{}, unavailable(err)
	}
	if len(in.kinds) == 0 {
		brackets, err := l.Peek(ctx, c)
		return policy.Reservation{Flow: c.Flow, Brackets: brackets}, err
	}
	id, err := l.newID()
	if err != nil {
		return policy.Reservation{}, unavailable(err)
	}
	at := c.At
	if at.IsZero() {
		at = l.opts.Now()
	}
	r := &reservation{id: id, flow: c.Flow, at: at.UTC(), basis: c.Basis, parts: in.parts(ids), written: make(chan struct{})}
	r.commitment = commitment(r.parts)
	line, err := r.record().line()
	if err != nil {
		return policy.Reservation{}, unavailable(err)
	}
	r, brackets, fresh, err := l.claim(ctx, c, in, year, r)
	if err != nil {
		return policy.Reservation{}, err
	}
	if fresh {
		err = l.group.Do(ctx, change{line: line})
		r.err = err
		if err != nil {
			l.takeBack(ctx, r)
		}
		close(r.written)
	} else {
		err = r.wait(ctx)
	}
	if err != nil {
		return policy.Reservation{}, unavailable(err)
	}
	return r.public(brackets), nil
}

// claim puts the reservation into the books, after waiting for places that
// open flows may give back. fresh is false when the flow has it already.
func (l *Ledger) claim(ctx context.Context, c policy.Count, in *counted, year int, r *reservation) (
	_ *reservation, brackets []policy.Bracket, fresh bool, err error) {
	var timer *time.Timer
	for {
		l.mu.Lock()
		if old := l.books.same(r); old != nil {
			brackets, _, _ := l.books.judge(c, in, year)
			l.mu.Unlock()
			return old, brackets, false, nil
		}
		brackets, full, held := l.books.judge(c, in, year)
		if c.Observe || (full == nil && held == nil) {
			err := l.books.open(r)
			l.mu.Unlock()
			if err != nil {
				return nil, nil, false, unavailable(err)
			}
			return r, brackets, true, nil
		}
		changed := l.changed
		l.mu.Unlock()
		if full != nil {
			return nil, nil, false, &policy.LimitError{Bracket: *full}
		}
		if timer == nil {
			timer = time.NewTimer(max(l.opts.Wait, 0))
			defer timer.Stop()
		}
		select {
		case <-changed:
		case <-timer.C:
			return nil, nil, false, &policy.ContendedError{Limit: held.Limit}
		case <-ctx.Done():
			return nil, nil, false, fmt.Errorf("%w (%w)", &policy.ContendedError{Limit: held.Limit}, context.Cause(ctx))
		}
	}
}

// judge returns all brackets, the first limit that is full for good, and the
// first that only open reservations fill.
func (b *books) judge(c policy.Count, in *counted, year int) (all []policy.Bracket, full, held *policy.Bracket) {
	all = make([]policy.Bracket, len(c.Limits))
	for i, lim := range c.Limits {
		var firm int64
		all[i], firm = b.bracket(lim, c, in, year)
		switch {
		case !all[i].Exceeded:
		case firm > lim.Max && full == nil:
			full = &all[i]
		case firm <= lim.Max && held == nil:
			held = &all[i]
		}
	}
	return all, full, held
}

// same returns the flow's open reservation of exactly these persons.
func (b *books) same(r *reservation) *reservation {
	if r.flow == "" {
		return nil
	}
	for _, old := range b.byFlow[r.flow] {
		if old.commitment == r.commitment && old.basis == r.basis && !old.doubt {
			return old
		}
	}
	return nil
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

// takeBack undoes a claim whose line may or may not be in the journal.
func (l *Ledger) takeBack(ctx context.Context, r *reservation) {
	l.mu.Lock()
	if l.books.pending[r.id] == r {
		l.books.close(r, false)
		l.wake()
	}
	l.mu.Unlock()
	if line, err := (record{Op: opRelease, ID: r.id}).line(); err == nil {
		// Lost if the queue is full and ctx ended: recovery releases it then.
		_ = l.group.Post(ctx, change{line: line, lazy: true})
	}
}

func (r *reservation) public(brackets []policy.Bracket) policy.Reservation {
	return policy.Reservation{ID: r.id, Commitment: r.commitment, Flow: r.flow, NewNS: r.newNS, NewSP: r.newSP,
		Brackets: brackets}
}

// wake tells waiting reservations that places may be free. It is called with
// the lock held.
func (l *Ledger) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}
