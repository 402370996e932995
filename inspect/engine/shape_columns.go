package engine

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"

	"github.com/datacustoms/customs/inspect"
)

// shapeTable is what is known of a table from the rows that were read.
type shapeTable struct {
	names    []byte // of the columns, each ended by a zero
	cols     *[maxColumns]shapeColumn
	marks    []shapeMark
	columns  int   // of most rows
	column   int   // at hand
	widest   int   // columns that were used
	rows     int64 // that ended, and the one at hand counts from it
	counted  int64 // of them, those that were read cell by cell
	ends     int64 // lines that ended in what was read
	again    bool  // the end is looked at
	hits     bool
	cutStart bool
	cutEnd   bool
	part     int // the cell with which a cut table begins, +1

	cell [48]byte // the text of the cell at hand
	n    int      // its length, which may be more
}

// shapeColumn follows the numbers and lengths of a column.
type shapeColumn struct {
	prefix [16]byte
	np     uint8
	set    bool // base is known
	dead   bool // it does not count its rows
	found  bool // there are findings in it
	loose  bool
	zeroth bool  // the first row has number v0 of d0 digits and is not in the run
	base   int64 // the number less the row
	first  int64 // the number in the first row
	from   int64 // the first row
	last   int64 // the last row
	v0     int64
	d0     int
	width  int // of every cell but the first, -1 where they differ
	width0 int // of the first
}

// shapeMark says in how many rows a class was found in a column.
type shapeMark struct {
	column int
	class  string
	rows   int64
	last   int64 // the row it was found in, +1
}

// clear forgets everything.
func (t *shapeTable) clear() {
	clear(t.cols[:min(t.widest, maxColumns)])
	clear(t.names)
	*t = shapeTable{cols: t.cols, names: t.names[:0], marks: t.marks[:0]}
}

// put adds a byte to the open cell.
func (t *shapeTable) put(c byte) {
	if t.n < len(t.cell) {
		t.cell[t.n] = c
	}
	t.n++
}

// endCell closes the open cell; whole is false if more of it would have come.
func (t *shapeTable) endCell(whole bool) {
	n := t.n
	t.n = 0
	if t.column >= maxColumns {
		return
	}
	x := &t.cols[t.column]
	t.widest = max(t.widest, t.column+1)
	x.measure(t.rows, n, t.again)
	if x.dead || x.found || !whole {
		return
	}
	v, digits, prefix, ok := number9(t.cell[:min(n, len(t.cell))])
	ok = ok && n <= len(t.cell)
	if t.rows == 0 && t.part == t.column+1 {
		x.zeroth, x.v0, x.d0 = ok, v, digits
		return
	}
	x.count(t, v, digits, prefix, ok)
}

// measure notes how long a cell is.
func (x *shapeColumn) measure(row int64, n int, again bool) {
	switch {
	case again:
	case row == 0:
		x.width0, x.width = n, 0
	case x.width == 0:
		x.width = n
	case x.width != n:
		x.width = -1
	}
}

// count goes on with the number in a cell.
func (x *shapeColumn) count(t *shapeTable, v int64, digits int, prefix []byte, ok bool) {
	next := x.set && ok && bytes.Equal(prefix, x.prefix[:x.np])
	switch {
	case next && v == x.base+t.rows:
		x.last = t.rows
	case next && t.again && !x.loose && v < x.base+t.rows && v > x.base+x.last: // some rows have several lines
		x.base, x.loose, x.last = v-t.rows, true, t.rows
	case t.again, t.rows > 1:
		x.dead = true
	case !ok:
		x.dead = t.rows > 0
	default:
		if x.set {
			x.zeroth, x.v0 = true, x.base
		}
		x.set, x.base, x.first, x.from, x.last = true, v-t.rows, v, t.rows, t.rows
		x.np = uint8(copy(x.prefix[:], prefix))
		if t.rows == 0 {
			x.d0 = digits
		}
	}
}

// number9 reads the number at the end of a cell, of at most nine digits, and
// what stands before it.
func number9(b []byte) (v int64, digits int, prefix []byte, ok bool) {
	i, n := bare(b)
	b = b[i:n]
	k := len(b)
	for k > 0 && digit(b[k-1]) && len(b)-k < 9 {
		k--
	}
	for _, c := range b[k:] {
		v = v*10 + int64(c-'0')
	}
	digits, prefix = len(b)-k, b[:k]
	if digits == 0 || k > 16 {
		return 0, 0, nil, false
	}
	if k > 0 && digits <= 2 && bytes.IndexByte([]byte("-/.:"), b[k-1]) >= 0 && bytes.ContainsAny(prefix, "0123456789") {
		return 0, 0, nil, false // a date, a time or a fraction
	}
	return v, digits, prefix, true
}

