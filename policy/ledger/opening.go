package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
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
	// Groups are the groups that the exporter counted in when the opening was
	// entered; the ledger fills them in.
	Groups []string `json:"groups,omitempty"`
}

func (o Opening) kindBits() byte {
	switch o.Kind {
	case policy.CountNS:
		return kindNS
	case policy.CountSP:
		return kindSP
	}
	return kindNS | kindSP
}

func (o Opening) scopes() []scopeID {
	ids := []scopeID{{Entity: o.Entity, Year: o.Year}}
	for _, g := range o.Groups {
		ids = append(ids, scopeID{Entity: g, Year: o.Year})
	}
	if o.Filing != "" {
		ids = append(ids, scopeID{Filing: o.Filing})
	}
	return ids
}

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
	if o.Persons < 1 || o.Persons > 10_000_000_000 {
		faults = append(faults, errors.New("persons must be from 1 to 10,000,000,000"))
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
	o.Groups = nil
	for _, id := range l.books.groups[yearOf{o.Entity, o.Year}] {
		o.Groups = append(o.Groups, id.Entity)
	}
	err := l.books.preset(o)
	l.mu.Unlock()
	if err != nil {
		return fmt.Errorf("ledger: opening balance: %w", err)
	}
	return l.write(ctx, record{Op: opOpening, Opening: &o})
}

// begins returns what a group that counts nobody yet begins with: what each of
// its members counts by then. One person whom two of them sent, or one under
// two bases, counts twice: nobody can tell any more.
func (b *books) begins(id scopeID, members []string) []Opening {
	var out []Opening
	for _, m := range members {
		s := b.scopes[scopeID{Entity: m, Year: id.Year}]
		if s == nil {
			continue
		}
		for i, basis := range s.bases {
			for _, kind := range []policy.CountKind{policy.CountNS, policy.CountSP, policy.CountAny} {
				if n := s.exactly(i, Opening{Kind: kind}.kindBits()); n > 0 {
					out = append(out, Opening{ID: joinID(id, m, i, kind), Entity: id.Entity, Year: id.Year,
						Kind: kind, Basis: basis, Persons: n})
				}
			}
		}
	}
	return out
}

// joinID never holds the name of a basis: two that differ must not make one id.
func joinID(id scopeID, member string, basis int, kind policy.CountKind) string {
	return strings.Join([]string{"join", id.Entity, member, strconv.Itoa(id.Year), strconv.Itoa(basis), string(kind)}, "/")
}

// exactly counts the persons that have just these kinds under a basis.
func (s *scope) exactly(basis int, kind byte) int64 {
	var n int64
	for i, list := range s.states.list {
		for _, st := range list {
			if byte(st.marks>>(2*basis))&3 == kind {
				n += s.states.all[i]
			}
		}
	}
	for _, o := range s.openings {
		if o.kindBits() == kind && slices.Index(s.bases, o.Basis) == basis {
			n += o.Persons
		}
	}
	return n
}
