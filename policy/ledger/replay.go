package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// replayer applies the lines of a journal to books. It keeps reservations aside
// until it knows how they ended: nearly all became final, and their persons go
// right into the tables, which is ten times as fast as claiming them first.
// Only finish puts what is left into the books.
type replayer struct {
	b       *books
	waiting map[string]*reservation
	order   uint64
	// sealing collects the scopes that a line seals; nil seals them. A folding
	// cannot: it does not hold their persons.
	sealing map[scopeID]bool
}

func newReplayer(b *books) *replayer { return &replayer{b: b, waiting: map[string]*reservation{}} }

func (p *replayer) take(r record) error {
	switch r.Op {
	case opReserve:
		return p.reserve(&r)
	case opCommit:
		res := p.waiting[r.ID]
		switch {
		case res == nil:
		case r.Doubt:
			res.doubt = true
		default:
			return p.land(res)
		}
	case opRelease:
		if p.waiting[r.ID] != nil {
			delete(p.waiting, r.ID)
			p.b.remember(r.ID, false)
		}
	case opOpening:
		return p.b.preset(*r.Opening)
	case opSeal:
		return p.seal(*r.Scope)
	default:
		return fmt.Errorf("unknown operation %q", r.Op)
	}
	return nil
}

func (p *replayer) reserve(r *record) error {
	if p.waiting[r.ID] != nil {
		return nil
	}
	for _, q := range r.Parts {
		if p.sealing[q.Scope] || p.b.scope(q.Scope).sealed {
			return errors.New("persons are added to what is sealed")
		}
		p.b.group(q.Scope, q.Members)
	}
	for _, o := range r.Openings {
		if err := p.b.preset(o); err != nil {
			return err
		}
	}
	p.b.join(r.Parts)
	res := r.reservation()
	p.order++
	res.order, res.doubt = p.order, r.Doubt
	p.waiting[r.ID] = res
	return nil
}

// land makes a reservation's persons final.
func (p *replayer) land(r *reservation) error {
	delete(p.waiting, r.id)
	p.b.remember(r.id, true)
	for _, q := range r.parts {
		if err := p.b.scope(q.Scope).land(q, r); err != nil {
			return err
		}
	}
	return nil
}

// land is for scopes without claims.
func (s *scope) land(q part, r *reservation) (err error) {
	basis := s.basis(r.basis)
	if basis < 0 {
		return tooManyBases()
	}
	var known [4][]uint32 // by kind and state: the state after it, 0 for not known
	q.each(func(who person, kind byte) {
		if err != nil {
			return
		}
		was := s.rows.get(who)
		seen := &known[kind&3]
		for int(was) >= len(*seen) {
			*seen = append(*seen, 0)
		}
		is := (*seen)[was]
		if is == 0 {
			if is, err = s.states.add(was, stamp{r.year, marksAt(basis, kind)}); err != nil {
				return
			}
			(*seen)[was] = is
		}
		if was != is {
			s.rows.put(who, is)
			move(s.states.all, was, is)
			move(s.states.firm, was, is)
		}
	})
	return err
}

// seal makes the reservations of a scope final first. Nobody held one in it
// when it was sealed; a line that says so may have been lost with its caller,
// and then the person stays counted.
func (p *replayer) seal(id scopeID) error {
	for _, r := range p.inOrder() {
		if slices.ContainsFunc(r.parts, func(q part) bool { return q.Scope == id }) {
			if err := p.land(r); err != nil {
				return err
			}
		}
	}
	p.b.scope(id) // it may have held only what was taken back
	if p.sealing != nil {
		p.sealing[id] = true
		return nil
	}
	return p.b.seal(id)
}

func (p *replayer) inOrder() []*reservation {
	out := make([]*reservation, 0, len(p.waiting))
	for _, r := range p.waiting {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *reservation) int { return cmp.Compare(a.order, b.order) })
	return out
}

// finish puts the reservations that are open or in doubt into the books.
func (p *replayer) finish() error {
	for _, r := range p.inOrder() {
		doubt := r.doubt
		r.doubt = false
		if err := p.b.open(r, nil); err != nil {
			return fmt.Errorf("reservation %s: %w; %s", r.id, err, restore)
		}
		if doubt {
			p.b.doubt(r)
		}
	}
	return nil
}
