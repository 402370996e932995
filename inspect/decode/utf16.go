package decode

import (
	"unicode/utf16"
	"unicode/utf8"
)

// UTF16 turns UTF-16 into UTF-8. A byte order mark becomes U+FEFF and a lone
// surrogate the replacement character.
type UTF16 struct {
	Big bool

	part  [4]byte
	n     int
	start int64
}

// Begun returns where a character began that is not complete.
func (u *UTF16) Begun() (at int64, ok bool) { return u.start, u.n > 0 }

// Append decodes p, whose first byte stands at the given source offset, and
// appends the bytes and their spans.
func (u *UTF16) Append(dst []byte, spans []Span, p []byte, at int64) ([]byte, []Span) {
	for i, c := range p {
		if u.n == 0 {
			u.start = at + int64(i)
		}
		u.part[u.n] = c
		u.n++
		switch {
		case u.n == 2 && !utf16.IsSurrogate(u.unit(0)) || u.n == 2 && u.unit(0) >= 0xdc00:
			dst, spans = u.emit(dst, spans, u.unit(0), 2)
		case u.n == 4:
			if r := utf16.DecodeRune(u.unit(0), u.unit(2)); r != utf8.RuneError {
				dst, spans = u.emit(dst, spans, r, 4)
				continue
			}
			dst, spans = u.emit(dst, spans, utf8.RuneError, 2)
			if !utf16.IsSurrogate(u.unit(0)) || u.unit(0) >= 0xdc00 {
				dst, spans = u.emit(dst, spans, u.unit(0), 2)
			}
		}
	}
	return dst, spans
}

func (u *UTF16) unit(i int) rune {
	if u.Big {
		return rune(u.part[i])<<8 | rune(u.part[i+1])
	}
	return rune(u.part[i]) | rune(u.part[i+1])<<8
}

const bom = '\ufeff'

func (u *UTF16) emit(dst []byte, spans []Span, r rune, used int) ([]byte, []Span) {
	if utf16.IsSurrogate(r) {
		r = utf8.RuneError
	}
	n := len(dst)
	if r != bom || u.start != 0 { // what tells the order of bytes is no text
		dst = utf8.AppendRune(dst, r)
	}
	for range len(dst) - n {
		spans = append(spans, Span{u.start, u.start + int64(used)})
	}
	copy(u.part[:], u.part[used:u.n])
	u.n -= used
	u.start += int64(used)
	return dst, spans
}
