package ledger

import (
	"errors"
	"fmt"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// scopeID names a set of persons under one key: the year of an exporter or of
// a group, or a filing over its whole validity (Year zero). The years of a
// filing are told apart by its persons' states.
type scopeID struct {
	Entity string `json:"entity,omitempty"`
	Filing string `json:"filing,omitempty"`
	Year   int    `json:"year,omitempty"`
}

// scope is one set of persons with its counters. rows holds what nothing can
// take out again; the claims of reservations that are open or in doubt stay
// beside it.
type scope struct {
	id       scopeID
	members  []string // of a group, sorted
	bases    []string // position is the basis's place in marks
	states   *states
	rows     *table
	claims   map[person]claims
	room     int // of claims, as it was made
	owed     int // states that settling the claims may still need
	openings []Opening
	sealed   bool // the persons are gone, and the states' counts are the total
	joined   bool // what a group began with is in the journal
}

func newScope(id scopeID) *scope {
	return &scope{id: id, states: newStates(), rows: newTable(), claims: map[person]claims{}}
}

// restore gives an empty scope the bases and states of a base file.
func (s *scope) restore(bases []string, list [][]stamp) error {
	if s.rows.len() > 0 || s.states.len() > 0 || len(s.claims) > 0 {
		return errors.New("scope occurs twice")
	}
	if len(bases) > maxBases {
		return tooManyBases()
	}
	s.bases = slices.Clone(bases)
	for _, stamps := range list {
		for i, st := range stamps {
			if st.marks == 0 || i > 0 && stamps[i-1].year >= st.year {
				return errors.New("a state is not in its order")
			}
		}
		before := s.states.len()
		if _, err := s.states.number(slices.Clone(stamps)); err != nil {
			return err
		}
		if s.states.len() == before {
			return errors.New("a state occurs twice or is empty")
		}
	}
	return nil
}

// load adds a firm person and counts it. Persons come in ascending order.
func (s *scope) load(p person, state uint32) error {
	if state == 0 || int(state) > s.states.len() {
		return errors.New("a person has a state that does not exist")
	}
	s.rows.put(p, state)
	s.states.all[state]++
	s.states.firm[state]++
	return nil
}

// close leaves of a scope only how many persons each state counts.
func (s *scope) seal(counts []int64) {
	if counts != nil {
		copy(s.states.all[1:], counts)
		copy(s.states.firm[1:], counts)
	}
	s.rows, s.sealed = newTable(), true
}

func tooManyBases() error { return fmt.Errorf("more than %d legal bases in one scope", maxBases) }

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

// marks returns what a kind of count adds up under some bases, or under all.
// Persons under no basis count under every one.
func (s *scope) marks(kind policy.CountKind, bases []string) marks {
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

// opened returns how many persons of before the gateway fall under a mask.
func (s *scope) opened(m mask) int64 {
	var n int64
	for _, o := range s.openings {
		i := slices.Index(s.bases, o.Basis)
		if i >= 0 && marksAt(i, o.kindBits())&m.marks != 0 && (m.year == 0 || m.year == o.Year) {
			n += o.Persons
		}
	}
	return n
}

// count returns how many persons a mask counts, with and without open
// reservations.
func (s *scope) count(m mask) (all, firm int64) {
	all, firm = s.states.count(m)
	before := s.opened(m)
	return all + before, firm + before
}
