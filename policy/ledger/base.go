package ledger

import (
	"cmp"
	"slices"
	"strings"
)

// A base is what all segments up to its number come to:
//
//	customs ledger base 2\n
//	rows of each scope, in ascending order: 16 bytes each, person and state,
//	    with a CRC-32C after each block of 4096 and after the last one
//	lines: head, scopes (states, counts, where the rows are), openings,
//	    reservations that are open or in doubt
//	ready line: where the lines begin, how many they are, their SHA-256
//
// The lines come last, because the states that occur are known only when the
// last row was written.
const (
	baseMagic = "customs ledger base 2\n"
	rowBytes  = len(row{})
	blockRows = 4096
	blockSize = blockRows * rowBytes

	// maxReady bounds the ready line, which is looked for from the end.
	maxReady = 1024
)

// remade is how a damaged base is mended: it holds nothing that the segments
// do not.
const remade = "restore it from a backup, or run: customs ledger rebuild --write"

// keptScope is what a base says of a scope beside its rows.
type keptScope struct {
	Members []string `json:"members,omitempty"`
	Joined  bool     `json:"joined,omitempty"`
	Bases   []string `json:"bases"`
	// States are the lists of stamps, from number 1: year and marks.
	States [][][2]uint64 `json:"states"`
	// Counts are the persons of each state, without those in reservations.
	Counts []int64 `json:"counts"`
	Rows   int64   `json:"rows"`
	Offset int64   `json:"offset"`
	Sealed bool    `json:"sealed,omitempty"`
}

type readyLine struct {
	Lines int    `json:"lines"`
	At    int64  `json:"at"`
	Sum   string `json:"sum"`
}

// rowsSize is how many bytes rows take with their check sums.
func rowsSize(rows int64) int64 {
	return rows*int64(rowBytes) + (rows+blockRows-1)/blockRows*4
}

func (k *keptScope) stamps() [][]stamp {
	out := make([][]stamp, len(k.States))
	for i, state := range k.States {
		for _, s := range state {
			out[i] = append(out[i], stamp{int(min(s[0], 1<<31)), marks(s[1])})
		}
	}
	return out
}

// keep describes a scope for a base.
func keep(s *scope, counts []int64) *keptScope {
	k := &keptScope{Members: s.members, Joined: s.joined, Bases: s.bases, Counts: counts, Sealed: s.sealed}
	for _, list := range s.states.list[1:] {
		state := make([][2]uint64, len(list))
		for i, st := range list {
			state[i] = [2]uint64{uint64(st.year), uint64(st.marks)}
		}
		k.States = append(k.States, state)
	}
	return k
}

// sorted returns the scopes in the order of a base.
func (b *books) sorted() []*scope {
	out := make([]*scope, 0, len(b.scopes))
	for _, s := range b.scopes {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, c *scope) int {
		return cmp.Or(strings.Compare(a.id.Entity, c.id.Entity), strings.Compare(a.id.Filing, c.id.Filing),
			cmp.Compare(a.id.Year, c.id.Year))
	})
	return out
}

// presets returns all openings, each once.
func (b *books) presets() []Opening {
	all := map[string]Opening{}
	for _, s := range b.scopes {
		for _, o := range s.openings {
			all[o.ID] = o
		}
	}
	out := make([]Opening, 0, len(all))
	for _, o := range all {
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, c Opening) int { return strings.Compare(a.ID, c.ID) })
	return out
}
