package replay

import (
	"fmt"
	"strconv"

	"github.com/datacustoms/customs/policy"
)

// ownBrackets derives on which side of each limit the flow fell from the
// counters of the record and the limits of its pack and filings.
func (b *Rebuilt) ownBrackets() {
	q := &b.Question
	limits := b.limits(b.own, b.was)
	counters := map[string]policy.Counter{}
	for _, c := range b.in.Counters {
		counters[c.Limit] = c
	}
	out := make([]policy.Bracket, 0, len(q.Brackets))
	for _, was := range q.Brackets {
		name := "bracket." + was.Limit
		c, ok := counters[was.Limit]
		delete(counters, was.Limit)
		if !ok {
			b.text(name, "asked", "no counter")
			out = append(out, was)
			continue
		}
		out = append(out, b.ownBracket(name, was, c, limits))
		delete(limits, was.Limit)
	}
	for id := range counters {
		b.text("bracket."+id, "", "a counter that nobody asked about")
	}
	if b.asked() != (len(q.Brackets) > 0) && q.Stage == policy.StagePart {
		b.text("brackets", fmt.Sprint(len(q.Brackets) > 0), fmt.Sprint(b.asked()))
	}
	if len(q.Brackets) > 0 {
		for id := range limits {
			b.text("bracket."+id, "", "a limit of the pack or a filing")
		}
	}
	q.Brackets = out
}

func (b *Rebuilt) ownBracket(name string, was policy.Bracket, c policy.Counter, limits map[string]policy.Limit) policy.Bracket {
	bound := c.Max
	if l, ok := limits[was.Limit]; ok {
		bound = l.Max
		b.text("counter."+c.Limit+".max", strconv.FormatInt(c.Max, 10), strconv.FormatInt(l.Max, 10))
		if c.Kind != "" {
			b.text("counter."+c.Limit+".kind", string(c.Kind), string(l.Kind))
		}
	} else if !b.lost {
		b.text(name, "asked", "no limit of the pack or a filing")
	}
	switch most := b.inFlow(c.Kind); {
	case c.Before > c.After || c.Before < 0:
		b.text("counter."+c.Limit, fmt.Sprint(c.Before), fmt.Sprint("at most ", c.After))
	case c.Held < 0 || c.Held > c.After:
		b.text("counter."+c.Limit+".held", fmt.Sprint(c.Held), fmt.Sprint("at most ", c.After))
	case c.After-c.Before > most: // nobody counts who is not in the flow
		b.text("counter."+c.Limit, fmt.Sprint(c.After-c.Before, " new persons"), fmt.Sprint("at most ", most))
	}
	is := policy.Bracket{Limit: was.Limit, Exceeded: c.After-c.Held > bound || c.Refused, Before: c.Before, After: c.After, Held: c.Held, Max: bound}
	b.text(name, strconv.FormatBool(was.Exceeded), strconv.FormatBool(is.Exceeded))
	return is
}

// asked reports whether the ledger is asked about the flow at all.
func (b *Rebuilt) asked() bool {
	if b.Question.Exporter.USCC == "" || b.Question.Stage != policy.StagePart {
		return false
	}
	if b.in.Persons.Total > 0 {
		return true
	}
	for _, f := range b.Question.Found {
		if f.Personal {
			return true
		}
	}
	return false
}

// limits are those that the ledger is asked about, by id.
func (b *Rebuilt) limits(r *policy.Rules, candidates []policy.Candidate) map[string]policy.Limit {
	out := map[string]policy.Limit{}
	for _, l := range listed(r, b.Question.Exporter, candidates) {
		out[l.ID] = l
	}
	return out
}

func listed(r *policy.Rules, e policy.Exporter, candidates []policy.Candidate) []policy.Limit {
	out := r.Limits(e)
	for _, c := range candidates {
		out = append(out[:len(out):len(out)], c.Limits...)
	}
	return out
}
