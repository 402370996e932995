package unpack

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"

	"github.com/datacustoms/customs/inspect/decode"
)

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
	if v := judgeAt(head, false); v.kind != notRun {
		return v
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
		if n := countIn(head, kind); n >= runMin && fits(head[:n], kind, inside) {
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
			hope = hope || p[n] == '\\'
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

// fits reports whether the characters decode to something. The first dozen
// bytes turn most away.
func fits(head []byte, kind runKind, inside bool) bool {
	var buf [runHead / 2]byte
	first := decodeHead(buf[:12], head, kind)
	magic := secondOf[first[0]]
	if (first[1] != magic[0] && first[1] != magic[1] || magic[0] == 0) && !isText(first, true) {
		return false
	}
	b := decodeHead(buf[:], head, kind)
	return isText(b, false) || !inside && isKnown(b)
}

// plausible reports whether decoded bytes begin a text or a known format.
func plausible(b []byte) bool { return isText(b, false) || isKnown(b) }

// secondOf gives what the second byte of formats with that first one may be.
var secondOf = [256][2]byte{
	0x1f: {0x8b}, 'P': {'K'}, '7': {'z'}, 'R': {'a', 'I'}, 0xfd: {'7'}, 'B': {'Z'}, 0x28: {0xb5}, 0x04: {0x22}, '%': {'P'}, 0xd0: {0xcf},
	0x89: {'P'}, 0xff: {0xd8, 0xfe}, 0xfe: {0xff}, 'G': {'I'}, 'I': {'I'}, 'M': {'M'}, 'S': {'a'}, 'L': {'U'},
	0x30: {0x82, 0x80}, 0x78: {0x9c, 0xda}, 0xac: {0xed}, 0x80: {4, 5},
}

// isKnown knows formats by their heads: those of decode, zlib, DER of some
// length, and objects of Java and Python.
func isKnown(b []byte) bool {
	magic := secondOf[b[0]]
	switch {
	case len(b) < 9 || magic[0] == 0 || b[1] != magic[0] && b[1] != magic[1]:
		return false
	case b[0] == 0x78:
		return decode.IsZlib(b) && inflates(bytes.Clone(b[2:]))
	case b[0] == 0x30 && b[1] == 0x82 && (b[4] == 0x30 || b[4] == 0x02 || b[4] == 0x06):
		return true
	case b[0] == 0x80:
		return b[2] == 0x95
	case b[0] == 0xac:
		return b[2] == 0 && b[3] == 5
	}
	switch decode.Sniff(b) {
	case decode.Plain:
		return false
	case decode.UTF16LE:
		return text16(b[2:], 0, false)
	case decode.UTF16BE:
		return text16(b[2:], 1, false)
	}
	return true
}

// inflates reports whether b may begin deflated content: that of random bytes
// soon refers to what was never there.
func inflates(b []byte) bool {
	var out [512]byte
	_, err := io.ReadFull(flate.NewReader(bytes.NewReader(b)), out[:])
	return err == nil || err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF)
}
