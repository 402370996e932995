package evidence

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The signs of masked text. None of them is kept from a text itself.
const (
	signLetter = 'a'
	signDigit  = '#'
	signHan    = '汉'
	signOther  = '.'
)

// structure is what a masked text keeps: the punctuation of JSON and CSV.
const structure = "{}[]:,;\"|\t\n "

// mask writes a sign for every character that could be of a value or a name.
// What is no UTF-8 has a sign for each byte. An X behind a digit is one: it is
// the eleventh check digit of a resident's number, and few have it.
func mask(text []byte) string {
	var b strings.Builder
	digit := false // before this character
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		digit = unicode.IsNumber(r) || digit && (r == 'X' || r == 'x')
		switch {
		case digit:
			b.WriteRune(signDigit)
		case r == utf8.RuneError && n <= 1:
			b.WriteRune(signOther)
		case r < utf8.RuneSelf && strings.ContainsRune(structure, r):
			b.WriteRune(r)
		case unicode.Is(unicode.Han, r):
			b.WriteRune(signHan)
		case unicode.IsLetter(r):
			b.WriteRune(signLetter)
		default:
			b.WriteRune(signOther)
		}
	}
	return b.String()
}

// isMasked reports whether a text has only what mask writes.
func isMasked(text string) bool {
	return strings.Trim(text, structure+string([]rune{signLetter, signDigit, signHan, signOther})) == ""
}
