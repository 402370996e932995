package decode

import (
	"encoding/binary"
	"unicode/utf8"
)

const (
	wideMin  = 5    // ASCII characters in a row that make a text
	wideHan  = 12   // characters where ideographs are among them
	widePart = 64   // bytes that are looked at at once
	wideMost = 1024 // characters given out at once
	wideBack = 64   // how far back a place to cut is looked for

	// WideReach is how many bytes a text in hand may have.
	WideReach = 2*wideMost + 2*widePart + 4
)

// Wide finds text in UTF-16 within binary data that is pushed into it, as
// "strings -e" does: programs and files of older systems hold such. Text may
// begin at any byte and be of either byte order. What looks like it by chance
// is given out too; what is shorter than a few characters is not.
type Wide struct {
	// Emit takes a text in UTF-8 and where it stands. It must not keep text.
	Emit func(text []byte, at Span)

	part   [widePart]byte // counted from the first byte of the data
	n      int
	before [widePart]byte // the part before
	fed    bool           // it was read
	hot    bool           // it may be text
	off    int64          // of what comes next
	last   [3]byte        // the bytes before that were read
	runs   [4]*wideText   // byte order, place of the first byte
	text   []byte
}

// wideText is text in one byte order at even or at odd places.
type wideText struct {
	unit  [wideMost]uint16
	n     int
	from  int64
	ascii int
	zeros int     // bytes that no 8-bit text has
	ahead [2]byte // what stands before it
	side  side
}

// NewWide returns a Wide.
func NewWide(emit func(text []byte, at Span)) *Wide {
	w := &Wide{Emit: emit}
	for i := range w.runs {
		w.runs[i] = new(wideText)
	}
	return w
}

// Write takes the next bytes.
func (w *Wide) Write(p []byte) {
	for len(p) > 0 {
		if w.n == 0 && len(p) >= widePart {
			w.look((*[widePart]byte)(p))
			p = p[widePart:]
			continue
		}
		k := copy(w.part[w.n:], p)
		w.n += k
		if p = p[k:]; w.n == widePart {
			w.n = 0
			w.look(&w.part)
		}
	}
}

// Finish ends the data.
func (w *Wide) Finish() {
	if w.n > 0 {
		clear(w.part[w.n:])
		n := w.n
		if mayBeWide(&w.part) || w.hot {
			w.wake()
			w.read(w.part[:n])
		}
	}
	for i := range w.runs {
		w.end(i, 0)
	}
	clear(w.part[:])
	clear(w.before[:])
}

// look reads a part if it may be text or stands beside one.
func (w *Wide) look(p *[widePart]byte) {
	hot := mayBeWide(p)
	switch {
	case hot:
		w.wake()
		w.read(p[:])
		w.fed = true
	case w.hot:
		w.read(p[:])
		w.fed = true
	case w.fed:
		for i := range w.runs {
			w.end(i, uint16(p[0])<<8|uint16(p[0]))
		}
		w.fed = false
		fallthrough
	default:
		w.off += widePart
	}
	w.before, w.hot = *p, hot
}

// wake reads the part before, unless that was done.
func (w *Wide) wake() {
	if w.fed || w.off == 0 {
		return
	}
	w.off -= widePart
	w.last = [3]byte{}
	w.read(w.before[:])
}

// mayBeWide reports whether a part has four bytes of ASCII in UTF-16, or
// sixteen that may be ideographs. Shorter text is not given out.
func mayBeWide(p *[widePart]byte) bool {
	han := uint64(0)
	for i := 0; i < widePart; i += 8 {
		x := binary.LittleEndian.Uint64(p[i:])
		if low, high := x&0x00ff00ff00ff00ff, x&0xff00ff00ff00ff00; low&0xffffffff == 0 || low>>32 == 0 || high&0xffffffff == 0 || high>>32 == 0 {
			if x != 0 {
				return true
			}
		}
		// The first bytes of ideographs are 0x4e to 0x9f: one of the two upper bits.
		y := x ^ x<<1
		was := han
		han = 0
		if y&0x8000800080008000 == 0x8000800080008000 {
			han = 1
		}
		if y&0x0080008000800080 == 0x0080008000800080 {
			han |= 2
		}
		if han&was != 0 {
			return true
		}
	}
	return false
}

