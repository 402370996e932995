package split

import (
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// How near in time cuts must be.
const (
	cutWithin      = 24 * time.Hour
	headlessWithin = time.Hour
	leftWithin     = 24 * time.Hour // later it is no longer the whole that parts for others are taken from
	standingAfter  = 12 * time.Hour // what went the same ways that long ago is done regularly

	// maxCompared is how many pieces a part is joined with one by one. Of the
	// sets of those, no more need be looked at.
	maxCompared = 64
)

// look compares one part with the pieces that its exporter, or the group of
// it, sent. It runs under the detector's lock.
type look struct {
	n     *piece
	views map[int]*probe
	near  []*piece
	twin  *piece // the same part, if it was seen before
	at    time.Time
	habit bool // of the part, or of its twin when that was first seen
	gone  map[int][]way

	kin      []*piece // that it belongs with
	belongs  map[*piece]bool
	sets     map[string]bool // of the kin
	evidence []policy.SplitEvidence
	over     []string
}

// meet looks for the twin of a part. A part that comes again is as old as it
// was: what was held is not let go because its retry came late.
func (c *look) meet() {
	c.gone, c.belongs, c.sets = map[int][]way{}, map[*piece]bool{}, map[string]bool{}
	for _, q := range c.near {
		if c.same(q) {
			c.twin = q
			break
		}
	}
	for year, v := range c.views {
		c.gone[year] = []way{v.view.way}
		if c.twin != nil && c.twin.year == year {
			c.gone[year] = with(c.twin.ways, v.view.way, maxWays+1)
		}
	}
	if c.at, c.habit = c.n.at, c.used(); c.twin != nil {
		c.at, c.habit = c.twin.at, c.twin.habit
	}
	c.n.habit = c.habit
}

// same reports whether a piece is the very part: a retry, or the same content
// over another way or in another coding.
func (c *look) same(q *piece) bool {
	n, v := c.n, c.views[q.year]
	switch {
	case q.flow == n.flow || q.again == n.flow:
		return true
	case v == nil || n.persons != q.persons || !slices.Equal(n.classes, q.classes),
		!slices.Equal(v.view.people.values, q.view.people.values):
		return false
	case n.persons >= fewest:
		return true
	}
	return n.rows == q.rows && n.lines == q.lines && n.cutStart == q.cutStart && n.cutEnd == q.cutEnd &&
		v.view.columns == q.view.columns && slices.Equal(v.view.runs, q.view.runs) && slices.Equal(v.view.text.values, q.view.text.values)
}

// compare looks for all evidence against one piece but subset's, which takes
// a third.
func (c *look) compare(q *piece) {
	v := c.views[q.year]
	if v == nil || q == c.twin || len(c.kin) >= maxCompared && c.sets[q.set] || !apart(c.gone[q.year], q.ways) {
		return
	}
	if !c.belongs[q] && c.cut(v, q) {
		c.join(q, policy.SplitCut)
	}
	if c.columns(v, q) {
		c.join(q, policy.SplitColumns)
	}
}

// add counts a piece among the kin.
func (c *look) add(q *piece) {
	if c.belongs[q] {
		return
	}
	c.kin = append(c.kin, q)
	if c.belongs[q] = true; q.set != "" {
		c.sets[q.set] = true
	}
}

func (c *look) join(q *piece, why policy.SplitEvidence) {
	c.add(q)
	if !slices.Contains(c.evidence, why) {
		c.evidence = append(c.evidence, why)
	}
	c.over = over(c.over, c.views[q.year].view.way, q.view.way)
	if d := c.at.Sub(q.at); d >= 24*time.Hour && !slices.Contains(c.over, "time") {
		c.over = append(c.over, "time")
	}
}

// alike reports whether two tables have the same columns and rows enough.
func (c *look) alike(v *probe, q *piece) bool {
	return v.view.columns != 0 && v.view.columns == q.view.columns && c.n.rows >= fewest && q.rows >= fewest
}

func (c *look) cut(v *probe, q *piece) bool {
	n, apartBy := c.n, c.at.Sub(q.at).Abs()
	if !c.alike(v, q) || apartBy > cutWithin {
		return false
	}
	named, other := v.view.fields != 0, q.view.fields != 0
	switch {
	case n.cutStart && q.cutEnd || q.cutStart && n.cutEnd:
	case apartBy > headlessWithin:
		return false
	case named != other:
		if !(named && !q.habit || other && !c.habit) {
			return false
		}
	case named || q.set == "" || !(q.cutStart || q.cutEnd) || c.habit:
		return false // else of a list of which others were cut within a row, this one by luck between two
	}
	return !c.shared(v, q)
}

// shared reports whether two parts have too many persons in common for pieces
// that were cut from one list.
func (c *look) shared(v *probe, q *piece) bool {
	percent, ok := overlap(v.people, v.view.people.upTo, &q.view.people)
	return ok && percent > 30
}

// used reports whether parts of these columns went without names over the
// way of this one more than an hour ago, as whoever sends there is used to.
func (c *look) used() bool {
	v := c.views[c.n.year]
	if v.view.fields != 0 || v.view.columns == 0 {
		return false
	}
	return slices.ContainsFunc(c.near, func(q *piece) bool {
		return q != c.twin && q.view.fields == 0 && q.view.columns == v.view.columns && c.n.at.Sub(q.at) > headlessWithin && !apart(c.gone[c.n.year], q.ways)
	})
}

// columns reports whether the same persons went with other data of them. Who
// gets a part of the columns that another got in full is no piece.
func (c *look) columns(v *probe, q *piece) bool {
	if c.n.persons < fewest || q.persons < fewest || !lacks(c.n.classes, q.classes) || !lacks(q.classes, c.n.classes) {
		return false
	}
	return inside(v.people, v.view.people.upTo, &q.view.people) && inside(marks(&q.view.people), q.view.people.upTo, &v.view.people)
}

// marks are the values of persons as they are compared.
func marks(s *sketch) []mark {
	out := make([]mark, 0, len(s.values))
	for _, v := range s.values {
		out = append(out, mark{v, v})
	}
	return out
}

// wholes are the flows of larger pieces that the part is all but contained in,
// and of which it could hide that it is a piece.
func (c *look) wholes() []string {
	var out []string
	for _, q := range c.near {
		v := c.views[q.year]
		if v == nil || q == c.twin || q.left && !c.hides(q) || !c.part(v, q) {
			continue
		}
		if out = append(out, q.flow); len(out) == maxKin {
			break
		}
	}
	return out
}

// hides reports whether a part can hide that it is a piece of a whole that was
// sent: by going another way, soon after it.
func (c *look) hides(q *piece) bool {
	return apart(c.gone[q.year], q.ways) && c.at.Sub(q.at) <= leftWithin
}

func (c *look) part(v *probe, q *piece) bool {
	n := c.n
	if n.persons >= fewest {
		return n.persons*10 <= q.persons*9 && inside(v.people, v.view.people.upTo, &q.view.people)
	}
	return n.lines >= fewest && n.lines*10 <= q.lines*9 && inside(v.text, v.view.text.upTo, &q.view.text)
}

// subset looks for another piece of the same whole that is not the same people
// or the same lines.
func (c *look) subset(wholes []string) {
	if len(wholes) == 0 {
		return
	}
	for _, q := range c.near {
		if q == c.twin || len(c.kin) >= maxCompared && c.sets[q.set] ||
			!slices.ContainsFunc(q.within, func(w string) bool { return slices.Contains(wholes, w) }) {
			continue
		}
		v := c.views[q.year]
		if v == nil {
			continue
		}
		percent, ok := overlap(v.text, v.view.text.upTo, &q.view.text)
		if c.n.persons >= fewest {
			percent, ok = overlap(v.people, v.view.people.upTo, &q.view.people)
		}
		if !ok || percent > 30 {
			continue
		}
		c.join(q, policy.SplitSubset)
		for _, w := range c.near {
			if slices.Contains(wholes, w.flow) && slices.Contains(q.within, w.flow) {
				c.add(w)
			}
		}
	}
}
