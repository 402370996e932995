package unpack

import (
	"io"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Quoted reads a text that is quoted-printable from its beginning on, without a
// mail around it. It has one part, without a name: the text with that undone.
func Quoted(r io.Reader, l Limits, out Out) {
	m := newMeter(l, out)
	guard(m, func() {
		var t transferQuoted
		in, text := make([]byte, chunk), []byte(nil)
		if !m.Begin(nil, decode.Span{}) {
			return
		}
		for idle := 0; idle < 100 && m.work(chunk/8); idle++ {
			n, err := r.Read(in)
			if n > 0 {
				idle = 0
			}
			t.pass(n)
			text, _ = t.decode(text[:0], in[:n])
			if !m.Write(text) {
				return
			}
			if err != nil {
				text, _ = t.end(text[:0])
				m.Write(text)
				if err != io.EOF {
					m.Miss(inspect.GapBroken, -1)
				}
				return
			}
		}
		if !m.stopped {
			m.Miss(inspect.GapBroken, -1)
		}
	})
	m.end()
}

// quotedMin is how many bytes above ASCII a head must have to be told by.
const quotedMin = 4

// LooksQuoted tells quoted-printable by its first bytes: ASCII in short lines,
// in which each equals sign begins the upper case digits of a byte or ends a
// line, bytes above ASCII among them that are text together.
func LooksQuoted(head []byte) bool {
	var text [512]byte
	high, bad, width, n := 0, 0, 0, 0
	head = head[:min(len(head), len(text))]
	for i := 0; i < len(head); i++ {
		c := head[i]
		if width++; c == '\n' {
			width = 0
		}
		if c >= utf8.RuneSelf || isControl(c) || width > 80 {
			return false
		}
		if c == '=' && i+3 <= len(head) {
			hi, lo := hexNibble[head[i+1]], hexNibble[head[i+2]]
			switch {
			case hi <= 15 && lo <= 15 && head[i+1] < 'a' && head[i+2] < 'a':
				if c = hi<<4 | lo; hi >= 8 {
					high++
				}
				i, width = i+2, width+2
			case head[i+1] == '\n':
				i, width = i+1, 0
				continue
			case head[i+1] == '\r' && head[i+2] == '\n':
				i, width = i+2, 0
				continue
			default:
				bad++
			}
		}
		text[n] = c
		n++
	}
	return high >= quotedMin && bad == 0 && quotedText(text[:n])
}

// quotedText reports whether bytes are text in UTF-8 or GB 18030, but for what
// is cut off at the end.
func quotedText(b []byte) bool {
	for k := range 4 {
		if k < len(b) && utf8.Valid(b[:len(b)-k]) {
			return true
		}
	}
	for i := 0; i < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		if i++; i < len(b) && (b[i-1] < 0x81 || b[i-1] == 0xff || b[i] < 0x30 || b[i] == 0x7f) {
			return false
		}
	}
	return true
}
