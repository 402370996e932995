package engine

import (
	"bytes"
	"math"
)

const (
	nameLine = 1024 // a line longer than this is no header
	rowLine  = 768  // and one longer than this is passed over in a table
)

// lines finds tables in text: rows of lines, and those of statements. It looks
// only at lines with trigger words until it is in one.
type lines struct {
	pos   int64
	grid  *grid   // the table at hand
	sql   *insert // the statement at hand
	next  bool    // behind a statement: there may be another
	over  bool    // in a line that is passed over
	far   int64   // in a line that is too long, +1
	sheet *place  // the open value of a statement
}

func (l *lines) hold() int64 {
	if l.grid != nil && !l.over {
		return l.pos
	}
	return math.MaxInt64
}

func (l *lines) open() int64 {
	switch {
	case l.sql != nil:
		return l.sql.open(l.sheet)
	case l.grid != nil && !l.over:
		return l.pos
	}
	return math.MaxInt64
}

func (l *lines) read(t *tables, v *view, to int64, last bool) {
	l.sheet = &t.cell
	for l.pos < to {
		begun, grid, sql, next := l.pos, l.grid, l.sql, l.next
		switch {
		case sql != nil:
			over := false
			if l.pos, over = sql.read(t, v, l.pos, to); over {
				l.sql, l.next = nil, true
			}
		case grid != nil:
			l.row(t, v, to, last)
		case next:
			l.another(t, v, to, last)
		default:
			l.seek(t, v, to, last)
		}
		if l.pos == begun && l.grid == grid && l.sql == sql && l.next == next {
			break // until there is more
		}
	}
	if last && l.sql != nil {
		l.sql.end(t, v, to)
	}
	t.forget(l.pos)
}

// seek goes to the first line with a trigger word and looks whether it begins
// a table.
func (l *lines) seek(t *tables, v *view, to int64, last bool) {
	key, ok := t.key(l.pos)
	if !ok || key >= to {
		return
	}
	if l.far > 0 && bytes.IndexByte(v.slice(max(l.far-1, key-nameLine), key), '\n') < 0 {
		l.far, l.pos = key+1, key+1
		return
	}
	l.far = 0
	from := max(key-nameLine, l.pos)
	if i := bytes.LastIndexByte(v.slice(from, key), '\n'); i >= 0 {
		from += int64(i) + 1
	} else if before := v.slice(from-1, from); from > 0 && (len(before) == 0 || before[0] != '\n') {
		l.far, l.pos = key+1, key+1
		return
	}
	if l.begin(t, v, from, key, to, last) {
		return
	}
	i := bytes.IndexByte(v.slice(key, to), '\n')
	end := key + int64(i)
	switch {
	case i < 0 && to-from < nameLine:
		return // it may end yet
	case i < 0 || end-from >= nameLine:
		l.far, l.pos = key+1, key+1
	default:
		l.pos = end + 1
		l.grid = t.header(v.slice(from, end), from)
	}
}

// begin looks whether a statement stands at an offset, with a trigger word in
// its list of columns. It says whether that is so or may yet be.
func (l *lines) begin(t *tables, v *view, from, key, to int64, last bool) bool {
	b := v.slice(from, to)
	for len(b) > 0 && b[0] <= ' ' {
		b, from = b[1:], from+1
	}
	if !starts(b) {
		return false
	}
	s := t.statement(b, from)
	end := from + int64(s.size)
	switch {
	case s.more && !last:
		return true
	case !s.ok || key >= end:
		if bytes.IndexByte(b[:s.size], '\n') < 0 {
			return false
		}
		l.pos = max(l.pos+1, end) // what it holds is no table of another kind
	case s.copied:
		l.pos, l.far, l.grid = end, 0, &grid{delimiter: '\t', titles: s.titles, copied: true}
	default:
		l.pos, l.far, l.sql = end, 0, &insert{titles: s.titles}
	}
	return true
}

// another looks for the statement behind one.
func (l *lines) another(t *tables, v *view, to int64, last bool) {
	b := v.slice(l.pos, to)
	i := 0
	for i < len(b) && (b[i] <= ' ' || b[i] == ';') {
		i++
	}
	if i == len(b) {
		l.pos = to
		return
	}
	if l.pos += int64(i); len(b)-i < len("replace ")+1 && !last {
		return
	}
	if l.begin(t, v, l.pos, l.pos, to, last) {
		l.next = l.sql == nil && l.grid == nil
		return
	}
	l.next = false
}
