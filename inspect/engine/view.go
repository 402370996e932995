package engine

import (
	"sync"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/match"
)

const (
	// context is how far a decision looks before and behind a candidate.
	context = check.ReachBytes + 8
	// block is the most a view takes at once; that of the wire itself, whose
	// bytes need no spans, takes wide.
	block = 4096
	wide  = 16 << 10
	// keepText is how much of what another view wrote anew stays readable behind
	// a block. Up to 32 bytes may stand for one of them, and records follow the
	// slower view: keepRaw is enough for what stands in text. What lags further
	// lowers the coverage.
	keepText = 4096
	keepRaw  = 32 << 10
)

// view is a window on one text and the candidates in it that still wait for
// what follows them. Each byte has a span in the source unless the text is
// the source itself.
type view struct {
	buf     []byte
	spans   []decode.Span // of each byte in buf; nil where text and source are one
	base    int64         // text offset of buf[0]
	matcher match.Stream
	found   []match.Candidate // scratch for the matcher
	pending []match.Candidate
	later   []match.Candidate // where forms want to read on
	slow    bool              // stretches are wanted
	cut     int64             // where the next one begins
	keep    int               // what stays readable behind a block
	lent    windowKind
}

type window struct {
	buf   []byte
	spans []decode.Span
	found []match.Candidate
	wait  []match.Candidate
}

// windowKind says what a window is for.
type windowKind uint8

const (
	wireWindow windowKind = iota
	textWindow            // text that was written anew
)

var windows = [...]sync.Pool{
	wireWindow: {New: func() any { return newWindow(2*wide+keepRaw, false) }},
	textWindow: {New: func() any { return newWindow(block+keepText, true) }},
}

func newWindow(n int, spans bool) *window {
	w := &window{buf: make([]byte, 0, n)}
	if spans {
		w.spans = make([]decode.Span, 0, n)
	}
	return w
}

// lend gives the view its memory from the pool.
func (v *view) lend(kind windowKind) *window {
	w := windows[kind].Get().(*window)
	v.lent, v.keep = kind, keepRaw
	if kind == textWindow {
		v.keep = keepText
	}
	v.buf, v.found, v.pending = w.buf[:0], w.found[:0], w.wait[:0]
	if w.spans != nil {
		v.spans = w.spans[:0]
	}
	return w
}

// giveBack returns the memory. The bytes are cleared: one flow's data must
// not be found in another's window.
func (v *view) giveBack(w *window) {
	used := cap(w.buf)
	if v.base == 0 && v.lent != textWindow { // it was never full
		used = len(v.buf)
	}
	clear(w.buf[:used])
	w.found, w.wait = v.found[:0], v.pending[:0]
	kind := v.lent
	*v = view{}
	windows[kind].Put(w)
}

// end is the text offset behind the last byte.
func (v *view) end() int64 { return v.base + int64(len(v.buf)) }

// room makes place for n bytes and drops what lies further behind than is kept.
func (v *view) room(n int) {
	if len(v.buf)+n <= cap(v.buf) {
		return
	}
	drop := len(v.buf) - v.keep
	copy(v.buf, v.buf[drop:])
	v.buf = v.buf[:v.keep]
	if v.spans != nil {
		copy(v.spans, v.spans[drop:])
		v.spans = v.spans[:v.keep]
	}
	v.base += int64(drop)
}

// slice returns the text [from, to) as far as the window holds it.
func (v *view) slice(from, to int64) []byte {
	from, to = max(from, v.base), min(to, v.end())
	if from >= to {
		return nil
	}
	return v.buf[from-v.base : to-v.base]
}

// source maps a piece of text that is in the window to the source.
func (v *view) source(from, to int64) decode.Span {
	if v.spans == nil {
		return decode.Span{From: from, To: to}
	}
	// What has left the window is placed at its start: see keep.
	return decode.Span{From: v.spans[max(from-v.base, 0)].From, To: v.spans[max(to-1-v.base, 0)].To}
}

// touched reports whether an escape lies in a piece of text or so near that
// it could change how the piece is judged. Escapes before lead were seen when
// the view was awake before.
func (v *view) touched(from, to, lead int64) bool {
	from, to = max(from-context, v.base), min(to+context, v.end())
	for _, s := range v.spans[from-v.base : to-v.base] {
		if s.To-s.From != 1 && s.From >= lead {
			return true
		}
	}
	return false
}

// seek lets the matcher read on, hands the places that another view must
// rewrite, and where there may be runs, to odd, and queues the candidates.
func (v *view) seek(last bool, odd func(match.Candidate)) {
	v.found = v.matcher.Find(v.found[:0], v.buf, v.base, last)
	for _, c := range v.found {
		if c.Kind != match.Odd && c.Kind != match.Run {
			v.pending = append(v.pending, c)
		} else if odd != nil {
			odd(c)
		}
	}
	for v.slow && (v.cut+stretchLen <= v.matcher.Pos() || last && v.cut < v.end()) {
		to := min(v.cut+stretchLen, v.end())
		v.pending = append(v.pending, match.Candidate{Kind: stretch, From: v.cut, To: to})
		v.cut = to
	}
}

// ready hands out the candidates of which enough of what follows is there, or
// all of them at the end of the text.
func (v *view) ready(last bool, take func(match.Candidate)) {
	for {
		rest := v.pending[:0]
		for _, c := range v.pending {
			if last || c.To+context <= v.end() {
				take(c)
			} else {
				rest = append(rest, c)
			}
		}
		v.pending = append(rest, v.later...)
		if len(v.later) == 0 {
			return
		}
		v.later = v.later[:0]
	}
}

// open is the text offset before which no later candidate can begin.
func (v *view) open() int64 {
	low := v.matcher.Open()
	if v.slow {
		low = min(low, v.cut)
	}
	for _, c := range v.pending {
		low = min(low, c.From)
	}
	return low
}
