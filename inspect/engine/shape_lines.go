package engine

import "bytes"

// quotedMost is how many lines a cell in quotes may have.
const quotedMost = 8

// shapeCells is where in rows of cells reading stands.
type shapeCells struct {
	delimiter byte
	header    int // lines to pass over
	quoted    bool
	spans     int // lines in the open quotes
}

// lines reads rows of cells, and returns what stands behind those that are read.
func (x *shaper) lines(p []byte) []byte {
	t := &x.table
	for i, c := range p {
		if c == '\n' {
			t.ends++
		}
		switch {
		case x.csv.header > 0: // lines before the rows
			if c == '\n' {
				x.csv.header--
			}
		case c == '"':
			x.csv.quoted, x.csv.spans = !x.csv.quoted, 0
		case x.csv.quoted && (c != '\n' || x.csv.spans < quotedMost):
			if t.put(c); c == '\n' {
				x.csv.spans++
			}
		case c == x.csv.delimiter:
			t.endCell(true)
			t.column++
		case c == '\n':
			x.csv.quoted = false
			if !t.open() {
				continue
			}
			if t.endCell(true); t.rows > 0 && t.column+1 < min(t.columns, maxColumns) {
				t.cols[t.column].width = -1
			}
			if t.endRow(); !x.more() {
				return p[i+1:]
			}
		case c != '\r':
			t.put(c)
		}
	}
	return nil
}

// count counts rows without looking into them, and keeps the end of the text.
func (x *shaper) count(p []byte) {
	if len(x.json.marker) > 0 {
		x.json.counts(p)
	}
	x.rest += int64(len(p))
	if len(p) >= shapeTail {
		x.tail = append(x.tail[:0], p[len(p)-shapeTail:]...)
		return
	}
	if len(x.tail)+len(p) > cap(x.tail) {
		x.tail = x.tail[:copy(x.tail, x.tail[len(x.tail)-shapeTail:])]
	}
	x.tail = append(x.tail, p...)
}

// finish looks at the end of the text and ends the table.
func (x *shaper) finish() {
	t := &x.table
	if x.state == shapeCounts {
		x.ending()
	} else {
		t.counted = t.rows
	}
	switch {
	case x.kind == shapeJSON:
		x.json.end(t)
	case x.kind == shapeLines && t.open():
		t.endOpen()
	case x.kind == shapeMarkup:
		t.cutEnd = x.page.cell || x.page.cells > 0
	case x.kind == shapeInserts:
		t.cutEnd = x.sql.depth > 0
	}
	if c := &t.cols[0]; x.kind == shapeLines && len(t.names) == 0 && t.counted > 4 && c.width >= 4 && c.width0 < c.width && c.width0 > 0 {
		t.cutStart = true
	}
}

// trailing cuts off lines at the end that are no rows.
func trailing(b []byte, json bool) []byte {
	for {
		b = bytes.TrimRight(b, "\r\n ")
		line := b[bytes.LastIndexByte(b, '\n')+1:]
		if len(line) == 0 || !json || len(bytes.Trim(line, "]} \t")) > 0 {
			return b
		}
		b = b[:len(b)-len(line)]
	}
}

// ending reads the rows again with which the text ends, in their places.
func (x *shaper) ending() {
	t := &x.table
	t.rows = t.counted
	tail, whole := x.tail[max(len(x.tail)-shapeTail, 0):], x.rest <= shapeTail
	from, n, all := 0, int64(0), int64(0)
	if len(x.json.marker) > 0 {
		from, n, all = x.json.tail(tail)
	} else {
		all = x.text.ends - t.ends
		if !whole {
			from = bytes.IndexByte(tail, '\n') + 1
		}
		if !t.counting() && x.kind == shapeLines { // all that is asked is how it ends
			from = max(from, bytes.LastIndexByte(bytes.TrimRight(tail, "\r\n "), '\n')+1)
		}
		body := trailing(tail[from:], x.kind == shapeJSON)
		n = int64(bytes.Count(body, newline))
		all -= int64(bytes.Count(tail[from:], newline)) - n
		if len(body) > 0 {
			n, all = n+1, all+1
		}
	}
	if t.rows = t.counted + all; from < 0 || n == 0 {
		return
	}
	t.rows -= n
	t.again, t.column, t.n = true, 0, 0
	x.state = x.kind
	x.json.rewind()
	x.read(tail[from:])
}
