package unpack

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// fill reads as much of head as there is.
func fill(r io.Reader, head []byte) int {
	n, _ := io.ReadFull(r, head)
	return n
}

// program gives out the plain text in a font program, where it is one. Its
// outlines are no text. What is as even as if it were packed or encrypted once
// more is missed.
func (d *pdfDoc) program(src *pdfSource, at decode.Span) {
	b := d.decoded(src)
	d.spend(len(b))
	plain := b
	switch {
	case sfnt(b):
	case len(b) > 8 && b[0] == 1 && b[1] == 0 && b[2] >= 4 && b[3] >= 1 && b[3] <= 4: // CFF
	case bytes.HasPrefix(b, []byte("%!PS-Adobe")), bytes.HasPrefix(b, []byte("%!FontType")):
		plain = openType1(b)
	default:
		d.raw(src, []byte("stream"), at)
		return
	}
	if even(plain) {
		d.miss(streamKey(src), inspect.GapHighEntropy, int64(len(src.raw)))
	}
	if s := sieve(nil, plain); len(s) > 0 && d.m.Begin([]byte("font"), at) {
		d.m.Write(s)
	}
}

// sfnt tells a TrueType or OpenType font whose directory of tables accounts
// for all its bytes.
func sfnt(b []byte) bool {
	if len(b) < 12 {
		return false
	}
	switch string(b[:4]) {
	case "\x00\x01\x00\x00", "OTTO", "true":
	default:
		return false
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if n == 0 || len(b) < 12+16*n {
		return false
	}
	var known ledger
	known.know(0, int64(12+16*n))
	for i := range n {
		e := b[12+16*i:]
		from := int64(binary.BigEndian.Uint32(e[8:]))
		known.know(from, from+int64(binary.BigEndian.Uint32(e[12:])))
	}
	whole := true
	known.rest(int64(len(b)), func(from, to int64) bool {
		whole = len(bytes.Trim(b[from:to], "\x00")) == 0
		return whole
	})
	return whole
}

// openType1 decrypts the part of a Type 1 font program that everybody has the
// key of, in bytes or in hexadecimal digits.
func openType1(b []byte) []byte {
	i := bytes.Index(b, []byte("eexec"))
	if i < 0 {
		return b
	}
	i += 5
	for i < len(b) && pdfKind(b[i]) == pdfSpace {
		i++
	}
	body := b[i:]
	hexed := len(body) > 8
	for _, c := range body[:min(8, len(body))] {
		hexed = hexed && pdfDigit(c) >= 0
	}
	if hexed {
		x := pdfLex{b: body}
		body = x.hex()
	}
	out := append(bytes.Clone(b[:i]), make([]byte, 0, len(body))...)
	key := uint16(55665)
	for _, c := range body {
		out = append(out, c^byte(key>>8))
		key = (uint16(c)+key)*52845 + 22719
	}
	if tail := bytes.LastIndex(b, []byte("0000000000000000")); tail > i { // in plain text again
		out = append(out, b[tail:]...)
	}
	return out
}

// even tells whether any 4 KiB of b are as even as random bytes: outlines have
// less than 7.88 bits a byte, random bytes more than 7.94.
func even(b []byte) bool {
	const window = 4096
	for ; len(b) >= window; b = b[window:] {
		var n [256]int
		for _, c := range b[:window] {
			n[c]++
		}
		bits := 0.0
		for _, k := range n {
			if k > 0 {
				bits -= float64(k) / window * math.Log2(float64(k)/window)
			}
		}
		if bits > 7.92 {
			return true
		}
	}
	return false
}
