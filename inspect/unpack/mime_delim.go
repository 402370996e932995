package unpack

import (
	"bytes"
	"slices"
)

// maxFormer is how many boundaries that are no longer in force are kept.
const maxFormer = 32

// dashes looks at a line that begins with two hyphens, and takes it if it is a
// delimiter.
func (w *mimeWalk) dashes(line []byte) bool {
	b := bytes.TrimRight(line[2:], " \t\r\n")
	if len(b) > maxBoundary+2 {
		return false
	}
	for k := len(w.levels) - 1; k >= 0; k-- {
		for _, name := range w.levels[k] {
			if rest, ok := bytes.CutPrefix(b, []byte(name)); ok && (len(rest) == 0 || string(rest) == "--") {
				w.delimiter(k, len(rest) > 0)
				return true
			}
		}
	}
	if !w.unclaimed(b) {
		return false
	}
	if len(w.levels) >= maxLevels {
		w.body.tooDeep = true
		return false
	}
	w.levels = append(w.levels, []string{string(b)})
	w.delimiter(len(w.levels)-1, false)
	return true
}

// delimiter ends the part in hand and begins the next, or what follows a
// multipart.
func (w *mimeWalk) delimiter(level int, last bool) {
	w.leave()
	w.retire(level + 1)
	w.matched = true
	w.info = mimeInfo{}
	w.header = !last
	if last {
		w.body.begin(&w.info)
	}
}

// retire leaves the levels from that one on.
func (w *mimeWalk) retire(level int) {
	for level < len(w.levels) {
		last := len(w.levels) - 1
		for _, name := range w.levels[last] {
			if len(w.former) < maxFormer && !slices.Contains(w.former, name) {
				w.former = append(w.former, name)
			}
		}
		w.levels = w.levels[:last]
	}
}

// unclaimed decides whether a line is a delimiter that no header in force
// declared: headers of a part follow it, and nothing binary went before. Where
// no delimiter was met so far any header will do, and behind one that was
// declared once even none.
func (w *mimeWalk) unclaimed(b []byte) bool {
	if len(b) == 0 || b[0] == ' ' || b[0] == '\t' || bytes.HasPrefix(b, []byte("---BEGIN ")) || !w.header && w.body.binary {
		return false
	}
	if _, quoted := w.body.tr.(*transferQuoted); quoted && !w.header { // it is of the text that is quoted
		return false
	}
	next := w.lines.peek(aheadLen)
	a := lookAhead(next)
	if a.part || a.headers > 0 && !a.ended && len(next) == aheadLen {
		return true
	}
	known := slices.Contains(w.former, string(b))
	if !known && (w.matched || w.header) {
		return false
	}
	return a.headers > 0 || a.blank && (known || w.body.size == 0)
}

// ahead tells what stands behind a line that may be a delimiter.
type ahead struct {
	headers int  // lines that look like headers
	part    bool // one of them is of a part, or coded
	ended   bool // something else follows them
	blank   bool // a blank line stands first
}

func lookAhead(b []byte) (a ahead) {
	for first := true; len(b) > 0 && !a.part; first = false {
		line, rest, whole := cutLine(b)
		b = rest
		folded := len(line) > 0 && (line[0] == ' ' || line[0] == '\t') && !first
		switch {
		case len(line) == 0 && !whole:
		case len(line) == 0, !folded && (bytes.HasPrefix(line, []byte("--")) || headerName(line) == 0):
			a.ended, a.blank = true, first && len(line) == 0
			return a
		default:
			if !folded {
				a.headers++
			}
			a.part = !folded && hasFold(line, "content-") || bytes.Contains(line, []byte("=?")) && bytes.Contains(line, []byte("?="))
		}
	}
	return a
}
