package unpack

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
)

// freed gives out what belongs to no row: lines of what can still be read, and
// the bytes.
func (d *sqliteDB) freed() {
	if d.stopped {
		return
	}
	d.stale = true
	out := &sheet{meter: d.meter, name: "free", at: d.span(), most: d.l.Memory / 8}
	defer out.flush()
	if len(d.ghosts) > 0 {
		out.row(d.ghosts)
	}
	for _, s := range d.slack {
		for from := s.From; from < s.To; from += d.page { // the overlap is for a record over two pieces
			b := make([]byte, min(d.page+256, s.To-from))
			if n, _ := d.r.ReadAt(b, from); n < len(b) {
				d.broken = true
			} else if !d.remains(out, b) {
				return
			}
		}
	}
	for n := int64(1); n <= d.pages && !d.stopped; n++ {
		if d.reached(n) {
			continue
		}
		b := d.read(n)
		if bytes.HasPrefix(b, []byte(sqliteMagic)) && n > 1 { // another database
			d.pages = n - 1
			return
		}
		if len(b) > 0 && b[0] <= sqliteTableLeaf && !d.lines(out, n, b) || !d.remains(out, b) {
			return
		}
	}
}

// lines gives out the rows of a page that nothing leads to.
func (d *sqliteDB) lines(out *sheet, n int64, b []byte) bool {
	if b[0] != sqliteIndexLeaf && b[0] != sqliteTableLeaf && b[0] != sqliteIndexInner {
		return true
	}
	_, more := d.leaf(n, b, 0, func(int64) bool {
		var line []byte
		for i, v := range d.row {
			if i > 0 {
				line = append(line, '\t')
			}
			if v.kind == sqliteBlob || v.kind == sqliteText {
				line = out.value(line, 0, v.b)
			} else {
				line = v.cell(line)
			}
		}
		return out.row(line)
	})
	return more
}

// remains gives out bytes that may be what is left of rows: those that still
// are records, text in UTF-16, and all of them as they lie.
func (d *sqliteDB) remains(out *sheet, b []byte) bool {
	from, to := len(b)-len(bytes.TrimLeft(b, "\x00")), len(bytes.TrimRight(b, "\x00"))
	if to-from < 4 {
		return !d.stopped
	}
	if d.order != nil { // a zero may be half a character
		from, to = max(0, from-1), min(len(b), to+1)
	}
	b = b[from:to]
	var line []byte
	for i := 0; i < len(b); {
		n := 0
		if line, n = d.carve(line, b[i:]); n > 0 {
			line = append(line, '\n')
		}
		i += max(1, n)
	}
	if d.order != nil {
		for i := range 2 {
			line = append(line, utf16Text(b[i:], d.order)...)
			line = append(line, '\n')
		}
	}
	if !d.work(int64(len(b))*20) || len(line) > 0 && !out.row(line) {
		return false
	}
	return out.row(b)
}

// carve writes the record that begins b, if one does: its head names values
// that fit, of which the texts are text and one says something.
func (d *sqliteDB) carve(line, b []byte) ([]byte, int) {
	size := int(b[0])
	if size < 2 || size > 63 || size > len(b) {
		return line, 0
	}
	body := size
	for i := 1; i < size; {
		kind, n := sqliteVarint(b[i:size])
		width := sqliteWidth(kind)
		if width < 0 || width > int64(len(b)-body) {
			return line, 0
		}
		i += n
		body += int(width)
	}
	if body == size {
		return line, 0
	}
	return d.values(line, b[1:size], b[size:body], body)
}

// values writes the values of a record that may be one; n is its length.
func (d *sqliteDB) values(line, types, body []byte, n int) ([]byte, int) {
	from, good := len(line), false
	for len(types) > 0 {
		kind, n := sqliteVarint(types)
		types = types[n:]
		v := d.value(kind, body[:sqliteWidth(kind)])
		body = body[sqliteWidth(kind):]
		switch {
		case v.kind == sqliteText && len(v.b) > 0:
			if !isCell(v.b) || !utf8.Valid(v.b) {
				return line[:from], 0
			}
			good = true
		case v.kind == sqliteInt && v.n >= 1e10:
			good = true
		case v.kind == sqliteBlob:
			v = sqliteValue{}
		}
		line = append(v.cell(line), '\t')
	}
	if !good {
		return line[:from], 0
	}
	return line, n
}

// freeBlocks reads the first record of each free block of a page and says how
// long they are together. Its first
// four bytes are overwritten: of a row with a number above 127, its lengths
// and its number, else its first type too, so that its values are counted from
// the end.
func (d *sqliteDB) freeBlocks(b []byte, at int) (sum int) {
	next := int(binary.BigEndian.Uint16(b[at+1:]))
	for next > at && next+4 <= len(b) && d.work(1000) {
		size := int(binary.BigEndian.Uint16(b[next+2:]))
		if size < 4 || next+size > len(b) {
			break
		}
		sum += size
		if block := b[next+4 : next+size]; b[at] == sqliteTableLeaf && d.width > 0 && !d.ghost(block, d.width) {
			d.ghost(block, d.width-1)
		}
		after := int(binary.BigEndian.Uint16(b[next:]))
		if after != 0 && after < next+size { // they stand in order
			return -1
		}
		next = after
	}
	return sum
}

// ghost notes a record of so many values of which the types lie in front.
func (d *sqliteDB) ghost(b []byte, columns int) bool {
	head, sum := 0, 0
	for range columns {
		kind, n := sqliteVarint(b[head:])
		width := sqliteWidth(kind)
		if n == 0 || width < 0 || width > int64(len(b)) {
			return false
		}
		head += n
		sum += int(width)
	}
	if columns == 0 || head+sum > len(b) {
		return false
	}
	from := head
	if columns < d.width {
		from = len(b) - sum
	}
	if len(d.ghosts) > 1<<20 {
		if !d.lost {
			d.lost = true
			d.Miss(inspect.GapLimitBytes, -1)
		}
		return true
	}
	var n int
	if d.ghosts, n = d.values(d.ghosts, b[:head], b[from:from+sum], 1); n > 0 {
		d.ghosts = append(d.ghosts, '\n')
	}
	return n > 0
}
