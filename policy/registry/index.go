package registry

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"github.com/datacustoms/customs/policy"
)

// shelf is the permits of one exporter with what finds those that lead to a
// destination without looking at each. Permits are known by their place in
// all. It is never changed but for its season.
type shelf struct {
	all   []*permit // by id
	hosts map[string][]int32
	// suffixes are keyed with their dot.
	suffixes map[string][]int32
	// nets are the ranges of all links, for a destination by address;
	// nameless those of links without names, for one by name.
	nets, nameless netIndex

	now atomic.Pointer[season]
}

// with returns a shelf that has also the given permits; nil takes one away.
func (s *shelf) with(change map[string]*permit) *shelf {
	next := &shelf{hosts: map[string][]int32{}, suffixes: map[string][]int32{}}
	if s != nil {
		next.all = make([]*permit, 0, len(s.all)+len(change))
		for _, p := range s.all {
			if _, ok := change[p.f.ID]; !ok {
				next.all = append(next.all, p)
			}
		}
	}
	for _, p := range change {
		if p != nil {
			next.all = append(next.all, p)
		}
	}
	slices.SortFunc(next.all, func(a, b *permit) int { return cmp.Compare(a.f.ID, b.f.ID) })
	for i, p := range next.all {
		for j := range p.links {
			next.index(int32(i), &p.links[j])
		}
	}
	return next
}

func (s *shelf) index(i int32, w *way) {
	for _, p := range w.hosts {
		if p.any {
			put(s.suffixes, p.name, i)
		} else {
			put(s.hosts, p.name, i)
		}
	}
	for _, p := range w.dst {
		s.nets.put(p, i)
		if len(w.hosts) == 0 {
			s.nameless.put(p, i)
		}
	}
}

// put keeps each list without doubles; places come in order.
func put[K comparable](m map[K][]int32, k K, i int32) {
	if list := m[k]; len(list) == 0 || list[len(list)-1] != i {
		m[k] = append(list, i)
	}
}

// netIndex finds the ranges that hold an address by trying each length that
// there is.
type netIndex struct {
	at   map[netip.Prefix][]int32
	bits map[[2]int]bool // address length and prefix length
}

func (n *netIndex) put(p netip.Prefix, i int32) {
	if n.at == nil {
		n.at, n.bits = map[netip.Prefix][]int32{}, map[[2]int]bool{}
	}
	put(n.at, p, i)
	n.bits[[2]int{p.Addr().BitLen(), p.Bits()}] = true
}

func (n *netIndex) find(a netip.Addr, found func([]int32)) {
	if !a.IsValid() || a.Zone() != "" {
		return // no range holds one with a zone
	}
	a = a.Unmap()
	for b := range n.bits {
		if b[0] != a.BitLen() {
			continue
		}
		if p, err := a.Prefix(b[1]); err == nil && n.at[p] != nil {
			found(n.at[p])
		}
	}
}

// reached returns the permits with a link that leads to the destination, in
// order. The result is shared and must not be changed.
func (s *shelf) reached(d *policy.Destination) []int32 {
	var first, out []int32
	lists := 0
	found := func(list []int32) {
		if lists++; lists == 1 {
			first = list
			return
		}
		if lists == 2 {
			out = slices.Clone(first)
		}
		out = append(out, list...)
	}
	if a, err := netip.ParseAddr(d.Host); err == nil {
		s.nets.find(a, found)
	} else {
		if list := s.hosts[d.Host]; list != nil {
			found(list)
		}
		for i := 1; i < len(d.Host); i++ {
			if d.Host[i] == '.' {
				if list := s.suffixes[d.Host[i:]]; list != nil {
					found(list)
				}
			}
		}
		s.nameless.find(d.Addr, found)
	}
	if lists < 2 {
		return first
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// The standings of a permit at a time, as fit weighs them.
const (
	inTime  = 1 << iota // its dates hold
	inForce             // its status is effective
	standingCount
)

// season is how the permits of a shelf stand between two of their dates.
type season struct {
	from, until time.Time // zero until is for ever
	standing    []uint8
	groups      [standingCount]group
}

// group is the permits of one standing, in order.
type group struct {
	all []int32
	// meant are those of a purpose and a scenario, or of any scenario.
	meant map[meaning][]int32
}

type meaning struct {
	purpose, scenario string
	any               bool
}

// season returns the one that a time lies in.
func (s *shelf) season(t time.Time) *season {
	if n := s.now.Load(); n != nil && !t.Before(n.from) && (n.until.IsZero() || t.Before(n.until)) {
		return n
	}
	n := &season{standing: make([]uint8, len(s.all))}
	edge := func(e time.Time) {
		switch {
		case e.IsZero():
		case e.After(t):
			if n.until.IsZero() || e.Before(n.until) {
				n.until = e
			}
		case e.After(n.from):
			n.from = e
		}
	}
	for i, p := range s.all {
		edge(p.from)
		edge(p.until)
		standing := uint8(0)
		if when, _ := p.when(t); when == "current" {
			standing |= inTime
		}
		if p.f.Status == statusEffective {
			standing |= inForce
		}
		n.standing[i] = standing
		n.groups[standing].add(int32(i), p.f)
	}
	s.now.Store(n)
	return n
}

func (g *group) add(i int32, f *policy.Filing) {
	g.all = append(g.all, i)
	if g.meant == nil {
		g.meant = map[meaning][]int32{}
	}
	for _, p := range f.Purposes {
		put(g.meant, meaning{purpose: p, any: true}, i)
		put(g.meant, meaning{purpose: p, scenario: f.Scenario}, i)
	}
}

// match returns the members whose purpose is the declared one, in order.
func (g *group) match(d *policy.Declared) []int32 {
	switch {
	case d.Purpose == "":
		return nil
	case d.Scenario == "":
		return g.meant[meaning{purpose: d.Purpose, any: true}]
	}
	exact, open := g.meant[meaning{purpose: d.Purpose, scenario: d.Scenario}], g.meant[meaning{purpose: d.Purpose}]
	if len(open) == 0 {
		return exact
	}
	out := slices.Concat(exact, open)
	slices.Sort(out)
	return out
}

// holders are the exporters that a filing speaks for.
func holders(f *policy.Filing) []string {
	set := map[string]bool{f.Exporter.USCC: true}
	for _, u := range f.Exporter.GroupUSCCs {
		set[u] = true
	}
	return slices.Sorted(maps.Keys(set))
}
