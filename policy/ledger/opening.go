package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// Opening is a balance from before the gateway: persons that were already
// exported, known by their number only. They count beside every person that
// the gateway sees, as if none of them were the same.
type Opening struct {
	ID      string           `json:"id"` // an opening of a known id is taken once
	Entity  string           `json:"entity"`
	Year    int              `json:"year"`
	Kind    policy.CountKind `json:"kind"`
	Basis   string           `json:"basis,omitempty"`
	Filing  string           `json:"filing,omitempty"` // counts in the filing's year and validity too
	Persons int64            `json:"persons"`
}

func (o Opening) kindBits() byte {
	switch o.Kind {
	case policy.CountNS:
		return 1
	case policy.CountSP:
		return 2
	}
	return 3
}

func (o Opening) scopes() []scopeID { return scopesOf(o.Entity, o.Filing, o.Year) }

func (o Opening) check() error {
	var faults []error
	if strings.TrimSpace(o.Entity) == "" {
		faults = append(faults, errors.New("exporter is missing"))
	}
	if o.Year < 2017 || o.Year > 9999 {
		faults = append(faults, errors.New("year must have four digits"))
	}
	if o.Kind != policy.CountNS && o.Kind != policy.CountSP && o.Kind != policy.CountAny {
		faults = append(faults, errors.New("kind must be ns, sp or any"))
	}
	if o.Persons < 1 {
		faults = append(faults, errors.New("persons must be at least 1"))
	}
	return errors.Join(faults...)
}

// Preset enters an opening balance, durably. An empty ID gets a random one.
func (l *Ledger) Preset(ctx context.Context, o Opening) error {
	if err := o.check(); err != nil {
		return fmt.Errorf("ledger: opening balance: %w", err)
	}
	if o.ID == "" {
		id, err := l.newID()
		if err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		o.ID = id
	}
	l.mu.Lock()
	err := l.books.preset(o)
	l.mu.Unlock()
	if err != nil {
		return fmt.Errorf("ledger: opening balance: %w", err)
	}
	return l.write(ctx, record{Op: opOpening, Opening: &o})
}
