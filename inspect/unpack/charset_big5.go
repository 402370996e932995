package unpack

import "unicode/utf8"

// LooksBig5 reports whether a text may be Big5: it cannot be UTF-8, each of
// its pairs is one of Big5, and more of them speak for Big5 than for GB 2312.
// About 40 in 100 characters of Big5 end in a byte below 0x80, which those of
// GB 2312 never do, and those that GBK added seldom. It errs on the side of
// yes: text is read as GB 18030 beside it in any case.
func LooksBig5(head []byte) bool {
	if valid8(head) {
		return false
	}
	var big, gb, pairs int
	for i := 0; i < len(head); i++ {
		c := head[i]
		if c < utf8.RuneSelf {
			continue
		}
		if i+1 == len(head) {
			break
		}
		t := head[i+1]
		i++
		pairs++
		low := t >= 0x40 && t < 0x7f
		switch {
		case c < 0x87 || c == 0xff || !low && t < 0xa1 || t == 0xff:
			return false // no pair of Big5, nor of HKSCS
		case low && c >= 0xa4 && c <= 0xc6: // the frequent characters
			big += 2
		case low && c >= 0xa1 && c <= 0xa3, low && c >= 0xc9 && c <= 0xf9: // signs, and the others
			big++
		case c == 0xa3 && (t == 0xac || t == 0xba || t == 0xbb || t == 0xa8 || t == 0xa9), c == 0xa1 && (t == 0xa3 || t == 0xa2 || t == 0xb0 || t == 0xb1):
			gb += 2 // the comma, the full stop and their like
		case c > 0xc6 && c <= 0xd7:
			gb++ // frequent in GB 2312, rare in Big5
		}
	}
	return pairs > 0 && big > gb
}

// valid8 reports whether b is UTF-8, but for a character cut off at the end.
func valid8(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			return !utf8.FullRune(b)
		}
		b = b[n:]
	}
	return true
}
