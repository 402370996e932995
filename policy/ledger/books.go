package ledger

import (
	"fmt"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// reservation is a claim that is open or in doubt.
type reservation struct {
	id, flow   string
	at         time.Time
	basis      string
	parts      []part
	commitment string
	newNS      int64
	newSP      int64
	doubt      bool
	order      uint64

	written chan struct{} // closed when the journal answered; nil after replay
	err     error         // that answer
}

// part is a reservation's persons in one scope: 17 bytes each, the scoped hash
// and the kind of data, sorted.
type part struct {
	Scope   scopeID `json:"scope"`
	Persons []byte  `json:"persons"`
}

const personBytes = 17

func (p part) each(fn func(person, byte)) {
	for b := p.Persons; len(b) >= personBytes; b = b[personBytes:] {
		fn(person(b[:16]), b[16])
	}
}

// books is the whole state in memory. The journal is a list of changes to it,
// and each change may be applied twice: a snapshot may already hold changes
// that are also still on their way to the journal.
type books struct {
	scopes  map[scopeID]*scope
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
	return &books{scopes: map[scopeID]*scope{}, pending: map[string]*reservation{}, byFlow: map[string][]*reservation{},
		opened: map[string]bool{}, settled: map[string]bool{}}
}

func (b *books) scope(id scopeID) *scope {
	s := b.scopes[id]
	if s == nil {
		s = newScope(id)
		b.scopes[id] = s
	}
	return s
}

// open puts a reservation into the books. A reservation that is there already
// is left as it is.
func (b *books) open(r *reservation) error {
	if b.pending[r.id] != nil {
		return nil
	}
	for _, p := range r.parts {
		if b.scope(p.Scope).basis(r.basis) < 0 {
			return fmt.Errorf("more than %d legal bases in one scope", maxBases)
		}
	}
	for i, p := range r.parts {
		s := b.scope(p.Scope)
		basis := s.basis(r.basis)
		p.each(func(who person, kind byte) {
			if i == 0 { // the exporter's year
				all, _ := s.of(who)
				r.newNS += one(marks(kind)&1) * (1 - one(all&nsMarks))
				r.newSP += one(marks(kind)&2) * (1 - one(all&spMarks))
			}
			s.claim(who, claim{r, marksAt(basis, kind)})
		})
	}
	b.order++
	r.order = b.order
	b.pending[r.id] = r
	b.byFlow[r.flow] = append(b.byFlow[r.flow], r)
	return nil
}

// commit makes a reservation firm, or doubtful: then its claims stay apart, so
// that an operator can still settle it either way.
func (b *books) commit(r *reservation, inDoubt bool) {
	if !inDoubt {
		b.close(r, true)
		return
	}
	if r.doubt {
		return
	}
	// All its persons become firm at once, by one field that they share.
	for _, p := range r.parts {
		s := b.scope(p.Scope)
		p.each(func(who person, _ byte) { s.retally(who, -1) })
	}
	r.doubt = true
	for _, p := range r.parts {
		s := b.scope(p.Scope)
		p.each(func(who person, _ byte) { s.retally(who, +1) })
	}
}

// close takes a reservation out of the books and keeps or drops its persons.
func (b *books) close(r *reservation, keep bool) {
	for _, p := range r.parts {
		s := b.scope(p.Scope)
		p.each(func(who person, _ byte) { s.drop(who, r, keep) })
	}
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
			return fmt.Errorf("more than %d legal bases in one scope", maxBases)
		}
	}
	for _, id := range ids {
		s := b.scope(id)
		s.openings = append(s.openings, o)
	}
	b.opened[o.ID] = true
	return nil
}

// apply replays one line of the journal.
func (b *books) apply(r record) error {
	switch r.Op {
	case opReserve:
		res := r.reservation()
		if err := b.open(res); err != nil {
			return err
		}
		if r.Doubt {
			b.commit(b.pending[r.ID], true)
		}
	case opCommit:
		if res := b.pending[r.ID]; res != nil {
			b.commit(res, r.Doubt)
		}
	case opRelease:
		if res := b.pending[r.ID]; res != nil {
			b.close(res, false)
		}
	case opOpening:
		return b.preset(*r.Opening)
	case opScope:
		return b.load(r)
	default:
		return fmt.Errorf("unknown operation %q", r.Op)
	}
	return nil
}

// count returns how many persons a limit counts in a scope, with and without
// open reservations.
func (b *books) count(id scopeID, l policy.Limit) (all, firm int64) {
	s := b.scopes[id]
	if s == nil {
		return 0, 0
	}
	mask := s.mask(l.Kind, l.Bases)
	t, before := s.count(mask), s.opened(mask)
	return t.all + before, t.firm + before
}
