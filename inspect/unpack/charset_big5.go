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
	var v votes
	pairs := 0
	for i := 0; i < len(head); i++ {
		if head[i] < utf8.RuneSelf {
			continue
		}
		if i+1 == len(head) {
			break
		}
		if !v.pair(head[i], head[i+1]) {
			return false
		}
		i++
		pairs++
	}
	return pairs > 0 && v.big > v.gb
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
