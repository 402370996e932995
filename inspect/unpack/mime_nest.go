package unpack

import (
	"io"

	"github.com/datacustoms/customs/inspect/decode"
)

// maxWalks is how many messages may lie in one another that have a transfer
// coding each.
const maxWalks = 8

// mimeNest is a message or a multipart that has a transfer coding on it as a
// whole, which no standard allows and some readers undo. Its decoded text is
// gone through by a walk of its own, which takes it from here and drives the
// walk around it.
type mimeNest struct {
	outer   *mimeWalk
	info    mimeInfo
	text    []byte // decoded and not yet read
	pos     int
	running bool
	done    bool // the body has ended
}

// startNest lets the body that has begun be gone through.
func (w *mimeWalk) startNest(info *mimeInfo) {
	if w.depth >= maxWalks || w.nest != nil {
		w.body.tooDeep = true
		return
	}
	w.nest = &mimeNest{outer: w, info: *info}
	w.body.nest = w.nest
}

// run goes through the text to its end.
func (n *mimeNest) run(w *mimeWalk) {
	n.running = true
	w.flush()
	inner := newWalk(n, w.out, n.info.holdsMail(), n.info.boundaries)
	inner.depth = w.depth + 1
	inner.fixed = &decode.Span{From: w.off, To: w.off + 1}
	if w.fixed != nil {
		inner.fixed = w.fixed
	}
	inner.run()
}

// Read gives the decoded text, and has the walk around it go on for more.
func (n *mimeNest) Read(p []byte) (int, error) {
	for n.pos == len(n.text) {
		n.text, n.pos = n.text[:0], 0
		switch {
		case n.done:
			return 0, io.EOF
		case !n.outer.step():
			n.outer.release()
			n.outer.body.end()
			n.done = true
		}
	}
	k := copy(p, n.text[n.pos:])
	n.pos += k
	return k, nil
}
