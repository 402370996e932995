package ledger

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// marks says under which bases a person was counted: two bits a basis, the
// lower one for other data, the upper one for sensitive data.
type marks uint64

const (
	maxBases       = 32
	nsMarks  marks = 0x5555555555555555
	spMarks  marks = nsMarks << 1

	// maxStates is what three bytes of a row can number.
	maxStates = 1<<24 - 1
)

// marksAt turns the kind of a person in a flow into marks.
func marksAt(basis int, kind byte) marks { return marks(kind&3) << (2 * basis) }

// stamp is what a person counts as in one calendar year.
type stamp struct {
	year  int
	marks marks
}

// states numbers the different lists of stamps that occur in a scope, from 1;
// 0 is a person who is not there. Beside each it keeps how many persons have
// it, so that a count is a sum over states and nothing is counted again.
type states struct {
	list [][]stamp // by number; sorted by year, no year twice, no empty marks
	ids  map[string]uint32
	all  []int64  // persons by their state with open reservations
	firm []int64  // without them, but with those in doubt
	with [][]step // what add found for each state
	max  int
}

// step leads from a state to the one with a stamp more.
type step struct {
	stamp stamp
	to    uint32
}

func newStates() *states {
	return &states{list: make([][]stamp, 1), ids: map[string]uint32{}, all: make([]int64, 1), firm: make([]int64, 1),
		with: make([][]step, 1), max: maxStates}
}

func (st *states) full() error {
	return fmt.Errorf("more than %d combinations of years and legal bases in one scope", st.max)
}

func (st *states) len() int { return len(st.list) - 1 }

// number returns the number of a list of stamps, which it may keep.
func (st *states) number(list []stamp) (uint32, error) {
	if len(list) == 0 {
		return 0, nil
	}
	key := make([]byte, 0, 10*len(list))
	for _, s := range list {
		key = binary.AppendUvarint(key, uint64(s.year))
		key = binary.BigEndian.AppendUint64(key, uint64(s.marks))
	}
	if n, ok := st.ids[string(key)]; ok {
		return n, nil
	}
	if st.len() >= st.max {
		return 0, st.full()
	}
	n := uint32(len(st.list))
	st.list, st.all, st.firm = append(st.list, list), append(st.all, 0), append(st.firm, 0)
	st.with = append(st.with, nil)
	st.ids[string(key)] = n
	return n, nil
}

// add returns the state of a person who has a state and gets a stamp.
func (st *states) add(state uint32, s stamp) (uint32, error) {
	if s.marks == 0 || st.has(state, s) {
		return state, nil
	}
	for _, known := range st.with[state] {
		if known.stamp == s {
			return known.to, nil
		}
	}
	list := slices.Clone(st.list[state])
	i, found := slices.BinarySearchFunc(list, s.year, func(a stamp, year int) int { return cmp.Compare(a.year, year) })
	if found {
		list[i].marks |= s.marks
	} else {
		list = slices.Insert(list, i, s)
	}
	n, err := st.number(list)
	if err == nil {
		st.with[state] = append(st.with[state], step{s, n})
	}
	return n, err
}

// has reports whether a state counts all that a stamp says.
func (st *states) has(state uint32, s stamp) bool {
	for _, have := range st.list[state] {
		if have.year == s.year {
			return have.marks&s.marks == s.marks
		}
	}
	return false
}

// mask is what a limit counts: marks in one year, or in every year when the
// year is zero.
type mask struct {
	year  int
	marks marks
}

func (m mask) hits(list []stamp) bool {
	for _, s := range list {
		if (m.year == 0 || m.year == s.year) && s.marks&m.marks != 0 {
			return true
		}
	}
	return false
}

// count sums the persons of the states that a mask hits.
func (st *states) count(m mask) (all, firm int64) {
	for n, list := range st.list {
		if (st.all[n] != 0 || st.firm[n] != 0) && m.hits(list) {
			all += st.all[n]
			firm += st.firm[n]
		}
	}
	return all, firm
}

// table says for each state whether a mask hits it.
func (st *states) table(m mask) []bool {
	out := make([]bool, len(st.list))
	for n, list := range st.list {
		out[n] = m.hits(list)
	}
	return out
}

// move takes a person from one state to another; what it was not in, or is
// not in any more, is state 0.
func move(counts []int64, from, to uint32) {
	if from != to {
		counts[from]--
		counts[to]++
	}
	counts[0] = 0
}
