package engine

import (
	"math"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// reader is another way to read bytes as text.
type reader interface {
	Append(dst []byte, spans []decode.Span, p []byte, at int64) ([]byte, []decode.Span)
	Flush(dst []byte, spans []decode.Span) ([]byte, []decode.Span)
}

// reread reads a stream a second time: in a charset that its bytes may be in
// and that is not read as it lies, as Big5, UTF-32, UTF-7 and those that shift,
// or without the tags that stand within words. What is found both ways counts
// once.
type reread struct {
	judge  unpack.Big5Judge
	set    reader
	child  *stream
	off    bool
	pos    int64 // stream offset up to which it has read
	buf    []byte
	spans  []decode.Span
	judged int64
}

// begin looks at the head.
func (x *reread) begin(s *stream, head []byte) {
	if c, ok := unpack.SniffCharset(head); ok && c != unpack.Big5 {
		x.start(s, &unpack.Charset{Coding: c}, c.String(), 0)
	}
}

func (x *reread) start(s *stream, set reader, name string, from int64) {
	x.off = true
	if s.deep() {
		return
	}
	x.set, x.pos = set, from
	x.child = s.part(name)
	s.twins(x.child)
}

// follow reads what has come.
func (x *reread) follow(s *stream) {
	if x.child == nil && !x.off {
		x.judge.Write(s.raw.slice(x.judged, s.raw.end()))
		x.judged = s.raw.end()
		if x.judge.Sure() {
			x.decide(s)
		}
	}
	x.read(s)
}

// decide starts reading if the bytes up to here are more of Big5 than of
// anything else.
func (x *reread) decide(s *stream) {
	x.off = true
	if at, ok := x.judge.First(); ok && x.judge.Big5() {
		x.start(s, &unpack.Charset{Coding: unpack.Big5}, unpack.Big5.String(), max(at, s.raw.base))
	}
}

func (x *reread) read(s *stream) {
	if x.child == nil || s.scan.spent {
		return
	}
	for to := s.raw.end(); x.child != nil && x.pos < to; {
		p := s.raw.slice(x.pos, min(to, x.pos+block/4))
		s.scan.work(int64(len(p)) * rereadWork)
		x.buf, x.spans = x.set.Append(x.buf[:0], x.spans[:0], p, x.pos)
		x.pos += int64(len(p))
		x.give(s)
	}
}

// rereadWork is what a byte costs that is read in another charset.
const rereadWork = 10

func (x *reread) give(s *stream) {
	if s.path != nil {
		for i, sp := range x.spans {
			x.spans[i] = s.marks.wire(sp)
		}
	}
	if reason := s.scan.budget.Spend(len(x.buf)); reason != "" {
		s.gap(reason, -1)
		x.child.finish()
		s.keep(x.child)
		x.child = nil
		return
	}
	s.scan.decoded += int64(len(x.buf))
	x.child.write(x.buf, &places{each: x.spans})
}

// finish ends the text.
func (x *reread) finish(s *stream) {
	if !x.off && x.child == nil {
		x.decide(s)
	}
	x.read(s)
	if x.child == nil {
		return
	}
	x.buf, x.spans = x.set.Flush(x.buf[:0], x.spans[:0])
	if x.give(s); x.child != nil {
		x.child.finish()
		s.keep(x.child)
		x.child = nil
	}
}

// settled is the wire offset before which nothing more is found this way.
func (x *reread) settled(s *stream) int64 {
	if x.child == nil {
		return math.MaxInt64
	}
	at := x.pos - 8
	if h, ok := x.set.(interface{ Held() (int64, bool) }); ok {
		if from, held := h.Held(); held {
			at = min(at, from)
		}
	}
	return min(x.child.settled(), s.onWire(min(max(at, s.raw.base), s.raw.end())))
}
