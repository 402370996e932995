package engine

import (
	"cmp"
	"math"
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/decode"
)

// hit is a confirmed value that waits until its place in the order is sure.
type hit struct {
	at   decode.Span // in the stream
	wire decode.Span
	rule *form
	conf inspect.Confidence
	why  inspect.Why
	kind check.Kind // whose key it is; Nobody for what names no person
	key  inspect.Subject
	sum  uint64 // of the text, where it is nobody's key
	min  bool   // shows a minor
	esc  bool   // found by the escaped view

	point check.Point // a place on the earth; else zero
}

// slack is how much earlier than its candidate a value may begin: a word may
// stand behind what it names. The raw view may place a value earlier than the
// escaped view, because it takes the end of an escape for its beginning, and
// one for a sign before a number.
const slack = check.ReachBytes + 9

// release gives out the hits that no later one can precede, in order.
func (s *stream) release(last bool) {
	limit := int64(math.MaxInt64)
	if !last {
		limit = max(min(s.raw.open(), s.esc.open(), s.rows.open(&s.columns), s.tables.open())-slack, s.safe)
		if s.flow != nil {
			limit = max(min(limit, s.flow.known()), s.safe)
		}
		s.safe = limit
	}
	if len(s.hits) > 0 {
		slices.SortFunc(s.hits, func(a, b hit) int {
			return cmp.Or(cmp.Compare(a.at.From, b.at.From), cmp.Compare(a.at.To, b.at.To),
				cmp.Compare(a.rule.order, b.rule.order), boolCompare(b.esc, a.esc))
		})
		n := 0
		for n < len(s.hits) && s.hits[n].at.From < limit {
			n++
		}
		for i := range n {
			if !s.shadowed(i) && !s.outdone(i, n) {
				s.emit(&s.hits[i])
				s.follow(&s.hits[i])
			}
		}
		s.hits = s.hits[:copy(s.hits, s.hits[n:])]
	}
	s.advance(min(limit, s.raw.end()))
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// shadowed reports whether hit i of the raw view is the same value as one of
// the escaped view, which then counts alone with the better confidence.
func (s *stream) shadowed(i int) bool {
	h := &s.hits[i]
	if h.esc {
		s.last = *h
		return i > 0 && s.hits[i-1].esc && s.hits[i-1].rule == h.rule && s.hits[i-1].at == h.at
	}
	if !s.esc.used {
		return false
	}
	over := func(o *hit) bool {
		return o.esc && o.rule == h.rule && o.at.From < h.at.To && h.at.From < o.at.To
	}
	if s.last.rule != nil && over(&s.last) {
		return true
	}
	for k := max(i-8, 0); k < len(s.hits) && s.hits[k].at.From < h.at.To; k++ {
		if o := &s.hits[k]; over(o) {
			if o.at == h.at && h.conf > o.conf {
				o.conf, o.key = h.conf, h.key
			}
			return true
		}
	}
	return false
}

// outdone reports whether another hit among the first n is of the very same
// piece of text and surer, or as sure and before this one.
func (s *stream) outdone(i, n int) bool {
	h := &s.hits[i]
	for _, step := range [...]int{-1, 1} {
		for k := i + step; k >= 0 && k < n && s.hits[k].at.From == h.at.From; k += step {
			o := &s.hits[k]
			if o.rule.Own && !h.rule.Own {
				continue // what an operator adds hides nothing
			}
			if o.at == h.at && (o.rule != h.rule || o.esc == h.esc) && (o.conf > h.conf || o.conf == h.conf && (o.rule.order < h.rule.order || o.rule == h.rule && k < i)) {
				return true
			}
		}
	}
	return false
}

// follow adds the point of a hit to the track at hand. The point that makes it
// one is where the track is found, so that no finding comes late.
func (s *stream) follow(h *hit) {
	f := s.scan.engine.forms.track
	if f == nil || h.point.Decimals == 0 || !s.track.Add(h.point, h.at.From, 0) {
		return
	}
	t := hit{at: h.at, wire: h.wire, rule: f, conf: inspect.Low, why: inspect.WhyForm, kind: check.Nobody}
	if s.track.Timed() {
		t.conf, t.why = f.Base, inspect.WhyForm|inspect.WhyContext
	}
	s.emit(&t)
}

// advance lets the records follow the stream up to an offset.
func (s *stream) advance(to int64) {
	if lost := s.raw.base - s.book.Pos(); lost > 0 {
		s.book.Skip(lost)
		s.scan.gap(inspect.GapLimitRatio, -1)
		s.unshape()
	}
	if at := s.book.Pos(); to > at {
		p := s.raw.slice(at, to)
		s.book.Advance(p)
		s.layOut(p, at)
	}
}

// emit gives a hit out, unless it is or will be known from what the bytes stand
// for.
func (s *stream) emit(h *hit) {
	switch {
	case s.box != nil: // opened before; nothing is known here of what belongs together
		if !s.told.has(h) {
			s.alone(h)
		}
		return
	case s.flow != nil && s.flow.takes(h), s.wait(h):
		return
	}
	s.advance(h.at.From)
	s.mark(h)
	s.tell(h, s.book)
}
