package unpack

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/datacustoms/customs/inspect"
)

// maxLevels is how deep multiparts may lie in one another.
const maxLevels = 32

// lineLen is how much of a line is looked at in one piece.
const lineLen = 32 << 10

// mimeWalk goes through a message or a multipart body line by line. Nesting
// is a list of boundaries and not a recursion, so that an outer delimiter ends
// whatever is open. Every line belongs to a delimiter, to a header or to a
// body, and what comes before the first delimiter or behind the last one is a
// body as well.
type mimeWalk struct {
	in    *bufio.Reader
	off   int64 // of the piece in hand
	end   int64 // behind it
	out   *meter
	limit Limits

	levels  [][]string // boundaries, outermost first
	matched bool       // a delimiter has been met
	header  bool       // in headers
	info    mimeInfo
	block   headerBlock
	body    mimeBody
	mbox    bool
	blank   bool   // the line before was empty
	held    []byte // a line break that a delimiter may own
	uu      bool   // in uuencoded lines
	text    []byte // of the part in hand, not yet written
}

// walk reads to the end. header tells whether the text begins with headers.
func walk(r io.Reader, l Limits, out Out, header bool, boundaries []string) {
	w := &mimeWalk{in: bufio.NewReaderSize(r, lineLen), out: newMeter(l, out), limit: l, header: header, blank: true}
	w.body.walk = w
	if len(boundaries) > 0 {
		w.levels = [][]string{boundaries}
	}
	if !header {
		w.body.begin(&w.info)
	}
	start := true
	for !w.out.stopped {
		piece, err := w.in.ReadSlice('\n')
		w.end = w.off + int64(len(piece))
		if len(piece) > 0 {
			whole := piece[len(piece)-1] == '\n'
			w.piece(piece, start) // may read ahead, which moves it
			start = whole
		}
		w.off = w.end
		if err == nil || errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		w.finish()
		if err != io.EOF {
			w.miss(inspect.GapBroken, 0)
		}
		return
	}
}

func (w *mimeWalk) finish() {
	if w.header {
		w.endHeaders()
	}
	w.content(nil)
	w.body.end()
	w.flush()
}

// piece takes a line, or the next piece of a long one.
func (w *mimeWalk) piece(p []byte, start bool) {
	blank := start && len(bytes.TrimRight(p, "\r\n")) == 0
	if start {
		if w.mbox && w.blank && isFromLine(p) {
			w.leave()
			w.levels, w.header = nil, true
		} else if bytes.HasPrefix(p, []byte("--")) {
			var taken bool
			if p, taken = w.dashes(p); taken {
				w.blank = false
				return
			}
		}
	}
	w.blank = blank
	if w.header {
		w.headerLine(p, start, blank)
		return
	}
	w.content(p)
}

// leave ends what is open.
func (w *mimeWalk) leave() {
	if w.header {
		w.endHeaders()
	}
	w.body.end()
	w.held, w.uu = w.held[:0], false
}

// dashes looks at a line that begins with two hyphens. Where it is no
// delimiter it gives the line back, for reading ahead may have moved it.
func (w *mimeWalk) dashes(line []byte) ([]byte, bool) {
	b := bytes.TrimRight(line[2:], " \t\r\n")
	if len(b) > maxBoundary+2 {
		return line, false
	}
	for k := len(w.levels) - 1; k >= 0; k-- {
		for _, name := range w.levels[k] {
			if rest, ok := bytes.CutPrefix(b, []byte(name)); ok && (len(rest) == 0 || string(rest) == "--") {
				w.delimiter(k, len(rest) > 0)
				return nil, true
			}
		}
	}
	line = bytes.Clone(line)
	b = line[2 : 2+len(b)]
	if !w.unclaimed(b) {
		return line, false
	}
	if len(w.levels) >= maxLevels {
		w.body.tooDeep = true
		return line, false
	}
	w.levels = append(w.levels, []string{string(b)})
	w.delimiter(len(w.levels)-1, false)
	return nil, true
}

// delimiter ends the part in hand and begins the next, or what follows a
// multipart.
func (w *mimeWalk) delimiter(level int, last bool) {
	w.leave()
	w.levels, w.matched = w.levels[:level+1], true
	w.info = mimeInfo{}
	w.header = !last
	if last {
		w.body.begin(&w.info)
	}
}

// unclaimed decides whether a line is a delimiter that no header declared:
// headers follow it, and nothing binary went before. Where no delimiter was
// met so far any header will do.
func (w *mimeWalk) unclaimed(b []byte) bool {
	if len(b) == 0 || b[0] == ' ' || b[0] == '\t' || !w.header && w.body.binary {
		return false
	}
	next, _ := w.in.Peek(64)
	if len(next) >= 8 && bytes.EqualFold(next[:8], []byte("content-")) {
		return true
	}
	if w.matched || w.header {
		return false
	}
	first := w.body.size == 0
	return headerName(next) > 0 || first && (bytes.HasPrefix(next, []byte("\n")) || bytes.HasPrefix(next, []byte("\r\n")))
}

// headerLine takes a line of headers.
func (w *mimeWalk) headerLine(p []byte, start, blank bool) {
	switch {
	case blank && w.block.empty() && !w.matched && w.off == 0:
	case blank:
		w.endHeaders()
	case !start || (p[0] == ' ' || p[0] == '\t') && !w.block.empty():
		w.block.more(w, p)
	case headerName(p) > 0:
		w.block.begin(w, p)
	case w.block.empty() && (isFromLine(p) || isStartLine(p)):
		w.mbox = w.mbox || w.off == 0 && isFromLine(p)
		w.block.plain(w, p)
	default:
		w.endHeaders()
		if !w.header {
			w.content(p)
		}
	}
}

// isStartLine knows the first line of an HTTP message.
func isStartLine(p []byte) bool {
	return bytes.HasPrefix(p, []byte("HTTP/")) || bytes.Contains(p, []byte(" HTTP/"))
}

// endHeaders begins the body, or the headers of the message in it.
func (w *mimeWalk) endHeaders() {
	w.block.finish(w)
	info := w.info
	if len(info.boundaries) > 0 && len(w.levels) < maxLevels {
		w.levels = append(w.levels, info.boundaries)
	} else if len(info.boundaries) > 0 {
		w.body.tooDeep = true
	}
	if info.again() {
		w.info = mimeInfo{more: true}
		return
	}
	w.header = false
	w.body.begin(&info)
}

// content takes a line of a body, and holds back its line break. Without a
// line it only lets go of what is held.
func (w *mimeWalk) content(p []byte) {
	if len(w.held) > 0 {
		w.body.write(w.held)
		w.held = w.held[:0]
	}
	if w.uu || isUUBegin(p) {
		if p = w.uuLine(p); len(p) == 0 {
			return
		}
	}
	text := bytes.TrimSuffix(p, []byte("\n"))
	if len(text) < len(p) {
		text = bytes.TrimSuffix(text, []byte("\r"))
	}
	w.body.write(text)
	w.held = append(w.held, p[len(text):]...)
}
