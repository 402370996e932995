package ledger

import (
	"errors"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// try is a count that was prepared to be claimed: hashed, without the persons
// who are firm, and packed. r is nil when nobody is left.
type try struct {
	asked
	at       time.Time
	claims   []scopeID // first the exporter's own year
	openings []Opening // of groups that were not in the journal
	r        *reservation
}

var errSealed = errors.New("the persons of that year or filing are gone, and nobody can be counted there any more")

// scopesOf returns the scopes that a flow's persons are claimed in. What an
// exporter sends counts in its group, and in every group that it counted in
// before in that year: the group may be in force again later.
func (b *books) scopesOf(c *policy.Count, year int) ([]scopeID, error) {
	ids := append([]scopeID{{Entity: c.Entity, Year: year}}, b.groups[yearOf{c.Entity, year}]...)
	if len(c.Members) > 0 {
		if id := (scopeID{Entity: c.Counting(), Year: year}); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if c.Filing != "" {
		ids = append(ids, scopeID{Filing: c.Filing})
	}
	for _, id := range ids {
		if s := b.scopes[id]; s != nil && s.sealed {
			return nil, errSealed
		}
	}
	return ids, nil
}

// prepare does all of Reserve's work that needs no exclusive lock.
func (l *Ledger) prepare(c *policy.Count) (*try, error) {
	// The clock is asked once: the year must be that of the time that is kept.
	at, year := l.when(c)
	t := &try{asked: asked{c: c, year: year, need: map[scopeID][]int32{}}, at: at}
	l.mu.RLock()
	ids, err := l.books.scopesOf(c, t.year)
	l.mu.RUnlock()
	if err != nil {
		return nil, err
	}
	t.claims = ids
	if t.in, err = l.hash(c, t.year, ids); err != nil {
		return nil, err
	}
	l.mu.RLock()
	left := 0
	members := map[scopeID][]string{}
	for _, id := range ids {
		members[id] = l.books.unjoined(t, id)
		if members[id] != nil {
			t.need[id] = everybody(len(t.in.kinds)) // so that a part names them
		} else {
			t.need[id] = l.books.missing(t, id)
		}
		left += len(t.need[id])
		t.openings = append(t.openings, l.books.opens(id, members[id])...)
	}
	l.mu.RUnlock()
	if left == 0 {
		return t, nil
	}
	return t, l.fill(t, members)
}

// missing returns the persons whom a scope does not hold for good yet.
func (b *books) missing(t *try, id scopeID) []int32 {
	s := b.scopes[id]
	basis := -1
	if s != nil {
		basis = slices.Index(s.bases, t.c.Basis)
	}
	if basis < 0 {
		return everybody(len(t.in.kinds))
	}
	var wanted [4]stamp
	for kind := range wanted {
		wanted[kind] = stamp{t.year, marksAt(basis, byte(kind))}
	}
	out := []int32{}
	for i, p := range t.in.persons[id] {
		if !s.states.has(s.rows.get(p), wanted[t.in.kinds[i]]) {
			out = append(out, int32(i))
		}
	}
	return out
}

// unjoined returns the members of the count's own group while what it begins
// with is not in the journal.
func (b *books) unjoined(t *try, id scopeID) []string {
	s := b.scopes[id]
	switch {
	case s != nil && s.joined:
		return nil
	case s != nil && s.members != nil:
		return s.members
	case len(t.c.Members) > 0 && id == scopeID{Entity: t.c.Counting(), Year: t.year}:
		return t.c.Members
	}
	return nil
}

// opens returns what a group begins with, as it began when it did.
func (b *books) opens(id scopeID, members []string) []Opening {
	s := b.scopes[id]
	if members == nil {
		return nil
	}
	if s == nil || s.members == nil {
		return b.begins(id, members)
	}
	var out []Opening
	for _, o := range s.openings {
		if o.Entity == id.Entity {
			out = append(out, o)
		}
	}
	return out
}

// fill makes the reservation of those who are left.
func (l *Ledger) fill(t *try, members map[scopeID][]string) error {
	id, err := l.newID()
	if err != nil {
		return err
	}
	r := &reservation{id: id, flow: t.c.Flow, at: t.at, year: t.year, entity: t.c.Entity, filing: t.c.Filing,
		basis: t.c.Basis, observed: t.c.Observe, openings: t.openings, written: make(chan struct{})}
	for _, id := range t.claims {
		if len(t.need[id]) == 0 {
			continue
		}
		p := t.in.pack(id, t.need[id])
		p.Members = members[id]
		r.parts = append(r.parts, p)
	}
	r.commitment = commitment(r.parts)
	t.r = r
	return nil
}

// still reports whether what was prepared still fits the books: persons who
// were firm are firm for ever, but a group may have begun meanwhile, or a scope
// may be closed.
func (b *books) still(t *try) bool {
	ids, err := b.scopesOf(t.c, t.year)
	if err != nil || !slices.Equal(ids, t.claims) {
		return false
	}
	var openings []Opening
	joining := 0
	for _, id := range ids {
		members := b.unjoined(t, id)
		if members != nil {
			joining++
		}
		openings = append(openings, b.opens(id, members)...)
	}
	return joining == t.joining() && slices.EqualFunc(openings, t.openings, Opening.same)
}

// joining is how many parts name the members of their group.
func (t *try) joining() int {
	n := 0
	if t.r != nil {
		for _, p := range t.r.parts {
			if p.Members != nil {
				n++
			}
		}
	}
	return n
}

func (o Opening) same(p Opening) bool {
	return o.ID == p.ID && o.Persons == p.Persons && o.Kind == p.Kind && o.Basis == p.Basis
}
