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
	// block is the most a view takes at once, and keep what stays readable
	// behind it. Six bytes of escapes may stand for one, and the records
	// follow the slower view: keep is more than six times what it may lag.
	block = 4096
	keep  = 4096
)

// view is a window on one text and the candidates in it that still wait for
// what follows them. Each byte has a span in the source unless the text is
// the source itself.
type view struct {
	buf     []byte
	spans   []decode.Span // of each byte in buf; nil where text and source are one
	base    int64         // text offset of buf[0]
	finder  match.Finder
	found   []match.Candidate // scratch for the finder
	pending []match.Candidate
}

type window struct {
	buf   []byte
	spans []decode.Span
	found []match.Candidate
	wait  []match.Candidate
}

var windows = sync.Pool{New: func() any { return &window{buf: make([]byte, 0, block+keep)} }}

// lend gives the view its memory from the pool.
func (v *view) lend(spans bool) *window {
	w := windows.Get().(*window)
	v.buf, v.found, v.pending = w.buf[:0], w.found[:0], w.wait[:0]
	if spans {
		if w.spans == nil {
			w.spans = make([]decode.Span, 0, block+keep)
		}
		v.spans = w.spans[:0]
	}
	return w
}

// giveBack returns the memory. The bytes are cleared: one flow's data must
// not be found in another's window.
func (v *view) giveBack(w *window) {
	clear(w.buf[:cap(w.buf)])
	w.found, w.wait = v.found[:0], v.pending[:0]
	*v = view{}
	windows.Put(w)
}

// end is the text offset behind the last byte.
func (v *view) end() int64 { return v.base + int64(len(v.buf)) }

// room makes place for n bytes and drops what lies more than keep behind.
func (v *view) room(n int) {
	if len(v.buf)+n <= cap(v.buf) {
		return
	}
	drop := len(v.buf) - keep
	copy(v.buf, v.buf[drop:])
	v.buf = v.buf[:keep]
	if v.spans != nil {
		copy(v.spans, v.spans[drop:])
		v.spans = v.spans[:keep]
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
	return decode.Span{From: v.spans[from-v.base].From, To: v.spans[to-1-v.base].To}
}

// touched reports whether an escape lies in a piece of text or so near that
// it could change how the piece is judged.
func (v *view) touched(from, to int64) bool {
	from, to = max(from-context, v.base), min(to+context, v.end())
	for _, s := range v.spans[from-v.base : to-v.base] {
		if s.To-s.From != 1 {
			return true
		}
	}
	return false
}

// seek lets the finder read the text from offset from on and queues the
// candidates.
func (v *view) seek(from int64) {
	v.found = v.finder.Find(v.found[:0], v.slice(from, v.end()))
	v.pending = append(v.pending, v.found...)
}

// ready hands out the candidates of which enough of what follows is there, or
// all of them at the end of the text.
func (v *view) ready(last bool, take func(match.Candidate)) {
	if last {
		v.pending = v.finder.End(v.pending)
	}
	rest := v.pending[:0]
	for _, c := range v.pending {
		if last || c.To+context <= v.end() {
			take(c)
		} else {
			rest = append(rest, c)
		}
	}
	v.pending = rest
}

// open is the text offset before which no later candidate can begin.
func (v *view) open() int64 {
	low := v.finder.Open()
	for _, c := range v.pending {
		low = min(low, c.From)
	}
	return low
}
