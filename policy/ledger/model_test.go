package ledger_test

import (
	"maps"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/policytest"
)

// fate is what became of a reservation of the model.
type fate int

const (
	isOpen fate = iota
	isLate      // committed, but the disk did not answer: counted, perhaps not firm yet
	inDoubt
	isFirm
)

// sent is one flow of the model: person number → NS and SP.
type sent struct {
	id, entity, filing, basis string
	at                        time.Time
	persons                   map[int]policy.Counted
	grouped                   bool // the group had begun, or began with it
	fate                      fate
}

func (s *sent) year() int { return s.at.In(policy.Shanghai).Year() }

// given is a number of persons that counts beside the list.
type given struct {
	group  bool // counts in the group too
	entity string
	filing string
	year   int
	basis  string
	kind   policy.CountKind
	n      int64
}

// model is a ledger as a list.
type model struct {
	flows   []*sent
	openers []given
	frozen  map[int][]given // what the group began with, by year
	unsure  map[int]bool    // the group may or may not have begun: a disk fault came in between
	undone  map[string]bool // settled as not sent; a crash may bring it back
}

var (
	partner = "91330100799655058B"
	members = []string{policytest.Exporter, partner}
	group   = policy.GroupID(slices.Sorted(slices.Values(members)))
)

func newModel() *model {
	return &model{frozen: map[int][]given{}, unsure: map[int]bool{}, undone: map[string]bool{}}
}

func counts(kind policy.CountKind, p policy.Counted) bool {
	neither := !p.NS && !p.SP
	return kind == policy.CountAny || neither || kind == policy.CountNS && p.NS || kind == policy.CountSP && p.SP
}

func falls(bases []string, basis string) bool {
	return len(bases) == 0 || basis == "" || slices.Contains(bases, basis)
}

// in reports whether a flow counts in a limit's scope.
func (s *sent) in(l policy.Limit, entity string, year int) bool {
	switch {
	case l.Filing != "":
		return s.filing == l.Filing && (l.Validity || s.year() == year)
	case entity == group:
		return s.grouped && s.year() == year
	}
	return s.entity == entity && s.year() == year
}

// distinct lists the persons of the flows that a limit counts.
func (m *model) distinct(l policy.Limit, entity string, year int, of func(*sent) bool) map[int]bool {
	out := map[int]bool{}
	for _, s := range m.flows {
		if of(s) && falls(l.Bases, s.basis) && s.in(l, entity, year) {
			for n, p := range s.persons {
				if counts(l.Kind, p) {
					out[n] = true
				}
			}
		}
	}
	return out
}

// beside adds up the numbers that count beside the list.
func (m *model) beside(l policy.Limit, entity string, year int) int64 {
	list := m.openers
	if l.Filing == "" && entity == group {
		if list = slices.Clone(m.frozen[year]); !m.begun(year) {
			list = m.begins(year)
		}
		for _, o := range m.openers {
			if o.group {
				list = append(list, o)
			}
		}
	}
	var n int64
	for _, o := range list {
		here := o.entity == entity && o.year == year
		if l.Filing != "" {
			here = o.filing == l.Filing && (l.Validity || o.year == year)
		} else if entity == group {
			here = o.year == year
		}
		p := policy.Counted{NS: o.kind != policy.CountSP, SP: o.kind != policy.CountNS}
		if here && falls(l.Bases, o.basis) && counts(l.Kind, p) {
			n += o.n
		}
	}
	return n
}

func anyFate(*sent) bool          { return true }
func (m *model) begun(y int) bool { _, ok := m.frozen[y]; return ok }

// count is what the ledger must answer.
func (m *model) count(l policy.Limit, entity string, year int) int64 {
	return int64(len(m.distinct(l, entity, year, anyFate))) + m.beside(l, entity, year)
}

// begins is what a group begins with: for each member and basis the persons
// with other data only, with sensitive data only, and with both.
func (m *model) begins(year int) []given {
	var out []given
	for _, e := range members {
		byBasis := map[string]map[int]policy.Counted{}
		for _, s := range m.flows {
			if s.entity != e || s.year() != year {
				continue
			}
			if byBasis[s.basis] == nil {
				byBasis[s.basis] = map[int]policy.Counted{}
			}
			for n, p := range s.persons {
				have := byBasis[s.basis][n]
				have.NS, have.SP = have.NS || counts(policy.CountNS, p), have.SP || counts(policy.CountSP, p)
				byBasis[s.basis][n] = have
			}
		}
		for _, basis := range slices.Sorted(maps.Keys(byBasis)) {
			n := map[policy.CountKind]int64{}
			for _, p := range byBasis[basis] {
				switch {
				case p.NS && p.SP:
					n[policy.CountAny]++
				case p.SP:
					n[policy.CountSP]++
				default:
					n[policy.CountNS]++
				}
			}
			for kind, k := range n {
				out = append(out, given{year: year, basis: basis, kind: kind, n: k})
			}
		}
		for _, o := range m.openers {
			if o.entity == e && o.year == year && !o.group {
				out = append(out, given{year: year, basis: o.basis, kind: o.kind, n: o.n})
			}
		}
	}
	return out
}

// settled says of a flow's persons whether flows that are final hold all of
// them in every scope where it would count.
func (m *model) settled(s *sent, of func(*sent) bool) bool {
	for n, p := range s.persons {
		for _, kind := range []policy.CountKind{policy.CountNS, policy.CountSP} {
			if !counts(kind, p) {
				continue
			}
			limits := map[string]policy.Limit{s.entity: {Kind: kind}}
			if s.filing != "" {
				limits["filing"] = policy.Limit{Kind: kind, Filing: s.filing}
			}
			if s.grouped {
				limits[group] = policy.Limit{Kind: kind}
			}
			for entity, l := range limits {
				same := func(o *sent) bool { return of(o) && o.basis == s.basis }
				if !m.distinct(l, entity, s.year(), same)[n] {
					return false
				}
			}
		}
	}
	return true
}
