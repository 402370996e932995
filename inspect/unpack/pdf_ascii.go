package unpack

import (
	"bufio"
	"io"
)

// pdfHexReader reads ASCIIHexDecode.
type pdfHexReader struct {
	r    *bufio.Reader
	junk *[]byte // takes what is no digit
	end  bool
}

func (h *pdfHexReader) Read(b []byte) (n int, err error) {
	for n < len(b) && !h.end {
		digit := func() int {
			for {
				c, err := h.r.ReadByte()
				if err != nil || c == '>' {
					h.end = true
					return -1
				}
				if v := pdfDigit(c); v >= 0 {
					return v
				}
				pdfJunk(h.junk, c)
			}
		}
		hi := digit()
		if hi < 0 {
			break
		}
		b[n] = byte(hi<<4 | max(0, digit()))
		n++
	}
	if n == 0 && h.end {
		return 0, io.EOF
	}
	return n, nil
}

// pdfJunk takes down a byte that no coding has there.
func pdfJunk(to *[]byte, c byte) {
	if pdfKind(c) != pdfSpace && len(*to) <= pdfNotesMost {
		*to = append(*to, c)
	}
}

// pdf85Reader reads ASCII85Decode.
type pdf85Reader struct {
	r    *bufio.Reader
	junk *[]byte // takes what is no digit
	left []byte
	buf  [4]byte
	end  bool
}

func (a *pdf85Reader) Read(b []byte) (int, error) {
	for len(a.left) == 0 {
		if a.end {
			return 0, io.EOF
		}
		a.group()
	}
	n := copy(b, a.left)
	a.left = a.left[n:]
	return n, nil
}

// group reads five digits, or what there is of them at the end.
func (a *pdf85Reader) group() {
	var v uint32
	n := 0
	for n < 5 {
		c, err := a.r.ReadByte()
		if err != nil || c == '~' {
			if next, err := a.r.Peek(1); err == nil && next[0] == '>' {
				_, _ = a.r.Discard(1)
			}
			a.end = true
			break
		}
		if c == 'z' && n == 0 {
			n = 5
			break
		}
		if c >= '!' && c <= 'u' {
			v = v*85 + uint32(c-'!')
			n++
		} else {
			pdfJunk(a.junk, c)
		}
	}
	if n < 2 {
		return
	}
	for k := n; k < 5; k++ {
		v = v*85 + 84
	}
	a.buf = [4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
	a.left = a.buf[:n-1]
}

// pdfRunReader reads RunLengthDecode.
type pdfRunReader struct {
	r    *bufio.Reader
	copy int // bytes that follow as they are
	run  int // times that c is still to be given out
	c    byte
}

func (u *pdfRunReader) Read(b []byte) (n int, err error) {
	for n < len(b) {
		switch {
		case u.copy > 0:
			if b[n], err = u.r.ReadByte(); err != nil {
				return n, io.EOF
			}
			u.copy--
			n++
		case u.run > 0:
			b[n] = u.c
			u.run--
			n++
		default:
			c, err := u.r.ReadByte()
			if err != nil || c == 128 {
				u.copy, u.run = 0, 0
				return n, io.EOF
			}
			if c < 128 {
				u.copy = int(c) + 1
			} else if u.c, err = u.r.ReadByte(); err == nil {
				u.run = 257 - int(c)
			}
		}
	}
	return n, nil
}
