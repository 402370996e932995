package decode

import "math/bits"

// base64Min is the shortest text that is held to be base64: a shorter one is
// as likely a word, a token or a digest.
const base64Min = 64

// base64Kinds is how many different characters base64 of real content has at
// the least; a word over and over has fewer.
const base64Kinds = 12

// Base64 tells whether a text, pushed in as it comes, is base64 or base64url
// from end to end, in lines or not. Capitals, small letters and digits must
// all be there: numbers, hexadecimal, words and filler stay what they are.
// The zero value is ready.
type Base64 struct {
	n, pad int64
	seen   [2]uint64 // the characters, as a set
	other  bool
}

// Write looks at the next bytes. It returns false once the text is known to be
// something else.
func (b *Base64) Write(p []byte) bool {
	for _, c := range p {
		switch {
		case b.other:
			return false
		case (c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '+' || c == '/' || c == '-' || c == '_') && b.pad == 0:
			b.n++
			b.seen[c>>6] |= 1 << (c & 63)
		case c == '=' && b.pad < 2:
			b.pad++
		case c != '\r' && c != '\n':
			b.other = true
		}
	}
	return !b.other
}

// Whole reports whether all that was written makes one base64 text.
func (b *Base64) Whole() bool {
	fits := (b.n+b.pad)%4 == 0 || b.pad == 0 && b.n%4 != 1
	return !b.other && b.n+b.pad >= base64Min && fits && b.mixed()
}

// mixed reports whether the characters are those of coded content.
func (b *Base64) mixed() bool {
	const (
		digits = (1<<10 - 1) << '0'        // of seen[0]
		upper  = (1<<26 - 1) << ('A' - 64) // of seen[1]
		lower  = (1<<26 - 1) << ('a' - 64)
	)
	kinds := bits.OnesCount64(b.seen[0]) + bits.OnesCount64(b.seen[1])
	return b.seen[0]&digits != 0 && b.seen[1]&upper != 0 && b.seen[1]&lower != 0 && kinds >= base64Kinds
}
