package ledger

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// reservation is a claim that is open or in doubt.
type reservation struct {
	id, flow   string
	at         time.Time
	year       int // of at, in Asia/Shanghai
	entity     string
	filing     string
	basis      string
	parts      []part
	commitment string
	openings   []Opening // what a group begins with that this is the first in
	newNS      int64
	newSP      int64
	observed   bool
	doubt      bool
	final      bool // its commit is on the way to the disk
	gone       bool // its claims are dropped, or just being dropped
	order      uint64

	written chan struct{} // closed when the journal answered; nil after replay
	err     error         // that answer
}

// part is a reservation's persons in one scope, without those who were firm
// there: 14 bytes each, the scoped hash and the kind of data, sorted. A group's
// part names its members.
type part struct {
	Scope   scopeID  `json:"scope"`
	Members []string `json:"members,omitempty"`
	Persons []byte   `json:"persons"`
}

// The kinds of data of a person in a flow, as bits of a part's last byte.
const (
	kindNS byte = 1
	kindSP byte = 2

	personBytes = len(person{}) + 1
)

func (p part) len() int { return len(p.Persons) / personBytes }

// pieces cuts a part into parts of few persons.
func (p part) pieces() []part {
	var out []part
	for b := range slices.Chunk(p.Persons, 1024*personBytes) {
		out = append(out, part{Scope: p.Scope, Persons: b})
	}
	return out
}

func (p part) each(fn func(person, byte)) {
	for b := p.Persons; len(b) >= personBytes; b = b[personBytes:] {
		fn(person(b[:personBytes-1]), b[personBytes-1])
	}
}

// yearOf names the year of an entity that groups are looked up by.
type yearOf struct {
	entity string
	year   int
}

// books is the whole state in memory. The journal is a list of changes to it,
// and each change may be applied twice: a base may already hold changes that
// are also in the journal after it.
type books struct {
	scopes  map[scopeID]*scope
	groups  map[yearOf][]scopeID // groups that an exporter counts in, once they count
	pending map[string]*reservation
	byFlow  map[string][]*reservation
	opened  map[string]bool // ids of openings
	order   uint64

	settled map[string]bool // ids settled last; the value says committed
	ring    []string
	next    int
}

const remembered = 4096

func newBooks() *books {
	return &books{scopes: map[scopeID]*scope{}, groups: map[yearOf][]scopeID{}, pending: map[string]*reservation{},
		byFlow: map[string][]*reservation{}, opened: map[string]bool{}, settled: map[string]bool{}}
}

func (b *books) scope(id scopeID) *scope {
	s := b.scopes[id]
	if s == nil {
		s = newScope(id)
		b.scopes[id] = s
	}
	return s
}

// group makes a scope known as the group of its members.
func (b *books) group(id scopeID, members []string) {
	s := b.scope(id)
	if len(members) == 0 || s.members != nil {
		return
	}
	s.members = members
	for _, m := range members {
		at := yearOf{m, id.Year}
		b.groups[at] = append(b.groups[at], id)
	}
}

// open puts a reservation into the books, or changes nothing. A reservation
// that is there already is left as it is. known are the states of its persons
// where somebody just looked them up.
func (b *books) open(r *reservation, known map[scopeID]*seen) error {
	if b.pending[r.id] != nil {
		return nil
	}
	for _, p := range r.parts {
		s := b.scope(p.Scope)
		if s.sealed {
			return errors.New("the persons of that year or filing are closed")
		}
		if s.basis(r.basis) < 0 {
			return tooManyBases()
		}
	}
	for _, o := range r.openings {
		if err := b.preset(o); err != nil {
			return err
		}
	}
	r.newNS, r.newSP = 0, 0
	for i, p := range r.parts {
		b.group(p.Scope, p.Members)
		if err := b.claim(r, p, known[p.Scope]); err != nil {
			for _, done := range r.parts[:i] {
				b.drop(r, done, false)
			}
			return err
		}
	}
	b.order++
	r.order = b.order
	b.pending[r.id] = r
	b.byFlow[r.flow] = append(b.byFlow[r.flow], r)
	return nil
}

