package check

import (
	"bytes"
	"math"
)

// entropy returns the bits that a character of b tells, judged by b alone.
func entropy(b []byte) float64 {
	if len(b) == 0 {
		return 0
	}
	var counts [256]int
	for _, c := range b {
		counts[c]++
	}
	bits, n := 0.0, float64(len(b))
	for _, k := range counts {
		if k > 0 {
			p := float64(k) / n
			bits -= p * math.Log2(p)
		}
	}
	return bits
}

// classes returns how many of lower case, upper case, digits and signs a
// text has.
func classes(b []byte) int {
	var set uint8
	for _, c := range b {
		switch {
		case lower(c):
			set |= 1
		case alpha(c):
			set |= 2
		case c >= '0' && c <= '9':
			set |= 4
		case c > ' ' && c < 0x7f:
			set |= 8
		}
	}
	n := 0
	for ; set != 0; set &= set - 1 {
		n++
	}
	return n
}

// placeholders are in values that stand for a secret and are none, and in
// those made up for tests.
var placeholders = [][]byte{[]byte("xxxx"), []byte("example"), []byte("change"), []byte("your"), []byte("placeholder"), []byte("dummy"),
	[]byte("sample"), []byte("redacted"), []byte("secret"), []byte("password"), []byte("passw"), []byte("p@ss"), []byte("test"), []byte("fake"), []byte("foo"),
	[]byte("todo"), []byte("insert"), []byte("token"), []byte("***"), []byte("..."), []byte("1234567"), []byte("abcdef"), []byte("qwert"),
	[]byte("aaaa"), []byte("0000"), []byte("demo"), []byte("default"), []byte("admin"), []byte("hunter"), []byte("${"), []byte("{{"), []byte("%("),
	[]byte("<"), []byte("mypass"), []byte("value"), []byte("string"), []byte("apikey"), []byte("api_key"), []byte("hello"), []byte("mykey"),
	[]byte("letmein"), []byte("welcome"), []byte("----"), []byte("none"), []byte("null"), []byte("access"), []byte("user"), []byte("client"), []byte("a-z"), []byte("0-9")}

// placeholder reports whether a value only stands for one.
func placeholder(b []byte) bool {
	var buf [ReachBytes]byte
	low := Lower(buf[:0], b[:min(len(b), len(buf))])
	for _, p := range placeholders {
		if bytes.Contains(low, p) {
			return true
		}
	}
	return false
}
