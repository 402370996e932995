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
	var v verdict
	if numeral(r) >= 0 {
		v = f.number(b, end)
	}
	switch c := class(r); {
	case v.used != 0 || c == 0 || c >= hiddenMark:
	case c < beside:
		v = verdict{c: c, used: size}
	default:
		v = f.beside(c&^beside, size, b, end)
	}
	if v.used > 0 && b[size-1] == 0xa3 && v.run == noRun {
		switch {
		case len(b) == size && !end:
			return wait(end)
		case len(b) > size && b[size]&0xc0 == 0x80: // no UTF-8: A3 begins a full-width form
			v = verdict{}
		}
	}
	if v.used == 0 {
		f.inside = size
	}
	return v
}

// beside folds a character of some bytes to c: a digit if there is another
// beside it, a separator between two, and an X behind the last of some.
func (f *fold) beside(c byte, size int, b []byte, end bool) verdict {
	v, after := verdict{c: c, used: size}, isDigit(f.prev)
	if !after && !isDigit(c) {
		return verdict{}
	}
	if after && isDigit(c) {
		return v
	}
	ahead := digitAhead(b[size:], end)
	if ahead.used < 0 {
		return ahead
	}
	if (ahead.used > 0) == (c == 'X') {
		return verdict{}
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

// digitAhead looks for a digit at the start of b, of whatever script.
func digitAhead(b []byte, end bool) verdict {
	if !utf8.FullRune(b) {
		return wait(end)
	}
	r, size := utf8.DecodeRune(b)
	if r >= '0' && r <= '9' || isDigit(class(r)&^beside) {
		return verdict{used: size}
	}
	return verdict{}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// numerals are the Chinese numerals for one digit in the order of their
// values: simplified, traditional, formal, and those of merchants (Suzhou). 幺 is
// how a one is read out in numbers. No two have the same low byte.
var numerals = [...]string{"〇零○◯", "一壹壱幺〡", "二贰貳弐〢", "三叁參叄参〣", "四肆〤", "五伍〥", "六陆陸〦", "七柒〧", "八捌〨", "九玖〩"}

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

// invisible returns the character that the buffer ends with, and its length, if
// it shows nothing of its own.
func (f *fold) invisible() (r rune, size int) {
	b := f.buf[:f.n]
	for size = 1; size < len(b) && size < utf8.UTFMax && b[len(b)-size]&0xc0 == 0x80; {
		size++
	}
	if lead := b[len(b)-size]; size == 1 || lead >= 0xe4 && lead <= 0xe9 {
		return 0, 0
	}
	r, n := utf8.DecodeRune(b[len(b)-size:])
	if n != size {
		return 0, 0
	}
	switch class(r) {
	case hidden:
		return r, size
	case hiddenMark:
		before := f.prev
		if size < len(b) {
			before = b[len(b)-size-1]
		}
		if isDigit(before) || before|0x20 >= 'a' && before|0x20 <= 'z' {
			return r, size
		}
	}
	return 0, 0
}
