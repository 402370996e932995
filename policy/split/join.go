package split

import (
	"cmp"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// The bounds of one answer.
const (
	maxWith  = 8
	maxJoins = 512
)

// place compares a part with what is remembered, remembers it, and returns
// what it belongs with and what is to be kept of it. It runs under the lock.
func (d *Detector) place(p *policy.SplitPart, n *piece, views map[int]*probe) (policy.Split, line) {
	d.drop(func(q *piece) bool { return expired(q, n.at) })
	c := look{n: n, views: views, near: d.near(p.Flow.Session.Exporter.Members())}
	c.meet()
	c.numbered()
	for _, q := range c.near {
		c.compare(q)
	}
	within := c.wholes()
	c.subset(within)
	if slices.Contains(c.evidence, policy.SplitNumbered) {
		c.chain()
	}
	c.standing()
	own, l := d.remember(&c, within)
	if len(c.kin) == 0 {
		return policy.Split{}, l
	}
	joins := d.join(&c, own)
	l.Set = own.set
	l.Joins = joins[:min(len(joins), maxJoins)]
	if l.Op == "" {
		l.Op, l.Flow, l.Of = opAgain, n.flow, own.flow
	}
	return c.answer(own), l
}

// near are the pieces of some exporters, each one's oldest first.
func (d *Detector) near(members []string) []*piece {
	if len(members) == 1 {
		return d.pieces[members[0]]
	}
	var out []*piece
	for _, m := range members {
		out = append(out, d.pieces[m]...)
	}
	return out
}

// standing finds the set of two earlier pieces that went the two ways that the
// part and its kin go, with the same data: what is sent so day after day is one
// matter, and is told of once.
func (c *look) standing() {
	if len(c.kin) == 0 || len(c.sets) > 0 || c.twin != nil && c.twin.set != "" {
		return
	}
	k := c.kin[0]
	sets := map[string]bool{}
	for _, q := range c.near {
		v := c.views[q.year]
		if q.set != "" && v != nil && c.at.Sub(q.at) >= standingAfter && !apart(c.gone[q.year], q.ways) && likewise(&v.view, c.n, q) {
			sets[q.set] = true
		}
	}
	if len(sets) == 0 {
		return
	}
	for _, q := range c.near {
		if sets[q.set] && !apart(k.ways, q.ways) && likewise(&k.view, k, q) {
			c.add(q)
			return
		}
	}
}

// likewise reports whether a piece, as it is seen under the key of the other's
// year, has the same layout and the same classes.
func likewise(v *view, p, q *piece) bool {
	return v.columns == q.view.columns && v.fields == q.view.fields && slices.Equal(p.classes, q.classes)
}

// remember adds the part, or what is new of a part that is there.
func (d *Detector) remember(c *look, within []string) (*piece, line) {
	n, t := c.n, c.twin
	var beside []string
	if slices.Contains(c.evidence, policy.SplitColumns) {
		for _, q := range c.kin {
			beside = with(beside, q.flow, maxKin)
		}
	}
	if t == nil {
		n.ways, n.within, n.beside = []way{n.view.way}, within, beside
		d.add(n)
		return n, n.line()
	}
	var l line
	if t.last() != n.flow {
		delete(d.flows, t.again)
		t.again = n.flow
		d.flows[n.flow] = t
		l = line{Op: opAgain, Flow: n.flow, Of: t.flow}
	}
	if w := c.views[t.year]; w != nil && !slices.Contains(t.ways, w.view.way) && len(t.ways) < maxWays {
		t.ways = with(t.ways, w.view.way, maxWays)
		l = line{Op: opAgain, Flow: n.flow, Of: t.flow, Way: words(w.view.way[:])}
	}
	known := len(t.within) + len(t.beside)
	for _, flow := range within {
		t.within = with(t.within, flow, maxKin)
	}
	for _, flow := range beside {
		t.beside = with(t.beside, flow, maxKin)
	}
	if len(t.within)+len(t.beside) > known {
		l.Op, l.Flow, l.Of, l.Within, l.Beside = opAgain, n.flow, t.flow, t.within, t.beside
	}
	return t, l
}

// join puts the part and its kin into one set, the oldest there is, and
// returns the flows of the pieces that changed theirs.
func (d *Detector) join(c *look, own *piece) []string {
	all := append(slices.Clone(c.kin), own)
	c.belongs[own] = true
	slices.SortFunc(all, func(a, b *piece) int { return a.at.Compare(b.at) })
	set, others := "", map[string]bool{}
	for _, q := range all {
		switch {
		case q.set == "":
		case set == "":
			set = q.set
		default:
			others[q.set] = true
		}
	}
	if set == "" {
		set = d.newSet()
	}
	var changed []string
	for _, q := range append(c.near[:len(c.near):len(c.near)], own) {
		if q.set != set && (c.belongs[q] || others[q.set]) {
			q.set = set
			changed = append(changed, q.flow)
		}
	}
	return changed
}

// answer says what the part belongs with.
func (c *look) answer(own *piece) policy.Split {
	s := policy.Split{Set: own.set, Evidence: c.evidence, Over: c.over}
	slices.Sort(s.Evidence)
	slices.Sort(s.Over)
	var members []*piece
	there := map[string]bool{own.flow: true}
	for _, q := range c.near {
		if q.set == own.set && q != own {
			members = append(members, q)
			there[q.flow] = true
		}
	}
	members = append(members, own)
	wholes := map[string]bool{}
	for _, q := range members {
		for _, w := range q.within {
			wholes[w] = true
		}
	}
	isThere := func(flow string) bool { return there[flow] }
	for _, q := range members {
		if !wholes[q.flow] {
			s.Pieces++
		}
		if !slices.ContainsFunc(q.within, isThere) && !slices.ContainsFunc(q.beside, isThere) {
			s.Persons += q.persons
		}
	}
	slices.Reverse(members) // of the same time, the later one first
	slices.SortStableFunc(members, func(a, b *piece) int { return b.at.Compare(a.at) })
	for _, q := range members {
		if flow := q.last(); flow != c.n.flow && len(s.With) < maxWith {
			s.With = append(s.With, flow)
		}
	}
	return s
}

// Joined is a set of pieces with the record and the exporter of the latest.
type Joined struct {
	Record, Exporter string
	Split            policy.Split
}

// Sets returns what is joined now, without the evidence: who was to be told of
// it may have ended before he was.
func (d *Detector) Sets() (out []Joined) {
	d.mu.Lock()
	defer d.mu.Unlock()
	sets := map[string][]*piece{}
	for _, list := range d.pieces {
		for _, q := range list {
			if q.set != "" {
				sets[q.set] = append(sets[q.set], q)
			}
		}
	}
	for _, list := range sets {
		slices.SortFunc(list, func(a, b *piece) int { return a.at.Compare(b.at) })
		own := list[len(list)-1]
		c := look{near: list, n: &piece{flow: own.last()}}
		for _, q := range list {
			if q.year == own.year {
				c.over = over(c.over, own.view.way, q.view.way)
			}
		}
		if own.at.Sub(list[0].at) >= 24*time.Hour {
			c.over = append(c.over, "time")
		}
		out = append(out, Joined{own.last(), own.exporter, c.answer(own)})
	}
	slices.SortFunc(out, func(a, b Joined) int { return cmp.Compare(a.Split.Set, b.Split.Set) })
	return out
}

// add remembers a piece within the bounds. What makes room is the smallest of
// the older half, so that a flood of small parts does not wash a whole away.
func (d *Detector) add(n *piece) {
	list := d.pieces[n.exporter]
	if len(list) >= MaxExporter {
		list = d.without(list)
	} else if d.count >= MaxPieces {
		most := n.exporter
		for e, l := range d.pieces {
			if len(l) > len(d.pieces[most]) {
				most = e
			}
		}
		d.pieces[most] = d.without(d.pieces[most])
		list = d.pieces[n.exporter]
	}
	d.pieces[n.exporter] = append(list, n)
	d.flows[n.flow] = n
	d.count++
}

// without returns a list without the piece that is missed least.
func (d *Detector) without(list []*piece) []*piece {
	at := 0
	for i, q := range list[:(len(list)+1)/2] {
		if q.persons+q.rows < list[at].persons+list[at].rows {
			at = i
		}
	}
	d.forget(list[at])
	return slices.Delete(slices.Clone(list), at, at+1)
}

func (d *Detector) forget(q *piece) {
	delete(d.flows, q.flow)
	delete(d.flows, q.again)
	d.count--
}

// drop forgets all pieces that are told by the given mark.
func (d *Detector) drop(gone func(*piece) bool) {
	for e, list := range d.pieces {
		if len(list) > 0 && !slices.ContainsFunc(list, gone) {
			continue
		}
		kept := list[:0:0]
		for _, q := range list {
			if gone(q) {
				d.forget(q)
			} else {
				kept = append(kept, q)
			}
		}
		if d.pieces[e] = kept; len(kept) == 0 {
			delete(d.pieces, e)
		}
	}
}

// expired reports whether a piece is beyond the window.
func expired(q *piece, now time.Time) bool { return now.Sub(q.at) > Window }
