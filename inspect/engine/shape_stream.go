package engine

import (
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/record"
)

// shapes starts the layout of a stream that is read as it lies: text, and not
// what is made of it once more or gathered from elsewhere.
func (s *stream) shapes(mode record.Mode) {
	s.shaped = s.scan.meta.Kind != inspect.Head && mode != record.Whole && s.child == nil && s.box == nil &&
		!s.shut && !s.title && !s.lines && s.twin == nil && !s.strange
	if s.flow != nil {
		s.shaped = s.shaped && !s.flow.out.undo
	} else if s.shaped {
		s.shaper = newShaper(&s.scan.engine.shape, mode == record.Markup)
	}
}

// layOut reads on. Of a stream with parts the layout is that of each that has no
// stream of its own.
func (s *stream) layOut(p []byte, at int64) {
	if !s.shaped {
		return
	}
	if s.flow == nil {
		s.shaper.write(p)
		return
	}
	for f := s.flow; len(p) > 0 && len(f.plain) > 0; {
		part := f.plain[0]
		switch n := min(part.From-at, int64(len(p))); {
		case part.To <= at:
			s.endShape()
			f.plain = f.plain[1:]
			continue
		case n > 0:
			at, p = at+n, p[n:]
			continue
		}
		n := min(part.To-at, int64(len(p)))
		if s.shaper == nil {
			s.shaper = newShaper(&s.scan.engine.shape, false)
		}
		s.shaper.write(p[:n])
		at, p = at+n, p[n:]
	}
}

// mark notes a finding whose place the layout has come to.
func (s *stream) mark(h *hit) {
	if s.shaper == nil || h.conf < inspect.Medium || h.at.From != s.book.Pos() {
		return
	}
	class := ""
	switch h.rule.Class {
	case inspect.ResidentID, inspect.Mobile, inspect.Email, inspect.USCC:
		class = string(h.rule.Class)
	}
	s.shaper.hit(class)
}

// endShape ends the layout and keeps it if it is the largest.
func (s *stream) endShape() {
	if s.shaper == nil {
		return
	}
	if shape := s.shaper.shape(); shape.Exceeds(&s.scan.shape) {
		s.scan.shape = shape
	}
	s.shaper.giveBack()
	s.shaper = nil
}

// unshape gives the layout up: a piece of the stream was not seen.
func (s *stream) unshape() {
	if s.shaped = false; s.shaper != nil {
		s.shaper.giveBack()
		s.shaper = nil
	}
}
