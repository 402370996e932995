package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// scripts adds to odds where a number may be written in other scripts. English
// and Chinese in UTF-8 cost a look at a few bitmaps.
func (f *filter) scripts() {
	m := f.m
	var b bitmap
	some := uint64(0)
	for i := 1; i <= f.n; i++ {
		if m.high[i] == 0 {
			continue
		}
		near, src := m.near[i], (*[groupLen + 1]byte)(f.src[(i-1)*groupLen:])
		x := near
		if x != 0 { // another character of three bytes beside it
			x &= left(x, m.near[i-1], 3) | right(x, m.near[i+1], 3)
			for y := x; y != 0; y &= y - 1 {
				if k := trailing(y); usual(f.src[(i-1)*groupLen+k:]) {
					x &^= y & -y
				}
			}
		}
		if t, p, n := m.tell[i], m.tell[i-1], m.tell[i+1]; t|p|n != 0 {
			x |= t | near&(left(t, p, 2)|left(t, p, 3)|left(t, p, 4)|right(t, n, 3))
			m.odds[i] |= gbNumeralsIn(src)
		}
		b[i] = x
		some |= x
		h := m.han[i] | near
		m.odds[i] |= numeralIn(h, (*[8]byte)(src[:])) | numeralIn(h>>formalStep, (*[8]byte)(src[formalStep:]))<<formalStep
	}
	if some == 0 {
		return
	}
	f.sieve(&b, &scriptSieve)
	for i := 1; i <= f.n; i++ {
		m.odds[i] |= b[i]
	}
}

// usual reports whether a character is one of full width, which is odd anyway
// or not at all, or a mark of Chinese text or kana.
func usual(p []byte) bool {
	return p[0] == 0xef || p[0] == 0xe3 && (p[1] == 0x80 && p[2] < 0xa0 || p[1] == 0x81 || p[1] == 0x82)
}

// scriptSieve knows roughly the characters that script takes.
var scriptSieve = func() (s sieve) {
	cont := span(0x80, 0xbf)
	for bit, x := range [][]string{
		{"\xcc\xcd", cont},
		{"\xd9\xdb\xdf", cont},
		{"\xe0\xe1\xea", cont, cont},
		{"\xf0\xf3", span(0x90, 0xa0), cont, cont},
		{"\xc2", "\xa0\xad\xb7\xb2\xb3\xb9"},
		{"\xc3\xce\xcf\xd0\xd1\xd8", "\x97\xa7\x87\xa5\x85\x9c"},
		{"\xe2", cont, cont},
		{"\xe3", "\x80\x83\x85\x88", span(0xa0, 0xa9) + "\xbb\xbc"},
	} {
		for k, set := range x {
			s.put(1<<bit, k, set)
		}
		for k := len(x); k < sieveLen; k++ {
			s.pass(1<<bit, k)
		}
	}
	return s
}()

func span(first, last byte) string {
	var b []byte
	for c := first; c <= last; c++ {
		b = append(b, c)
	}
	return string(b)
}

// script returns the length of the character at i if it belongs to a number
// that is written otherwise: a mathematical letter or digit; one of three digits
// in a row, of any script; what joins groups of them, beside one; what is not
// seen, between two; and what looks like an X behind 17 digits.
func (r *reader) script(i int64) int64 {
	c, n := r.char(i)
	switch {
	case c >= 0x1d400 && c <= 0x1d7ff:
		return n
	case strings.ContainsRune(tens, c):
		if r.joinedBefore(i, 17) {
			return n
		}
	case joins(c):
		if r.before(i, number) > 0 || r.behind(i+n, number) > 0 {
			return n
		}
	case number(c):
		if b := r.before(i, number); b > 0 && r.before(i-b, number) > 0 {
			return n
		}
		if b := r.behind(i+n, number); b > 0 && (r.before(i, number) > 0 || r.behind(i+n+b, number) > 0) {
			return n
		}
	case unseen(c):
		before, behind := r.before(i, number) > 0, r.behind(i+n, number) > 0
		if before && (behind || r.behind(i+n, unseen) > 0) || behind && r.before(i, unseen) > 0 {
			return n
		}
	}
	return 0
}

// char decodes the character at i; it has none of ASCII.
func (r *reader) char(i int64) (rune, int64) {
	b := [utf8.UTFMax]byte{r.b(i), r.b(i + 1), r.b(i + 2), r.b(i + 3)}
	if b[0] < utf8.RuneSelf {
		return -1, 0
	}
	c, n := utf8.DecodeRune(b[:])
	if n == 1 {
		return -1, 0
	}
	return c, int64(n)
}

// behind returns the length of the character at i if it is one of some, else 0.
func (r *reader) behind(i int64, is func(rune) bool) int64 {
	b := [utf8.UTFMax]byte{r.b(i), r.b(i + 1), r.b(i + 2), r.b(i + 3)}
	if c, n := utf8.DecodeRune(b[:]); (n > 1 || c < utf8.RuneSelf) && is(c) {
		return int64(n)
	}
	return 0
}

// before is behind for the character that ends at i.
func (r *reader) before(i int64, is func(rune) bool) int64 {
	b := [utf8.UTFMax]byte{r.b(i - 4), r.b(i - 3), r.b(i - 2), r.b(i - 1)}
	if c, n := utf8.DecodeLastRune(b[:]); (n > 1 || c < utf8.RuneSelf) && is(c) {
		return int64(n)
	}
	return 0
}

// joinedBefore reports whether so many digits end before i, in groups.
func (r *reader) joinedBefore(i int64, want int) bool {
	for n := 0; digit(r.b(i - 1)); i-- {
		if n++; n == want {
			return true
		}
		if c := r.b(i - 2); (c == ' ' || c == '-' || c == '.') && digit(r.b(i-3)) {
			i--
		}
	}
	return false
}

// number reports whether a character is a numeral but of those that
// Chinese texts are full of.
func number(c rune) bool {
	switch {
	case c < 0x800:
		return c >= '0' && (c <= '9' || c >= 0x80 && unicode.Is(unicode.Nd, c) || c == 0xb2 || c == 0xb3 || c == 0xb9)
	case c >= 0x3000 && c < 0x3400:
		return c >= 0x3021 && c <= 0x3029 || c >= 0x3220 && c <= 0x3229
	case c >= 0x3400 && c < 0xa000:
		return false
	}
	return unicode.IsNumber(c)
}

// tens look like the X that ends an identity number.
const tens = "×ΧχХх╳✕✖⤫⤬⨯ⲬⲭꓫꞳⅩⅹ"

// joins reports whether a character may stand between the groups of a number:
// blanks, hyphens, dashes, dots, and the signs of no width.
func joins(c rune) bool {
	switch c {
	case 0xa0, 0xad, 0xb7, 0x2022, 0x2027, 0x2028, 0x2029, 0x202f, 0x2043, 0x205f, 0x2212, 0x2219, 0x22c5, 0x30fb, 0x30fc, 0xfe58, 0xfe63, 0xfeff, 0xff65:
		return true
	}
	return c >= 0x2000 && c <= 0x2015 || c >= 0x2060 && c <= 0x2069
}

// unseen reports whether a character shows nothing or is laid over what stands
// before it.
func unseen(c rune) bool {
	switch {
	case c == 0x61c, c == 0x115f, c == 0x1160, c == 0x2800, c == 0x3164, c == 0xffa0:
		return true
	case c < 0x800:
		return c >= 0x300 && c <= 0x36f || c >= 0x64b && c <= 0x65f
	case c >= 0x3000 && c < 0xa000, c == 0xfb1e:
		return false
	}
	return unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf)
}
