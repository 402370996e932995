package unpack

import (
	"bufio"
	"io"
)

// pdfLZW reads LZWDecode, whose codes grow one code early.
type pdfLZW struct {
	r      *bufio.Reader
	early  int
	acc    uint32
	bits   uint
	width  uint
	next   int // the code that comes next
	prev   int // the code before, -1 for none
	prefix [4096]uint16
	suffix [4096]byte
	stack  [4097]byte
	left   []byte
	end    bool
}

func newPDFLZW(r io.Reader, early bool) *pdfLZW {
	z := &pdfLZW{r: bufio.NewReader(r)}
	if early {
		z.early = 1
	}
	z.reset()
	return z
}

func (z *pdfLZW) reset() { z.width, z.next, z.prev = 9, 258, -1 }

func (z *pdfLZW) Read(b []byte) (int, error) {
	for len(z.left) == 0 {
		if z.end {
			return 0, io.EOF
		}
		z.code()
	}
	n := copy(b, z.left)
	z.left = z.left[n:]
	return n, nil
}

// code reads one code and sets out what it stands for.
func (z *pdfLZW) code() {
	for z.bits < z.width {
		c, err := z.r.ReadByte()
		if err != nil {
			z.end = true
			return
		}
		z.acc, z.bits = z.acc<<8|uint32(c), z.bits+8
	}
	z.bits -= z.width
	code := int(z.acc >> z.bits & (1<<z.width - 1))
	switch {
	case code == 256:
		z.reset()
		return
	case code == 257 || code > z.next || z.prev < 0 && code > 257:
		z.end = true
		return
	}
	at, i := code, len(z.stack)
	if code == z.next { // the code that is being made: the one before, and its first byte again
		at, i = z.prev, i-1
	}
	for ; at > 257; at = int(z.prefix[at]) {
		i--
		z.stack[i] = z.suffix[at]
	}
	i--
	z.stack[i] = byte(at)
	if code == z.next {
		z.stack[len(z.stack)-1] = z.stack[i]
	}
	if z.prev >= 0 && z.next < 4096 {
		z.prefix[z.next], z.suffix[z.next] = uint16(z.prev), z.stack[i]
		z.next++
	}
	if z.next+z.early >= 1<<z.width && z.width < 12 {
		z.width++
	}
	z.prev, z.left = code, z.stack[i:]
}
