package engine

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// namesMost bounds what is kept of the names of columns.
const namesMost = 2048

// decide says what the text is, of which the head or, at its end, all is there.
// A table of a few rows is none: it has nothing in common with others but chance.
func (x *shaper) decide(last bool) {
	b := bytes.TrimPrefix(x.head, []byte("\xef\xbb\xbf"))
	b = bytes.TrimLeft(b, " \t\r\n")
	from := len(x.head) - len(b)
	x.kind = shapePlain
	switch {
	case len(b) == 0:
	case last && bytes.Count(b, newline)+bytes.Count(b, []byte{'{'})+bytes.Count(b, []byte{'['})+bytes.Count(b, []byte{'('}) < shapeLook && !x.html: // too few rows to tell anything
	case x.html:
		x.kind = shapeMarkup
	case b[0] == '{' || b[0] == '[' && len(b) > 1 && bytes.IndexByte([]byte("{[\" \t\r\n"), b[1]) >= 0:
		x.kind = shapeJSON
		x.json.row, x.json.arrays = depths(b)
	case starts(b):
		x.kind = shapeInserts
	default:
		if i := inList(b); i > 0 {
			x.kind, from, x.table.cutStart, x.json.row = shapeJSON, from+i, true, 1
			x.before = x.head[:from]
		} else if x.cells(b, last) {
			x.kind = shapeLines
		}
	}
	x.table.ends = int64(bytes.Count(x.head[:from], newline))
	if x.kind == shapeJSON {
		x.text.far = textRecords
	}
	x.state = x.kind
	x.replay(from)
}

// inList is where the first object begins in a text that begins within a list
// of objects, or 0.
func inList(b []byte) int {
	for i := 0; i < len(b); i++ {
		j := bytes.IndexByte(b[i:], '{')
		if j < 0 {
			return 0
		}
		i += j
		rest := bytes.TrimLeft(b[i+1:], " \t\r\n")
		before := bytes.TrimRight(b[:i], " \t")
		parted := bytes.TrimRight(before, "\r\n")
		listed := bytes.TrimSuffix(parted, []byte(","))
		ended := bytes.HasSuffix(bytes.TrimRight(listed, " \t\r\n"), []byte("}"))
		if len(rest) > 1 && rest[0] == '"' && ended && (len(parted) < len(before) || len(listed) < len(parted)) {
			return i
		}
	}
	return 0
}

// cells looks whether text begins as rows of cells, and what they are called.
func (x *shaper) cells(b []byte, last bool) bool {
	var buf [8][]byte
	lines, whole := buf[:0], 0
	for len(lines) < len(buf) && len(b) > 0 {
		line, rest, ended := bytes.Cut(b, newline)
		if b = rest; len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		lines = append(lines, bytes.TrimRight(line, "\r"))
		if ended || last && len(lines) < 3 {
			whole = len(lines)
		}
	}
	if len(lines) < 2 || whole == 0 {
		return false
	}
	d, columns := delimited(lines[min(1, whole-1):max(whole, 1)])
	if columns < 2 {
		return false
	}
	g := grid{delimiter: d}
	x.csv.delimiter, x.table.columns = d, columns
	var one, two [maxColumns]field
	for i := range min(2, whole) {
		names := g.split(one[:0], lines[i])
		if len(names) != min(columns, maxColumns) || i == 1 && len(g.split(two[:0], lines[0])) > 1 {
			continue
		}
		var below []field
		if i+1 < len(lines) {
			below = g.split(two[:0], lines[i+1])
		}
		if i+1 < len(lines) && header(lines[i], names, lines[i+1], below) {
			x.csv.header = i + 1
			for _, f := range names {
				x.table.name(lines[i][f.from:f.to])
				x.table.endName()
			}
			return true
		}
	}
	if first := g.split(one[:0], lines[0]); len(first) < columns && columns <= maxColumns {
		x.table.cutStart = true
		x.table.column = columns - len(first)
		x.table.part = x.table.column + 1
	}
	return true
}

// delimited tells what parts the cells of most lines, and how many there are.
func delimited(lines [][]byte) (d byte, columns int) {
	for _, c := range []byte("\t,;|") {
		first, same := cellsOf(lines[0], c), 0
		for _, l := range lines {
			if cellsOf(l, c) == first {
				same++
			}
		}
		if first == 2 && c == ',' && bytes.Contains(lines[0], []byte(", ")) {
			continue // a sentence
		}
		if first > columns && 4*same >= 3*len(lines) {
			d, columns = c, first
		}
	}
	return d, columns
}

// cellsOf counts the cells of a line.
func cellsOf(b []byte, delimiter byte) int {
	n, quoted := 1, false
	if bytes.IndexByte(b, '"') < 0 {
		return n + bytes.Count(b, []byte{delimiter})
	}
	for _, c := range b {
		if c == '"' {
			quoted = !quoted
		} else if c == delimiter && !quoted {
			n++
		}
	}
	return n
}

// header reports whether a line holds the names of columns: none is a value,
// and below one of them, or more, are numbers.
func header(line []byte, names []field, next []byte, below []field) bool {
	told := false
	for i, f := range names {
		name := line[f.from:f.to]
		if len(name) == 0 || len(name) > nameLen || figured(name) || digit(name[0]) || bytes.IndexByte(name, '@') >= 0 {
			return false
		}
		if i < len(below) {
			value := next[below[i].from:below[i].to]
			told = told || !bytes.ContainsAny(name, "0123456789") && bytes.ContainsAny(value, "0123456789@")
		}
	}
	return told
}

// name adds text to the name of a column, and endName ends it.
func (t *shapeTable) name(b []byte) {
	t.names = append(t.names, b[:min(len(b), max(namesMost-len(t.names), 0))]...)
}

func (t *shapeTable) endName() {
	from := bytes.LastIndexByte(t.names, 0) + 1
	name := t.names[from:]
	i, n := bare(name)
	name = name[i:n]
	if !utf8.Valid(name) {
		if b, err := simplifiedchinese.GB18030.NewDecoder().Bytes(name); err == nil {
			name = b
		}
	}
	k := from + copy(t.names[from:cap(t.names)], name)
	if k < from+len(name) {
		t.names = append(t.names[:k], name[k-from:]...)
	}
	t.names = t.names[:from+len(name)]
	for i, c := range t.names[from:] {
		if c >= 'A' && c <= 'Z' {
			t.names[from+i] = c + 'a' - 'A'
		}
	}
	t.names = append(t.names, 0)
}
