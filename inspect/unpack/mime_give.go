package unpack

import (
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// giveLen is how much is written at a time: lines are short.
const giveLen = 2 << 10

// begin starts a part that was made of what stands at that offset. How much
// that is will not be known before its end.
func (w *mimeWalk) begin(name []byte, from int64) {
	w.flush()
	w.fields = false
	at := decode.Span{From: from, To: from + 1}
	if w.fixed != nil {
		at = *w.fixed
	}
	w.out.Begin(name, at)
}

// coded starts a part that was made of what stands from that offset on.
func (w *mimeWalk) coded(name []byte, from int64) {
	if w.fixed != nil {
		w.begin(name, from)
		return
	}
	w.flush()
	w.fields, w.undone = false, true
	w.out.Coded(name, from)
}

// over ends such a part.
func (w *mimeWalk) over(to int64) {
	if w.undone {
		w.flush()
		w.undone = false
		w.out.Over(to)
	}
}

// same starts a part that stands in the text as it is.
func (w *mimeWalk) same(name []byte, from int64) {
	if w.fixed != nil {
		w.begin(name, from)
		return
	}
	w.flush()
	w.fields = false
	w.out.Same(name, from)
}

// write gives out text of the part in hand.
func (w *mimeWalk) write(p []byte) {
	if len(w.text)+len(p) > giveLen {
		w.flush()
	}
	if len(p) >= giveLen {
		w.out.Write(p)
		return
	}
	w.text = append(w.text, p...)
}

// flush hands on what was written. It is called before the source is asked for
// more.
func (w *mimeWalk) flush() {
	if len(w.text) > 0 {
		w.out.Write(w.text)
		w.text = w.text[:0]
	}
}

func (w *mimeWalk) miss(reason inspect.GapReason, n int64) {
	if !w.out.stopped {
		w.out.Miss(reason, n)
	}
}
