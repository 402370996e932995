package engine

import "bytes"

// markerMost bounds the text with which objects of a list begin.
const markerMost = 48

// shapeObjects is where in JSON reading stands.
type shapeObjects struct {
	depth  int  // objects and arrays that are open
	row    int  // how deep those are that are rows
	arrays bool // rows are arrays
	quoted bool
	escape bool // the next byte of a string is escaped
	key    bool // the next string is a key
	learn  bool // marker is being learnt
	last   byte // the last byte that is no space

	marker []byte // with which each row begins: { and its first key
	begun  int64  // rows that began
	lined  int64  // of them, on the line behind the one before
	line   int64  // where the last one began
	seen   int64  // markers that were counted
	seam   [markerMost]byte
	nseam  int
}

// objects reads rows that are objects.
func (x *shaper) objects(p []byte) []byte {
	m, t := &x.json, &x.table
	for i := 0; i < len(p); i++ {
		if m.quoted {
			i += m.string(t, p[i:])
			continue
		}
		c := p[i]
		if c > ' ' {
			m.last = c
		}
		if m.learn && len(m.marker) < markerMost {
			m.marker = append(m.marker, c)
		}
		switch c {
		case '"':
			m.quoted = true
		case '{', '[':
			m.enter(t, c == '[')
		case '}', ']':
			if m.leave(t); m.row == m.depth+1 && m.begun != m.lined+1 && len(m.marker) > 1 && !x.more() {
				return p[i+1:]
			}
		case ',':
			if m.depth == m.row {
				t.endCell(true)
				t.column, m.key = t.column+1, !m.arrays
			}
		case ':':
			m.key = m.key && m.depth != m.row
		case '\n':
			if t.ends++; m.depth < m.row && m.begun == m.lined+1 && !x.more() {
				m.marker = m.marker[:0]
				return p[i+1:]
			}
		default:
			if c > ' ' && m.depth == m.row {
				t.put(c)
			}
		}
	}
	return nil
}

// string reads on in a string, and returns how far before the byte behind it.
func (m *shapeObjects) string(t *shapeTable, p []byte) int {
	j := bytes.IndexByte(p, '"')
	if j < 0 {
		j = len(p)
	}
	if k := bytes.IndexByte(p[:j], '\n'); k >= 0 { // no string spans lines
		m.take(t, p[:k])
		if t.ends++; m.learn {
			m.learn, m.marker = false, m.marker[:0]
		}
		m.quoted, m.escape = false, false
		if m.row == 1 {
			m.depth, t.column, t.n = 0, 0, 0
		}
		return k
	}
	m.escape = escaping(p[:j], m.escape)
	m.take(t, p[:j])
	if j == len(p) || m.escape {
		m.escape = m.escape && j == len(p)
		return j
	}
	m.quoted, m.last = false, '"'
	if m.key && m.depth == m.row {
		if t.rows == 0 && !t.again {
			t.endName()
		}
		if m.learn {
			m.marker, m.learn = append(m.marker, '"'), false
			if len(m.marker) > markerMost {
				m.marker = m.marker[:0]
			}
		}
	}
	return j
}

// escaping tells whether what follows a piece of a string is escaped, given
// that of the piece itself.
func escaping(b []byte, before bool) bool {
	n := len(b)
	for n > 0 && b[n-1] == '\\' {
		n--
	}
	odd := (len(b)-n)%2 == 1
	if n == 0 {
		return odd != before
	}
	return odd
}

// take adds text to the name or cell at hand.
func (m *shapeObjects) take(t *shapeTable, b []byte) {
	switch {
	case m.depth != m.row:
	case !m.key:
		if t.n < len(t.cell) {
			copy(t.cell[t.n:], b)
		}
		t.n += len(b)
	default:
		if m.learn && len(m.marker) <= markerMost {
			m.marker = append(m.marker, b[:min(len(b), markerMost+1-len(m.marker))]...)
		}
		if t.rows == 0 && !t.again {
			t.name(b)
		}
	}
}

// enter opens an object or array.
func (m *shapeObjects) enter(t *shapeTable, array bool) {
	m.depth++
	switch {
	case m.depth == m.row+1:
		t.n = len(t.cell) + 1 // no number
	case m.depth != m.row:
	case array != m.arrays:
		m.key = false
	default:
		if t.ends == m.line+1 && m.begun > 0 {
			m.lined++
		}
		m.line, m.key = t.ends, !array
		t.column, t.n = 0, 0
		m.learn = m.begun == 1 && !array && !t.again
		if m.begun++; m.learn {
			m.marker = append(m.marker[:0], '{')
		}
	}
}

// leave closes the innermost object or array.
func (m *shapeObjects) leave(t *shapeTable) {
	if m.learn {
		m.learn, m.marker = false, m.marker[:0]
	}
	if m.depth == m.row {
		t.endCell(true)
		if t.rows == 0 {
			t.columns = t.column + 1
		}
		t.endRow()
	}
	m.depth = max(m.depth-1, 0)
}

// counts counts the rows in text that is not looked into.
func (m *shapeObjects) counts(p []byte) {
	k := len(m.marker) - 1
	var both [2 * markerMost]byte
	n := copy(both[:], m.seam[:m.nseam])
	n += copy(both[n:], p[:min(len(p), k)])
	m.seen += int64(bytes.Count(both[:n], m.marker)) + int64(bytes.Count(p, m.marker))
	if len(p) >= k {
		m.nseam = copy(m.seam[:], p[len(p)-k:])
		return
	}
	m.nseam = copy(m.seam[:], both[max(n-k, 0):n])
}

// tail finds the rows that begin in the end of a text.
func (m *shapeObjects) tail(b []byte) (from int, n, all int64) {
	return bytes.Index(b, m.marker), int64(bytes.Count(b, m.marker)), m.seen
}

// rewind goes before a row.
func (m *shapeObjects) rewind() {
	m.depth, m.quoted, m.escape, m.key, m.learn = m.row-1, false, false, false, false
}

// end ends the text: it is cut off where a row is open, or the list of them.
func (m *shapeObjects) end(t *shapeTable) {
	if m.depth >= m.row {
		t.columns = max(t.columns, t.column+1)
		t.endRow()
	}
	t.cutEnd = m.depth > 0 || m.last == ','
}

// depths tells how deep the objects are that are the rows of a JSON text: the
// first depth at which there are several, or a list has one.
func depths(head []byte) (row int, arrays bool) {
	const most = 8
	var objects, lists, listed [most + 1]int
	var array [most + 1]bool
	depth := 0
	for i := 0; i < len(head); i++ {
		switch c := head[i]; {
		case c == '"': // behind the string
			for escaped := true; escaped; {
				j := bytes.IndexByte(head[i+1:], '"') + 1
				if j == 0 {
					j = len(head) - i
				}
				escaped = i+j < len(head) && escaping(head[i+1:i+j], false)
				i += j
			}
		case c == '{' || c == '[':
			in := depth > 0 && depth <= most && array[depth]
			if depth++; depth > most {
				continue
			}
			if array[depth] = c == '['; array[depth] {
				lists[depth]++
			} else if objects[depth]++; in {
				listed[depth]++
			}
		case c == '}' || c == ']':
			depth = max(depth-1, 0)
		}
	}
	for d := range objects {
		if objects[d] > 1 {
			return d, false
		}
	}
	for d := range listed {
		if listed[d] > 0 {
			return d, false
		}
	}
	if objects[1] == 0 && lists[2] > 0 {
		return 2, true
	}
	return 1, false
}
