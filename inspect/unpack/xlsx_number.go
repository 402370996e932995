package unpack

import (
	"bytes"
	"math"
	"strconv"
)

// numberDigits is the most that a number is written out to.
const numberDigits = 32

// appendNumber writes a number of a sheet in full digits: 1.3800138E10 is
// 13800138000, and 13800138000.0 is too. What is no number stays as it is.
func appendNumber(dst, v []byte) []byte {
	mantissa, exp := v, 0
	if i := bytes.IndexAny(v, "eE"); i > 0 {
		n, err := strconv.Atoi(string(bytes.TrimPrefix(v[i+1:], []byte{'+'})))
		if err != nil || n < 0 || n > numberDigits {
			return append(dst, v...)
		}
		mantissa, exp = v[:i], n
	} else if !bytes.HasSuffix(v, []byte(".0")) {
		return append(dst, v...)
	}
	whole, frac, _ := bytes.Cut(mantissa, []byte{'.'})
	if !allDigits(bytes.TrimPrefix(whole, []byte{'-'})) || !allDigits(frac) {
		return append(dst, v...)
	}
	frac = bytes.TrimRight(frac, "0")
	dst = append(dst, whole...)
	for i := range exp {
		if i < len(frac) {
			dst = append(dst, frac[i])
		} else {
			dst = append(dst, '0')
		}
	}
	if len(frac) > exp {
		dst = append(append(dst, '.'), frac[exp:]...)
	}
	return dst
}

// appendFloat writes a number that is stored in binary, in full digits where
// it has no more than a number of that kind keeps.
func appendFloat(dst []byte, f float64) []byte {
	if a := math.Abs(f); a < 1e21 && a > 1e-9 || f == 0 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, 64)
}

func allDigits(p []byte) bool {
	for _, c := range p {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
