package decode

import "unicode/utf8"

// char reads a UTF-8 character that is folded, and notes where one stands
// that is not.
func (f *fold) char(b []byte, end bool) verdict {
	if !utf8.FullRune(b) {
		return wait(end)
	}
	r, size := utf8.DecodeRune(b)
	if size == 1 {
		return verdict{}
	}
	v := verdict{c: ascii(r), used: size}
	switch {
	case numeral(r) >= 0:
		v = f.number(b, end)
	case between(r) && isDigit(f.prev):
		if v = digitAhead(b[size:], end); v.used > 0 {
			v = verdict{c: '-', used: size}
		}
	case v.c == 0:
		v = verdict{}
	case b[size-1] == 0xa3 && len(b) == size && !end:
		return wait(end)
	case b[size-1] == 0xa3 && len(b) > size && b[size]&0xc0 == 0x80: // no UTF-8: A3 begins a full-width form
		v = verdict{}
	}
	if v.used == 0 {
		f.inside = size
	}
	return v
}

// wait asks for more bytes unless there are none.
func wait(end bool) verdict {
	if end {
		return verdict{}
	}
	return verdict{used: -1}
}

// number reads a numeral in a run of them.
func (f *fold) number(b []byte, end bool) verdict {
	var v verdict
	for n, at := 0, 0; ; n++ {
		if n == numeralRun || n == 1 && f.run == numbersRun {
			return v
		}
		if !utf8.FullRune(b[at:]) {
			return wait(end)
		}
		r, size := utf8.DecodeRune(b[at:])
		d := numeral(r)
		if d < 0 {
			return verdict{}
		}
		if at += size; n == 0 {
			v = verdict{c: byte('0' + d), used: size, run: numbersRun}
		}
	}
}

// digitAhead looks for a digit at the start of b, full-width or not.
func digitAhead(b []byte, end bool) verdict {
	if !utf8.FullRune(b) {
		return wait(end)
	}
	r, size := utf8.DecodeRune(b)
	if r >= '0' && r <= '9' || isDigit(ascii(r)) {
		return verdict{used: size}
	}
	return verdict{}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// ascii is what a character is folded to wherever it stands, or 0.
func ascii(r rune) byte {
	switch {
	case r < 0xa0 || r >= 0x3001 && r < 0xfe58:
		return 0
	case r >= 0xff01 && r <= 0xff5e: // full-width forms of ! to ~
		return byte(r - 0xff01 + '!')
	case r == 0xa0, r >= 0x2000 && r <= 0x200a, r == 0x202f, r == 0x205f, r == 0x3000:
		return ' '
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xfe58, r == 0xfe63:
		return '-'
	}
	return 0
}

// between reports whether a character separates groups when digits stand on
// both sides: dots at middle height, and the katakana length mark, which is
// typed for a dash. Elsewhere they belong to names and words.
func between(r rune) bool {
	switch r {
	case 0xb7, 0x2022, 0x2027, 0x2043, 0x2219, 0x22c5, 0x30fb, 0x30fc, 0xff65:
		return true
	}
	return false
}

// numerals are the Chinese numerals for one digit in the order of their
// values: simplified, traditional and formal. 幺 is how a one is read out in
// numbers. No two have the same low byte.
var numerals = [...]string{"〇零○◯", "一壹壱幺", "二贰貳弐", "三叁參叄参", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖"}

type numeralEntry struct {
	r     rune
	value int8
}

var numeralTable = func() (t [256]numeralEntry) {
	for d, s := range numerals {
		for _, r := range s {
			if t[byte(r)].r != 0 {
				panic("decode: two numerals share a low byte")
			}
			t[byte(r)] = numeralEntry{r, int8(d)}
		}
	}
	return t
}()

// numeral is the value of a Chinese numeral, or -1.
func numeral(r rune) int {
	if t := &numeralTable[byte(r)]; t.r == r {
		return int(t.value)
	}
	return -1
}

// invisible returns the character that b ends with, and its length, if it
// shows nothing: soft hyphen, zero-width and direction marks, variation
// selectors, the enclosing keycap, the byte order mark.
func invisible(b []byte) (r rune, size int) {
	n := len(b)
	if n >= 2 && b[n-1] == 0xad && b[n-2] == 0xc2 {
		return 0xad, 2
	}
	if n < 3 || b[n-3] != 0xe2 && b[n-3] != 0xef {
		return 0, 0
	}
	r, _ = utf8.DecodeRune(b[n-3:])
	switch {
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f,
		r == 0x20e3, r >= 0xfe00 && r <= 0xfe0f, r == 0xfeff:
		return r, 3
	}
	return 0, 0
}
