package check

import "unicode/utf8"

// Reach is how many runes away a context word may stand, and ReachBytes the
// most bytes that may take.
const (
	Reach      = 40
	ReachBytes = 3 * Reach
)

// Word reports whether c can be part of a word: neighbours of an identifier
// must not.
func Word(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_'
}

// OpenLeft reports whether a number may begin after these bytes: not inside a
// longer word and not behind a decimal point.
func OpenLeft(before []byte) bool {
	n := len(before)
	if n == 0 {
		return true
	}
	c := before[n-1]
	if c == '.' {
		return n < 2 || before[n-2] < '0' || before[n-2] > '9'
	}
	if !Word(c) {
		return true
	}
	// In GBK the second byte of a character may look like a letter.
	return n >= 2 && c >= 0x40 && before[n-2] >= 0x81 && !endsRune(before[:n-1])
}

// OpenRight reports whether a number may end before these bytes.
func OpenRight(after []byte) bool {
	if len(after) == 0 {
		return true
	}
	if after[0] == '.' {
		return len(after) < 2 || after[1] < '0' || after[1] > '9'
	}
	return !Word(after[0])
}

func endsRune(b []byte) bool {
	r, n := utf8.DecodeLastRune(b)
	return r != utf8.RuneError || n > 1
}

// Before returns the end of b that is near: on the same line and in the same
// object, within Reach runes.
func Before(b []byte) []byte {
	i, runes := len(b), 0
	for i > 0 && runes < Reach && len(b)-i < ReachBytes {
		c := b[i-1]
		if c == '\n' || c == '{' || c == '}' {
			break
		}
		i--
		if c < 0x80 || c >= 0xc0 {
			runes++
		}
	}
	return b[i:]
}

// After returns the start of b that is near: on the same line and in the same
// object, within Reach runes.
func After(b []byte) []byte {
	i, runes := 0, 0
	for i < len(b) && i < ReachBytes {
		c := b[i]
		if c == '\n' || c == '{' || c == '}' {
			break
		}
		if c < 0x80 || c >= 0xc0 {
			if runes == Reach {
				break
			}
			runes++
		}
		i++
	}
	return b[:i]
}

// Field returns the end of a near text that belongs to the same field as what
// follows it: the key of a pair, or the words since the last delimiter.
func Field(before []byte) []byte {
	for i := len(before); i > 0; i-- {
		switch before[i-1] {
		case ',', ';', '&', '|', '\t':
			return before[i:]
		case 0x8c, 0x9b, 0x82: // "，" "；" in UTF-8, "。"
			if i >= 3 && (string(before[i-3:i]) == "，" || string(before[i-3:i]) == "；" || string(before[i-3:i]) == "。") {
				return before[i:]
			}
		}
	}
	return before
}

// Printable reports whether b could be text in UTF-8, GB18030 or ASCII: it
// holds no control characters.
func Printable(b []byte) bool {
	for _, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0x7f || c == 0xff {
			return false
		}
	}
	return true
}
