package check

import "unicode/utf8"

// gapKind says what parts a key from its value.
type gapKind uint8

const (
	gapNone  gapKind = iota // the value follows at once
	gapSpace                // only spaces do
	gapSign                 // a colon, an equals sign, a tag, a word that means "is", the border of a cell
)

// behindMost is how many bytes may stand between a key and its value.
const behindMost = 56

var behindMarks = func() (t [256]gapKind) {
	for _, c := range []byte(" \t\"'`\\*[]()>_") {
		t[c] = gapSpace
	}
	for _, c := range []byte(":=|") {
		t[c] = gapSign
	}
	return t
}()

var behindSigns = twinSet("：", "＝", "为", "為", "是", "叫", "│", "｜")

var behindSpaces = twinSet("\u3000", "（", "）", "】", "「", "『", "“", "”", "《")

// behind returns where the value of a trigger word begins, up to where it may
// be read, and what parts the two. Nothing farther than ReachBytes is read.
func (s *Sight) behind() (at, end int, gap gapKind) {
	if s.Cell > 0 {
		end = min(s.Cell, len(s.Text))
		for at = s.From; at < end && behindMarks[s.Text[at]] == gapSpace; at++ {
		}
		return at, end, gapSign
	}
	at, end = s.To, min(len(s.Text), s.To+ReachBytes)
	for stop := min(end, at+behindMost); at < stop; {
		c, n := s.Text[at], 0
		switch {
		case behindMarks[c] != gapNone:
			n, gap = 1, max(gap, behindMarks[c])
		case c == '{' && gap == gapSign:
			n = inner(s.Text[at:end])
		case c == '<':
			if n = valueTag(s.Text[at:end]); n > 0 {
				gap = gapSign
			}
		case c >= 0x80:
			if n = hanAt(s.Text[at:end], behindSigns); n > 0 {
				gap = gapSign
			} else if n = hanAt(s.Text[at:end], behindSpaces); n > 0 {
				gap = max(gap, gapSpace)
			}
		}
		if n == 0 {
			break
		}
		at += n
	}
	return at, end, gap
}

// innerKeys are what an object calls its one value, as those of text
// recognition do: {"姓名":{"words":"..."}}.
var innerKeys = wordSet("words word value text content val result")

// inner returns the length of the beginning of an object up to its first
// value.
func inner(b []byte) int {
	i, from := 1, 0
	for i < len(b) && i < 20 && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r' || b[i] == '"' || b[i] == '\\') {
		i++
	}
	for from = i; i < len(b) && i < 30 && alpha(b[i]); i++ {
	}
	if !innerKeys[string(b[from:i])] {
		return 0
	}
	return i
}

// gb reports whether the Chinese text that begins b is GB18030. A trigger word
// in it has told already; behind one in UTF-8 either may stand.
func (s *Sight) gb(b []byte) bool {
	if c := s.Candidate(); s.Cell == 0 && len(c) > 0 && c[0] >= 0x80 && !utf8Begins(c) {
		return true
	}
	return !utf8Begins(b)
}

// utf8Begins reports whether b begins with a character of three bytes or more.
func utf8Begins(b []byte) bool {
	r, n := utf8.DecodeRune(b)
	return r != utf8.RuneError && n >= 3
}

// valueTag returns the length of a short XML tag at the beginning of b.
func valueTag(b []byte) int {
	for i := 1; i < len(b) && i < 40 && b[i] != '\n'; i++ {
		if b[i] == '>' {
			return i + 1
		}
	}
	return 0
}