// claim claims all persons of a part or none.
func (b *books) claim(r *reservation, p part, known *seen) (err error) {
	s := b.scope(p.Scope)
	first := s.first(p.len())
	if !first || known == nil || len(known.all) != p.len() {
		known = nil
	}
	i := 0
	basis := s.basis(r.basis)
	own := p.Scope == scopeID{Entity: r.entity, Year: r.year}
	p.each(func(who person, kind byte) {
		if err != nil {
			return
		}
		var have claims
		var row, all uint32
		switch {
		case known != nil:
			row = known.all[i]
		case first:
			row = s.rows.get(who)
		default:
			row, have = s.rows.get(who), s.claims[who]
		}
		if all, err = s.claim(who, row, have, r.says(basis, kind)); own && err == nil {
			r.newNS += s.news(all, kind, kindNS, nsMarks)
			r.newSP += s.news(all, kind, kindSP, spMarks)
		}
		if err == nil {
			i++
		}
	})
	if err != nil {
		b.drop(r, part{Scope: p.Scope, Persons: p.Persons[:i*personBytes]}, false)
	}
	return err
}

// news is 1 for a person of a kind whose state does not count that kind.
func (s *scope) news(state uint32, kind, bit byte, m marks) int64 {
	if kind&bit == 0 || (mask{marks: m}).hits(s.states.list[state]) {
		return 0
	}
	return 1
}

func (b *books) drop(r *reservation, p part, keep bool) {
	s := b.scope(p.Scope)
	basis := s.basis(r.basis)
	p.each(func(who person, kind byte) { s.drop(who, r.says(basis, kind), keep) })
}

// doubt makes a reservation doubtful: its claims stay apart, so that an
// operator can still settle it either way.
func (b *books) doubt(r *reservation) {
	if r.doubt {
		return
	}
	for _, p := range r.parts {
		s := b.scope(p.Scope)
		basis := s.basis(r.basis)
		p.each(func(who person, kind byte) { s.doubted(who, r.says(basis, kind)) })
	}
	r.doubt = true
}

// forget takes a reservation off the list; what it claimed is dropped apart.
func (b *books) forget(r *reservation, keep bool) {
	delete(b.pending, r.id)
	flow := slices.DeleteFunc(b.byFlow[r.flow], func(o *reservation) bool { return o == r })
	if len(flow) == 0 {
		delete(b.byFlow, r.flow)
	} else {
		b.byFlow[r.flow] = flow
	}
	b.remember(r.id, keep)
}

func (b *books) remember(id string, committed bool) {
	if _, ok := b.settled[id]; !ok {
		if len(b.ring) < remembered {
			b.ring = append(b.ring, id)
		} else {
			delete(b.settled, b.ring[b.next])
			b.ring[b.next] = id
			b.next = (b.next + 1) % remembered
		}
	}
	b.settled[id] = committed
}

// preset adds an opening balance once.
func (b *books) preset(o Opening) error {
	if b.opened[o.ID] {
		return nil
	}
	ids := o.scopes()
	for _, id := range ids {
		if b.scope(id).basis(o.Basis) < 0 {
			return tooManyBases()
		}
	}
	for _, id := range ids {
		s := b.scope(id)
		s.openings = append(s.openings, o)
	}
	b.opened[o.ID] = true
	return nil
}

// seal drops the persons of a scope and keeps its counts. The scope may have
// nobody in it: what was tried there never got into the journal.
func (b *books) seal(id scopeID) error {
	s := b.scope(id)
	switch {
	case s.sealed:
		return nil
	case len(s.claims) > 0:
		return fmt.Errorf("%d persons of it are in reservations that are open or in doubt", len(s.claims))
	}
	s.seal(nil)
	return nil
}

// inOrder returns the reservations that are open or in doubt, oldest first.
func (b *books) inOrder() []*reservation {
	out := slices.Collect(maps.Values(b.pending))
	slices.SortFunc(out, func(a, c *reservation) int { return int(int64(a.order) - int64(c.order)) })
	return out
}
