package ledger

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// tallies are the counters of all scopes in words that do not depend on the
// order in which bases and states came up.
type tallies map[scopeID]tally

type tally struct {
	counts  map[string]int64
	persons [sha256.Size]byte // of all who are final, each with its state
}

// tally takes down every counter of the books.
func (b *books) tally() tallies {
	out := tallies{}
	for id, s := range b.scopes {
		t := map[string]int64{}
		for n := 1; n <= s.states.len(); n++ {
			name := s.describe(s.states.list[n])
			t["persons sent under "+name] += s.states.all[n]
			t["persons of them not in open reservations, under "+name] += s.states.firm[n]
		}
		for _, o := range s.openings {
			t["persons of before the gateway, "+string(o.Kind)+" under "+quoted(o.Basis)] += o.Persons
		}
		if s.sealed {
			t["seal"] = 1
		}
		out[id] = tally{t, s.digest()}
	}
	for _, r := range b.pending {
		for _, p := range r.parts {
			kind := "open reservations"
			if r.doubt {
				kind = "reservations in doubt"
			}
			out[p.Scope].counts[kind]++
		}
	}
	return out
}

// digest tells sets of persons apart that come to the same counts.
func (s *scope) digest() (sum [sha256.Size]byte) {
	states := make([][sha256.Size]byte, len(s.states.list))
	for n, list := range s.states.list {
		states[n] = sha256.Sum256([]byte(s.describe(list)))
	}
	h := sha256.New()
	for who, state := range s.rows.rows() {
		h.Write(who[:])
		h.Write(states[state][:8])
	}
	h.Sum(sum[:0])
	return sum
}

func quoted(basis string) string { return cmp.Or(basis, "no basis") }

func (s *scope) describe(list []stamp) string {
	var years []string
	for _, st := range list {
		var words []string
		for i, basis := range s.bases {
			switch m := byte(st.marks>>(2*i)) & 3; m {
			case kindNS:
				words = append(words, quoted(basis)+" ns")
			case kindSP:
				words = append(words, quoted(basis)+" sp")
			case kindNS | kindSP:
				words = append(words, quoted(basis)+" ns+sp")
			}
		}
		slices.Sort(words)
		years = append(years, fmt.Sprintf("%d %s", st.year, strings.Join(words, ", ")))
	}
	return strings.Join(years, "; ")
}

// compare lists every counter that the segments do not give again.
func (r *rebuilding) compare(before, after tallies) {
	ids := map[scopeID]bool{}
	for id := range before {
		ids[id] = true
	}
	for id := range after {
		ids[id] = true
	}
	sorted := slices.SortedFunc(maps.Keys(ids), func(a, b scopeID) int { return strings.Compare(a.words(), b.words()) })
	for _, id := range sorted {
		names := map[string]bool{}
		for _, t := range []tally{before[id], after[id]} {
			for name := range t.counts {
				names[name] = true
			}
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if was, is := before[id].counts[name], after[id].counts[name]; was != is {
				r.report.differ("%s: %d %s are in force, and the journal comes to %d", id.words(), was, name, is)
			}
		}
		if a, b := before[id], after[id]; a.counts != nil && b.counts != nil && a.persons != b.persons {
			r.report.differ("%s: the persons in force are not those of the journal", id.words())
		}
	}
}

func (id scopeID) words() string {
	if id.Filing != "" {
		return "filing " + id.Filing
	}
	return fmt.Sprintf("exporter %s, %d", id.Entity, id.Year)
}
