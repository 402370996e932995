package engine

import (
	"bytes"
	"math"

	"github.com/datacustoms/customs/inspect/check"
)

// listLen bounds what stands before the rows of a statement.
const listLen = 2048

// insert follows the rows of INSERT INTO t (a, b) VALUES (…), (…).
type insert struct {
	titles []*title
	column int
	depth  int
	quote  byte // the open one
	escape bool
	begun  int64 // of the open value
	queued bool
}

// statement is what the start of a statement says.
type statement struct {
	titles []*title
	size   int  // of what stands before the rows, or before what is no statement
	copied bool // the rows are lines with tabs
	more   bool // it may go on behind the text
	ok     bool
}

// starts reports whether a text begins as a statement that brings rows.
func starts(b []byte) bool {
	if len(b) == 0 || b[0]|0x20 != 'i' && b[0]|0x20 != 'r' && b[0]|0x20 != 'c' {
		return false
	}
	for _, word := range []string{"insert ", "replace ", "copy "} {
		if len(b) >= len(word) && bytes.EqualFold(b[:len(word)], []byte(word)) {
			return true
		}
	}
	return false
}

// statement reads the start of a statement at an offset, up to its rows.
func (t *tables) statement(b []byte, at int64) (s statement) {
	s.copied = b[0]|0x20 == 'c'
	from := names(b, 0, false)
	to := names(b, from+1, true)
	end := names(b, to+1, false)
	switch {
	case from >= len(b) || b[from] != '(':
		return s.until(b, from)
	case !s.copied && !holds(b[:from], "into"):
		return s.until(b, 0)
	case to >= len(b) || b[to] != ')':
		return s.until(b, to)
	case s.copied:
		if i := bytes.IndexByte(b[to:], '\n'); i >= 0 {
			s.size, s.ok = to+i+1, holds(b[to:to+i], "stdin")
		} else {
			s = s.until(b, len(b))
		}
	case end >= len(b) || b[end] != '(':
		return s.until(b, end)
	default:
		s.size, s.ok = end, holds(b[to:end], "value")
	}
	s.ok = s.ok && s.columns(t, b[from+1:to], at+int64(from)+1)
	return s
}

// columns reads the list of columns and reports whether a name is known.
func (s *statement) columns(t *tables, b []byte, at int64) (told bool) {
	for len(s.titles) < maxColumns && len(b) > 0 {
		name, _, _ := bytes.Cut(b, []byte{','})
		i, n := bare(name)
		x := t.title(name[i:n], at, at+int64(len(name)))
		told = told || x != nil
		s.titles = append(s.titles, x)
		n = min(len(name)+1, len(b))
		at, b = at+int64(n), b[n:]
	}
	return told
}

// until ends what is no statement at i, unless more of it may come.
func (s statement) until(b []byte, i int) statement {
	s.size, s.more = min(i, listLen), i >= len(b) && len(b) < listLen
	return s
}

// holds reports whether a lower-case word is in a text.
func holds(b []byte, word string) bool {
	return bytes.Contains(bytes.ToLower(b), []byte(word))
}

// names is where names end that begin at i, and with them a list of them.
func names(b []byte, i int, list bool) int {
	for i < min(len(b), listLen) && (check.Word(b[i]) || b[i] >= 0x80 || pads[b[i]] || b[i] == '.' || b[i] == ',' && list) {
		i++
	}
	return i
}

// read follows the rows from an offset on. It returns where it stopped and
// whether they are over.
func (q *insert) read(t *tables, v *view, pos, to int64) (int64, bool) {
	for i, c := range v.slice(pos, to) {
		at := pos + int64(i)
		switch {
		case q.quote != 0:
			if q.escape {
				q.escape = false
			} else if c == q.quote {
				q.quote = 0
			} else {
				q.escape = c == '\\'
			}
		case q.depth == 0:
			if c == '(' {
				q.depth, q.column = 1, 0
				q.value(t, at+1)
			} else if c != ',' && c > ' ' {
				return at, true
			}
		case c == '\'' || c == '"':
			q.quote = c
		case c == '(':
			q.depth++
		case c == ')':
			if q.depth--; q.depth == 0 {
				q.end(t, v, at)
			}
		case c == ',' && q.depth == 1:
			q.end(t, v, at)
			q.column++
			q.value(t, at+1)
		}
	}
	if t.cell.title != nil && to-q.begun > cellLen {
		q.queue(t, v, to)
	}
	return to, false
}

// value opens a value.
func (q *insert) value(t *tables, at int64) {
	q.begun, q.queued = at, false
	if q.column < len(q.titles) {
		t.cell = place{from: at, title: q.titles[q.column]}
	}
}

// end closes the open value.
func (q *insert) end(t *tables, v *view, at int64) {
	q.queue(t, v, at)
	t.put(q.begun, at, t.cell.title)
	t.cell = place{}
}

func (q *insert) queue(t *tables, v *view, at int64) {
	if !q.queued {
		t.queue(v, q.begun, at, t.cell.title)
	}
	q.queued = true
}

func (q *insert) open(t *place) int64 {
	if q.queued || t.title == nil || t.title.forms == nil {
		return math.MaxInt64
	}
	return q.begun
}
