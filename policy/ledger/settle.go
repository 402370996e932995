package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/datacustoms/customs/policy"
)

// Commit makes a reservation final, durably. In doubt it stays listed, and a
// later Commit, Release or Settle decides. A second Commit changes nothing; a
// Commit after a Release is an error, for its persons are no longer counted.
//
// Its persons become firm when the journal holds the commit: only then may
// other flows leave them out of their own reservations. After
// ErrLedgerUnavailable they are counted and nothing takes them out; only a
// crash before the disk works again can reopen the reservation, and recovery
// settles it.
func (l *Ledger) Commit(ctx context.Context, id string, inDoubt bool) error {
	if id == "" {
		return nil
	}
	l.mu.Lock()
	r := l.books.pending[id]
	if r == nil {
		committed, known := l.books.settled[id]
		l.mu.Unlock()
		if known && committed {
			return nil
		}
		return fmt.Errorf("ledger: commit: reservation %s is not open", id)
	}
	if inDoubt {
		if r.doubt || r.final {
			l.mu.Unlock()
			return nil
		}
		l.books.doubt(r)
		l.wake()
		l.mu.Unlock()
		return l.write(ctx, record{Op: opCommit, ID: id, Doubt: true})
	}
	r.final = true
	l.mu.Unlock()
	return l.finish(ctx, r)
}

// finish writes a commit and then makes its persons firm. When the line may
// not be in the journal it goes along with every later batch until it is.
func (l *Ledger) finish(ctx context.Context, r *reservation) error {
	line, err := record{Op: opCommit, ID: r.id}.line()
	if err != nil {
		return unavailable(err)
	}
	err = l.group.Do(ctx, change{line: line})
	if err == nil {
		l.firm(r)
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.books.pending[r.id] == r { // else another call made it firm
		l.late[r] = line
	}
	return unavailable(err)
}

// firm makes the persons of a reservation final whose commit is in the journal.
func (l *Ledger) firm(r *reservation) {
	l.drop(r, true)
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.late, r)
	if l.books.pending[r.id] == r {
		l.books.forget(r, true)
	}
	l.wake()
}

// drop ends the claims of a reservation and keeps its persons or lets them go:
// in pieces, so that a large flow holds up nobody. Each person is counted
// before and after, or not from its piece on.
func (l *Ledger) drop(r *reservation, keep bool) {
	l.mu.Lock()
	gone := r.gone
	r.gone = true
	l.mu.Unlock()
	if gone {
		return
	}
	for _, p := range r.parts {
		for _, piece := range p.pieces() {
			l.mu.Lock()
			l.books.drop(r, piece, keep)
			l.mu.Unlock()
		}
	}
}

// undo gives up what a reservation claimed that is off the list.
func (l *Ledger) undo(r *reservation) {
	l.drop(r, false)
	l.mu.Lock()
	l.wake()
	l.mu.Unlock()
}

// Release gives the places back at once. The journal learns of it with the
// next durable line, and if a crash comes first recovery releases again.
func (l *Ledger) Release(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	l.mu.Lock()
	r := l.books.pending[id]
	if r == nil || r.final {
		committed, known := l.books.settled[id]
		l.mu.Unlock()
		if r == nil && known && !committed {
			return nil
		}
		return fmt.Errorf("ledger: release: reservation %s is not open", id)
	}
	doubt := r.doubt
	l.books.forget(r, false)
	l.mu.Unlock()
	l.undo(r)
	if doubt {
		// Recovery does not look at these again: the operator's word is kept.
		return l.write(ctx, record{Op: opRelease, ID: id})
	}
	line, err := record{Op: opRelease, ID: id}.line()
	if err != nil {
		return unavailable(err)
	}
	return unavailable(l.group.Post(ctx, change{line: line, lazy: true}))
}

// Settle decides a reservation in doubt: sent makes it firm, and otherwise its
// persons are taken out. It is durable when it returns, and the same decision a
// second time changes nothing. It answers what it settled; of a reservation
// that was settled before, only the id.
func (l *Ledger) Settle(ctx context.Context, id string, sent bool) (Pending, error) {
	l.mu.Lock()
	r := l.books.pending[id]
	if r == nil {
		committed, known := l.books.settled[id]
		l.mu.Unlock()
		switch {
		case !known:
			return Pending{}, fmt.Errorf("ledger: settle: %w: %s; see customs ledger show --in-doubt", ErrNotInDoubt, id)
		case committed != sent:
			return Pending{}, fmt.Errorf("ledger: settle: reservation %s is settled otherwise already", id)
		}
		return Pending{ID: id}, l.flush(ctx, id, sent)
	}
	p := r.listed()
	if !r.doubt {
		l.mu.Unlock()
		return p, fmt.Errorf("ledger: settle: reservation %s is open and not in doubt; its flow settles it", id)
	}
	if r.final && !sent {
		l.mu.Unlock()
		return p, fmt.Errorf("ledger: settle: reservation %s is settled otherwise already", id)
	}
	if sent {
		r.final = true
		l.mu.Unlock()
		return p, l.finish(ctx, r)
	}
	l.books.forget(r, false)
	l.mu.Unlock()
	l.undo(r)
	return p, l.flush(ctx, id, false)
}

// ErrNotInDoubt means that no reservation of an id is open or in doubt, and
// that the ledger does not remember how one was settled.
var ErrNotInDoubt = errors.New("no such reservation is in doubt")

// flush writes a settlement that stands in memory, perhaps again.
func (l *Ledger) flush(ctx context.Context, id string, sent bool) error {
	op := opRelease
	if sent {
		op = opCommit
	}
	return l.write(ctx, record{Op: op, ID: id})
}

// Unsettled returns the open reservations, oldest first, without those that
// were committed, also in doubt.
func (l *Ledger) Unsettled(context.Context) ([]policy.Reservation, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var out []policy.Reservation
	for _, r := range l.books.inOrder() {
		if !r.doubt && !r.final {
			out = append(out, r.public(nil))
		}
	}
	return out, nil
}
