package engine

import (
	"bytes"
	"math"
)

const (
	maxTag  = 360  // a tag longer than this is told by its first bytes
	maxCell = 1024 // a cell longer than this is no name
	maxNest = 4    // tables within a cell of another
	rowsTop = 3    // how many rows a header is looked for in
	rowWait = 384  // how long a row may turn out to be a header
)

// markup finds the tables of HTML, and the rows and cells of spreadsheets in
// XML.
type markup struct {
	pos    int64
	wait   int64 // where a tag begins whose end has not come
	long   bool  // in a tag of which enough was read
	sheets [maxNest]sheet
	depth  int // of the table at hand
	deeper int // tables open beyond it
}

// sheet is a table and its open row and cell.
type sheet struct {
	titles []*title // of the columns, once they are told
	rows   int
	names  []*title // what the cells of the row say, by column
	column int
	cells  int
	told   int
	heads  int // cells that are headers by their tag
	figure bool

	in    bool // a cell is open
	head  bool
	wide  int // columns it spans
	begun int64
	run   int64 // where the text begins that no tag has ended; negative for none
	over  *title
	aside bool   // over is from the cell before it, and the row may be a header
	last  *title // what the cell before it says
	kept  []place
}

func (m *markup) hold() int64 { return m.wait }

func (m *markup) open() int64 {
	s := &m.sheets[m.depth]
	if len(s.kept) > 0 {
		return s.kept[0].from
	}
	if s.in && s.run >= 0 && s.over != nil && s.over.forms != nil {
		return s.run
	}
	return math.MaxInt64
}

func (m *markup) read(t *tables, v *view, to int64, last bool) {
	m.wait = math.MaxInt64
	for m.pos < to {
		b := v.slice(m.pos, to)
		if m.long {
			i := bytes.IndexByte(b, '>')
			if i < 0 {
				m.pos = to
				break
			}
			m.long = false
			m.resume(t, m.pos+int64(i)+1)
			continue
		}
		i := bytes.IndexByte(b, '<')
		if i < 0 {
			m.pos = to
			break
		}
		start, tag := m.pos+int64(i), b[i:]
		m.release(t, v, start)
		j := bytes.IndexByte(tag[:min(len(tag), maxTag)], '>')
		if j < 0 && len(tag) < maxTag && !last {
			m.pos, m.wait = start, start
			break
		}
		next := start + int64(j) + 1
		if m.long = j < 0; m.long {
			j = min(len(tag), maxTag)
			next = start + int64(j)
		}
		m.tag(t, v, tag[1:j], start)
		m.resume(t, next)
	}
	m.settle(t, v)
	if last {
		m.endRow(t, v, to)
	}
}

// settle does what need not wait for the next tag.
func (m *markup) settle(t *tables, v *view) {
	s := &m.sheets[m.depth]
	if s.in && s.run >= 0 && m.pos-s.run > cellLen {
		m.flush(t, v, m.pos)
	}
	m.release(t, v, m.pos)
	if s.in {
		t.forget(max(s.begun, m.pos-maxCell))
	} else {
		t.forget(m.pos)
	}
}

// resume goes on behind a tag.
func (m *markup) resume(t *tables, at int64) {
	m.pos = at
	s := &m.sheets[m.depth]
	if s.run = at; m.long {
		s.run = -1
	}
	if s.in && s.begun < 0 {
		s.begun = at
		t.cell = place{from: at, title: s.over}
	}
}

// tag acts on one tag, of which b is the text between the brackets.
func (m *markup) tag(t *tables, v *view, b []byte, start int64) {
	closes := len(b) > 0 && b[0] == '/'
	if closes {
		b = b[1:]
	}
	m.flush(t, v, start)
	name := tagName(b)
	if name == "table" {
		m.nest(t, v, closes, start)
		return
	}
	if m.deeper > 0 {
		return
	}
	switch name {
	case "tr", "row", "table-row":
		m.endRow(t, v, start)
	case "td", "th", "cell", "table-cell":
		m.endCell(t, v, start)
		if !closes {
			m.begin(t, name == "th", span(b))
			if b[len(b)-1] == '/' {
				m.sheets[m.depth].begun = start
				m.endCell(t, v, start)
			}
		}
	}
}

// nest opens or closes a table.
func (m *markup) nest(t *tables, v *view, closes bool, start int64) {
	m.endCell(t, v, start)
	switch {
	case closes && m.deeper > 0:
		m.deeper--
	case closes:
		m.endRow(t, v, start)
		m.sheets[m.depth] = sheet{}
		m.depth = max(m.depth-1, 0)
	case m.depth == maxNest-1:
		m.deeper++
	default:
		m.drain(t, v)
		m.depth++
		m.sheets[m.depth] = sheet{}
	}
}
