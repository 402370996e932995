package unpack

import (
	"cmp"
	"encoding/binary"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Characters with a meaning in the text of Word (MS-DOC 2.4.1).
const (
	wordCell       = 0x07
	wordLine       = 0x0b
	wordPage       = 0x0c
	wordPara       = 0x0d
	wordFieldBegin = 0x13
	wordFieldSep   = 0x14
	wordFieldEnd   = 0x15
	wordHyphen     = 0x1e
)

// piece writes the text of a piece.
func (d *wordDoc) piece(p wordPiece) {
	buf := make([]byte, chunk)
	high := rune(0) // first half of a character in two
	for at := p.from; at < p.to && !d.f.o.stopped; {
		n, _ := d.s.ReadAt(buf[:min(int64(len(buf)), p.to-at)], at)
		if n == 0 || p.wide && n < 2 {
			return
		}
		if !p.wide {
			for i := range n {
				d.byte(buf[i], at+int64(i))
			}
			at += int64(n)
			continue
		}
		n &^= 1
		for i := 0; i < n; i += 2 {
			u := rune(binary.LittleEndian.Uint16(buf[i:]))
			if utf16.IsSurrogate(u) && u < 0xdc00 {
				high = u
				continue
			}
			if high != 0 {
				u, high = utf16.DecodeRune(high, u), 0
			}
			d.char(u, at+int64(i))
		}
		at += int64(n)
	}
}

// byte takes a character of a piece of bytes.
func (d *wordDoc) byte(c byte, at int64) {
	switch {
	case c < 0x80:
		d.char(rune(c), at)
	case d.old:
		d.put([]byte{c})
	default:
		d.char(charmap.Windows1252.DecodeByte(c), at)
	}
}

func (d *wordDoc) char(c rune, at int64) {
	switch {
	case c == wordCell:
		d.cellMark(at)
		return
	case c == wordPara, c == wordPage:
		in, _ := d.inTable(at)
		d.flow.level().cell = in
		d.flow.gapOrLine()
	case c == wordLine:
		d.flow.lineBreak()
	case c == '\t':
		d.flow.tab()
	case c == wordFieldBegin:
		if len(d.fields) < flowLevels-1 && d.flow.push() {
			d.fields = append(d.fields, false)
		}
	case c == wordFieldSep, c == wordFieldEnd:
		d.fieldCode(c == wordFieldEnd)
	case c == wordHyphen:
		d.put([]byte{'-'})
	case c >= ' ' && c != utf8.RuneError:
		d.put(utf8.AppendRune(nil, c))
	}
	d.cell = false
}

// cellMark ends a cell or a row. Where nothing says which, two marks in a row
// end one.
func (d *wordDoc) cellMark(at int64) {
	if _, end := d.inTable(at); end || len(d.rows) == 0 && d.cell {
		d.cell = false
		d.flow.closeRow()
		return
	}
	d.cell = true
	d.flow.level().cell = true
	d.flow.closeCell()
}

func (d *wordDoc) put(p []byte) { d.flow.text(p) }

// fieldCode ends what a field is made from. What comes after is its result,
// which is text.
func (d *wordDoc) fieldCode(end bool) {
	n := len(d.fields) - 1
	if n < 0 {
		return
	}
	if !d.fields[n] {
		d.aside.text(d.flow.pop())
		d.fields[n] = true
	}
	if end {
		d.fields = d.fields[:n]
	}
}

// findRows reads from the paragraph formatting which marks end a row
// (MS-DOC 2.9.30, 2.9.174, sprmPFTtp). Without it all cells are one row.
func (d *wordDoc) findRows(h []byte) {
	le := binary.LittleEndian
	at, n := int64(le.Uint32(h[wordPapx:])), int64(le.Uint32(h[wordPapx+4:]))
	if d.old || n < 12 || n > d.table.size-at || !d.f.o.hold(int(n)) {
		return
	}
	b := make([]byte, n)
	if _, err := d.table.ReadAt(b, at); err != nil {
		return
	}
	count := (len(b) - 4) / 8
	var page [512]byte
	for i := range min(count, int(d.s.size/512)) { // a page is not named twice
		pn := int64(le.Uint32(b[4*(count+1)+4*i:]) & (1<<22 - 1))
		if k, _ := d.s.ReadAt(page[:], pn*512); k == 512 {
			d.pageRows(page[:])
		}
	}
	slices.SortFunc(d.rows, func(a, b wordRow) int { return cmp.Compare(a.to, b.to) })
}

// pageRows reads a page of paragraph formatting.
func (d *wordDoc) pageRows(page []byte) {
	le := binary.LittleEndian
	runs := int(page[511])
	if 4*(runs+1)+13*runs > 511 {
		return
	}
	for i := range runs {
		off := int(page[4*(runs+1)+13*i]) * 2
		if off == 0 || off >= 511 {
			continue
		}
		n, from := int(page[off])*2-1, off+1
		if page[off] == 0 {
			n, from = int(page[off+1])*2, off+2
		}
		if n < 2 || from+n > 511 {
			continue
		}
		if in, end := rowProps(page[from+2 : from+n]); (in || end) && d.f.o.hold(32) {
			d.rows = append(d.rows, wordRow{int64(le.Uint32(page[4*i:])), int64(le.Uint32(page[4*i+4:])), end})
		}
	}
}

// wordOperand is the size of what follows a property, by the upper three bits
// of its number (MS-DOC 2.2.5.1); 6 has its size in front.
var wordOperand = [8]int{1, 1, 2, 4, 2, 2, -1, 3}

// rowProps tells whether properties put a paragraph into a table, and make it
// the end of a row.
func rowProps(p []byte) (in, end bool) {
	for len(p) >= 3 {
		id := binary.LittleEndian.Uint16(p)
		in = in || id == 0x2416 && p[2] != 0
		end = end || id == 0x2417 && p[2] != 0
		n := wordOperand[id>>13]
		if n < 0 {
			n = 1 + int(p[2])
			if id == 0xd608 && len(p) >= 4 { // sprmTDefTable counts in two bytes
				n = 1 + int(binary.LittleEndian.Uint16(p[2:]))
			}
		}
		if 2+n > len(p) {
			break
		}
		p = p[2+n:]
	}
	return in, end
}
