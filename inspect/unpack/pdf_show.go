package unpack

import "github.com/datacustoms/customs/inspect"

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

// show draws one string: its glyphs become text, and the text matrix moves on.
func (t *pdfText) show(s []byte) {
	if len(s) == 0 || !t.doc.spend(len(s)) {
		return
	}
	f := t.font
	if f == nil {
		f = t.lost
	}
	t.buf = t.buf[:0]
	var width float64
	glyphs, spaces, dark := 0, 0, 0
	if f.dec != nil {
		text, err := f.dec.NewDecoder().Bytes(s)
		if err != nil {
			dark++
		}
		t.buf = append(t.buf, text...)
		for _, r := range string(text) {
			glyphs++
			if width += 1000; r < 0x80 {
				width -= 500
			}
		}
	} else {
		for i := 0; i < len(s); {
			n, code := f.next(s[i:])
			if n == 1 && s[i] == ' ' {
				spaces++
			}
			text, known := f.text(code)
			if !known {
				dark++
			}
			t.buf = append(t.buf, text...)
			width += f.widthOf(code)
			glyphs++
			i += n
		}
	}
	if dark > 0 && !t.actual {
		t.doc.miss("font "+f.name, inspect.GapUnknownFormat, int64(len(s)))
	}
	w := (width/1000*t.size + float64(glyphs)*t.charSpace + float64(spaces)*t.wordSpace) * t.scale
	t.place(w)
	t.tm = pdfMatrix{1, 0, 0, 1, w, 0}.times(t.tm)
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
			return s, true
		}
	}
	switch {
	case f.simple != nil:
		if s := f.simple[byte(code)]; s != "" && s != "\uFFFD" {
			return s, !f.unsure
		}
	case f.cids && f.codes.wide && code >= 1 && code <= 95:
		return string(rune(code + 31)), true
	}
	return "\uFFFD", false
}

func (f *pdfFont) widthOf(code uint32) float64 {
	if w, ok := f.widths[code]; ok {
		return w
	}
	return f.width
}
