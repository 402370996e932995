package sniff

import "bytes"

// What takes the place of framing that breaks a rule: the server refuses it
// as well, so that the body ends in an error.
const (
	badSize    = "x\r\n"
	badDataEnd = "xx"
	badTrailer = " \r\n\r\n"
)

// maxSizeDigits keeps the size of a chunk far from overflowing.
const maxSizeDigits = 15

// advance checks b, which begins with what of an incomplete unit was left by
// the call before, and returns how many bytes of it may be seen.
func (w *Wire) advance(b []byte) (fit int) {
	for {
		rest := b[fit:]
		n := 0
		switch w.state {
		case inBody, inData:
			n = int(min(w.left, int64(len(rest))))
			if w.left -= int64(n); w.left > 0 {
				return fit + n
			}
			if w.state == inData {
				w.state = inDataEnd
			} else {
				w.next()
			}
		case inHead:
			n = w.head(rest)
		case inSize:
			n = w.size(rest)
		case inDataEnd:
			n = w.dataEnd(rest)
		case inTrailer:
			n = w.trailer(rest)
		}
		if fit += n; n == 0 || w.state == over || w.state == paused {
			return fit
		}
	}
}

// next is called behind a whole request.
func (w *Wire) next() {
	w.state, w.told = inHead, false
	w.post, w.blank = w.unit.post, 0
	if w.unit.mayEnd {
		w.state = paused
	}
	w.unit = unit{}
}

// size reads a chunk's size line: no extension, no space, no sign.
func (w *Wire) size(b []byte) int {
	end := bytes.IndexByte(b[:min(len(b), maxSizeDigits+2)], '\n')
	if end < 0 {
		if len(b) >= maxSizeDigits+2 {
			w.stop(badSize)
		}
		return 0
	}
	if end < 2 || b[end-1] != '\r' {
		w.stop(badSize)
		return 0
	}
	w.left = 0
	for _, c := range b[:end-1] {
		d := hexDigit[c]
		if d == 0 {
			w.stop(badSize)
			return 0
		}
		w.left = w.left<<4 | int64(d-1)
	}
	w.state = inData
	if w.left == 0 {
		w.state = inTrailer
		w.unit.begin()
	}
	return end + 1
}

func (w *Wire) dataEnd(b []byte) int {
	switch {
	case len(b) > 0 && b[0] != '\r', len(b) > 1 && b[1] != '\n':
		w.stop(badDataEnd)
		return 0
	case len(b) < 2:
		return 0
	}
	w.state = inSize
	return 2
}

// trailer reads the fields after the last chunk, up to the empty line.
func (w *Wire) trailer(b []byte) int {
	for {
		line, whole, f := w.unit.nextLine(b, maxTrailer)
		if f == "" && whole && len(line) == 0 {
			n := w.unit.at
			w.next()
			return n
		}
		if f == "" && whole {
			if _, _, f = w.unit.field(line); f == "" && forbiddenTrailer(line[:bytes.IndexByte(line, ':')]) {
				f = FaultTrailer
			}
		}
		if f != "" {
			w.stop(badTrailer)
			return 0
		}
		if !whole {
			return 0
		}
	}
}
