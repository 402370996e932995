package unpack

import "bytes"

// odfChanges is what a text says of its changes and of what it does not show.
type odfChanges struct {
	region   string            // in hand
	removed  map[string][]byte // what was deleted, by region
	inserted map[string]bool
	style    string          // in hand
	unseen   map[string]bool // styles of text that is not shown
	veils    []int           // depths of open elements with such a style
}

// change takes an element that tells of changes (OpenDocument 1.3 part 3, 5.5)
// or of what is not shown (20.190).
func (r *odfReader) change(op flowOp, depth int) {
	c, l := &r.changes, r.level()
	switch op {
	case opStyle:
		c.style = string(r.x.attr("name"))
	case opShown:
		if string(r.x.attr("display")) == "none" && r.o.hold(len(c.style)+64) {
			put(&c.unseen, c.style, true)
		}
	case opSpanned:
		if c.unseen[string(r.x.attr("style-name"))] {
			c.veils = append(c.veils, depth)
			l.vanish = true
		}
	case opRegion:
		c.region = string(r.x.attr("id"))
	case opInsertion:
		if r.o.hold(len(c.region) + 64) {
			put(&c.inserted, c.region, true)
		}
	case opDeletion:
		r.pushODF(odfLevel{depth: depth, region: c.region})
	case opChange: // here it was
		was := c.removed[string(r.x.attr("change-id"))]
		r.o.work(int64(len(was)))
		l.del++
		r.text(bytes.Clone(was))
		l.del--
	case opChangeStart:
		if c.inserted[string(r.x.attr("change-id"))] {
			l.ins++
		}
	case opChangeEnd:
		if c.inserted[string(r.x.attr("change-id"))] {
			l.ins = max(0, l.ins-1)
		}
	}
}

// deletion keeps what was deleted until its place comes.
func (r *odfReader) deletion(region string, text []byte) {
	r.aside.paragraph(text)
	if !r.o.hold(len(text) + len(region) + 64) {
		r.aside.lost = true
		return
	}
	put(&r.changes.removed, region, bytes.Clone(text))
}

// unveil ends a span.
func (r *odfReader) unveil(depth int) {
	c := &r.changes
	if n := len(c.veils); n > 0 && c.veils[n-1] >= depth {
		c.veils = c.veils[:n-1]
		r.level().vanish = len(c.veils) > 0
	}
}

func put[K comparable, V any](m *map[K]V, key K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[key] = v
}
