package engine

import (
	"bytes"
	"unicode/utf8"
)

// grid is a table of lines.
type grid struct {
	delimiter byte // 0 for two spaces or more
	titles    []*title
	fields    int
	columns   []field // where the names stand, in columns of the screen
	copied    bool    // by COPY: ends with a line of its own
}

type field struct{ from, to int }

// header reads a line at an offset; it is nil unless the line is the header of
// a table: fields of which two are known, and none has a number or a value.
func (t *tables) header(line []byte, at int64) *grid {
	if t.worded(at, at+int64(len(line))) < 2 || bytes.IndexByte(line, ':') >= 0 {
		return nil
	}
	line = bytes.TrimRight(line, "\r")
	d := delimiter(line)
	if d == 0 && !bytes.Contains(line, []byte("  ")) && bytes.IndexByte(line, '\t') < 0 && !bytes.Contains(line, []byte("　")) {
		return nil
	}
	if bytes.IndexByte(line, '=') >= 0 || bytes.Contains(line, []byte("：")) {
		return nil
	}
	return t.grid(line, at, grid{delimiter: d})
}

// delimiter is what parts the fields of a line, if there are three or more.
func delimiter(line []byte) (d byte) {
	least := 2
	for _, c := range [...]byte{'\t', ',', ';', '|'} {
		if n := bytes.Count(line, []byte{c}); n >= least {
			least, d = n+1, c
		}
	}
	return d
}

// grid reads the fields of what may be a header.
func (t *tables) grid(line []byte, at int64, g grid) *grid {
	var buf [maxColumns]field
	list := g.split(buf[:0], line)
	if c := t.above; c.delimiter != 0 && c.delimiter == g.delimiter && len(list)+1 >= len(c.groups) && len(list) <= len(c.groups)+1 {
		return nil // a row of the table with which the text begins
	}
	told := 0
	for _, f := range list {
		name := line[f.from:f.to]
		if len(name) > nameLen || figured(name) {
			return nil
		}
	}
	for _, f := range list {
		x := t.title(line[f.from:f.to], at+int64(f.from), at+int64(f.to))
		g.titles = append(g.titles, x)
		if x != nil {
			told++
		}
	}
	if told < 2 {
		return nil
	}
	g.fields = len(list)
	if g.delimiter == 0 {
		g.columns = screen(make([]field, 0, len(list)), list, line)
	}
	return &g
}

// split appends the fields of a line. A delimiter in quotes does not count.
func (g *grid) split(dst []field, line []byte) []field {
	if g.delimiter == 0 {
		return spaced(dst, line)
	}
	from, quoted := 0, false
	for i := 0; i <= len(line) && len(dst) < maxColumns; i++ {
		switch {
		case i == len(line) || line[i] == g.delimiter && !quoted:
			a, b := bare(line[from:i])
			dst = append(dst, field{from + a, from + b})
			from = i + 1
		case line[i] == '"':
			quoted = !quoted
		}
	}
	return dst
}

// spaced appends the fields of a line that two spaces part, or a wide one.
func spaced(dst []field, line []byte) []field {
	for i := 0; i < len(line) && len(dst) < maxColumns; {
		n := parting(line[i:])
		if n == 0 && line[i] == ' ' {
			n = 1
		}
		if n > 0 {
			i += n
			continue
		}
		from := i
		for i < len(line) && parting(line[i:]) == 0 {
			i++
		}
		dst = append(dst, field{from, i})
	}
	return dst
}

// parting is the length of what parts two fields at the start of a text.
func parting(b []byte) int {
	switch {
	case b[0] == ' ' && (len(b) == 1 || b[1] == ' '):
		return 1
	case b[0] == '\t':
		return 1
	case len(b) > 2 && string(b[:3]) == "　":
		return 3
	}
	return 0
}

// screen appends where fields stand on a screen, on which characters of
// Chinese take two columns.
func screen(dst, list []field, line []byte) []field {
	at, column := 0, 0
	to := func(end int) int {
		for at < end {
			r, n := utf8.DecodeRune(line[at:])
			column++
			if r >= 0x1100 && r != utf8.RuneError {
				column++
			}
			at += n
		}
		return column
	}
	for _, f := range list {
		from := to(f.from)
		dst = append(dst, field{from, to(f.to)})
	}
	return dst
}
