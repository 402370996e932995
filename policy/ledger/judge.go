package ledger

import (
	"slices"

	"github.com/datacustoms/customs/policy"
)

// joins reports whether the persons of a count would count under a limit. An
// unset basis or filing joins all: the question is then what would happen.
func joins(c *policy.Count, lim policy.Limit) bool {
	return (lim.Filing == "" || c.Filing == "" || lim.Filing == c.Filing) &&
		(c.Basis == "" || len(lim.Bases) == 0 || slices.Contains(lim.Bases, c.Basis))
}

func counts(limit policy.CountKind, kind byte) bool {
	switch limit {
	case policy.CountNS:
		return kind&kindNS != 0
	case policy.CountSP:
		return kind&kindSP != 0
	}
	return true
}

// asked is one count with its hashed persons while its limits are judged.
type asked struct {
	c    *policy.Count
	in   *counted
	year int
	// need are the persons that a claimed scope does not hold for good yet. The
	// others count there already under every limit that they would join.
	need map[scopeID][]int32
	seen map[scopeID]*seen
}

// seen are the states of a scope's persons, looked up once for all limits.
type seen struct {
	which     []int32
	firm, all []uint32
}

func (b *books) look(a *asked, id scopeID) *seen {
	if v := a.seen[id]; v != nil {
		return v
	}
	which, ok := a.need[id]
	if !ok {
		which = everybody(len(a.in.kinds))
	}
	v := &seen{which: which}
	if s, list := b.scopes[id], a.in.persons[id]; s != nil && list != nil && !s.sealed {
		v.firm, v.all = make([]uint32, len(which)), make([]uint32, len(which))
		for i, at := range which {
			_, v.firm[i], v.all[i] = s.of(list[at])
		}
	}
	if a.seen == nil {
		a.seen = map[scopeID]*seen{}
	}
	a.seen[id] = v
	return v
}

func everybody(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// bracket says where a limit stands before and after the count. firm is the
// count after it if all open reservations were released.
func (b *books) bracket(a *asked, lim policy.Limit) (out policy.Bracket, firm int64) {
	id, year := limitScope(lim, a.c.Counting(), a.year)
	before, firm := b.count(id, year, lim, a.c.Members)
	out = policy.Bracket{Limit: lim.ID, Before: before, After: before, Max: lim.Max}
	if joins(a.c, lim) {
		var hit []bool
		v := b.look(a, id)
		if v.all != nil {
			s := b.scopes[id]
			hit = s.states.table(mask{year, s.marks(lim.Kind, lim.Bases)})
		}
		for i, at := range v.which {
			if !counts(lim.Kind, a.in.kinds[at]) {
				continue
			}
			if hit == nil || !hit[v.all[i]] {
				out.After++
			}
			if hit == nil || !hit[v.firm[i]] {
				firm++
			}
		}
	}
	out.Exceeded = out.After > lim.Max
	return out, firm
}

// count returns how many persons a limit counts in a scope, with and without
// open reservations. A group that counts nobody yet counts what it would begin
// with.
func (b *books) count(id scopeID, year int, l policy.Limit, members []string) (all, firm int64) {
	s := b.scopes[id]
	if id.Filing == "" && len(members) > 0 && (s == nil || s.members == nil) {
		for _, o := range b.begins(id, members) {
			if (len(l.Bases) == 0 || o.Basis == "" || slices.Contains(l.Bases, o.Basis)) && counts(l.Kind, o.kindBits()) {
				all += o.Persons
			}
		}
		return all, all
	}
	if s == nil {
		return 0, 0
	}
	return s.count(mask{year, s.marks(l.Kind, l.Bases)})
}

// judge returns all brackets, the first limit that is full for good, and the
// first that only open reservations fill.
func (b *books) judge(a *asked) (all []policy.Bracket, full, held *policy.Bracket) {
	a.seen = nil
	all = make([]policy.Bracket, len(a.c.Limits))
	for i, lim := range a.c.Limits {
		var firm int64
		all[i], firm = b.bracket(a, lim)
		switch {
		case !all[i].Exceeded:
		case firm > lim.Max && full == nil:
			full = &all[i]
		case firm <= lim.Max && held == nil:
			held = &all[i]
		}
	}
	return all, full, held
}
