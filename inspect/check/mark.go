package check

import "bytes"

// Mark is what follows a level word (绝密, 机密, 秘密).
type Mark struct {
	Length int  // bytes after the word that belong to the mark
	Star   bool // ★, ☆ or ＊: a star nobody types by chance
	Period bool // a term of secrecy follows the star
}

type script struct {
	spaces, stars, terms, units [][]byte
	digit                       []byte // prefix of a full-width digit
}

func list(s ...string) (out [][]byte) {
	for _, v := range s {
		out = append(out, []byte(v))
	}
	return out
}

var utf8Script = script{
	spaces: list(" ", "\u3000"), stars: list("★", "☆", "＊", "*"),
	terms: list("长期", "永久", "長期"), units: list("个月", "個月", "年", "月"), digit: []byte("\xef\xbc"),
}

var gbScript = script{
	spaces: list(" ", "\xa1\xa1"), stars: list("\xa1\xef", "\xa1\xee", "\xa3\xaa", "*"),
	terms: list("\xb3\xa4\xc6\xda", "\xd3\xc0\xbe\xc3"),
	units: list("\xb8\xf6\xd4\xc2", "\xc4\xea", "\xd4\xc2"), digit: []byte("\xa3"),
}

// SecretMark reads the star and the period that turn a level word into a
// secrecy mark. after begins right behind the word; gb says that the text is
// GB18030 and not UTF-8. A bare asterisk counts only with a period.
func SecretMark(after []byte, gb bool) (Mark, bool) {
	s := &utf8Script
	if gb {
		s = &gbScript
	}
	i := s.skip(after, 0)
	n := prefix(after[i:], s.stars)
	if n == 0 {
		return Mark{}, false
	}
	m := Mark{Star: after[i] != '*'}
	i += n
	m.Length = i
	if j := s.period(after, s.skip(after, i)); j > 0 {
		m.Length, m.Period = j, true
	}
	return m, m.Star || m.Period
}

// skip passes at most eight spaces.
func (s *script) skip(b []byte, i int) int {
	for range 8 {
		n := prefix(b[i:], s.spaces)
		if n == 0 {
			break
		}
		i += n
	}
	return i
}

// period returns where a term of secrecy that starts at i ends, or 0.
func (s *script) period(b []byte, i int) int {
	if n := prefix(b[i:], s.terms); n > 0 {
		return i + n
	}
	digits := 0
	for ; digits < 2 && i < len(b); digits++ {
		if b[i] >= '0' && b[i] <= '9' {
			i++
		} else if n := len(s.digit); i+n < len(b) && bytes.HasPrefix(b[i:], s.digit) && wideDigit(b[i+n], n) {
			i += n + 1
		} else {
			break
		}
	}
	if digits == 0 {
		return 0
	}
	i = s.skip(b, i)
	if n := prefix(b[i:], s.units); n > 0 {
		return i + n
	}
	return 0
}

func wideDigit(c byte, prefixLen int) bool {
	if prefixLen == 2 { // UTF-8
		return c >= 0x90 && c <= 0x99
	}
	return c >= 0xb0 && c <= 0xb9
}

func prefix(b []byte, words [][]byte) int {
	for _, w := range words {
		if bytes.HasPrefix(b, w) {
			return len(w)
		}
	}
	return 0
}
