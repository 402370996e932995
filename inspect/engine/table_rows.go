package engine

import "bytes"

// above is the column of the field that is k-th in a row.
func (g *grid) above(place []field, k int) int {
	if g.delimiter != 0 || len(place) == g.fields {
		return k
	}
	best, most := -1, 0
	for i, c := range g.columns {
		if n := min(c.to, place[k].to) - max(c.from, place[k].from); n > most {
			best, most = i, n
		}
	}
	return best
}

// ruled reports whether a line only sets off a header, or is a border.
func ruled(line []byte) bool {
	n := 0
	for _, c := range line {
		switch c {
		case '-', '=', '+', '|', ':':
			n++
		case ' ', '\t', '\r':
		default:
			return false
		}
	}
	return n > 0
}

// fits reports whether a line with so many fields is a row.
func (g *grid) fits(fields int) bool {
	switch {
	case g.copied:
		return true
	case g.delimiter == 0 && fields < 2:
		return false
	case g.delimiter == 0:
		return fields <= g.fields+1
	}
	return fields >= g.fields-1 && fields <= g.fields+1
}

// row judges the next line of a table.
func (l *lines) row(t *tables, v *view, to int64, last bool) {
	b := v.slice(l.pos, to)
	i := bytes.IndexByte(b, '\n')
	switch {
	case l.over && i < 0:
		l.pos = to
		return
	case l.over:
		l.pos, l.over = l.pos+int64(i)+1, false
		return
	case i >= rowLine || i < 0 && len(b) >= rowLine:
		l.over = true
		l.pos++ // its end is further on
		return
	case i < 0 && !last:
		return
	}
	next := l.pos + int64(i) + 1
	if i < 0 {
		i, next = len(b), to
	}
	line := bytes.TrimRight(b[:i], "\r")
	if g := l.grid; len(bytes.TrimSpace(line)) == 0 || g.copied && string(line) == `\.` {
		l.grid = nil
	} else if !ruled(line) && !l.cells(t, v, line) {
		l.grid = nil
		return // the line may be a header
	}
	t.forget(next)
	l.pos = next
}

// cells notes the cells of a row, if the line at hand is one.
func (l *lines) cells(t *tables, v *view, line []byte) bool {
	var buf, seen [maxColumns]field
	list := l.grid.split(buf[:0], line)
	if !l.grid.fits(len(list)) {
		return false
	}
	place := list
	if l.grid.delimiter == 0 {
		place = screen(seen[:0], list, line)
	}
	for k, f := range list {
		if c := l.grid.above(place, k); c >= 0 && c < len(l.grid.titles) && l.grid.titles[c] != nil {
			from, to := l.pos+int64(f.from), l.pos+int64(f.to)
			t.put(from, to, l.grid.titles[c])
			t.queue(v, from, to, l.grid.titles[c])
		}
	}
	return true
}
