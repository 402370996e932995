package unpack

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// shift is the state of a charset that switches by marks within 7 bits.
type shift struct {
	on   bool // the other character set is in force
	bits uint32
	have uint   // how many bits
	high uint16 // a first half of a surrogate pair
	base bool   // something stood between '+' and here
	// where the UTF-7 unit in hand began
	from  int64
	begun bool
}

// utf7 reads one byte of UTF-7 that stands at the given offset.
func (s *shift) utf7(c byte, at int64) char {
	v := base64Value[c]
	switch {
	case !s.on && c == '+':
		*s = shift{on: true}
		return char{used: 1}
	case !s.on && c >= utf8.RuneSelf:
		return charOf(utf8.RuneError, 1)
	case !s.on:
		return charOf(rune(c), 1)
	case v > 63 || c == '-' || c == '_':
		empty := !s.base
		*s = shift{}
		switch {
		case c == '-' && empty:
			return charOf('+', 1)
		case c == '-':
			return char{used: 1}
		}
		return s.utf7(c, at)
	}
	if !s.begun {
		s.begun, s.from = true, at
	}
	s.base = true
	s.bits, s.have = s.bits<<6|uint32(v), s.have+6
	if s.have < 16 {
		return char{used: 1}
	}
	s.have -= 16
	u := uint16(s.bits >> s.have)
	switch {
	case utf16.IsSurrogate(rune(u)) && u < 0xdc00:
		s.high = u
		return char{used: 1}
	case s.high != 0:
		r := utf16.DecodeRune(rune(s.high), rune(u))
		s.high = 0
		return charOf(r, 1)
	case utf16.IsSurrogate(rune(u)):
		return charOf(utf8.RuneError, 1)
	}
	return charOf(rune(u), 1)
}

// hz reads from HZ-GB-2312: between ~{ and ~} every two bytes are a character.
func (s *shift) hz(b []byte, pair func([]byte) char) char {
	if b[0] == '~' {
		if len(b) < 2 {
			return wantMore
		}
		switch b[1] {
		case '{', '}':
			s.on = b[1] == '{'
			return char{used: 2}
		case '\n':
			return char{used: 2}
		case '~':
			return charOf('~', 2)
		}
		return charOf('~', 1)
	}
	return s.seven(b, pair)
}

// The marks of ISO-2022-CN, RFC 1922, and of GB 2312 as ISO-2022-JP-2 calls it.
var (
	markGB   = []byte("\x1b$)A")
	markCNS  = []byte("\x1b$)G")
	markCNS2 = []byte("\x1b$*H")
	markG0   = []byte("\x1b$A")
	markBack = []byte("\x1b(B")
)

const escape, shiftOut, shiftIn = 0x1b, 0x0e, 0x0f

func (s *shift) iso2022(b []byte, pair func([]byte) char) char {
	switch b[0] {
	case shiftOut, shiftIn:
		s.on = b[0] == shiftOut
		return char{used: 1}
	case escape:
	default:
		return s.seven(b, pair)
	}
	for _, mark := range [][]byte{markGB, markCNS, markCNS2, markG0, markBack} {
		switch {
		case bytes.HasPrefix(b, mark):
			if len(mark) == 3 {
				s.on = &mark[0] == &markG0[0]
			}
			return char{used: len(mark)}
		case bytes.HasPrefix(mark, b):
			return wantMore
		}
	}
	return charOf(escape, 1)
}

// seven reads a character of 7 bits, or of twice 7 while the shift is on. A
// line break ends the shift.
func (s *shift) seven(b []byte, pair func([]byte) char) char {
	switch {
	case b[0] == '\n' || b[0] == '\r':
		s.on = false
		return charOf(rune(b[0]), 1)
	case b[0] >= utf8.RuneSelf:
		return charOf(utf8.RuneError, 1)
	case !s.on || b[0] <= ' ' || b[0] > '~':
		return charOf(rune(b[0]), 1)
	case len(b) < 2:
		return wantMore
	}
	return pair([]byte{b[0] | 0x80, b[1] | 0x80})
}
