package check

import "unicode/utf8"

// The bounds of what may stand between a key and its value.
const (
	maxKeyGap  = 24
	maxKeyTail = 18
)

// keySigns stand between a key and its value, in UTF-8 and in GB18030.
var keySigns = [...]string{
	"：", "＝", "为", "為", "是", "（", "【", "“",
	"\xa3\xba", "\xa3\xbd", "\xce\xaa", "\x9e\xe9", "\xca\xc7", "\xa3\xa8", "\xa1\xbe", "\xa1\xb0",
}

// keySign returns the length of the sign that b begins with, or 0.
func keySign(b []byte) int {
	if len(b) < 2 || b[0] < 0x80 {
		return 0
	}
	for _, s := range keySigns {
		if len(b) >= len(s) && string(b[:len(s)]) == s {
			return len(s)
		}
	}
	return 0
}

// keyGap returns how many bytes of b stand between a key and its value; firm
// says that there is more between them than space.
func keyGap(b []byte) (n int, firm bool) {
	for n < len(b) && n < maxKeyGap {
		switch b[n] {
		case ' ', '\t':
			n++
		case '"', '\'', ':', '=', '>', '[', '(', '|', '`':
			n, firm = n+1, true
		case '\\': // before a quote; before anything else it is a value's
			if n+1 >= len(b) || b[n+1] != '"' && b[n+1] != '\'' && b[n+1] != '\\' {
				return n, firm
			}
			n++
		default:
			m := keySign(b[n:])
			if m == 0 {
				return n, firm
			}
			n, firm = n+m, true
		}
	}
	return n, firm
}

// keyTail returns how many bytes of b still belong to the name of a key, as
// Number in patientIdNumber. Only a colon, an equals sign or a quote ends one.
func keyTail(b []byte) int {
	for i := 0; i < len(b) && i <= maxKeyTail; {
		c := b[i]
		switch {
		case c == '"' || c == '\'' || c == ':' || c == '=' || keySign(b[i:]) > 0:
			return i
		case c < 0x80 && !Word(c) && c != '-' && c != '.':
			return 0
		case c < 0x80:
			i++
		default:
			i += runeLen(b[i:])
		}
	}
	return 0
}

// runeLen returns the length of the first character of UTF-8 or GBK text.
func runeLen(b []byte) int {
	if r, n := utf8.DecodeRune(b); r != utf8.RuneError {
		return n
	}
	return min(2, len(b))
}

// valueAt returns where the value of the key at the candidate begins, and
// whether more than space leads to it.
func (s *Sight) valueAt() (at int, firm bool) {
	if s.Cell > 0 {
		n, _ := keyGap(s.Text[s.From:s.cellEnd()])
		return s.From + n, true
	}
	ahead := s.textAfter()
	tail := keyTail(ahead)
	n, firm := keyGap(ahead[tail:])
	return s.To + tail + n, firm
}

// textAfter returns the text behind the candidate that is there however the
// stream was cut.
func (s *Sight) textAfter() []byte { return s.Text[s.To:min(len(s.Text), s.To+ReachBytes)] }

// reach returns how far the text reaches however the stream was cut.
func (s *Sight) reach() int { return min(len(s.Text), max(s.To+ReachBytes, s.Cell)) }

// cellEnd is where the candidate's cell ends.
func (s *Sight) cellEnd() int { return max(s.From, min(len(s.Text), s.Cell)) }

// textBefore returns the text before the candidate that is there however the
// stream was cut.
func (s *Sight) textBefore() []byte { return s.Text[max(0, s.From-ReachBytes):s.From] }

// startsFold reports whether b begins with a word in lower case, in any case.
func startsFold(b []byte, word string) bool {
	if len(b) < len(word) {
		return false
	}
	for i := range len(word) {
		c := b[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// holdsFold reports whether b holds a word in lower case, in any case.
func holdsFold(b []byte, word string) bool {
	for i := 0; i+len(word) <= len(b); i++ {
		if startsFold(b[i:], word) {
			return true
		}
	}
	return false
}

// ends reports whether b ends with the word.
func ends(b []byte, word string) bool {
	return len(b) >= len(word) && string(b[len(b)-len(word):]) == word
}

// starts reports whether b begins with the word.
func starts(b []byte, word string) bool {
	return len(b) >= len(word) && string(b[:len(word)]) == word
}
