package decode

import "unicode/utf8"

// plain takes the bytes at the start of p that need no escape and no
// character behind them to be decided, and returns how many these are. It is
// the short way for most text and gives what the long way gives. The fold
// must be idle.
func (f *fold) plain(o *output, p []byte, at int64, leads *byteSet) int {
	i, from := 0, 0 // from here up to i all stays as it is
	for i < len(p) {
		start := i
		for i < len(p) && p[i] < utf8.RuneSelf && !leads[p[i]] {
			i++
		}
		if i > start {
			f.odd, f.run = false, noRun
		}
		if f.run != noRun || len(p)-i < 6 || p[i] < utf8.RuneSelf {
			break
		}
		size, c := settled(p[i:i+6], leads)
		if size == 0 {
			break
		}
		if c != 0 {
			o.copy(p[from:i], at+int64(from))
			o.add(c, Span{at + int64(i), at + int64(i+size)})
			from, f.prev = i+size, c
		}
		i += size
		f.odd = f.odd != (size%2 == 1)
	}
	if from < i {
		o.copy(p[from:i], at+int64(from))
		f.prev = p[i-1]
	}
	return i
}

// settled returns how many of six bytes are decided: a character and what it
// is folded to, or bytes that stay as they are, where c is 0.
func settled(p []byte, leads *byteSet) (size int, c byte) {
	b := p[0]
	if b < 0xe2 || b > 0xef || p[1]&0xc0 != 0x80 || p[2]&0xc0 != 0x80 {
		return stray(p, leads), 0
	}
	r := rune(b&0xf)<<12 | rune(p[1]&0x3f)<<6 | rune(p[2]&0x3f)
	if b < 0xe4 || b > 0xe9 {
		if c = class(r); !utf8.ValidRune(r) || c >= beside {
			return 0, 0
		}
		if c != 0 && (p[2] == 0xa3 || numeral(r) >= 0) {
			return 0, 0
		}
		if c != 0 {
			return 3, c
		}
	}
	if p[1] == 0xa3 || p[2] == 0xa3 || gbNumeral(p[1], p[2]) >= 0 || !apart(p[2], p[3], leads) ||
		numeral(r) >= 0 && !wordAhead(p[3:], leads) {
		return 0, 0
	}
	return 3, 0
}

// stray returns 1 if p begins with a byte that belongs to no UTF-8 character
// and is not folded, as most in GB18030 text, or 0.
func stray(p []byte, leads *byteSet) int {
	begins := p[0] >= 0xc2 && p[0] <= 0xf4
	if p[0] == 0xa3 || !apart(p[0], p[1], leads) || begins && (p[1]&0xc0 == 0x80 || unsettled(p[1], leads)) {
		return 0
	}
	return 1
}

// apart reports whether two bytes are no numeral in GB18030, whatever an
// escape that begins there yields.
func apart(b, next byte, leads *byteSet) bool {
	return !gbLeads(b) || !unsettled(next, leads) && gbNumeral(b, next) < 0
}

// unsettled reports whether at this byte an escape may begin or an invisible
// character, so that it is not what follows.
func unsettled(b byte, leads *byteSet) bool {
	return b == 0xc2 || b == 0xe2 || b == 0xef || b < utf8.RuneSelf && leads[b]
}

// wordAhead reports whether what follows is surely no numeral.
func wordAhead(p []byte, leads *byteSet) bool {
	if p[0] < utf8.RuneSelf {
		return !leads[p[0]]
	}
	return p[0] >= 0xe4 && p[0] <= 0xe9 && p[1]&0xc0 == 0x80 && p[2]&0xc0 == 0x80 &&
		numeral(rune(p[0]&0xf)<<12|rune(p[1]&0x3f)<<6|rune(p[2]&0x3f)) < 0
}
