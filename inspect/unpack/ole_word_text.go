package unpack

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/datacustoms/customs/inspect"
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
	if d.f.o.piece == nil {
		d.f.o.piece = make([]byte, chunk)
	}
	buf := d.f.o.piece
	high := rune(0) // first half of a character in two
	for at := p.from; at < p.to && !d.f.o.stopped; {
		b := buf[:min(int64(len(buf)), p.to-at)]
		n, _ := d.s.ReadAt(b, at)
		if n < len(b) {
			d.f.o.Miss(inspect.GapBroken, p.to-at)
			return
		}
		d.f.o.work(int64(n))
		if !p.wide {
			for i := range n {
				d.byte(buf[i], at+int64(i))
			}
			at += int64(n)
			continue
		}
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
		d.lookAt(at)
		d.text = append(d.text, c)
		d.cell = false
	default:
		d.char(charmap.Windows1252.DecodeByte(c), at)
	}
}

func (d *wordDoc) char(c rune, at int64) {
	d.lookAt(at)
	switch {
	case c == wordHyphen:
		d.text = append(d.text, '-')
	case c >= ' ' && c != utf8.RuneError:
		d.text = utf8.AppendRune(d.text, c)
	case c >= wordCell && c != '\b':
		d.flush()
		if d.mark(c, at) {
			return
		}
	}
	d.cell = false
}

// mark takes a character that is not one. It answers whether a cell ended.
func (d *wordDoc) mark(c rune, at int64) bool {
	switch c {
	case wordCell:
		d.cellMark(at)
		return true
	case wordPara, wordPage:
		in, _ := d.inTable(at)
		d.flow.level().cell = in
		d.flow.gapOrLine()
	case wordLine:
		d.flow.lineBreak()
	case '\t':
		d.flow.tab()
	case wordFieldBegin:
		if len(d.fields) < flowLevels-1 && d.flow.push() {
			d.fields = append(d.fields, false)
		}
	case wordFieldSep, wordFieldEnd:
		d.fieldCode(c == wordFieldEnd)
	}
	return false
}

// flush writes the text in hand.
func (d *wordDoc) flush() {
	l := d.flow.level()
	l.del, l.ins, l.vanish = d.look.deleted, d.look.inserted, d.look.hidden
	if len(d.text) > 0 {
		d.flow.text(d.text)
		d.text = d.text[:0]
	}
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

// fieldCode ends what a field is made from. What comes after is its result,
// which is text.
func (d *wordDoc) fieldCode(end bool) {
	n := len(d.fields) - 1
	if n < 0 {
		return
	}
	if !d.fields[n] {
		d.aside.paragraph(d.flow.pop())
		d.fields[n] = true
	}
	if end {
		d.fields = d.fields[:n]
	}
}