// read reads the next bytes.
func (w *Wide) read(p []byte) {
	first := w.off == 0 || !w.fed
	for _, c := range p {
		b := w.last[2]
		if !first {
			at := w.off - 1
			side := int(at & 1)
			w.add(0, side, uint16(b)|uint16(c)<<8, at)
			w.add(2, side, uint16(c)|uint16(b)<<8, at)
		}
		first = false
		w.last[0], w.last[1], w.last[2] = w.last[1], b, c
		w.off++
	}
	w.fed = true
}

// isWide reports whether a unit may stand in text.
func isWide(u uint16) bool {
	return u >= ' ' && u < 0x7f || u == '\t' || u == '\n' || u == '\r' || u >= 0x4e00 && u <= 0x9fff ||
		u >= 0x3000 && u < 0x3040 || u >= 0xff01 && u < 0xff5f || u >= 0xa0 && u < 0x100
}

func (w *Wide) add(order, side int, u uint16, at int64) {
	r := w.runs[order+side]
	if !isWide(u) {
		if r.n > 0 {
			w.end(order+side, u)
		}
		return
	}
	if r.n == 0 {
		r.from, r.ahead = at, [2]byte{w.last[0], w.last[1]}
	}
	r.unit[r.n] = u
	r.n++
	if u < 0x80 {
		r.ascii++
	}
	if high, low := byte(u>>8), byte(u); high == 0 || high >= 0x80 || low >= 0x80 {
		r.zeros++
	}
	if r.n == wideMost {
		if r.side == undecided {
			r.side = given
			if r.ascii == r.n && r.looksBig(order > 0) != (order > 0) {
				r.side = left
			}
		}
		w.cut(r)
	}
}

// end ends a run before the unit u. ASCII in either byte order looks like
// ASCII in the other one, a byte later. It counts as little-endian unless that
// would lose its last character.
func (w *Wide) end(i int, u uint16) {
	r, big := w.runs[i], i >= 2
	if r.side == undecided && r.ascii == r.n {
		lost := big && u>>8 != 0 || !big && u>>8 != 0 && printable(byte(u))
		if r.side = left; (lost && r.looksBig(big)) == big {
			r.side = given
		}
	}
	w.give(r, r.n)
	r.reset()
}

// looksBig reports whether ASCII looks like big-endian by what stands before it.
func (r *wideText) looksBig(big bool) bool {
	if big {
		return !printable(r.ahead[1])
	}
	return r.ahead[1] == 0 && !printable(r.ahead[0])
}

// side says whether a run of ASCII counts or its twin in the other byte order.
type side uint8

const (
	undecided side = iota
	given
	left
)

func printable(c byte) bool { return c >= ' ' && c < 0x7f }

// cut gives out what a long run has, up to a character that ends a word.
func (w *Wide) cut(r *wideText) {
	n := r.n
	for k := r.n; k > r.n-wideBack; k-- {
		if u := r.unit[k-1]; u < '0' || u > 0x7f {
			n = k
			break
		}
	}
	w.give(r, n)
	r.n = copy(r.unit[:], r.unit[n:r.n])
	r.from += int64(2 * n)
}

// give gives out the first n characters of a run if it is text.
func (w *Wide) give(r *wideText, n int) {
	if r.side == left || r.ascii < wideMin && (r.n < wideHan || 2*r.zeros < r.n) || n == 0 {
		return
	}
	w.text = w.text[:0]
	for _, u := range r.unit[:n] {
		w.text = utf8.AppendRune(w.text, rune(u))
	}
	w.Emit(w.text, Span{From: r.from, To: r.from + int64(2*n)})
	clear(w.text)
}

func (r *wideText) reset() { r.n, r.ascii, r.zeros, r.side = 0, 0, 0, undecided }