// endRow closes the row at hand.
func (t *shapeTable) endRow() {
	t.rows++
	t.column = 0
}

// enough reports whether more rows would tell nothing more.
func (t *shapeTable) enough() bool {
	if t.rows < shapeLook || t.again {
		return false
	}
	if t.rows >= shapeRows {
		return true
	}
	return !t.hits && !t.counting()
}

// counting reports whether a column may count the rows.
func (t *shapeTable) counting() bool {
	for i := range t.cols[:t.widest] {
		if x := &t.cols[i]; x.set && !x.dead && !x.found {
			return true
		}
	}
	return false
}

// hit notes a finding in the open cell.
func (t *shapeTable) hit(mark string) {
	if t.column >= maxColumns || t.again {
		return
	}
	t.hits = true
	t.widest = max(t.widest, t.column+1)
	t.cols[t.column].found = true
	if mark == "" {
		return
	}
	for i := range t.marks {
		if m := &t.marks[i]; m.column == t.column && m.class == mark {
			if m.last != t.rows+1 {
				m.rows, m.last = m.rows+1, t.rows+1
			}
			return
		}
	}
	if len(t.marks) < 2*maxColumns {
		t.marks = append(t.marks, shapeMark{t.column, mark, 1, t.rows + 1})
	}
}

// layout is how many columns there are and what is in them, in most rows.
func (t *shapeTable) layout() []byte {
	slices.SortFunc(t.marks, func(a, b shapeMark) int {
		return cmp.Or(cmp.Compare(a.column, b.column), cmp.Compare(a.class, b.class))
	})
	out := []byte{byte(t.columns)}
	for _, m := range t.marks {
		if 2*m.rows > min(t.rows, t.counted) {
			out = append(append(append(out, byte(m.column)), m.class...), 0)
		}
	}
	return out
}

// runs are the columns that count their rows. before is what stands before the
// first of them, of a row that began in another piece.
func (t *shapeTable) runs(before []byte) (out []inspect.Run) {
	for i := range t.cols[:t.widest] {
		x := &t.cols[i]
		if !x.set || x.dead || x.found || x.last-x.from+1 < 8 || x.last+2 < t.rows || len(out) == inspect.MaxRuns {
			continue
		}
		first := x.first
		if x.from == 1 && x.zeroth && endsIn(first-1, x.v0, x.d0) {
			first--
			t.cutStart = true
		} else if x.from == 0 && numbered(before, first-1) {
			first--
		}
		out = append(out, inspect.Run{Column: i, First: first, Last: x.base + x.last})
	}
	return out
}

// numbered reports whether a piece of a JSON object holds a number, or begins
// within it.
func numbered(b []byte, number int64) bool {
	digits := strconv.AppendInt(nil, number, 10)
	for i := range digits {
		if n := len(digits) - i; len(b) > n && bytes.HasPrefix(b, digits[i:]) && bytes.IndexByte([]byte(",}\" "), b[n]) >= 0 {
			return true
		}
	}
	for i := 0; ; i++ {
		j := bytes.Index(b[i:], digits)
		if j < 0 {
			return false
		}
		i += j
		if n := i + len(digits); i > 0 && n < len(b) && !digit(b[i-1]) && bytes.IndexByte([]byte(",}\" "), b[n]) >= 0 {
			return true
		}
	}
}

// endsIn reports whether a number may end in n digits that are v.
func endsIn(number, v int64, n int) bool {
	p := int64(1)
	for range n {
		p *= 10
	}
	return number > 0 && number%p == v
}

// open reports whether a row was begun and not ended.
func (t *shapeTable) open() bool { return t.column > 0 || t.n > 0 }

// short reports whether the open row, with which the text ends, lacks cells or
// the end of its last one.
func (t *shapeTable) short() bool {
	last := min(t.columns, maxColumns) - 1
	if t.column < last {
		return true
	}
	w := t.cols[last].width
	return t.column == last && w >= 4 && t.n < w && t.counted > 4
}

// endOpen closes the row with which the text ends. What may be the beginning of
// a number does not speak against a run.
func (t *shapeTable) endOpen() {
	t.cutEnd = t.cutEnd || t.short()
	if t.column < maxColumns {
		before := t.cols[t.column]
		t.endCell(!t.cutEnd)
		if x := &t.cols[t.column]; x.dead && !before.dead && t.rows > 1 {
			*x = before
		}
	}
	t.endRow()
}
