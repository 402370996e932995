package unpack

import (
	"encoding/binary"
	"math"
	"math/big"
	"strconv"
)

// integer appends the number of the first two major types.
func (h cborHead) integer(dst []byte) []byte {
	switch {
	case h.major == cborUint:
		return strconv.AppendUint(dst, h.arg, 10)
	case h.arg == math.MaxUint64:
		return append(dst, "-18446744073709551616"...)
	}
	return strconv.AppendUint(append(dst, '-'), h.arg+1, 10)
}

// float appends a floating point number. Of the simple values it says nothing.
func (h cborHead) float(dst []byte) []byte {
	switch h.info {
	case 25:
		return sheetFloat(dst, halfFloat(uint16(h.arg)), 32)
	case 26:
		return sheetFloat(dst, float64(math.Float32frombits(uint32(h.arg))), 32)
	case 27:
		return sheetFloat(dst, math.Float64frombits(h.arg), 64)
	}
	return dst
}

// halfFloat is the number that 16 bits stand for.
func halfFloat(v uint16) float64 {
	exp, mant := int(v>>10&31), float64(v&1023)
	switch exp {
	case 0:
		mant = math.Ldexp(mant, -24)
	case 31:
		mant = math.Inf(1)
	default:
		mant = math.Ldexp(mant+1024, exp-25)
	}
	if v>>15 != 0 {
		return -mant
	}
	return mant
}

// bigDigits is how many bytes a big number may have to be written out: those
// that are longer are no one's number but keys and the like.
const bigDigits = 32

// bignum writes bytes that are a number, most significant first.
func (c *cbor) bignum(b []byte, negative bool) {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	c.cell()
	if len(b) > bigDigits {
		c.gather(b)
		return
	}
	c.work(500)
	v := new(big.Int).SetBytes(b)
	if negative {
		v.Not(v)
	}
	c.out = v.Append(c.out, 10)
}

// cborScale is how far the point of a fraction may stand from its digits.
const cborScale = 40

// fraction reads an array of an exponent and a number, as tags 4 and 5 have
// it, and writes what they make. It answers false, and reads nothing, for all
// else.
func (c *cbor) fraction(base int64) bool {
	b := c.b[c.pos:]
	exp, n := cborBegin(b[min(1, len(b)):])
	if n == 0 || b[0] != cborArray<<5|2 || exp.major > cborNegative || exp.arg > cborScale {
		return false
	}
	num, k := cborBegin(b[1+n:])
	if k == 0 || num.major > cborNegative || !c.work(2000) {
		return false
	}
	v := new(big.Rat).SetInt(new(big.Int).SetUint64(num.arg))
	if num.major == cborNegative {
		v.Neg(v.Add(v, big.NewRat(1, 1)))
	}
	power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(base), new(big.Int).SetUint64(exp.arg), nil))
	if exp.major == cborNegative {
		power.Mul(power, big.NewRat(base, 1)).Inv(power)
	}
	digits := 0
	if exp.major == cborNegative {
		digits = int(exp.arg) + 1
	}
	c.pos += 1 + n + k
	c.cell()
	c.out = append(c.out, v.Mul(v, power).FloatString(digits)...)
	return true
}

// typed writes the numbers of a typed array (RFC 8746), if they are wide
// enough for those of persons.
func (c *cbor) typed(tag uint64, b []byte) bool {
	float, little, width := tag>>4&1 != 0, tag>>2&1 != 0, 1<<(tag&3)
	if float {
		width *= 2
	}
	if width < 4 || width > 8 || len(b)%width != 0 || !c.work(100*int64(len(b)/width)) {
		return false
	}
	for ; len(b) > 0 && !c.stopped; b = b[width:] {
		var v uint64
		switch {
		case width == 4 && little:
			v = uint64(binary.LittleEndian.Uint32(b))
		case width == 4:
			v = uint64(binary.BigEndian.Uint32(b))
		case little:
			v = binary.LittleEndian.Uint64(b)
		default:
			v = binary.BigEndian.Uint64(b)
		}
		c.cell()
		switch {
		case float && width == 4:
			c.out = sheetFloat(c.out, float64(math.Float32frombits(uint32(v))), 32)
		case float:
			c.out = sheetFloat(c.out, math.Float64frombits(v), 64)
		case int64(v) < 0 && tag>>3&1 != 0:
			c.out = strconv.AppendInt(c.out, int64(v), 10)
		default:
			c.out = strconv.AppendUint(c.out, v, 10)
		}
	}
	return true
}
