package engine

import (
	"math"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/match"
)

const (
	// runUp is how far before an escape the second view begins, so that it
	// sees the number or address into which the escape falls and its context.
	runUp = 512
	// textLen is the memory of the view.
	textLen = (block + keepText) * 17
	// escapeWork is what a byte costs that is written anew.
	escapeWork = 20
	// runOut is how far behind the last escape it goes on.
	runOut = 768
)

// escaped is the second view of a stream: its bytes with escapes undone. It
// is awake only around escapes, so plain content costs one search for a lead
// byte. What it finds counts only if an escape is in it or near it; all else
// the raw view finds alike.
type escaped struct {
	plus    bool
	on      bool
	used    bool // it was awake at least once
	esc     decode.Escapes
	text    view
	mem     *window
	pos     int64 // stream offset up to which it has read
	lead    int64 // the escape that woke it
	until   int64 // where it falls asleep unless an escape comes
	rows    rows
	columns *columns
	coded   codings // in the text
	deeper  deeper
}

// odd notes a place that must be rewritten.
func (x *escaped) odd(s *stream, c match.Candidate) {
	if !x.on {
		if x.wake(s, c.From); !x.on {
			return
		}
	}
	x.until = max(x.until, c.To+runOut)
}

// follow reads as far as the raw view knows which places are odd.
func (x *escaped) follow(s *stream) {
	if x.plus && !x.used {
		if x.wake(s, 0); x.on {
			x.until = math.MaxInt64
		}
	}
	if !x.on {
		return
	}
	x.read(s, min(s.raw.matcher.Pos(), x.until, s.tables.hold()))
	if x.pos == x.until {
		x.coded.rest()
		x.deeper.rest(s, &x.text)
		x.on = false
	}
}

// run notes where there may be base64 and its kin, or escapes that the first
// ones stood for.
func (x *escaped) run(s *stream, c match.Candidate) {
	if c.Kind == match.Run {
		x.coded.gate(s, &x.text, c)
	} else {
		x.deeper.odd(s, &x.text, c)
	}
}

func (x *escaped) wake(s *stream, lead int64) {
	if x.mem == nil {
		if s.path != nil && !s.lend(textLen) {
			s.gap(inspect.GapLimitBytes, -1)
			x.until = 0
			return
		}
		x.mem = x.text.lend(textWindow)
	}
	x.used = true
	x.lead = lead
	x.on, x.pos, x.until = true, max(lead-runUp, 0), lead
	x.esc = decode.Escapes{Plus: x.plus}
	v := &x.text
	v.buf, v.spans, v.pending, v.base = v.buf[:0], v.spans[:0], v.pending[:0], 0
	x.rows, x.columns = rows{column: -1}, &s.columns
	v.matcher = match.NewStream(s.scan.engine.forms.words, 0)
	v.matcher.FindRuns()
	x.coded.anew = true
	x.coded.again()
	v.slow, v.cut = len(s.scan.engine.forms.slow) > 0, 0
}

// read undoes escapes up to a stream offset.
func (x *escaped) read(s *stream, to int64) {
	v := &x.text
	for x.pos < to {
		p := s.raw.slice(x.pos, min(to, x.pos+block/2))
		v.room(block)
		s.scan.work(int64(len(p)) * escapeWork)
		v.buf, v.spans = x.esc.Append(v.buf, v.spans, p, x.pos)
		x.pos += int64(len(p))
		v.seek(false, func(c match.Candidate) { x.run(s, c) })
		x.coded.follow()
		x.deeper.follow(s, v)
		x.rows.follow(&s.columns, v)
		v.ready(false, func(c match.Candidate) { s.decide(v, c, true) })
	}
}

// finish ends the text at the end of the stream.
func (x *escaped) finish(s *stream) {
	v := &x.text
	if x.on {
		x.read(s, s.raw.end())
		v.room(block)
		v.buf, v.spans = x.esc.Flush(v.buf, v.spans)
		v.seek(true, func(c match.Candidate) { x.run(s, c) })
		x.rows.follow(&s.columns, v)
		x.rows.end(&s.columns, v)
		v.ready(true, func(c match.Candidate) { s.decide(v, c, true) })
		x.deeper.rest(s, v)
		x.on = false
	}
	if x.coded.stream != nil {
		x.coded.finish(s)
	}
	if x.mem != nil {
		v.giveBack(x.mem)
		x.mem = nil
	}
}

// open is the stream offset before which this view finds nothing more.
func (x *escaped) open() int64 {
	if !x.on {
		return math.MaxInt64
	}
	v := &x.text
	at := v.open()
	if x.rows.column >= 0 {
		at = min(at, x.rows.open(x.columns))
	}
	if at < v.end() {
		return v.spans[max(at-v.base, 0)].From
	}
	if begun, ok := x.esc.Begun(); ok {
		return begun
	}
	return x.pos
}
