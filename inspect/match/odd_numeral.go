package match

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// Formal numerals are looked for at the third byte of every 32, and those of
// GB18030 at the first of every 16: runLeast in a row cover one. The bits are
// where a character that does may begin in a group.
const (
	runLeast   = 11
	formalStep = 32
	formalBits = 7 | 7<<formalStep
	gbStep     = 16
	allNumbers = "零一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸〇"
	// gbNumbers are the same, and 幺, but for the traditional ones.
	gbNumbers = "\xc1\xe3\xa9\x96\xa1\xf0\xd2\xbb\xd2\xbc\xe7\xdb\xb6\xfe\xb7\xa1\xc8\xfd\xc8\xfe\xcb\xc4\xcb\xc1" +
		"\xce\xe5\xce\xe9\xc1\xf9\xc2\xbd\xc6\xdf\xc6\xe2\xb0\xcb\xb0\xc6\xbe\xc5\xbe\xc1"
)

// numeralTails has by the second byte of a numeral a bit for each third byte.
var numeralTails = func() (t [64]uint64) {
	for s := allNumbers; s != ""; s = s[3:] {
		t[s[1]&63] |= 1 << (s[2] & 63)
	}
	return t
}()

// numeralIn returns of the first three of the bits h, where characters begin in
// p, those at which one may begin that is a numeral.
func numeralIn(h uint64, p *[8]byte) uint64 {
	h &= 7
	tail := binary.LittleEndian.Uint64(p[:]) >> (8 * bits.Len64(h))
	return h & -(numeralTails[tail&63] >> (tail >> 8 & 63) & 1)
}

// formal returns the length of a numeral that covers a byte that is looked at,
// in a run of numerals.
func (r *reader) formal(i int64) int64 {
	if (i-r.start)%formalStep > 2 || !r.anyNumeral(i) || r.row(i, 3, r.anyNumeral) < runLeast {
		return 0
	}
	return 3
}

// row counts the characters of some bytes around i in a row, up to runLeast.
func (r *reader) row(i, size int64, is func(int64) bool) int {
	n := 1
	for k := i - size; n < runLeast && is(k); k -= size {
		n++
	}
	for k := i + size; n < runLeast && is(k); k += size {
		n++
	}
	return n
}

func (r *reader) anyNumeral(i int64) bool {
	b := [3]byte{r.b(i), r.b(i + 1), r.b(i + 2)}
	return b[0] >= 0xe3 && b[0] <= 0xe9 && strings.Contains(allNumbers, string(b[:]))
}

// gbTrails has by the first byte of a numeral in GB18030 a bit for each second
// one above 0x7f, in two halves.
var gbTrails = func() (t [256][2]uint64) {
	for s := gbNumbers; s != ""; s = s[2:] {
		t[s[0]][s[1]>>6&1] |= 1 << (s[1] & 63)
	}
	return t
}()

// gbNumeralsIn returns the bits of a group p, behind which there is another
// byte, at which numerals in GB18030 may begin that cover one that is looked
// at.
func gbNumeralsIn(p *[groupLen + 1]byte) (out uint64) {
	for k := 0; k < groupLen; k += gbStep {
		a, b, last := p[k], p[k+1], k+gbStep-1
		out |= gbTrails[a][b>>6&1] >> (b & 63) & 1 << k
		a, b = p[last], p[last+1]
		out |= gbTrails[a][b>>6&1] >> (b & 63) & 1 << last
	}
	return out
}

func (r *reader) gbNumeral(i int64) bool {
	b := r.b(i + 1)
	return b >= 0x80 && gbTrails[r.b(i)][b>>6&1]>>(b&63)&1 != 0
}

// gbReach is how near a byte must be that does not occur in Chinese UTF-8, for
// numerals of GB18030: those of 〇 and 贰 do.
const gbReach = 24

// gbNumerals is formal for GB18030.
func (r *reader) gbNumerals(i int64) int64 {
	if (i-r.start+1)%gbStep > 1 || !r.gbNumeral(i) || r.row(i, 2, r.gbNumeral) < runLeast {
		return 0
	}
	for k := i - gbReach; k < i+gbReach; k++ {
		if tells(r.b(k)) {
			return 2
		}
	}
	return 0
}
