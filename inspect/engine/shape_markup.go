package engine

import "bytes"

// shapePage is where in a table of HTML reading stands.
type shapePage struct {
	tag   [12]byte // the open tag
	n     int      // its length, which may be more
	in    bool     // within a tag
	cell  bool     // within a cell
	cells int      // that ended in the row
	heads int      // of them, those that are headers by their tag
	known bool     // the names of the columns, or that there are none
}

// elements reads the rows of tables. All tables of a page count as one.
func (x *shaper) elements(p []byte) []byte {
	g, t := &x.page, &x.table
	for i := 0; i < len(p); i++ {
		if !g.in && !g.cell { // on to the next tag
			j := bytes.IndexByte(p[i:], '<')
			if j < 0 {
				t.ends += int64(bytes.Count(p[i:], newline))
				return nil
			}
			t.ends += int64(bytes.Count(p[i:i+j], newline))
			i += j
		}
		c := p[i]
		if c == '\n' {
			t.ends++
		}
		switch {
		case c == '<':
			g.in, g.n = true, 0
		case g.in && c == '>':
			g.in = false
			g.element(t, string(tagName(bytes.TrimPrefix(g.tag[:min(g.n, len(g.tag))], []byte{'/'}))), g.n > 0 && g.tag[0] == '/')
		case g.in:
			if g.n < len(g.tag) {
				g.tag[g.n] = c
			}
			g.n++
		case c > ' ' || t.n > 0:
			if t.put(c); t.rows == 0 && !g.known {
				t.name(p[i : i+1])
			}
		}
	}
	return nil
}

// element acts on a tag.
func (g *shapePage) element(t *shapeTable, name string, closes bool) {
	switch name {
	case "tr", "row", "table-row", "table":
		g.endCell(t)
		g.endRow(t)
	case "td", "th", "cell", "table-cell":
		g.endCell(t)
		if g.cell = !closes; g.cell {
			t.n = 0
			if name == "th" {
				g.heads++
			}
		}
	}
}

func (g *shapePage) endCell(t *shapeTable) {
	if !g.cell {
		return
	}
	if g.cell = false; g.heads > g.cells {
		t.n = 0
	} else {
		t.endCell(true)
	}
	if t.rows == 0 && !g.known {
		t.endName()
	}
	g.cells++
	t.column++
}

// endRow ends a row. The first names the columns if all of it are headers.
func (g *shapePage) endRow(t *shapeTable) {
	switch {
	case g.cells == 0:
		return
	case g.heads == g.cells:
		t.column = 0
	default:
		if t.rows == 0 {
			t.columns = t.column
		}
		if !g.known {
			t.names = t.names[:0]
		}
		t.endRow()
	}
	g.known, g.cells, g.heads = true, 0, 0
}
