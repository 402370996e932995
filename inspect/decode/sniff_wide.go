package decode

import (
	"sync"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/transform"
)

// units is a set of units of UTF-16.
type units [1 << 16 / 64]uint64

func (u *units) add(c uint16)      { u[c>>6] |= 1 << (c & 63) }
func (u *units) has(c uint16) bool { return u[c>>6]>>(c&63)&1 != 0 }

// frequent are the characters of the first levels of GB 2312 and of Big5, with
// the signs between them: about one unit in ten.
var frequent = sync.OnceValue(func() *units {
	u := new(units)
	fill := func(t transform.Transformer, from, to byte) {
		var out [8]byte
		for c := int(from); c <= int(to); c++ {
			for d := 0x40; d < 0xff; d++ {
				n, _, err := t.Transform(out[:], []byte{byte(c), byte(d)}, true)
				if r := []rune(string(out[:n])); err == nil && len(r) == 1 && r[0] >= 0x3000 && r[0] < 0xa000 {
					u.add(uint16(r[0]))
				}
			}
		}
	}
	fill(simplifiedchinese.GBK.NewDecoder().Transformer, 0xb0, 0xd7)
	fill(traditionalchinese.Big5.NewDecoder().Transformer, 0xa4, 0xc6)
	for _, r := range "　、。〈〉《》「」『』【】〔〕！（），：；？·—…“”‘’￥０１２３４５６７８９" {
		u.add(uint16(r))
	}
	return u
})

// What a unit says for UTF-16, in bits: of random ones one in so many is ASCII
// or frequent.
const (
	bitsASCII    = 9
	bitsFrequent = 3
	bitsEnough   = 20
)

// LooksUTF16 reports whether bytes are UTF-16 of Chinese and ASCII in that byte
// order, with or without a mark, by how seldom random bytes look like that: 16
// bytes of frequent characters are enough, or three of ASCII. Text of 8 bits is
// to be ruled out before.
func LooksUTF16(b []byte, big bool) bool {
	low, high, bits, rare, others := 0, 1, 0, 0, 0
	if big {
		low, high = 1, 0
	}
	n := len(b) / 2
	common := frequent()
	for i := range n {
		switch u := uint16(b[2*i+low]) | uint16(b[2*i+high])<<8; {
		case u >= ' ' && u < 0x7f, u == '\n', u == '\r', u == '\t':
			bits += bitsASCII
		case common.has(u):
			bits += bitsFrequent
		case u == bom && i == 0:
			bits += 2 * bitsASCII
		case u >= 0x3400 && u < 0xa000, u >= 0xff00 && u < 0xfff0, u >= 0x2000 && u < 0x3100, u >= 0xa0 && u < 0x250, u >= 0xd800 && u < 0xe000:
			rare++
		default:
			others++
		}
	}
	return bits >= bitsEnough && rare*4 <= n && others*16 <= n
}
