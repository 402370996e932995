package unpack

import (
	"math/bits"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect/decode"
)

// wideText finds UTF-16 text (little endian) in bytes that are something else,
// at even and at odd offsets, and writes each run as a line.
type wideText struct {
	out  *officeText
	runs [2]wideRun
	last uint64 // the last bytes, the newest lowest
	odd  int
}

// wideRun is a run of characters at one parity.
type wideRun struct {
	text  []byte
	units int
	plain int    // of them in ASCII
	shift int    // of them with nothing in their low byte
	lead  uint32 // the four bytes in front, the nearest lowest
}

const (
	wideShort = 4 // units of the shortest run with as many in ASCII
	wideOther = 8 // units of the shortest run of others: chance makes few
	wideSized = 2 // units of the shortest run whose length stands before it
)

func newWideText(o *officeOut, name []byte, at decode.Span) *wideText {
	return &wideText{out: &officeText{o: o.meter, name: name, at: at}}
}

func (w *wideText) add(p []byte) {
	for _, c := range p {
		w.unit(&w.runs[w.odd], rune(w.last&0xff)|rune(c)<<8)
		w.last, w.odd = w.last<<8|uint64(c), w.odd^1
	}
}

// Write is add for those who want a writer.
func (w *wideText) Write(p []byte) bool {
	w.add(p)
	return !w.out.o.stopped
}

func (w *wideText) unit(r *wideRun, c rune) {
	if !wideChar(c) {
		if r.units > 0 {
			w.end(r, c == 0)
		}
		return
	}
	if r.units == 0 {
		r.lead = uint32(w.last >> 8)
	}
	if c >= ' ' && c <= '~' {
		r.plain++
	}
	if c&0xff == 0 {
		r.shift++
	}
	r.text = utf8.AppendRune(r.text, c)
	if r.units++; len(r.text) > textChunk {
		w.end(r, false)
	}
}

// wideChar tells the characters that are taken for text. Letters from U+0100
// on are not among them: there the byte that says "two bytes each" in front of
// a string would make one with its neighbour.
func wideChar(c rune) bool {
	return c >= ' ' && c <= '~' || c >= 0xa0 && c <= 0xff || c >= 0x2010 && c <= 0x203b ||
		c >= 0x3000 && c <= 0x9fff || c >= 0xff01 && c <= 0xff5e || c >= 0xf900 && c <= 0xfaff
}

// end writes a run that is no chance, and not Latin letters seen at the wrong
// parity.
func (w *wideText) end(r *wideRun, zero bool) {
	if r.shift < r.units && (r.plain >= wideShort || r.units >= wideOther ||
		r.units >= wideSized && (zero && r.lead&0xffff == 0 || r.sized())) {
		w.out.add(r.text)
		w.out.addByte('\n')
	}
	r.text, r.units, r.plain, r.shift = r.text[:0], 0, 0, 0
}

// sized tells whether the number in front of a run is its length: in two or
// four bytes, or in one or two with a byte behind that says how wide the
// characters are.
func (r *wideRun) sized() bool {
	v := bits.ReverseBytes32(r.lead)
	lengths := [4]uint32{v, v >> 16, 0, 0}
	if r.lead&0xff == 1 {
		lengths[2], lengths[3] = v>>16&0xff, v>>8&0xffff
	}
	u := uint32(r.units)
	for _, n := range lengths {
		if n >= wideSized && n <= u+1 || n == 2*u || n == 2*u+2 {
			return true
		}
	}
	return false
}

func (w *wideText) close() {
	w.end(&w.runs[0], false)
	w.end(&w.runs[1], false)
	w.out.flush()
}
