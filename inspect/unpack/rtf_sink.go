package unpack

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"github.com/datacustoms/customs/inspect"
)

// What text of a destination becomes.
const (
	rtfBody = iota
	rtfAside
	rtfNames
	rtfHex
)

// rtfSink takes the text of a destination.
type rtfSink struct {
	kind int
	buf  []byte // UTF-8
	pend []byte // bytes of code page cp, not yet decoded
	cp   int
	high rune // first half of a surrogate pair

	name     string // of hex digits
	from, to int    // their bytes, in rtf.b
	digit    byte
	odd      bool // digit is the first of two
}

var rtfCharsets = map[int]int{77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258,
	177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850}

var rtfPages = map[int]encoding.Encoding{
	936: simplifiedchinese.GB18030, 54936: simplifiedchinese.GB18030, 20936: simplifiedchinese.GB18030,
	950: traditionalchinese.Big5, 932: japanese.ShiftJIS, 949: korean.EUCKR, 65001: encoding.Nop,
	437: charmap.CodePage437, 850: charmap.CodePage850, 852: charmap.CodePage852, 866: charmap.CodePage866,
	874: charmap.Windows874, 1250: charmap.Windows1250, 1251: charmap.Windows1251, 1252: charmap.Windows1252,
	1253: charmap.Windows1253, 1254: charmap.Windows1254, 1255: charmap.Windows1255, 1256: charmap.Windows1256,
	1257: charmap.Windows1257, 1258: charmap.Windows1258, 10000: charmap.Macintosh, 28591: charmap.ISO8859_1,
}

type rtfCoder struct {
	*encoding.Decoder
	unknown bool
}

func (d *rtf) coder(cp int) *rtfCoder {
	if c := d.coders[cp]; c != nil {
		return c
	}
	e, ok := rtfPages[cp]
	if !ok {
		return &rtfCoder{charmap.Windows1252.NewDecoder(), true}
	}
	if d.coders == nil {
		d.coders = map[int]*rtfCoder{}
	}
	d.coders[cp] = &rtfCoder{e.NewDecoder(), false}
	return d.coders[cp]
}

// page is the code page of the font in use.
func (d *rtf) page() int {
	if !d.fresh || d.font != d.at.font {
		cp, ok := d.fonts[d.at.font]
		if !ok {
			cp = d.cp
		}
		d.cached, d.font, d.fresh = cp, d.at.font, true
	}
	return d.cached
}

// char takes a byte of text.
func (d *rtf) char(c byte) {
	s := d.at.sink
	if d.skip > 0 {
		d.skip--
		return
	}
	if s.kind == rtfHex {
		if d.hex(s, c) {
			return
		}
		s = d.at.sink
	}
	if s.high != 0 {
		s.high = 0
		d.keep(s, string(utf8.RuneError))
	}
	if cp := d.page(); cp != s.cp {
		d.settle(s, true)
		s.cp = cp
	}
	if s.kind == rtfNames && c == ';' {
		d.keep(s, "\n")
		return
	}
	if s.pend = append(s.pend, c); len(s.pend) >= 4<<10 {
		d.settle(s, false)
	}
}

// settle decodes the bytes in hand. Without end, some may stay that begin a
// character.
func (d *rtf) settle(s *rtfSink, end bool) {
	if len(s.pend) == 0 {
		return
	}
	plain := bytes.IndexFunc(s.pend, func(r rune) bool { return r >= 0x80 }) < 0
	if plain || s.cp == 65001 {
		p := s.pend
		s.pend = s.pend[:0]
		d.keep(s, string(p))
		return
	}
	c := d.coder(s.cp)
	if c.unknown {
		d.lack(inspect.GapUnknownFormat)
	}
	c.Reset()
	dst := make([]byte, 4*len(s.pend)+16)
	n, used, _ := c.Transform(dst, s.pend, end)
	s.pend = append(s.pend[:0], s.pend[used:]...)
	if end {
		s.pend = s.pend[:0]
	}
	if bytes.Contains(dst[:n], []byte("\uFFFD")) {
		d.lack(inspect.GapBroken)
	}
	d.put(s, dst[:n])
}

// keep takes text that is UTF-8 already.
func (d *rtf) keep(s *rtfSink, text string) {
	d.settle(s, true)
	d.put(s, []byte(text))
}

func (d *rtf) put(s *rtfSink, p []byte) {
	if s.kind != rtfBody && !d.room(4*len(p)) {
		return
	}
	s.buf = append(s.buf, p...)
	if s.kind == rtfBody && len(s.buf) > chunk {
		d.Write(s.buf)
		s.buf = s.buf[:0]
	}
}

// room asks for memory that stays held until the end.
func (d *rtf) room(n int) bool {
	if d.kept += n; d.kept <= d.asked {
		return true
	}
	step := max(n, chunk)
	if d.kept > d.most || !d.hold(int64(step)) {
		d.kept -= n
		d.lack(inspect.GapLimitBytes)
		return false
	}
	d.asked = d.kept - n + step
	return true
}

// close ends a destination.
func (d *rtf) close(s *rtfSink) {
	switch s.kind {
	case rtfHex:
		d.thing(s)
	case rtfAside:
		d.settle(s, true)
		text := bytes.Trim(s.buf, " ")
		if len(text) == 0 {
			return
		}
		d.aside = append(append(d.aside, text...), '\n')
		if len(text) < 32 || len(text)%2 > 0 || !d.room(len(text)/2) {
			return
		}
		for i, c := range text { // digits of a destination that nobody knows
			v, ok := rtfDigit(c)
			if !ok {
				return
			}
			if text[i/2] = text[i/2]<<4 | v; i%2 == 0 {
				text[i/2] = v
			}
		}
		d.found(rtfThing{"object", text[:len(text)/2]})
	}
}
