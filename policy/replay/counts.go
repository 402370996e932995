package replay

import (
	"math"
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// bracketsUnder says on which side of the limits asked about the flow falls.
// The counts are those of the record: nothing is counted again.
func (b *Rebuilt) bracketsUnder() {
	q := &b.Question
	before := q.Brackets
	q.Brackets = []policy.Bracket{}
	if !b.asked() && len(b.in.Counters) == 0 {
		return
	}
	known := b.known()
	for _, l := range listed(b.Rules, q.Exporter, q.Candidates) {
		low, high, ok := b.span(l, known)
		if !ok && l.Filing != "" {
			// A filing that was never counted: by this flow alone.
			low, high = b.inFlow(l.Kind), b.inFlow(l.Kind)
			b.Assumed = append(b.Assumed, l.ID)
		}
		i := len(q.Brackets)
		q.Brackets = append(q.Brackets, policy.Bracket{Limit: l.ID, Exceeded: low > l.Max, After: low, Max: l.Max})
		if low <= l.Max && high > l.Max {
			b.open = append(b.open, open{"limit." + l.ID, func(q *policy.Question, yes bool) { q.Brackets[i].Exceeded = yes }})
		}
	}
	// The limits of a filing that is not there any more stand as they did.
	for _, was := range before {
		lost := func(c policy.Candidate) bool { return len(c.Limits) == 0 && slices.Contains(c.LimitIDs, was.Limit) }
		if slices.ContainsFunc(q.Candidates, lost) {
			q.Brackets = append(q.Brackets, was)
		}
	}
}

// count is a counter of the record with what it counts.
type count struct {
	policy.Counter
	limit policy.Limit
}

func (b *Rebuilt) known() []count {
	limits := b.limits(b.own, b.was)
	var out []count
	for _, c := range b.in.Counters {
		if l, ok := limits[c.Limit]; ok {
			out = append(out, count{c, l})
		}
	}
	return out
}

// span is between which numbers the count of a limit lies, this flow included.
// ok is false where no counter tells anything.
func (b *Rebuilt) span(l policy.Limit, known []count) (low, high int64, ok bool) {
	low, high = 0, math.MaxInt64
	for _, k := range known {
		if k.limit.Filing != l.Filing || k.limit.Validity != l.Validity {
			continue
		}
		from, to := b.counted(k, l)
		if (k.limit.Kind == l.Kind || l.Kind == policy.CountAny) && within(k.limit.Bases, l.Bases) {
			low, ok = max(low, from), true
		}
		if k.limit.Kind == l.Kind && within(l.Bases, k.limit.Bases) {
			high, ok = min(high, to), true
		}
	}
	return low, high, ok
}

// counted is what a counter says of its own count. Where the flow's persons
// count in other sets than they did, each of them may be there or not.
func (b *Rebuilt) counted(k count, l policy.Limit) (low, high int64) {
	low, high = k.After-k.Held, k.After-k.Held
	if k.Refused {
		low, high = max(low, k.Max+1), math.MaxInt64
	}
	if b.Rules == b.own || l.Filing != "" || !b.shifted() {
		return low, high
	}
	was, is := b.counting(b.own, k.limit.Kind), b.counting(b.Rules, k.limit.Kind)
	alike := b.own.BothKinds && b.Rules.BothKinds
	if len(is) == 0 { // nobody of this flow
		return k.Before, k.Before
	}
	if !alike || !includes(is, was) {
		low = min(low, k.Before)
	}
	if high < math.MaxInt64 && (!alike || !includes(was, is)) {
		high = max(high, k.Before+b.most())
	}
	return low, high
}

// counting are the classes of the flow by which a person counts as of a kind.
// "" stands for being a minor.
func (b *Rebuilt) counting(r *policy.Rules, kind policy.CountKind) []inspect.Class {
	var out []inspect.Class
	for _, c := range b.in.Classes {
		if r.IsPersonal(c.Class) && (kind == policy.CountAny || r.Sensitive[c.Class] == (kind == policy.CountSP)) {
			out = append(out, c.Class)
		}
	}
	if kind == policy.CountSP && b.minors() {
		out = append(out, "")
	}
	return out
}

func includes(all, some []inspect.Class) bool {
	return !slices.ContainsFunc(some, func(c inspect.Class) bool { return !slices.Contains(all, c) })
}

// most is how many persons the flow can have under any reading.
func (b *Rebuilt) most() int64 {
	n := int64(b.in.Persons.Total)
	for _, c := range b.in.Classes {
		if !b.own.IsPersonal(c.Class) && b.Rules.IsPersonal(c.Class) {
			n += c.Low + c.Medium + c.High
		}
	}
	return n
}

// inFlow is how many persons of a kind are in the flow.
func (b *Rebuilt) inFlow(kind policy.CountKind) int64 {
	switch kind {
	case policy.CountNS:
		return int64(b.in.Persons.NS)
	case policy.CountSP:
		return int64(b.in.Persons.SP)
	}
	return int64(b.in.Persons.Total)
}

// within reports whether all bases that are added up in a are so in b. None
// means all.
func within(a, b []string) bool {
	if len(b) == 0 || len(a) == 0 {
		return len(b) == 0
	}
	return !slices.ContainsFunc(a, func(x string) bool { return !slices.Contains(b, x) })
}
