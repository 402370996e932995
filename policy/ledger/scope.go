package ledger

import (
	"slices"

	"github.com/datacustoms/customs/policy"
)

// person is a distinct natural person within one scope.
type person [16]byte

// marks says under which bases a person was counted: two bits a basis, the
// lower one for other data, the upper one for sensitive data.
type marks uint64

const (
	maxBases       = 32
	nsMarks  marks = 0x5555555555555555
	spMarks  marks = nsMarks << 1
)

// scopeID names a set of persons: one entity's year, or one filing's year
// (Year set) or validity (Year zero).
type scopeID struct {
	Entity string `json:"entity,omitempty"`
	Filing string `json:"filing,omitempty"`
	Year   int    `json:"year,omitempty"`
}

// scope is one set of persons with its counters.
type scope struct {
	id    scopeID
	bases []string // position is the basis's place in marks

	firm   map[person]marks  // committed
	claims map[person]claims // of reservations that are open or in doubt

	openings []Opening
	tallies  map[marks]*tally // by mask; made when first asked for
}

type claim struct {
	by *reservation
	m  marks
}

// claims are a person's claims. Nearly always there is one, and it is kept in
// place: a flow of 10,000 persons would make as many slices.
type claims struct {
	one  claim
	more []claim
}

func (c claims) each(fn func(claim)) {
	if c.one.by != nil {
		fn(c.one)
	}
	for _, d := range c.more {
		fn(d)
	}
}

// tally counts the persons that have any mark of a mask.
type tally struct {
	all  int64 // with open reservations
	firm int64 // without them, but with those in doubt
}

func newScope(id scopeID) *scope {
	return &scope{id: id, firm: map[person]marks{}, claims: map[person]claims{}, tallies: map[marks]*tally{}}
}

// basis returns the place of a basis, or -1 when there is no room for it.
func (s *scope) basis(name string) int {
	if i := slices.Index(s.bases, name); i >= 0 {
		return i
	}
	if len(s.bases) == maxBases {
		return -1
	}
	s.bases = append(s.bases, name)
	return len(s.bases) - 1
}

// marksAt turns the kind of a person in a flow into marks.
func marksAt(basis int, kind byte) marks { return marks(kind&3) << (2 * basis) }

// mask returns the marks that a limit counts. Persons under no basis count
// under every one.
func (s *scope) mask(kind policy.CountKind, bases []string) marks {
	var m marks
	if len(bases) == 0 {
		m = nsMarks | spMarks
	}
	for i, b := range s.bases {
		if b == "" || slices.Contains(bases, b) {
			m |= 3 << (2 * i)
		}
	}
	switch kind {
	case policy.CountNS:
		return m & nsMarks
	case policy.CountSP:
		return m & spMarks
	}
	return m
}

// of returns a person's marks, with and without open reservations.
func (s *scope) of(p person) (all, firm marks) {
	firm = s.firm[p]
	all = firm
	s.claims[p].each(func(c claim) {
		all |= c.m
		if c.by.doubt {
			firm |= c.m
		}
	})
	return all, firm
}

// count returns the tally of a mask.
func (s *scope) count(mask marks) *tally {
	if t := s.tallies[mask]; t != nil {
		return t
	}
	t := &tally{}
	for p, m := range s.firm {
		if m&mask != 0 {
			t.firm++
			t.all++
			continue
		}
		if _, ok := s.claims[p]; ok {
			s.tell(t, mask, p)
		}
	}
	for p := range s.claims {
		if _, ok := s.firm[p]; !ok {
			s.tell(t, mask, p)
		}
	}
	s.tallies[mask] = t
	return t
}

func (s *scope) tell(t *tally, mask marks, p person) {
	all, firm := s.of(p)
	t.all += one(all & mask)
	t.firm += one(firm & mask)
}

func one(m marks) int64 {
	if m != 0 {
		return 1
	}
	return 0
}

// change applies do to a person and keeps the tallies right.
func (s *scope) change(p person, do func()) {
	s.retally(p, -1)
	do()
	s.retally(p, +1)
}

// retally takes a person out of the tallies or puts it in again.
func (s *scope) retally(p person, sign int64) {
	if len(s.tallies) == 0 {
		return
	}
	all, firm := s.of(p)
	for mask, t := range s.tallies {
		t.all += sign * one(all&mask)
		t.firm += sign * one(firm&mask)
	}
}

func (s *scope) claim(p person, c claim) {
	s.change(p, func() {
		have, ok := s.claims[p]
		if !ok {
			have.one = c
		} else {
			have.more = append(have.more, c)
		}
		s.claims[p] = have
	})
}

// drop takes a reservation's claim on a person away; keep makes it firm first.
func (s *scope) drop(p person, by *reservation, keep bool) {
	s.change(p, func() {
		var rest claims
		n := 0
		s.claims[p].each(func(c claim) {
			switch {
			case c.by == by && keep:
				s.firm[p] |= c.m
			case c.by == by:
			case n == 0:
				rest.one, n = c, 1
			default:
				rest.more = append(rest.more, c)
			}
		})
		if n == 0 {
			delete(s.claims, p)
		} else {
			s.claims[p] = rest
		}
	})
}

// opened returns how many persons of before the gateway fall under a mask.
func (s *scope) opened(mask marks) int64 {
	var n int64
	for _, o := range s.openings {
		if i := slices.Index(s.bases, o.Basis); i >= 0 && marksAt(i, o.kindBits())&mask != 0 {
			n += o.Persons
		}
	}
	return n
}
