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
	if n < 2 {
		return false
	}
	// A control character of JSON or source text, whatever escapes it.
	if before[n-2] == '\\' && (c == 'n' || c == 'r' || c == 't') {
		return true
	}
	// In GBK the second byte of a character may look like a letter, in
	// GB18030 the fourth is a digit.
	return c >= 0x40 && before[n-2] >= 0x81 && !endsRune(before[:n-1]) || FourByte(before)
}

// FourByte reports whether b ends with a GB18030 character of four bytes, of
// which the second and the fourth are digits. No text in UTF-8 does.
func FourByte(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	b = b[len(b)-4:]
	return b[0] >= 0x81 && b[0] < 0xff && b[1] >= '0' && b[1] <= '9' && b[2] >= 0x81 && b[2] < 0xff && b[3] >= '0' && b[3] <= '9'
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
// follows it: the key of a pair, or the words since the last delimiter or
// since another pair, as in "time=9 user=".
func Field(before []byte) []byte {
	key := len(before)
	for key > 0 && between[before[key-1]] {
		key--
	}
	for i := len(before); i > 0; i-- {
		switch before[i-1] {
		case ',', ';', '&', '|', '\t':
			return before[i:]
		case ' ':
			if i < key && pair(before[:i-1]) {
				return before[i:]
			}
		case 0x8c, 0x9b, 0x82: // "，" "；" in UTF-8, "。"
			if i >= 3 && (string(before[i-3:i]) == "，" || string(before[i-3:i]) == "；" || string(before[i-3:i]) == "。") {
				return before[i:]
			}
		}
	}
	return before
}

// between marks the bytes that stand between a key and its value, those of a
// full-width colon included.
var between = func() (t [256]bool) {
	for _, c := range []byte(" \t\"'=:：") {
		t[c] = true
	}
	return t
}()

// pair reports whether the last word of a text holds a key and its value.
func pair(b []byte) bool {
	for i := len(b); i > 0 && b[i-1] > ' '; i-- {
		if c := b[i-1]; (c == '=' || c == ':') && i < len(b) {
			return true
		}
	}
	return false
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
