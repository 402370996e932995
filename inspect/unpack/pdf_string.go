package unpack

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// pdfDigit is what a hexadecimal digit stands for, -1 for none.
func pdfDigit(c byte) int {
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

// literal reads a string in parentheses; the first is behind the lexer.
func (x *pdfLex) literal() pdfStr {
	out := pdfStr{}
	for open := 1; x.i < len(x.b); {
		c := x.b[x.i]
		x.i++
		switch c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return out
			}
		case '\\':
			out = x.escape(out)
			continue
		}
		out = append(out, c)
	}
	x.torn = true
	return out
}

// escape reads what stands behind a backslash.
func (x *pdfLex) escape(out pdfStr) pdfStr {
	c := x.peek(0)
	x.i++
	switch c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\r': // the line goes on
		if x.peek(0) == '\n' {
			x.i++
		}
		return out
	case '\n':
		return out
	}
	if c < '0' || c > '7' {
		return append(out, c)
	}
	n := int(c - '0')
	for k := 0; k < 2; k++ {
		if c = x.peek(0); c < '0' || c > '7' {
			break
		}
		n = n<<3 | int(c-'0')
		x.i++
	}
	return append(out, byte(n))
}

// hex reads a string in angle brackets; the first is behind the lexer.
func (x *pdfLex) hex() pdfStr {
	out, half, n := pdfStr{}, false, 0
	from, junk, closed := x.i, false, false
	for x.i < len(x.b) {
		c := x.b[x.i]
		x.i++
		if closed = c == '>'; closed {
			break
		}
		v := pdfDigit(c)
		if v < 0 {
			junk = junk || pdfKind(c) != pdfSpace
			continue
		}
		if n = n<<4 | v; half {
			out = append(out, byte(n))
			n = 0
		}
		half = !half
	}
	if half {
		out = append(out, byte(n<<4))
	}
	x.torn = x.torn || !closed
	if junk {
		x.notes.add(x.b[from:x.i])
	}
	return out
}

// pdfPlain makes text of a string that is no page content: UTF-16 or UTF-8 by
// its mark. One without a mark stays as it is, for many programs write their
// own charset there, and is read a second time as UTF-16 or as PDFDocEncoding
// if it may be that.
func pdfPlain(s []byte) []byte {
	switch {
	case bytes.HasPrefix(s, []byte{0xFE, 0xFF}):
		return utf16Text(withoutLanguage(s[2:]), binary.BigEndian)
	case bytes.HasPrefix(s, []byte{0xFF, 0xFE}):
		return utf16Text(s[2:], binary.LittleEndian)
	case bytes.HasPrefix(s, []byte{0xEF, 0xBB, 0xBF}):
		return s[3:]
	}
	zeros, lone := bytes.Count(s, []byte{0}), false
	for i, c := range s {
		lone = lone || c >= 0x80 && (i == 0 || s[i-1] < 0x80) && (i+1 == len(s) || s[i+1] < 0x80)
	}
	switch {
	case len(s) >= 4 && zeros*4 >= len(s) && zeros < len(s):
		all := append(bytes.Clone(s), '\n')
		all = append(append(all, utf16Text(s, binary.BigEndian)...), '\n')
		return append(all, utf16Text(s, binary.LittleEndian)...)
	case lone && !utf8.Valid(s):
		all := append(bytes.Clone(s), '\n')
		for _, c := range s {
			all = append(all, pdfDocChar(c)...)
		}
		return all
	}
	return s
}

// pdfDocHigh are the characters of PDFDocEncoding from 0x80 to 0xA0.
var pdfDocHigh = []rune("•†‡…—–ƒ⁄‹›-‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\uFFFD€")

// pdfDocChar gives one character of PDFDocEncoding.
func pdfDocChar(c byte) string {
	if c >= 0x80 && c <= 0xA0 {
		return string(pdfDocHigh[c-0x80])
	}
	return string(rune(c))
}

// withoutLanguage cuts out the marks ESC … ESC that name a language.
func withoutLanguage(s []byte) []byte {
	const mark = "\x00\x1B"
	var out []byte
	for from := 0; ; {
		i := bytes.Index(s[from:], []byte(mark))
		if i < 0 || (from+i)%2 != 0 {
			return append(out, s[from:]...)
		}
		j := bytes.Index(s[from+i+2:min(len(s), from+i+14)], []byte(mark))
		if j < 0 || j%2 != 0 {
			return append(out, s[from:]...)
		}
		out = append(out, s[from:from+i]...)
		from += i + j + 4
	}
}

// utf16Text makes UTF-8 of UTF-16.
func utf16Text(s []byte, order binary.ByteOrder) []byte {
	out := make([]byte, 0, len(s))
	for len(s) >= 2 {
		r := rune(order.Uint16(s))
		s = s[2:]
		if utf16.IsSurrogate(r) && len(s) >= 2 {
			if both := utf16.DecodeRune(r, rune(order.Uint16(s))); both != utf8.RuneError {
				r, s = both, s[2:]
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// asLine puts s on one line of its own table cell: what would end a line or a
// cell becomes a space.
func asLine(dst, s []byte) []byte {
	for _, c := range s {
		if c == '\n' || c == '\r' || c == '\t' || c == 0 {
			c = ' '
		}
		dst = append(dst, c)
	}
	return dst
}
