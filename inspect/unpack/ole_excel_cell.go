package unpack

import (
	"encoding/binary"
	"math"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
)

// formula writes the value of a formula that was kept. One that is text comes
// in the record behind. What the formula is made from may hold text.
func (b *biffBook) formula(d []byte) int {
	le := binary.LittleEndian
	b.target = [2]int{int(le.Uint16(d)), int(le.Uint16(d[2:]))}
	if le.Uint16(d[12:]) != 0xffff {
		b.number(b.target[0], b.target[1], math.Float64frombits(le.Uint64(d[6:])))
	}
	if len(d) < 22 {
		return 20
	}
	end := min(22+int(le.Uint16(d[20:])), len(d))
	for _, c := range d[22:end] {
		if c == 0x17 { // PtgStr, MS-XLS 2.5.198.89
			return 22
		}
	}
	b.figures(d[22:end])
	return end
}

// figures finds long numbers in formulas and in values kept of other
// workbooks: eight bytes behind the one that says that a number comes
// (PtgNum, MS-XLS 2.5.198.79, and SerNum, 2.5.255).
func (b *biffBook) figures(d []byte) {
	eachFigure(d, func(f float64) { b.aside.value(nil, appendFloat(nil, f)) })
}

func eachFigure(d []byte, use func(float64)) {
	for i := 0; i+9 <= len(d); i++ {
		if d[i] != 0x1f && d[i] != 1 || d[i+8] < 0x41 || d[i+8] > 0x43 {
			continue
		}
		f := math.Float64frombits(binary.LittleEndian.Uint64(d[i+1:]))
		if f >= 1e6 && f < 1<<53 && f == math.Trunc(f) {
			use(f)
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
func (b *biffBook) sheetName(d []byte) int {
	n, p, size := int(d[6]), d[7:], 1
	used := 7
	var name []byte
	if b.old {
		name = b.paged(p[:min(n, len(p))])
	} else {
		if p[0]&1 != 0 {
			size = 2
		}
		name = biffChars(nil, p[1:], n, size == 2)
		used++
	}
	if b.f.o.hold(len(name) + 64) {
		b.names[int64(binary.LittleEndian.Uint32(d))] = name
	}
	b.aside.value([]byte("sheet"), name)
	return used + n*size
}

// text reads a string with its length in two bytes, and answers how many
// bytes it takes.
func (b *biffBook) text(d []byte) ([]byte, int) {
	n := int(binary.LittleEndian.Uint16(d))
	if b.old {
		n = min(n, len(d)-2)
		return b.paged(d[2 : 2+n]), 2 + n
	}
	wide := d[2]&1 != 0
	b.buf = biffChars(b.buf[:0], d[3:], n, wide)
	if wide {
		n *= 2
	}
	return b.buf, 3 + n
}

// paged returns text in the code page of the workbook as UTF-8 where no
// scanner reads it as it lies.
func (b *biffBook) paged(p []byte) []byte {
	name := map[uint16]string{932: "shift_jis", 949: "cp949", 950: "big5"}[b.page]
	if name != "" {
		if text, ok := toUTF8(name, p); ok {
			return text
		}
	}
	return p
}

// string writes a cell whose text may go on in the records behind.
func (b *biffBook) string(d []byte, row, col int) int {
	if b.old {
		v, n := b.text(d)
		b.cell(row, col, v)
		return n
	}
	p := d[3:]
	b.long = b.long[:0]
	if !b.chars(&p, int(binary.LittleEndian.Uint16(d)), d[2]&1 != 0, b.more) {
		b.f.o.Miss(inspect.GapBroken, int64(len(d)))
	}
	b.cell(row, col, b.long)
	return len(b.data) - len(p)
}

// textBox reads the text of a note or a drawing, which stands in the records
// behind (MS-XLS 2.4.329).
func (b *biffBook) textBox(d []byte) int {
	n := int(binary.LittleEndian.Uint16(d[10:]))
	if n == 0 {
		return 18
	}
	b.beyond(18)
	p := []byte(nil)
	b.long = b.long[:0]
	if !b.chars(&p, n, false, b.more) {
		b.f.o.Miss(inspect.GapBroken, int64(len(d)))
	}
	b.aside.paragraph(b.long)
	return len(b.data) - len(p)
}

func (b *biffBook) more(p []byte) { b.long = append(b.long, p...) }

// biffChars appends n characters, of two bytes or of one, as UTF-8.
func biffChars(dst, p []byte, n int, wide bool) []byte {
	if !wide {
		for _, c := range p[:min(n, len(p))] {
			dst = append(dst, string(rune(c))...)
		}
		return dst
	}
	for ; n > 0 && len(p) >= 2; n, p = n-1, p[2:] {
		u := rune(binary.LittleEndian.Uint16(p))
		if utf16.IsSurrogate(u) && n > 1 && len(p) >= 4 {
			if r := utf16.DecodeRune(u, rune(binary.LittleEndian.Uint16(p[2:]))); r != utf8.RuneError {
				dst = utf8.AppendRune(dst, r)
				n, p = n-1, p[2:]
				continue
			}
		}
		dst = utf8.AppendRune(dst, u)
	}
	return dst
}
