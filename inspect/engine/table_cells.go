package engine

import "bytes"

// begin opens a cell, whose text begins behind its tag. What the name of its
// column does not tell, the cell before it may.
func (m *markup) begin(t *tables, head bool, wide int) {
	s := &m.sheets[m.depth]
	s.in, s.head, s.wide, s.begun, s.over = true, head, wide, -1, nil
	if !head {
		s.over = s.last
	}
	s.aside = s.over != nil && s.titles == nil && s.rows < rowsTop
	if s.column < len(s.titles) && s.titles[s.column] != nil {
		s.over = s.titles[s.column]
	}
}

// flush ends a piece of the text of a cell.
func (m *markup) flush(t *tables, v *view, at int64) {
	s := &m.sheets[m.depth]
	switch {
	case !s.in || s.run < 0 || s.run == at || s.over == nil || s.over.forms == nil:
	case s.aside && at-s.run <= rowWait:
		s.kept = append(s.kept, place{s.run, min(at, s.run+cellLen), s.over})
	default:
		t.queue(v, s.run, at, s.over)
	}
	s.run = -1
}

// release queues the cells that waited because their row might be a header,
// once it is too long for one.
func (m *markup) release(t *tables, v *view, at int64) {
	if s := &m.sheets[m.depth]; len(s.kept) > 0 && at-s.kept[0].from > rowWait {
		m.drain(t, v)
	}
}

func (m *markup) drain(t *tables, v *view) {
	s := &m.sheets[m.depth]
	for _, p := range s.kept {
		t.queue(v, p.from, p.to, p.title)
	}
	s.kept = s.kept[:0]
}

// endCell closes the open cell and notes what it says itself.
func (m *markup) endCell(t *tables, v *view, at int64) {
	s := &m.sheets[m.depth]
	if !s.in {
		return
	}
	s.in, t.cell = false, place{}
	t.put(s.begun, at, s.over)
	own, figure := m.own(t, v, s, at)
	s.last = own
	s.cells++
	s.figure = s.figure || figure
	if s.head {
		s.heads++
	}
	if own != nil {
		s.told++
	}
	for range s.wide {
		if s.column++; len(s.names) < min(s.column, maxColumns) {
			s.names = append(s.names, own)
		}
	}
}

// own is what a cell says of others, and whether it holds a number that no
// name has. Only the first rows and cells with a trigger word are looked at.
func (m *markup) own(t *tables, v *view, s *sheet, at int64) (own *title, figure bool) {
	if at-s.begun > maxCell {
		return nil, true
	}
	top := s.rows < rowsTop && s.titles == nil
	if !top && !s.head && t.worded(s.begun, at) == 0 {
		return nil, false
	}
	var buf [2 * nameLen]byte
	name := plain(buf[:0], v.slice(s.begun, at))
	if figured(name) {
		return nil, true
	}
	from, to := bare(name)
	if bytes.IndexByte(v.slice(s.begun, at), '<') >= 0 {
		return t.told(name[from:to], t.engine.forms.named(name[from:to])), false
	}
	return t.title(name[from:to], s.begun, at), false
}

// plain appends a text without its tags, as far as there is room.
func plain(dst, b []byte) []byte {
	in := false
	for _, c := range b {
		switch {
		case c == '<':
			in = true
		case c == '>' && in:
			in = false
		case !in && len(dst) < cap(dst):
			dst = append(dst, c)
		}
	}
	return dst
}

// endRow closes the open row. A row of names is the header of those below it.
func (m *markup) endRow(t *tables, v *view, at int64) {
	m.endCell(t, v, at)
	s := &m.sheets[m.depth]
	if s.cells == 0 {
		return
	}
	heads := s.heads == s.cells && s.told > 0
	top := s.titles == nil && s.rows < rowsTop && !s.figure && (s.told > 1 || s.told > 0 && s.cells > 2)
	if s.cells > 1 && (heads || top) {
		s.titles = append(s.titles[:0:0], s.names...)
		s.kept = s.kept[:0]
	}
	m.drain(t, v)
	if s.cells > 1 {
		s.rows++
	}
	s.names = s.names[:0]
	s.column, s.cells, s.told, s.heads, s.figure, s.last = 0, 0, 0, 0, false, nil
}

// tagName is the name of an element in lower case, without what is before a
// colon; it is empty for names that are longer than those of tables.
func tagName(b []byte) string {
	n := 0
	for n < len(b) && b[n] > ' ' && b[n] != '/' {
		n++
	}
	b = b[:n]
	b = b[bytes.IndexByte(b, ':')+1:]
	if len(b) < 2 || len(b) > len("table-cell") {
		return ""
	}
	for _, name := range []string{"td", "tr", "th", "table", "row", "cell", "table-row", "table-cell"} {
		if len(b) == len(name) && b[0]|0x20 == name[0] && bytes.EqualFold(b, []byte(name)) {
			return name
		}
	}
	return ""
}

// span is how many columns a cell takes.
func span(b []byte) (n int) {
	i := bytes.Index(b, []byte("span="))
	if i < 3 || !bytes.EqualFold(b[i-3:i], []byte("col")) {
		return 1
	}
	for _, c := range b[i+len("span="):] {
		if digit(c) {
			n = n*10 + int(c-'0')
		} else if c != '"' && c != '\'' || n > 0 {
			break
		}
		if n >= maxColumns {
			return maxColumns
		}
	}
	return max(n, 1)
}
