package unpack

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// DBF opens a table of dBase, FoxPro and Visual FoxPro. Its parts:
//
//   - "table": the names of the columns, then a line for each row, deleted ones
//     too, cells joined by TAB and without the blanks that fill them. Text
//     keeps its charset. What is no text comes behind it, as "table.column";
//   - without a name, bytes of the file that are no row.
//
// Memos are a file of their own. A table whose head does not fit its rows comes
// out as it lies and is Missed as broken.
func DBF(r io.ReaderAt, size int64, l Limits, out Out) {
	m := newMeter(l, out)
	guard(m, func() {
		d := &dbf{r: r, size: size, sheet: &sheet{meter: m, name: "table", at: decode.Span{To: size}, most: min(l.Memory/4, 8<<20)}}
		if !d.open() {
			m.Miss(inspect.GapBroken, -1)
			m.raw(r, 0, size)
		}
	})
	m.end()
}

// dbfColumn is one column of a table.
type dbfColumn struct {
	kind     byte
	from, to int // its place in a row
	binary   bool
}

// dbf is an open table.
type dbf struct {
	*sheet
	r       io.ReaderAt
	size    int64
	columns []dbfColumn
	line    []byte
	behind  decode.Span // of the columns, in the head: a backlink, properties
}

// dbfHead is what the first 32 bytes say.
type dbfHead struct {
	rows      int64
	head, row int
	first     int // where the columns are told
	each      int // bytes that tell a column
}

const dbfKinds = "CNFDLMGPBTYIVQWOX@+0"

// parseDBF reads the first bytes of a table, and reports whether they can be
// those.
func parseDBF(b []byte) (h dbfHead, ok bool) {
	if len(b) < 32 || strings.IndexByte("\x02\x03\x04\x05\x30\x31\x32\x43\x63\x83\x8b\x8c\xcb\xe5\xf5\xfb", b[0]) < 0 {
		return h, false
	}
	h = dbfHead{int64(binary.LittleEndian.Uint32(b[4:])), int(binary.LittleEndian.Uint16(b[8:])), int(binary.LittleEndian.Uint16(b[10:])), 32, 32}
	if b[0]&7 == 4 { // dBase 7
		h.first, h.each = 68, 48
	}
	dated := b[2] <= 12 && b[3] <= 31
	return h, dated && h.row >= 2 && h.head > h.first+h.each
}

// column reads what tells a column; ok is false where none is.
func (h dbfHead) column(b []byte) (name []byte, kind byte, size int, ok bool) {
	n := 11
	if h.each == 48 {
		n = 32
	}
	if len(b) < h.each {
		return nil, 0, 0, false
	}
	name, _, _ = bytes.Cut(b[:n], []byte{0})
	for _, c := range name {
		if c <= ' ' || c == 0x7f {
			return nil, 0, 0, false
		}
	}
	if kind, size = b[n], int(b[n+5]); h.each == 48 {
		size = int(b[n+1])
	} else if kind == 'C' {
		size += int(b[n+6]) << 8 // a text has no decimals: FoxPro makes longer ones so
	}
	return name, kind, size, len(name) > 0 && strings.IndexByte(dbfKinds, kind) >= 0
}

// LooksDBF tells a table by its first bytes: 96 of them or more, and the more
// the better.
func LooksDBF(head []byte) bool {
	h, ok := parseDBF(head)
	if !ok || !dbfZeros(head[12:14]) {
		return false
	}
	width, k := 1, h.first
	for ; k+h.each <= min(len(head), h.head); k += h.each {
		_, _, size, ok := h.column(head[k:])
		if !ok && head[k] == '\r' && k > h.first {
			return width == h.row
		}
		if width += size; !ok || width > h.row {
			return false
		}
	}
	if k < len(head) && head[k] == '\r' {
		return width == h.row
	}
	return k > h.first && len(head) <= h.head+h.each
}

func dbfZeros(b []byte) bool { return b[0] == 0 && b[1] == 0 }

