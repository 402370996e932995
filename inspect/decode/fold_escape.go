package decode

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// maxEscape is the longest escape that is undone, with what must be seen behind
// it, and maxReference the longest character reference.
const (
	maxEscape    = 1 + 2*maxLayers + maxNumber
	maxReference = 16
)

// shortEscapes are the letters that follow a backslash alone, and shortMeans
// what they stand for (RFC 8259 section 7).
const shortEscapes, shortMeans = `nrtbf"\/`, "\n\r\t\b\f\"\\/"

// escape is what stands at the start of some bytes: a character, or one byte
// of one if raw. used is 0 when there is none; more says that it could still
// become one.
type escape struct {
	r    rune
	raw  bool
	used int
	more bool
}

// read decodes the escape at the start of b, at most maxEscape bytes. end says
// that nothing follows.
func (e *Escapes) read(b []byte, end bool) escape {
	switch b[0] {
	case '+':
		return escape{r: ' ', used: 1}
	case '&':
		return reference(b[:min(len(b), maxReference)], end)
	case '%':
		return percent(b, end, e.fold.last())
	}
	if len(b) < 2 {
		return escape{more: true}
	}
	switch b[1] {
	case 'u':
		return utf16Escape(b)
	case 'x':
		x := rawByte(b, 2)
		// Some languages print a byte and others a character. Behind ASCII
		// these two cannot go on a character: they are one.
		if (x.r == 0xa0 || x.r == 0xad) && e.fold.last() < utf8.RuneSelf {
			x.raw = false
		}
		return x
	}
	if i := bytes.IndexByte([]byte(shortEscapes), b[1]); i >= 0 {
		return escape{r: rune(shortMeans[i]), used: 2}
	}
	return escape{}
}

// rawByte reads two hex digits behind a mark.
func rawByte(b []byte, mark int) escape {
	r, n := hex(b[mark:], 2)
	if n == 0 {
		return escape{more: allHex(b[mark:], 2)}
	}
	return escape{r: r, raw: true, used: mark + n}
}

// utf16Escape reads \u and four hex digits, or two of these for a pair.
func utf16Escape(b []byte) escape {
	r, n := hex(b[2:], 4)
	if n == 0 {
		return escape{more: allHex(b[2:], 4)}
	}
	if !utf16.IsSurrogate(r) {
		return escape{r: r, used: 6}
	}
	rest, alone := b[6:], escape{r: utf8.RuneError, used: 6}
	if r >= 0xdc00 || len(rest) > 0 && rest[0] != '\\' || len(rest) > 1 && rest[1] != 'u' {
		return alone
	}
	if len(rest) < 6 {
		if len(rest) > 2 && !allHex(rest[2:], 4) {
			return alone
		}
		return escape{more: true}
	}
	low, n := hex(rest[2:], 4)
	if pair := utf16.DecodeRune(r, low); n > 0 && pair != utf8.RuneError {
		return escape{r: pair, used: 12}
	}
	return alone
}

// hex reads n hex digits; its second result is n, or 0 when they are not there.
func hex(b []byte, n int) (r rune, used int) {
	if len(b) < n || !allHex(b, n) {
		return 0, 0
	}
	for _, c := range b[:n] {
		r = r<<4 | rune(nibble(c))
	}
	return r, n
}

// allHex reports whether the first n bytes, as far as they are there, are hex
// digits.
func allHex(b []byte, n int) bool {
	for _, c := range b[:min(n, len(b))] {
		if nibble(c) < 0 {
			return false
		}
	}
	return true
}

func nibble(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
