package unpack

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"math"

	"github.com/datacustoms/customs/inspect"
)

// Records of a binary workbook (MS-XLSB 2.3).
const (
	xlsbRow      = 0
	xlsbRK       = 2
	xlsbReal     = 5
	xlsbText     = 6
	xlsbShared   = 7
	xlsbFmlaText = 8
	xlsbFmlaNum  = 9
	xlsbShort    = 12 // the first of those in the short form
	xlsbString   = 19 // of the shared ones
	xlsbRich     = 62

	xlsbLongest = 1 << 20
)

// The first record of a part says what it is, whatever it is called. These
// stand for the root elements of XML.
const (
	xlsbSheetRoot   = "\x81\x01\x00"
	xlsbStringsRoot = "\x9f\x01\x08"
)

// xlsbRoot returns which of them an entry has.
func xlsbRoot(head []byte) string {
	for _, root := range [...]string{xlsbSheetRoot, xlsbStringsRoot} {
		if bytes.HasPrefix(head, []byte(root)) {
			return root
		}
	}
	return ""
}

// xlsbPart is a part that is being read.
type xlsbPart struct {
	d     *officeDoc
	in    *bufio.Reader
	id    int
	data  []byte
	flow  *officeFlow
	aside *officeAside
	col   int // of the cell, from 0
	last  int // column of the last cell written, -1 in a new row
	buf   []byte
	fault bool
}

// binary reads a sheet or the shared strings of a binary workbook. Both are
// given out as stored as well.
func (d *officeDoc) binary(e *officeEntry) {
	body := d.open(e)
	a := newOfficeAside(d.o)
	p := &xlsbPart{d: d, in: bufio.NewReader(body), flow: newOfficeFlow(d.o, e, a), aside: a, last: -1}
	s := &d.strings
	if e.root == xlsbStringsRoot {
		s.name, s.span = e.name, e.span()
	}
	for p.next() && !d.o.stopped {
		if e.root == xlsbSheetRoot {
			p.cell()
		} else if p.id == xlsbString && len(p.data) >= 5 {
			s.add(p.text(p.data[1:]), a, d.o)
			s.close(a, d.o)
		}
	}
	if e.root == xlsbStringsRoot {
		s.ready()
	}
	p.newRow()
	p.flow.main.flush()
	a.give(e)
	d.z.spend(body.in.used())
	switch {
	case d.o.stopped:
	case p.fault || !body.sound():
		d.o.Miss(inspect.GapBroken, e.packed)
	case a.lost:
		d.o.Miss(inspect.GapLimitBytes, e.packed)
	}
}

// next reads the next record: its number, its size, each in as few bytes as
// it needs.
func (p *xlsbPart) next() bool {
	first, err := p.in.ReadByte()
	if err != nil {
		return false
	}
	if p.id = int(first); first&0x80 != 0 {
		b, err := p.in.ReadByte()
		p.id, p.fault = p.id&0x7f|int(b&0x7f)<<7, p.fault || err != nil
	}
	n := 0
	for shift := 0; shift < 28; shift += 7 {
		b, err := p.in.ReadByte()
		n |= int(b&0x7f) << shift
		if p.fault = p.fault || err != nil; b < 0x80 || err != nil {
			break
		}
	}
	if n > xlsbLongest {
		p.fault = true
		return false
	}
	if cap(p.data) < n {
		p.data = make([]byte, n)
	}
	p.data = p.data[:n]
	if _, err := io.ReadFull(p.in, p.data); err != nil {
		p.fault = true
		return false
	}
	return true
}

// cell writes the value of a cell: behind its column and its style, or in the
// short form, whose column is the next, behind its style.
func (p *xlsbPart) cell() {
	le := binary.LittleEndian
	v, kind := p.data, p.id
	switch {
	case p.id == xlsbRow:
		p.newRow()
		return
	case p.id >= xlsbShort && p.id < xlsbString && len(v) >= 4:
		kind -= xlsbShort - 1
		p.col, v = p.col+1, v[4:]
	case (p.id < xlsbShort || p.id == xlsbRich) && len(v) >= 8:
		p.col, v = int(min(le.Uint32(v), xlsxColumns)), v[8:]
	default:
		return
	}
	if len(v) < 4 {
		return // an empty cell, an error or a yes
	}
	switch {
	case kind == xlsbRK:
		p.put(appendFloat(p.buf[:0], rkNumber(le.Uint32(v))))
	case (kind == xlsbReal || kind == xlsbFmlaNum) && len(v) >= 8:
		p.put(appendFloat(p.buf[:0], math.Float64frombits(le.Uint64(v))))
	case kind == xlsbText || kind == xlsbFmlaText:
		p.put(p.text(v))
	case kind == xlsbRich && len(v) >= 5:
		p.put(p.text(v[1:]))
	case kind == xlsbShared:
		p.put(p.d.strings.numbered(int(le.Uint32(v)), &p.fault, p.aside))
	}
	if kind == xlsbFmlaText || kind == xlsbFmlaNum {
		eachFigure(v, func(f float64) { p.aside.value(nil, appendFloat(nil, f)) })
	}
}

func (p *xlsbPart) put(v []byte) {
	if n := p.col - max(p.last, 0); n > 0 {
		p.flow.columns(n)
	} else if p.last >= 0 {
		p.flow.columns(1)
	}
	p.last = p.col
	p.flow.main.addLine(v)
}

func (p *xlsbPart) newRow() {
	if p.last >= 0 {
		p.flow.main.addByte('\n')
	}
	p.col, p.last = -1, -1
}

// text reads a string with its length in four bytes.
func (p *xlsbPart) text(v []byte) []byte {
	n := int(binary.LittleEndian.Uint32(v))
	p.fault = p.fault || n > (len(v)-4)/2
	p.buf = biffChars(p.buf[:0], v[4:], n, true)
	return p.buf
}
