package ledger

import (
	"context"
	"fmt"

	"github.com/datacustoms/customs/policy"
)

// Commit makes a reservation final, durably. In doubt it stays listed, and a
// later Commit or Release settles it. A second Commit changes nothing; a
// Commit after a Release is an error, for its persons are no longer counted.
//
// After ErrLedgerUnavailable the persons are counted; only a crash before the
// disk works again can reopen the reservation, and recovery settles it.
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
	if inDoubt && r.doubt {
		l.mu.Unlock()
		return nil
	}
	l.books.commit(r, inDoubt)
	l.wake()
	l.mu.Unlock()
	return l.write(ctx, record{Op: opCommit, ID: id, Doubt: inDoubt})
}

// Release gives the places back at once. The journal learns of it with the
// next durable line, and if a crash comes first recovery releases again.
func (l *Ledger) Release(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	line, err := record{Op: opRelease, ID: id}.line()
	if err != nil {
		return unavailable(err)
	}
	l.mu.Lock()
	r := l.books.pending[id]
	if r == nil {
		committed, known := l.books.settled[id]
		l.mu.Unlock()
		if known && !committed {
			return nil
		}
		return fmt.Errorf("ledger: release: reservation %s is not open", id)
	}
	doubt := r.doubt
	l.books.close(r, false)
	l.wake()
	l.mu.Unlock()
	if doubt {
		// Recovery does not look at these again: the operator's word is kept.
		return unavailable(l.group.Do(ctx, change{line: line}))
	}
	return unavailable(l.group.Post(ctx, change{line: line, lazy: true}))
}

// Unsettled returns the open reservations, oldest first, without those that
// were committed in doubt.
func (l *Ledger) Unsettled(context.Context) ([]policy.Reservation, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []policy.Reservation
	for _, r := range l.books.inOrder() {
		if !r.doubt {
			out = append(out, r.public(nil))
		}
	}
	return out, nil
}
