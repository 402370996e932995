package rules

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datacustoms/customs/inspect/check"
)

// at returns where a match that begins at a place ends, or 0. Bytes further
// than the longest match and a character behind it are not looked at, so the
// answer does not depend on how much of the stream is there.
func (p *pattern) at(text []byte, from int) (to int) {
	end := min(len(text), from+p.max+utf8.UTFMax)
	var loc []int
	// What looks like the end of a word may be half of a character in GBK.
	if from == 0 || check.Word(text[from-1]) && check.OpenLeft(text[:from]) {
		loc = p.start.FindIndex(text[from:end])
		to = from
	} else {
		loc = p.next.FindIndex(text[from-1 : end])
		to = from - 1
	}
	if loc == nil || loc[1] == 0 || to+loc[1]-from > p.max {
		return 0
	}
	return to + loc[1]
}

// find returns the first match that holds the candidate at the place promised
// for it.
func (p *pattern) find(s *check.Sight) (from, to int, ok bool) {
	for from = max(s.From-p.high, 0); from <= s.From-p.low; from++ {
		if to = p.at(s.Text, from); to > from && to >= s.To {
			return from, to, true
		}
	}
	if p.han {
		return p.findGB(s)
	}
	return 0, 0, false
}

// findGB is find in GB18030: the text from each place on is read as such.
func (p *pattern) findGB(s *check.Sight) (from, to int, ok bool) {
	for from = max(s.From-p.high, 0); from <= s.From-p.low/2; from++ {
		piece := s.Text[from:min(len(s.Text), s.To+reach+utf8.UTFMax)]
		text, places := fromGB(piece)
		loc := p.next.FindIndex(append(beside(s.Text[:from]), text...))
		if loc == nil || loc[1] < 2 || loc[1]-1 > p.max {
			continue
		}
		if to = from + places[loc[1]-1]; to > from && to >= s.To {
			return from, to, true
		}
	}
	return 0, 0, false
}

// beside returns a character of the kind that ends a text.
func beside(before []byte) []byte {
	switch n := len(before); {
	case n == 0 || before[n-1] == '\n':
		return []byte("\n")
	case check.OpenLeft(before):
		return []byte(" ")
	}
	return []byte("x")
}

// fromGB reads GB18030 and returns UTF-8, and for each of its bytes and its
// end where in b it comes from. It stops at what is none.
func fromGB(b []byte) (text []byte, places []int) {
	decoder := simplifiedchinese.GB18030.NewDecoder()
	var out [8]byte
	for i := 0; i < len(b); {
		n := 1
		switch {
		case b[i] < utf8.RuneSelf:
		case i+3 < len(b) && check.FourByte(b[i:i+4]):
			n = 4
		default:
			n = min(2, len(b)-i)
		}
		decoder.Reset()
		k, _, err := decoder.Transform(out[:], b[i:i+n], true)
		if r, _ := utf8.DecodeRune(out[:k]); err != nil || r == utf8.RuneError {
			break
		}
		for range k {
			places = append(places, i)
		}
		text = append(text, out[:k]...)
		i += n
	}
	return text, append(places, endOf(b, places))
}

// endOf is where the text read from b ends.
func endOf(b []byte, places []int) int {
	if len(places) == 0 {
		return 0
	}
	i := places[len(places)-1]
	switch {
	case b[i] < utf8.RuneSelf:
		return i + 1
	case i+3 < len(b) && check.FourByte(b[i:i+4]):
		return i + 4
	}
	return min(i+2, len(b))
}
