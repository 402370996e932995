package unpack

import "bytes"

// found is what the head of a run was judged to be, and the character of the
// head where it begins.
type found struct {
	kind runKind
	from int
}

// maxWord is the longest word that a run is looked for behind.
const maxWord = 16

// judge tells what a run is by its head. Words, numbers, digests and random
// bytes are nothing.
func judge(head []byte) found {
	if len(head) < runMin {
		return found{}
	}
	if v := judgeAt(head, false); v.kind != notRun {
		return v
	}
	if k := escapedLen(head); k > 0 {
		if v := judgeAt(head[k:], false); v.kind != notRun {
			v.from += k
			return v
		}
	}
	// The run may begin behind words, such as those of a path.
	for i, word := 0, 0; i+runMin < len(head) && word <= maxWord; i, word = i+1, word+1 {
		if runClass[head[i]]&isSign == 0 {
			continue
		}
		word = -1
		if v := judgeAt(head[i+1:], false); v.kind != notRun {
			v.from += i + 1
			return v
		}
	}
	return found{}
}

// escapedLen is how many characters at the start of a run may be what is left
// of an escape before it, as the n of a line break, or 22 of a quote.
func escapedLen(head []byte) int {
	switch c := head[0]; {
	case c == 'n' || c == 'r' || c == 't':
		return 1
	case c == 'x' && isHexPair(head[1:]):
		return 3
	case c == 'u' && head[1] == '0' && head[2] == '0' && isHexPair(head[3:]):
		return 5
	}
	n := 0
	for n < 6 && head[n] == '2' && head[n+1] == '5' {
		n += 2
	}
	if isHexPair(head[n:]) {
		return n + 2
	}
	return 0
}

// judgeAnywhere looks at a window of a run whose groups may begin anywhere.
func judgeAnywhere(head []byte) found {
	for i := range min(4, len(head)) {
		if v := judgeAt(head[i:], true); v.kind != notRun {
			v.from += i
			return v
		}
	}
	return found{}
}

// judgeAt judges what begins at the first character. Inside a run only text is
// looked for.
func judgeAt(head []byte, inside bool) found {
	if len(head) < runMin {
		return found{}
	}
	skip := 0
	switch {
	case head[0] == '0' && head[1]|0x20 == 'x':
		skip = 2
	case head[0] == 'x':
		skip = 1
	}
	hex := countIn(head[skip:], runHex)
	if hex >= runMin && fits(head[skip:skip+hex&^1], runHex, inside) {
		return found{runHex, skip}
	}
	if skip+hex == len(head) {
		return found{}
	}
	for _, kind := range [...]runKind{runBase32, runBase32Hex} {
		// Names in capitals have no digit; hardly any text in base32hex is without.
		if n := countIn(head, kind); n >= runMin && (kind == runBase32 || bytes.ContainsAny(head[:n], "0123456789")) && fits(head[:n], kind, inside) {
			return found{kind, 0}
		}
	}
	if !fits(head[:min(len(head), runHead*2/3)], runBase64, inside) {
		return found{}
	}
	var all uint8
	kind := runBase64
	for _, c := range head {
		if all |= runClass[c]; c == '-' || c == '_' {
			kind = runBase64URL
		}
	}
	if all&(isUpper|isLower) != isUpper|isLower {
		return found{}
	}
	return found{kind, 0}
}

// countIn is how many characters of the alphabet stand first.
func countIn(head []byte, kind runKind) int {
	values := &runValue[kind]
	for i, c := range head {
		if values[c] > 63 {
			return i
		}
	}
	return len(head)
}

// glance counts the characters of a run that stand together at the start of
// p, up to runHead. Hope is gone where they have not both cases and no stretch
// without a sign is long enough: so are UUIDs, paths and names with
// underscores. Text has both cases in base64: a digit begins a group with a
// capital, and what follows is small.
func glance(p []byte) (n int, hope bool) {
	var all uint8
	stretch := 0
	p = p[:min(len(p), runHead)]
	for ; n < len(p); n++ {
		class := runClass[p[n]]
		if class&isRun == 0 {
			hope = hope || p[n] == '\\' || p[n] == '%' || p[n] == '&'
			break
		}
		all |= class
		if stretch++; class&isSign != 0 {
			stretch = 0
		}
		hope = hope || stretch >= runMin
	}
	return n, hope || all&(isUpper|isLower) == isUpper|isLower
}

// isName reports whether a short run may be the name of something in a program,
// of which many look like text in a charset of other bytes: base64 without a
// digit, base32 in both cases.
func isName(head []byte, kind runKind) bool {
	var all uint8
	for _, c := range head {
		all |= runClass[c]
		if kind.bits() == 6 && (c <= '9' && c >= '0' || c == '+') {
			return false
		}
	}
	return kind.bits() == 6 || all&(isUpper|isLower) == isUpper|isLower && kind != runHex
}

// fits reports whether the characters decode to something. The first dozen
// bytes turn most away.
func fits(head []byte, kind runKind, inside bool) bool {
	var buf [runHead / 2]byte
	first := decodeHead(buf[:12], head, kind)
	if !mayBeKnown(first) && !isText(first, true) {
		return false
	}
	b := decodeHead(buf[:], head, kind)
	if isText(b, false) {
		return len(b) >= 32 || text8(b, false) || !isName(head, kind)
	}
	return !inside && isKnown(b)
}
