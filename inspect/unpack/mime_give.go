package unpack

import (
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// giveLen is how much is written at a time: lines are short.
const giveLen = 16 << 10

// begin starts a part where the piece in hand lies. Its end is not known yet.
func (w *mimeWalk) begin(name []byte) {
	w.flush()
	w.out.Begin(name, decode.Span{From: w.off, To: w.off})
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

func (w *mimeWalk) flush() {
	if len(w.text) > 0 {
		w.out.Write(w.text)
		w.text = w.text[:0]
	}
}

func (w *mimeWalk) miss(reason inspect.GapReason, n int64) { w.out.Miss(reason, n) }
