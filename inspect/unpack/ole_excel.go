package unpack

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Records of a workbook stream (MS-XLS 2.3).
const (
	biffFormula  = 0x0006
	biffFilePass = 0x002f
	biffContinue = 0x003c
	biffSheet    = 0x0085
	biffMulRK    = 0x00bd
	biffRString  = 0x00d6
	biffXF       = 0x00e0
	biffSST      = 0x00fc
	biffLabelSST = 0x00fd
	biffBlank    = 0x0201
	biffNumber   = 0x0203
	biffLabel    = 0x0204
	biffString   = 0x0207
	biffRow      = 0x0208
	biffRK       = 0x027e
	biffBOF      = 0x0809

	biffVersion8 = 0x0600
)

// biffFixed are records of a few numbers, and how long they are.
var biffFixed = map[uint16]int{biffXF: 20, biffBlank: 6, biffRow: 16, biffBOF: 16}

// biffBook is a workbook stream that is being read.
type biffBook struct {
	f       *oleFile
	e       *oleEntry
	s       *oleStream
	in      *bufio.Reader
	pos     int64 // of the next record
	id      uint16
	data    []byte // of this record
	old     bool   // before BIFF8: bytes stay as they are
	flow    *officeFlow
	aside   *officeAside
	strings xlsxStrings
	names   map[int64][]byte // of sheets, by where they begin
	row     int
	last    int // column of the last cell, -1 in a new row
	target  [2]int
	beside  []decode.Span // bodies of records that were not understood
	buf     []byte
}

// readExcel reads the cells of a workbook: each sheet a part, each row a line.
// Bodies of all other records are given out as stored.
func readExcel(f *oleFile, e *oleEntry, s *oleStream) bool {
	b := &biffBook{f: f, e: e, s: s, names: map[int64][]byte{}, last: -1, data: make([]byte, 0, 8<<10)}
	b.in = bufio.NewReaderSize(io.NewSectionReader(s, 0, s.size), chunk)
	if !b.next() || b.id != biffBOF || len(b.data) < 4 {
		f.o.Miss(inspect.GapUnknownFormat, s.size)
		return false
	}
	b.old = binary.LittleEndian.Uint16(b.data) < biffVersion8
	b.aside = newOfficeAside(f.o)
	b.begin(nil)
	for ok := true; ok && !f.o.stopped; ok = b.next() {
		if b.id == biffFilePass {
			f.o.Miss(inspect.GapEncrypted, s.size)
			return true
		}
		b.record()
	}
	b.newRow()
	b.flow.main.flush()
	b.strings.used = append(b.strings.used, 0)
	b.strings.unused(f.o)
	if b.aside.lost {
		f.o.Miss(inspect.GapLimitBytes, s.size)
		return false
	}
	if b.pos < s.size && !f.o.stopped && b.id != 0 {
		b.beside = append(b.beside, decode.Span{From: b.pos, To: s.size})
	}
	f.rawSpans(e, s, b.beside)
	return true
}

// next reads the next record. It answers false at the end.
func (b *biffBook) next() bool {
	var h [4]byte
	if _, err := io.ReadFull(b.in, h[:]); err != nil {
		return false
	}
	n := int(binary.LittleEndian.Uint16(h[2:]))
	if int64(n) > b.s.size-b.pos-4 {
		b.f.o.Miss(inspect.GapBroken, b.s.size-b.pos)
		return false
	}
	b.id = binary.LittleEndian.Uint16(h[:])
	if cap(b.data) < n {
		b.data = make([]byte, n)
	}
	b.data = b.data[:n]
	if _, err := io.ReadFull(b.in, b.data); err != nil {
		return false
	}
	b.pos += int64(4 + n)
	return true
}

// begin starts the part of a sheet.
func (b *biffBook) begin(name []byte) {
	entry := &officeEntry{data: b.s.span().From}
	entry.name = []byte(b.e.name)
	entry.packed = b.s.span().To - entry.data
	if len(name) > 0 {
		entry.name = append(append(entry.name, '#'), name...)
	}
	b.flow = newOfficeFlow(b.f.o, entry, b.aside)
	b.last = -1
}

