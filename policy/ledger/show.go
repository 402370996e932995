package ledger

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
)

// View is a ledger's counters for reading. It is safe for concurrent use.
type View struct {
	mu     sync.Mutex
	b      *books
	behind int64
}

// Total is what one scope counts: the year of an exporter or of a group, a
// filing's year, or a filing's whole validity (Year zero). Open reservations
// are counted.
type Total struct {
	Entity  string       `json:"exporter,omitempty"`
	Members []string     `json:"members,omitempty"` // of a group
	Filing  string       `json:"filing,omitempty"`
	Year    int          `json:"year,omitempty"`
	NS      int64        `json:"ns"`
	SP      int64        `json:"sp"`
	Any     int64        `json:"any"`
	Opening int64        `json:"opening,omitempty"` // of them, from before the gateway
	Pending int          `json:"pending,omitempty"` // reservations that are open or in doubt
	Sealed  bool         `json:"sealed,omitempty"`  // the persons are gone and the counts stand
	Bases   []BasisTotal `json:"bases"`
}

// BasisTotal is what one legal basis contributes to a scope.
type BasisTotal struct {
	Basis string `json:"basis"`
	NS    int64  `json:"ns"`
	SP    int64  `json:"sp"`
	Any   int64  `json:"any"`
}

// Pending is a reservation that is open or in doubt. Its persons are those
// whom it adds to what was final; the numbers are of the scope where it adds
// most.
type Pending struct {
	ID       string    `json:"id"`
	Flow     string    `json:"flow"`
	At       time.Time `json:"at"`
	Exporter string    `json:"exporter"`
	Filing   string    `json:"filing,omitempty"`
	Basis    string    `json:"basis,omitempty"`
	Persons  int       `json:"persons"`
	NS       int       `json:"ns"`
	SP       int       `json:"sp"`
	InDoubt  bool      `json:"in_doubt"`
}

// Show returns the counters of this moment.
func (l *Ledger) Show() ([]Total, []Pending) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.books.totals(), l.books.pendings()
}

// Totals returns all scopes that count anybody, exporters first, newest year first.
func (v *View) Totals() []Total {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.b.totals()
}

// Pending returns the reservations that are open or in doubt, oldest first.
func (v *View) Pending() []Pending {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.b.pendings()
}

// Count returns how many persons a limit counts in an exporter's or a group's
// year.
func (v *View) Count(entity string, year int, l policy.Limit) int64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	id, of := limitScope(l, entity, year)
	n, _ := v.b.count(id, of, l, nil)
	return n
}

func (b *books) totals() []Total {
	out := make([]Total, 0, len(b.scopes))
	pending := map[scopeID]map[int]int{}
	for _, r := range b.pending {
		for _, p := range r.parts {
			if pending[p.Scope] == nil {
				pending[p.Scope] = map[int]int{}
			}
			pending[p.Scope][r.year]++
			if p.Scope.Year == 0 {
				pending[p.Scope][0]++
			}
		}
	}
	for id, s := range b.scopes {
		for _, year := range s.years() {
			t := s.total(year)
			t.Pending = pending[id][year]
			if t.Any > 0 || t.Pending > 0 {
				out = append(out, t)
			}
		}
	}
	slices.SortFunc(out, func(a, b Total) int {
		return cmp.Or(cmp.Compare(a.Filing, b.Filing), cmp.Compare(a.Entity, b.Entity), b.Year-a.Year)
	})
	return out
}

// years are those that a scope shows: its own, or of a filing every year that
// occurs and the whole validity.
func (s *scope) years() []int {
	if s.id.Filing == "" {
		return []int{s.id.Year}
	}
	years := []int{0}
	for i, list := range s.states.list {
		for _, st := range list {
			if s.states.all[i] > 0 {
				years = append(years, st.year)
			}
		}
	}
	for _, o := range s.openings {
		years = append(years, o.Year)
	}
	slices.Sort(years)
	return slices.Compact(years)
}

func (s *scope) total(year int) Total {
	t := Total{Entity: s.id.Entity, Members: s.members, Filing: s.id.Filing, Year: year, Sealed: s.sealed}
	of := func(m marks) int64 {
		n, _ := s.count(mask{year, m})
		return n
	}
	t.NS, t.SP, t.Any = of(nsMarks), of(spMarks), of(nsMarks|spMarks)
	t.Opening = s.opened(mask{year, nsMarks | spMarks})
	for i, basis := range s.bases {
		here := marks(3) << (2 * i)
		if n := of(here); n > 0 {
			t.Bases = append(t.Bases, BasisTotal{basis, of(nsMarks & here), of(spMarks & here), n})
		}
	}
	slices.SortFunc(t.Bases, func(a, b BasisTotal) int { return cmp.Compare(a.Basis, b.Basis) })
	return t
}

func (b *books) pendings() []Pending {
	out := []Pending{}
	for _, r := range b.inOrder() {
		out = append(out, r.listed())
	}
	return out
}

func (r *reservation) listed() Pending {
	p := Pending{ID: r.id, Flow: r.flow, At: r.at, Exporter: r.entity, Filing: r.filing, Basis: r.basis, InDoubt: r.doubt}
	for _, q := range r.parts {
		var ns, sp int
		q.each(func(_ person, kind byte) {
			ns += int(kind & kindNS)
			sp += int(kind&kindSP) / int(kindSP)
		})
		p.Persons, p.NS, p.SP = max(p.Persons, q.len()), max(p.NS, ns), max(p.SP, sp)
	}
	return p
}
