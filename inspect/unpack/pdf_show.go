package unpack

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
)

// pdfMatrix is a transformation: x' = a·x + c·y + e, y' = b·x + d·y + f.
type pdfMatrix [6]float64

var pdfUnit = pdfMatrix{1, 0, 0, 1, 0, 0}

// times applies m first and n behind it.
func (m pdfMatrix) times(n pdfMatrix) pdfMatrix {
	return pdfMatrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// pdfShown is what a string of glyphs comes to.
type pdfShown struct {
	width                float64 // in thousandths
	glyphs, spaces, dark int
	differ               bool // the font has a second meaning for it
}

// show draws one string: its glyphs become text, and the text matrix moves on.
func (t *pdfText) show(s []byte) {
	if len(s) == 0 || !t.doc.spend(len(s)) {
		return
	}
	f := t.font
	if f == nil {
		f = t.lost
	}
	var g pdfShown
	if f.dec != nil {
		t.buf, g = f.charset(t.buf[:0], s, t.second)
	} else {
		t.buf, g = f.glyphs(t.buf[:0], s, t.second)
	}
	if t.differ = t.differ || g.differ; f.strange {
		g.dark++
	}
	if t.credit -= g.dark; g.dark > 0 && t.credit < 0 {
		t.doc.miss("font "+f.name, inspect.GapUnknownFormat, int64(len(s)))
	}
	t.credit = max(0, t.credit)
	w := (g.width/1000*t.size + float64(g.glyphs)*t.charSpace + float64(g.spaces)*t.wordSpace) * t.scale
	t.place(w, g.glyphs)
	t.tm = pdfMatrix{1, 0, 0, 1, w, 0}.times(t.tm)
}

// charset reads codes that are a charset of their own.
func (f *pdfFont) charset(out, s []byte, second bool) (_ []byte, g pdfShown) {
	text, err := f.dec.NewDecoder().Bytes(s)
	if err != nil {
		g.dark++
	}
	for _, r := range string(text) {
		g.glyphs++
		switch {
		case r == utf8.RuneError:
			g.dark++
		case r == ' ':
			g.spaces++
		}
		g.width += f.charWidth(r)
	}
	if f.uni == nil {
		return append(out, text...), g
	}
	var other []byte
	for rest := s; len(rest) > 0; {
		n, code := f.uni.next(rest)
		said, _ := f.uni.text(code)
		other = append(other, said...)
		rest = rest[n:]
	}
	if g.differ = len(other) > 0 && !bytes.Equal(other, text); g.differ && second {
		text = other
	}
	return append(out, text...), g
}

// charWidth is the width of a character of a predefined charset: ASCII has the
// numbers 1 to 95 in every Adobe collection.
func (f *pdfFont) charWidth(r rune) float64 {
	if r >= ' ' && r < 0x7F {
		if w, ok := f.widths[uint32(r-31)]; ok {
			return w
		}
		return 500
	}
	return f.width
}

// glyphs reads codes one by one.
func (f *pdfFont) glyphs(out, s []byte, second bool) (_ []byte, g pdfShown) {
	for i := 0; i < len(s); {
		n, code := f.next(s[i:])
		if n == 1 && s[i] == ' ' {
			g.spaces++
		}
		text, known := f.text(code)
		if other := f.otherwise(code); other != text && pdfTelling(other) {
			g.differ = true
			if second {
				text = other
			}
		}
		if !known {
			g.dark++
		}
		out = append(out, text...)
		g.width += f.widthOf(code)
		g.glyphs++
		i += n
	}
	return out, g
}

// next cuts one code off s.
func (f *pdfFont) next(s []byte) (n int, code uint32) {
	if !f.wide {
		return 1, uint32(s[0])
	}
	return f.codes.next(s)
}

// text says what a code stands for. What is not known comes as a mark, and for
// a guess as the guess.
func (f *pdfFont) text(code uint32) (text string, known bool) {
	if f.uni != nil {
		if s, ok := f.uni.text(code); ok {
			if s, known = plainTarget(s); known {
				return s, true
			}
		}
	}
	switch {
	case f.simple != nil:
		if s := f.simple[byte(code)]; s != "" && s != "\uFFFD" {
			return s, !f.unsure || f.sure[byte(code)]
		}
	case f.cids && f.codes.wide && code >= 1 && code <= 95:
		return string(rune(code + 31)), true
	}
	return "\uFFFD", false
}

// otherwise says what a code stands for by a second source than the map that
// the font brings, "" for none.
func (f *pdfFont) otherwise(code uint32) string {
	switch {
	case f.uni == nil:
	case f.simple != nil && (!f.unsure || f.sure[byte(code)]):
		if s := f.simple[byte(code)]; s != "\uFFFD" {
			return s
		}
	case f.simple == nil && f.cids && f.codes.wide && code >= 1 && code <= 95:
		return string(rune(code + 31))
	}
	return ""
}

// pdfTelling tells a character that identifiers are made of.
func pdfTelling(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n == len(s) && n > 0 && (r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r >= 0x2E80)
}

// plainTarget looks whether the target of a map says anything. Fonts of
// symbols count their codes from U+F000 on; other private characters mean
// what nobody knows.
func plainTarget(s string) (string, bool) {
	if s == "" {
		return "", false
	}
	for _, r := range s {
		switch {
		case r >= 0xF020 && r < 0xF07F:
			s = strings.ReplaceAll(s, string(r), string(r-0xF000))
		case r >= 0xE000 && r < 0xF000, r > 0xF0FF && r <= 0xF8FF, r >= 0xF0000, r == utf8.RuneError, r == 0:
			return "", false
		}
	}
	return s, true
}

func (f *pdfFont) widthOf(code uint32) float64 {
	if w, ok := f.widths[code]; ok {
		return w
	}
	return f.width
}