func (b *biffBook) record() {
	le := binary.LittleEndian
	d := b.data
	switch {
	case b.id == biffBOF:
		if name, ok := b.names[b.pos-int64(len(d))-4]; ok {
			b.newRow()
			b.flow.main.flush()
			b.begin(name)
		}
	case b.id == biffSheet && len(d) >= 8:
		b.sheetName(d)
	case b.id == biffSST && len(d) >= 8 && !b.old:
		b.sst()
	case b.id == biffString && len(d) >= 3:
		b.cell(b.target[0], b.target[1], b.text(d))
	case len(d) < 6:
		b.other()
	case b.id == biffLabelSST && len(d) >= 10:
		b.cell(int(le.Uint16(d)), int(le.Uint16(d[2:])), b.shared(le.Uint32(d[6:])))
	case (b.id == biffLabel || b.id == biffRString) && len(d) >= 9:
		b.cell(int(le.Uint16(d)), int(le.Uint16(d[2:])), b.text(d[6:]))
	case b.id == biffNumber && len(d) >= 14:
		b.number(int(le.Uint16(d)), int(le.Uint16(d[2:])), math.Float64frombits(le.Uint64(d[6:])))
	case b.id == biffRK && len(d) >= 10:
		b.number(int(le.Uint16(d)), int(le.Uint16(d[2:])), rkNumber(le.Uint32(d[6:])))
	case b.id == biffMulRK:
		for i, p := 0, d[4:len(d)-2]; len(p) >= 6; i, p = i+1, p[6:] {
			b.number(int(le.Uint16(d)), int(le.Uint16(d[2:]))+i, rkNumber(le.Uint32(p[2:])))
		}
	case b.id == biffFormula && len(d) >= 20:
		b.formula(d)
	default:
		b.other()
	}
}

// other keeps where the body of a record lies that is not a cell.
func (b *biffBook) other() {
	n := len(b.data)
	if most, ok := biffFixed[b.id]; n == 0 || ok && n <= most {
		return
	}
	if !b.f.o.hold(16) {
		b.aside.lost = true
		return
	}
	b.beside = append(b.beside, decode.Span{From: b.pos - int64(n), To: b.pos})
}

// formula writes the value of a formula that was kept. One that is text comes
// in the record behind. What the formula is made from may hold text.
func (b *biffBook) formula(d []byte) {
	le := binary.LittleEndian
	b.target = [2]int{int(le.Uint16(d)), int(le.Uint16(d[2:]))}
	if le.Uint16(d[12:]) != 0xffff {
		b.number(b.target[0], b.target[1], math.Float64frombits(le.Uint64(d[6:])))
	}
	for _, c := range d[20:] {
		if c == 0x17 { // PtgStr, MS-XLS 2.5.198.89
			b.other()
			return
		}
	}
}

func (b *biffBook) number(row, col int, f float64) {
	b.buf = appendFloat(b.buf[:0], f)
	b.cell(row, col, b.buf)
}

// cell writes a cell.
func (b *biffBook) cell(row, col int, v []byte) {
	if row != b.row {
		b.newRow()
		b.row = row
	}
	if len(v) == 0 {
		return
	}
	if n := col - max(b.last, 0); n > 0 {
		b.flow.columns(n)
	} else if b.last >= 0 {
		b.flow.columns(1)
	}
	b.last = col
	b.flow.main.addLine(v)
}

func (b *biffBook) newRow() {
	if b.last >= 0 {
		b.flow.main.addByte('\n')
	}
	b.last = -1
}

// rkNumber reads a number in 30 bits (MS-XLS 2.5.217).
func rkNumber(v uint32) float64 {
	f := math.Float64frombits(uint64(v&^3) << 32)
	if v&2 != 0 {
		f = float64(int32(v) >> 2)
	}
	if v&1 != 0 {
		f /= 100
	}
	return f
}

// sheetName takes down where a sheet begins and what it is called.
func (b *biffBook) sheetName(d []byte) {
	n := int(d[6])
	p := d[7:]
	var name []byte
	switch {
	case b.old:
		name = append(name, p[:min(n, len(p))]...)
	case len(p) > 0:
		name = append(name, biffChars(nil, p[1:], n, p[0]&1 != 0)...)
	}
	if b.f.o.hold(len(name) + 64) {
		b.names[int64(binary.LittleEndian.Uint32(d))] = name
	}
}

// text reads a string with its length in two bytes.
func (b *biffBook) text(d []byte) []byte {
	n := int(binary.LittleEndian.Uint16(d))
	if b.old {
		return d[2 : 2+min(n, len(d)-2)]
	}
	b.buf = biffChars(b.buf[:0], d[3:], n, d[2]&1 != 0)
	return b.buf
}

// biffChars appends n characters, of two bytes or of one, as UTF-8.
func biffChars(dst, p []byte, n int, wide bool) []byte {
	if !wide {
		for _, c := range p[:min(n, len(p))] {
			dst = append(dst, string(rune(c))...)
		}
		return dst
	}
	units := make([]uint16, 0, min(n, len(p)/2))
	for ; n > 0 && len(p) >= 2; n, p = n-1, p[2:] {
		units = append(units, binary.LittleEndian.Uint16(p))
	}
	return append(dst, string(utf16.Decode(units))...)
}
