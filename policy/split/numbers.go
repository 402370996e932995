package split

import (
	"slices"

	"github.com/datacustoms/customs/policy"
)

// numbered joins the part with the piece whose rows end where its own begin, and
// with the one whose rows begin where its own end. Lists of one template and one
// size all end at the same number, so a place that is taken proves nothing: each
// piece that ends at a number has one that goes on from there.
func (c *look) numbered() {
	for _, v := range c.views {
		for _, r := range v.view.runs {
			c.meets(v, r.first, nextOf, firstOf)
			c.meets(v, r.next, firstOf, nextOf)
		}
	}
}

func firstOf(r run) uint64 { return r.first }
func nextOf(r run) uint64  { return r.next }

// meets joins the part with the nearest piece on the other side of a number,
// unless as many as are there stand on its own side already.
func (c *look) meets(v *probe, number uint64, other, own func(run) uint64) {
	var best *piece
	there, here := 0, 0
	for _, q := range c.near {
		if q == c.twin || len(q.view.runs) == 0 || !c.alike(v, q) {
			continue
		}
		if slices.ContainsFunc(q.view.runs, func(r run) bool { return own(r) == number }) {
			here++
		}
		if !slices.ContainsFunc(q.view.runs, func(r run) bool { return other(r) == number }) {
			continue
		}
		there++
		if apart(c.gone[q.year], q.ways) && (best == nil || c.at.Sub(q.at).Abs() <= c.at.Sub(best.at).Abs()) {
			best = q
		}
	}
	if best != nil && there > here {
		c.join(best, policy.SplitNumbered)
	}
}

// chain adds the pieces that are numbered on from those that belong already,
// whichever way they went, of several the nearest in time.
func (c *look) chain() {
	columns := map[uint64]bool{}
	for _, v := range c.views {
		columns[v.view.columns] = true
	}
	byFirst, byNext := map[uint64][]*piece{}, map[uint64][]*piece{}
	for _, q := range c.near {
		if q == c.twin || !columns[q.view.columns] || q.rows < fewest || q.set != "" && !c.sets[q.set] {
			continue // or of another list
		}
		for _, r := range q.view.runs { // values of two years never meet
			byFirst[r.first], byNext[r.next] = append(byFirst[r.first], q), append(byNext[r.next], q)
		}
	}
	for i := 0; i < len(c.kin) && len(c.kin) < maxJoins; i++ { // of a longer chain the rest was joined before
		k := c.kin[i]
		for _, r := range k.view.runs {
			for _, list := range [][]*piece{byFirst[r.next], byNext[r.first]} {
				if len(list) > 0 {
					c.add(slices.MinFunc(list, func(a, b *piece) int {
						return int(a.at.Sub(k.at).Abs() - b.at.Sub(k.at).Abs())
					}))
				}
			}
		}
	}
}
