package unpack

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Records of a workbook stream (MS-XLS 2.3).
const (
	biffFormula  = 0x0006
	biffEOF      = 0x000a
	biffFilePass = 0x002f
	biffContinue = 0x003c
	biffCodePage = 0x0042
	biffSheet    = 0x0085
	biffMulRK    = 0x00bd
	biffPivotNum = 0x00c9
	biffPivotStr = 0x00cd
	biffRString  = 0x00d6
	biffXF       = 0x00e0
	biffSST      = 0x00fc
	biffLabelSST = 0x00fd
	biffTextBox  = 0x01b6
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
	old     bool   // before BIFF8: bytes of a code page
	page    uint16 // that code page
	flow    *officeFlow
	aside   *officeAside
	strings xlsxStrings
	names   map[int64][]byte // of sheets, by where they begin
	row     int
	last    int // column of the last cell, -1 in a new row
	target  [2]int
	beside  []decode.Span // bytes of records that were not understood
	buf     []byte
	long    []byte
	dangles bool // a cell has a shared string that is not there
	open    int  // streams within the stream that have begun and not ended
}

func newBiffBook(f *oleFile, e *oleEntry, s *oleStream) *biffBook {
	b := &biffBook{f: f, e: e, s: s, names: map[int64][]byte{}, last: -1, data: make([]byte, 0, 8<<10)}
	b.in = bufio.NewReaderSize(io.NewSectionReader(s, 0, s.size), chunk)
	b.aside = newOfficeAside(f.o)
	b.begin(nil)
	return b
}

// readExcel reads the cells of a workbook: each sheet a part, each row a line.
// All other records are given out as stored.
func readExcel(f *oleFile, e *oleEntry, s *oleStream) bool {
	b := newBiffBook(f, e, s)
	if !b.next() || b.id != biffBOF || len(b.data) < 4 {
		f.o.Miss(inspect.GapUnknownFormat, s.size)
		return false
	}
	b.old = binary.LittleEndian.Uint16(b.data) < biffVersion8
	for ok := true; ok && !f.o.stopped; ok = b.next() {
		if b.id == biffFilePass {
			f.o.Miss(inspect.GapEncrypted, s.size)
			return true
		}
		b.beyond(b.record(b.data))
	}
	b.finish()
	return true
}

// readPivot reads the values that a pivot table keeps, which are records too.
func readPivot(f *oleFile, e *oleEntry, s *oleStream) bool {
	b := newBiffBook(f, e, s)
	for b.next() && !f.o.stopped {
		n := 0
		switch d := b.data; {
		case b.id == biffPivotNum && len(d) >= 8:
			b.cell(b.row+1, 0, appendFloat(nil, math.Float64frombits(binary.LittleEndian.Uint64(d))))
			n = 8
		case b.id == biffPivotStr && len(d) >= 3:
			n = b.string(d, b.row+1, 0)
		}
		b.beyond(n)
	}
	b.finish()
	return true
}

// finish gives out what was kept until the end.
func (b *biffBook) finish() {
	b.newRow()
	b.flow.main.flush()
	b.strings.unused(b.f.o)
	b.aside.give(b.entry(nil))
	if b.f.o.stopped {
		return
	}
	if b.aside.lost || b.aside.over {
		b.f.o.Miss(inspect.GapLimitBytes, b.s.size)
	}
	if b.dangles || b.open != 0 {
		b.f.o.Miss(inspect.GapBroken, 0)
	}
	if b.pos < b.s.size {
		b.beside = append(b.beside, decode.Span{From: b.pos, To: b.s.size})
	}
	b.f.rawSpans(b.e, b.s, b.beside)
	b.f.o.release(16 * len(b.beside))
}

// next reads the next record. It answers false at the end.
func (b *biffBook) next() bool {
	left := b.s.size - b.pos - 4
	if left < 0 || !b.f.o.work(50) {
		return false
	}
	var h [4]byte
	_, err := io.ReadFull(b.in, h[:])
	n := int(binary.LittleEndian.Uint16(h[2:]))
	if err != nil || int64(n) > left {
		b.f.o.Miss(inspect.GapBroken, left+4)
		return false
	}
	b.id = binary.LittleEndian.Uint16(h[:])
	if cap(b.data) < n {
		b.data = make([]byte, n)
	}
	b.data = b.data[:n]
	if _, err := io.ReadFull(b.in, b.data); err != nil {
		return false // reading what is left tells of it
	}
	b.pos += int64(4 + n)
	return true
}

func (b *biffBook) entry(name []byte) *officeEntry {
	e := &officeEntry{data: b.s.span().From}
	e.name = []byte(b.e.name)
	e.packed = b.s.span().To - e.data
	if len(name) > 0 {
		e.name = append(append(e.name, '#'), name...)
	}
	return e
}

// begin starts the part of a sheet.
func (b *biffBook) begin(name []byte) {
	b.flow = newOfficeFlow(b.f.o, b.entry(name), b.aside)
	b.last = -1
}

// record reads a record and answers how many bytes of it, or of the last one
// that goes on with it, were understood.
func (b *biffBook) record(d []byte) int {
	le := binary.LittleEndian
	row, col := 0, 0
	if len(d) >= 6 {
		row, col = int(le.Uint16(d)), int(le.Uint16(d[2:]))
	}
	switch {
	case b.id == biffEOF:
		b.open--
	case b.id == biffBOF:
		b.open++
		if name, ok := b.names[b.pos-int64(len(d))-4]; ok {
			b.newRow()
			b.flow.main.flush()
			b.begin(name)
		}
		return biffFixed[biffBOF]
	case b.id == biffCodePage && len(d) >= 2:
		b.page = le.Uint16(d)
		return 2
	case b.id == biffSheet && len(d) >= 8:
		return b.sheetName(d)
	case b.id == biffSST && len(d) >= 8 && !b.old:
		return b.sst()
	case b.id == biffTextBox && len(d) >= 12 && !b.old:
		return b.textBox(d)
	case b.id == biffString && len(d) >= 3:
		return b.string(d, b.target[0], b.target[1])
	case b.id == biffLabelSST && len(d) >= 10:
		b.cell(row, col, b.shared(le.Uint32(d[6:])))
		return 10
	case (b.id == biffLabel || b.id == biffRString) && len(d) >= 9:
		v, n := b.text(d[6:])
		b.cell(row, col, v)
		return 6 + n
	case b.id == biffNumber && len(d) >= 14:
		b.number(row, col, math.Float64frombits(le.Uint64(d[6:])))
		return 14
	case b.id == biffRK && len(d) >= 10:
		b.number(row, col, rkNumber(le.Uint32(d[6:])))
		return 10
	case b.id == biffMulRK && len(d) >= 6:
		n := (len(d) - 6) / 6
		for i := range n {
			b.number(row, col+i, rkNumber(le.Uint32(d[4+6*i+2:])))
		}
		return 6 + 6*n
	case b.id == biffFormula && len(d) >= 20:
		return b.formula(d)
	}
	return biffFixed[b.id]
}

// beyond keeps where the bytes of a record lie that were not understood.
func (b *biffBook) beyond(n int) {
	d := b.data[min(n, len(b.data)):]
	empty := true
	for _, c := range d {
		empty = empty && c == 0
	}
	if empty {
		return
	}
	b.figures(d)
	b.keep(b.pos-int64(len(d)), b.pos)
}

// keep takes down a stretch that is given out as stored.
func (b *biffBook) keep(from, to int64) {
	if !b.f.o.hold(16) {
		b.aside.lost = true
		return
	}
	b.beside = append(b.beside, decode.Span{From: from, To: to})
}
