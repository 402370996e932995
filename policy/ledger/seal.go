package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/datacustoms/customs/policy"
)

// ScopeRef names a set of persons that can be destroyed: the year of an
// exporter or of a group, or a filing.
type ScopeRef struct {
	Entity string `json:"exporter,omitempty"` // a USCC or policy.GroupID
	Year   int    `json:"year,omitempty"`     // of Entity
	Filing string `json:"filing,omitempty"`
}

func (r ScopeRef) id() (scopeID, error) {
	id := scopeID{Entity: r.Entity, Filing: r.Filing, Year: r.Year}
	if (r.Filing == "") == (r.Entity == "") || (r.Filing == "") != (r.Year > 0) {
		return id, errors.New("name an exporter and its year, or a filing")
	}
	return id, nil
}

// sealPast drops the persons of exporters' and groups' years that are over and
// keeps their totals. The last year stays open through January: a flow whose
// first intent was in December may be sent then.
//
// Sealing cannot be undone, and a clock may be wrong for a while: at every look
// in a day it must say that the year is over.
func (l *Ledger) sealPast(ctx context.Context) error {
	open := openFrom(l.opts.Now())
	l.mu.Lock()
	if l.past.open != open {
		l.past = past{open, time.Now()}
	}
	if time.Since(l.past.since) < sealAfter {
		l.mu.Unlock()
		return nil
	}
	var ids []scopeID
	for id, s := range l.books.scopes {
		if id.Year > 0 && id.Year < open && !s.sealed && len(s.claims) == 0 {
			ids = append(ids, id)
		}
	}
	l.mu.Unlock()
	for i, id := range ids {
		if err := l.seal(ctx, id, i == len(ids)-1); err != nil {
			return fmt.Errorf("seal %d: %w", id.Year, err)
		}
	}
	return nil
}

// sealAfter is how long the clock must have said that a year is over.
const sealAfter = foldLook - time.Hour

// past is the first year that is not over, and since when the clock says so.
// since is read by the clock that no step moves.
type past struct {
	open  int
	since time.Time
}

// openFrom returns the first year that is not over for good.
func openFrom(now time.Time) int {
	now = now.In(policy.Shanghai)
	if now.Month() == time.January {
		return now.Year() - 1
	}
	return now.Year()
}

// seal drops a scope's persons, durably; fold takes them off the disk at once.
func (l *Ledger) seal(ctx context.Context, id scopeID, fold bool) error {
	line, err := record{Op: opSeal, Scope: &id}.line()
	if err != nil {
		return err
	}
	l.mu.Lock()
	err = l.books.seal(id)
	l.mu.Unlock()
	if err != nil {
		return err
	}
	return unavailable(l.group.Do(ctx, change{line: line, stands: true, fold: fold}))
}

// Destroy ends a set of persons for good: its totals stay, its persons are
// dropped, and its key is removed, so that nobody can tell from what is left
// who they were. What is still counted is refused: the current year, a filing
// under which somebody was sent this year, and persons in reservations that
// are open or in doubt. It may be repeated after an error.
func (l *Ledger) Destroy(ctx context.Context, ref ScopeRef) error {
	id, err := ref.id()
	if err != nil {
		return fmt.Errorf("ledger: destroy: %w", err)
	}
	if err := l.mayDestroy(id); err != nil {
		return fmt.Errorf("ledger: destroy: %w", err)
	}
	if err := l.seal(ctx, id, true); err != nil {
		return fmt.Errorf("ledger: destroy: %w", err)
	}
	if err := l.keys.destroy(keyScope(id)); err != nil {
		return fmt.Errorf("ledger: destroy: remove the key: %w; try again", unavailable(err))
	}
	return nil
}

func (l *Ledger) mayDestroy(id scopeID) error {
	year := l.opts.Now().In(policy.Shanghai).Year()
	if id.Year >= year {
		return fmt.Errorf("%d is not over", id.Year)
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	s := l.books.scopes[id]
	if s == nil {
		return errors.New("nobody is counted there")
	}
	if all, _ := s.count(mask{year, nsMarks | spMarks}); id.Filing != "" && all > 0 {
		return fmt.Errorf("%d persons were sent under the filing in %d; it can be destroyed next year", all, year)
	}
	return nil
}

// Folding returns why older segments of the journal could not be folded into a
// base, or nil. Nothing is lost by it: the next start takes longer, and the
// folding is tried again.
func (l *Ledger) Folding() error {
	if err := l.store.folder.fault(); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}
