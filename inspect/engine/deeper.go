package engine

import (
	"math"
	"slices"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/match"
)

// deeper reads text with escapes undone that still has some, as that of JSON
// in a form or in JSON has: it is a stream of its own, read in the same two
// ways. What the text above shows too counts once.
type deeper struct {
	on    bool
	pos   int64 // offset in the text up to which it has read
	until int64 // where it falls asleep unless an escape comes
	child *stream
	spans []decode.Span
}

// made reports whether an escape stood for what may begin another one.
func made(v *view, c match.Candidate) bool {
	for i := max(c.From-1, v.base); i < min(c.To+1, v.end()); i++ {
		at := i - v.base
		switch v.buf[at] {
		case '%', '&', '\\':
			if sp := v.spans[at]; sp.To-sp.From > 1 {
				return true
			}
		}
	}
	return false
}

// odd notes a place that must be written anew once more.
func (d *deeper) odd(s *stream, v *view, c match.Candidate) {
	if !made(v, c) {
		return
	}
	if !d.on {
		if d.child == nil {
			if s.deep() {
				return
			}
			d.child = s.part("escaped")
			d.child.lines = true
			s.twins(d.child)
		}
		d.on = true
		if from := max(c.From-runUp, v.base); from > d.pos {
			d.blank()
			d.pos = from
		}
	}
	d.until = max(d.until, c.To+runOut)
}

// twins makes a stream another reading of this one, which is held against what
// this one tells.
func (s *stream) twins(child *stream) {
	child.twin, child.into = s, s.into
	if s.told == nil {
		s.told = &told{outer: s.into}
		for i := range s.list { // what was found before
			s.told.note(&s.list[i])
		}
	} else {
		child.into = s.told.outer
	}
	s.into = s.told
}

// follow reads as far as the matcher has looked.
func (d *deeper) follow(s *stream, v *view) {
	if d.on {
		d.read(s, v, min(v.matcher.Pos(), d.until))
		d.on = d.pos < d.until
	}
}

func (d *deeper) read(s *stream, v *view, to int64) {
	if to <= d.pos {
		return
	}
	p := v.slice(d.pos, to)
	d.spans = append(d.spans[:0], v.spans[d.pos-v.base:to-v.base]...)
	d.pos = to
	for i, sp := range d.spans {
		if s.path != nil {
			d.spans[i] = s.marks.wire(sp)
		}
	}
	if reason := s.scan.budget.Spend(len(p)); reason != "" {
		s.gap(reason, -1)
		return
	}
	d.child.write(slices.Clone(p), &places{each: d.spans})
}

// blank parts what is not together in the text.
func (d *deeper) blank() {
	if d.child != nil && d.child.got > 0 {
		at := d.child.extent
		at.From = max(at.From, at.To-1)
		d.child.write(blank[:2], &places{all: at})
	}
}

// rest ends the text at hand.
func (d *deeper) rest(s *stream, v *view) {
	if d.on {
		d.read(s, v, min(v.end(), d.until))
	}
	d.blank()
	d.on, d.pos, d.until = false, 0, 0
}

// finish ends all that was found.
func (d *deeper) finish(s *stream) {
	if d.child != nil {
		d.child.finish()
		s.keep(d.child)
		d.child = nil
	}
}

// settled is the wire offset before which nothing more is found this way.
func (d *deeper) settled(s *stream, v *view) int64 {
	low := int64(math.MaxInt64)
	if d.child != nil {
		low = d.child.settled()
	}
	if at := max(d.pos-v.base, 0); d.on && at < int64(len(v.spans)) {
		low = min(low, s.onWire(v.spans[at].From))
	}
	return low
}
