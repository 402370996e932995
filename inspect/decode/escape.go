package decode

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// Escapes undoes percent and JSON escapes. It is pushed bytes and appends
// what they mean; bytes that are no escape stay as they are. The zero value
// is ready; Plus makes '+' a space, as in forms.
type Escapes struct {
	Plus bool

	part  [12]byte // an escape that is not complete, two \u for a pair
	n     int
	start int64 // where it began
}

// Lead returns the index of the first byte in p that begins an escape, or
// may begin one that goes on behind p, or len(p).
func (e *Escapes) Lead(p []byte) int {
	end := len(p)
	if e.Plus {
		if i := bytes.IndexByte(p, '+'); i >= 0 {
			end = i
		}
	}
	return first(p, first(p, end, '%'), '\\')
}

// first returns the index of the first escape before end with this lead byte,
// or end.
func first(p []byte, end int, lead byte) int {
	for i := 0; ; i++ {
		k := bytes.IndexByte(p[i:end], lead)
		if k < 0 {
			return end
		}
		if i += k; begins(p[i:]) {
			return i
		}
	}
}

// LastLead is Lead from the end; it returns -1 where there is none.
func (e *Escapes) LastLead(p []byte) int {
	low := -1
	if e.Plus {
		low = bytes.LastIndexByte(p, '+')
	}
	for _, lead := range [...]byte{'%', '\\'} {
		for i := len(p); i > low+1; {
			if i = low + 1 + bytes.LastIndexByte(p[low+1:i], lead); i <= low {
				break
			}
			if begins(p[i:]) {
				low = i
				break
			}
		}
	}
	return low
}

// begins reports whether p begins with an escape, or with one that is cut off.
func begins(p []byte) bool {
	switch {
	case len(p) < 2:
		return true
	case p[0] == '%':
		return allHex(p[1:], 2)
	case p[1] == 'u':
		return allHex(p[2:], 4)
	}
	return escapable[p[1]]
}

var escapable = func() (t [256]bool) {
	for _, c := range []byte(`nrtbf"\/`) {
		t[c] = true
	}
	return t
}()

// Begun returns where an escape began that is not complete.
func (e *Escapes) Begun() (at int64, ok bool) { return e.start, e.n > 0 }

// Append decodes p, whose first byte stands at the given source offset, and
// appends the bytes and their spans.
func (e *Escapes) Append(dst []byte, spans []Span, p []byte, at int64) ([]byte, []Span) {
	for i := 0; i < len(p); {
		if e.n == 0 {
			c := p[i]
			if c != '\\' && c != '%' && (c != '+' || !e.Plus) {
				dst, spans = append(dst, c), append(spans, Span{at + int64(i), at + int64(i) + 1})
				i++
				continue
			}
			e.start = at + int64(i)
		}
		e.part[e.n] = p[i]
		e.n++
		i++
		dst, spans = e.step(dst, spans, false)
	}
	return dst, spans
}

// Flush ends the source: what is incomplete stands as it is.
func (e *Escapes) Flush(dst []byte, spans []Span) ([]byte, []Span) {
	for e.n > 0 {
		dst, spans = e.step(dst, spans, true)
	}
	return dst, spans
}

// step looks at the part and emits it once it is complete or no escape.
func (e *Escapes) step(dst []byte, spans []Span, end bool) ([]byte, []Span) {
	for e.n > 0 {
		r, used, more := e.read()
		if more && !end {
			return dst, spans
		}
		if more || used == 0 { // no escape: the first byte stands as it is
			dst, spans = append(dst, e.part[0]), append(spans, Span{e.start, e.start + 1})
			e.drop(1)
		} else {
			var b [utf8.UTFMax]byte
			n := 1
			if b[0] = byte(r); e.part[1] == 'u' {
				n = utf8.EncodeRune(b[:], r)
			}
			for _, c := range b[:n] {
				dst, spans = append(dst, c), append(spans, Span{e.start, e.start + int64(used)})
			}
			e.drop(used)
		}
		// What was read ahead and cannot begin an escape is plain.
		for e.n > 0 && e.part[0] != '\\' && e.part[0] != '%' && (e.part[0] != '+' || !e.Plus) {
			dst, spans = append(dst, e.part[0]), append(spans, Span{e.start, e.start + 1})
			e.drop(1)
		}
	}
	return dst, spans
}

func (e *Escapes) drop(k int) {
	copy(e.part[:], e.part[k:e.n])
	e.n -= k
	e.start += int64(k)
}

// read decodes the escape at the start of the part. used is 0 when there is
// none; more says that it could still become one.
func (e *Escapes) read() (r rune, used int, more bool) {
	b := e.part[:e.n]
	switch {
	case b[0] == '+':
		return ' ', 1, false
	case b[0] == '%':
		r, n := hex(b[1:], 2)
		return r, n + n/2, n == 0 && allHex(b[1:], 2)
	case len(b) < 2:
		return 0, 0, true
	case b[1] != 'u':
		if i := bytes.IndexByte([]byte(`nrtbf"\/`), b[1]); i >= 0 {
			return rune("\n\r\t\b\f\"\\/"[i]), 2, false
		}
		return 0, 0, false
	}
	r, n := hex(b[2:], 4)
	if n == 0 {
		return 0, 0, allHex(b[2:], 4)
	}
	if !utf16.IsSurrogate(r) {
		return r, 6, false
	}
	rest := b[6:]
	if r >= 0xdc00 || len(rest) > 0 && rest[0] != '\\' || len(rest) > 1 && rest[1] != 'u' {
		return utf8.RuneError, 6, false
	}
	if len(rest) < 6 {
		if len(rest) > 2 && !allHex(rest[2:], 4) {
			return utf8.RuneError, 6, false
		}
		return 0, 0, true
	}
	low, n := hex(rest[2:], 4)
	if pair := utf16.DecodeRune(r, low); n > 0 && pair != utf8.RuneError {
		return pair, 12, false
	}
	return utf8.RuneError, 6, false
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