// open gives out the table. It answers false where the head is not sound.
func (d *dbf) open() bool {
	b := make([]byte, min(d.size, 1<<16))
	n, _ := d.r.ReadAt(b, 0)
	b = b[:n]
	h, ok := parseDBF(b)
	if !ok || int64(h.head) > int64(n) || !d.layout(h, b[:h.head]) {
		return false
	}
	end := d.rows(h)
	d.flush()
	if want := int64(h.head) + h.rows*int64(h.row); end < want && !d.stopped {
		d.Miss(inspect.GapBroken, want-end)
	}
	if last := []byte{0}; end+1 == d.size { // the mark that ends the rows
		if n, _ := d.r.ReadAt(last, end); n == 1 && last[0] == 0x1a {
			end++
		}
	}
	d.raw(d.r, d.behind.From, d.behind.To)
	d.raw(d.r, end, d.size)
	return true
}

// layout reads the columns, which must fill a row.
func (d *dbf) layout(h dbfHead, b []byte) bool {
	at, k := 1, h.first
	for ; k+h.each <= len(b) && b[k] != '\r'; k += h.each {
		name, kind, size, ok := h.column(b[k:])
		if !ok {
			return false
		}
		if size > 0 {
			d.columns = append(d.columns, dbfColumn{kind: kind, from: at, to: at + size, binary: size < 10 && (kind == 'M' || kind == 'G' || kind == 'P')})
			d.names = append(d.names, string(name))
		}
		at += size
	}
	d.behind = decode.Span{From: int64(k + 1), To: int64(h.head)}
	return at == h.row && k < len(b) && (d.begin() || d.stopped)
}

// rows gives out the rows and says where they end. A file may have more than
// its head says, as when a program was stopped.
func (d *dbf) rows(h dbfHead) int64 {
	at := int64(h.head)
	buf := make([]byte, max(chunk/h.row, 1)*h.row)
	for at+int64(h.row) <= d.size && !d.stopped {
		b := buf[:min(int64(len(buf)), (d.size-at)/int64(h.row)*int64(h.row))]
		if n, _ := d.r.ReadAt(b, at); n < len(b) {
			b = b[:n/h.row*h.row]
			d.Miss(inspect.GapBroken, d.size-at-int64(len(b)))
		}
		if len(b) == 0 {
			return d.size
		}
		for ; len(b) > 0; b = b[h.row:] {
			// Some writers leave a zero where a blank says that a row is not deleted.
			row := b[0] == ' ' || b[0] == '*' || b[0] == 0 && at < int64(h.head)+h.rows*int64(h.row)
			if !row || !d.take(b[:h.row]) {
				return at
			}
			at += int64(h.row)
		}
	}
	return at
}

// take gives out a row.
func (d *dbf) take(b []byte) bool {
	d.line = d.line[:0]
	for i := range d.columns {
		if i > 0 {
			d.line = append(d.line, '\t')
		}
		c := &d.columns[i]
		d.cell(i, c, b[c.from:c.to])
	}
	return d.work(50*int64(len(d.columns))+2*int64(len(b))) && d.row(d.line)
}

// cell appends a value.
func (d *dbf) cell(i int, c *dbfColumn, b []byte) {
	switch n := len(b); {
	case n == 4 && (c.kind == 'I' || c.kind == '+'):
		d.line = strconv.AppendInt(d.line, int64(int32(binary.LittleEndian.Uint32(b))), 10)
		return
	case n == 8 && c.kind == 'Y':
		v := int64(binary.LittleEndian.Uint64(b))
		d.line = append(strconv.AppendInt(d.line, v/10000, 10), '.')
		d.line = strconv.AppendInt(d.line, max(v, -v)%10000+10000, 10)
		d.line = append(d.line[:len(d.line)-5], d.line[len(d.line)-4:]...)
		return
	case n == 8 && (c.kind == 'B' || c.kind == 'O'):
		d.line = sheetFloat(d.line, math.Float64frombits(binary.LittleEndian.Uint64(b)), 64)
		return
	case n == 8 && (c.kind == 'T' || c.kind == '@') || c.kind == '0' || c.binary:
		return // a time, marks, a place in another file
	case n > 0 && (c.kind == 'V' || c.kind == 'Q') && int(b[n-1]) < n && len(bytes.Trim(b[b[n-1]:n-1], " \x00")) == 0:
		b = b[:b[n-1]] // the last byte is the length of what is shorter
	}
	d.line = d.value(d.line, i, bytes.Trim(b, " \x00"))
}
