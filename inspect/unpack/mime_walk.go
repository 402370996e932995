package unpack

import (
	"bytes"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// maxLevels is how deep multiparts may lie in one another.
const maxLevels = 32

// mimeWalk goes through a message or a multipart body line by line. Nesting
// is a list of boundaries and not a recursion, so that an outer delimiter ends
// whatever is open. Every line belongs to a delimiter, to a header or to a
// body, and what comes before the first delimiter or behind the last one is a
// body as well.
type mimeWalk struct {
	lines  mimeLines
	off    int64 // of the piece in hand
	end    int64 // behind it
	start  bool  // a line begins here
	out    *meter
	beside bool         // the text is read as it lies, too
	fixed  *decode.Span // the place of every part, if the text does not stand in the container
	undone bool         // the part in hand was made of a transfer coding
	depth  int          // of walks in one another

	levels  [][]string // boundaries, outermost first
	former  []string   // those of levels that were left
	matched bool       // a delimiter has been met
	header  bool       // in headers
	began   bool       // a line that is not blank has been met
	info    mimeInfo
	block   headerBlock
	body    mimeBody
	nest    *mimeNest
	fields  bool   // the part in hand holds the fields of a form
	charset string // of a form, as a field of it says
	mbox    bool
	blank   bool   // the line before was empty
	held    []byte // a line break that a delimiter may own
	heldAt  int64
	uu      bool   // in uuencoded lines
	text    []byte // of the part in hand, not yet written
}

// newWalk returns a walk whose text begins with headers or not, and has these
// boundaries.
func newWalk(r io.Reader, out *meter, header bool, boundaries []string) *mimeWalk {
	w := &mimeWalk{out: out, header: header, blank: true, start: true}
	w.lines.in, w.lines.idle = r, w.flush
	w.body.walk = w
	if len(boundaries) > 0 {
		w.levels = [][]string{boundaries}
	}
	if !header {
		w.body.begin(&w.info)
	}
	return w
}

func (w *mimeWalk) run() {
	for w.step() {
	}
	if w.out.stopped {
		return
	}
	w.finish()
	if w.lines.err != io.EOF {
		w.miss(inspect.GapBroken, 1)
	}
}

// step takes the next piece. The answer is false at the end.
func (w *mimeWalk) step() bool {
	if w.out.stopped {
		return false
	}
	if w.skim() {
		return true
	}
	p := w.lines.next()
	if len(p) == 0 {
		return false
	}
	w.end = w.off + int64(len(p))
	start := w.start
	last := p[len(p)-1]
	w.start = last == '\n' || last == '\r'
	w.piece(p, start)
	w.off = w.end
	if w.nest != nil && !w.nest.running {
		w.nest.run(w)
		w.nest = nil
	}
	return true
}

// finish ends the text.
func (w *mimeWalk) finish() {
	if w.header {
		w.endHeaders()
	}
	w.release()
	w.body.end()
	w.flush()
}

// piece takes a line, or the next piece of a long one.
func (w *mimeWalk) piece(p []byte, start bool) {
	line, _ := cutEnd(p)
	blank := start && len(line) == 0
	if start {
		if w.mbox && w.blank && isFromLine(p) {
			w.leave()
			w.retire(0)
			w.info, w.header = mimeInfo{}, true
		} else if bytes.HasPrefix(p, []byte("--")) && w.dashes(p) {
			w.blank, w.began = false, true
			return
		}
	}
	w.blank = blank
	if w.header {
		w.headerLine(p, start, blank)
	} else {
		w.content(p, start)
	}
	w.began = w.began || !blank
}

// leave ends what is open.
func (w *mimeWalk) leave() {
	if w.header {
		w.endHeaders()
	}
	w.body.end()
	w.held, w.uu = w.held[:0], false
}

// headerLine takes a line of headers.
func (w *mimeWalk) headerLine(p []byte, start, blank bool) {
	if w.off == 0 {
		p = bytes.TrimPrefix(p, []byte("\xef\xbb\xbf"))
	}
	if !w.out.work(int64(len(p))) || len(p) == 0 {
		return
	}
	switch {
	case blank && w.block.empty() && !w.matched && !w.began:
	case blank:
		w.endHeaders()
	case !start || (p[0] == ' ' || p[0] == '\t') && !w.block.empty():
		w.block.more(w, p, start)
	case headerName(p) > 0 || w.splitName(p):
		w.block.begin(w, p)
	case w.block.empty() && (isFromLine(p) || isStartLine(p)):
		w.mbox = w.mbox || !w.began && isFromLine(p)
		w.block.plain(w, p)
	default:
		w.endHeaders()
		if !w.header {
			w.content(p, true)
		}
	}
}

// splitName reports whether a line is the name of a header whose colon stands
// in the next line.
func (w *mimeWalk) splitName(p []byte) bool {
	if bytes.ContainsAny(bytes.TrimRight(p, " \t\r\n"), " \t") || !hasFold(p, "content-") {
		return false
	}
	next := w.lines.peek(64)
	return len(next) > 0 && (next[0] == ' ' || next[0] == '\t') && bytes.HasPrefix(bytes.TrimLeft(next, " \t"), []byte(":"))
}

// isStartLine knows the first line of an HTTP message.
func isStartLine(p []byte) bool {
	return bytes.HasPrefix(p, []byte("HTTP/")) || bytes.Contains(p, []byte(" HTTP/"))
}

// endHeaders begins the body, or the headers of the message in it.
func (w *mimeWalk) endHeaders() {
	w.block.finish(w)
	info := w.info
	nests := info.nests()
	if len(info.boundaries) > 0 && !nests {
		if len(w.levels) < maxLevels {
			w.levels = append(w.levels, info.boundaries)
		} else {
			w.body.tooDeep = true
		}
	}
	if info.again() {
		if info.partial {
			w.miss(inspect.GapUnknownFormat, 1)
		}
		w.info = mimeInfo{more: true}
		return
	}
	w.header = false
	if info.charset == "" && info.isField() {
		info.charset = w.charset
	}
	w.body.begin(&info)
	if nests {
		w.startNest(&info)
	}
}
