package rules

import (
	"bytes"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect/check"
)

// tries is how many values near one trigger word are looked up.
const tries = 8

// match returns the confirmer of a list: the value stands where the
// candidate is, or near the word that brought us.
func (l *List) match(on check.On, named bool, kind check.Kind, class string) func(*check.Sight) {
	return func(s *check.Sight) {
		switch {
		case on == check.OnDigits:
			if len(s.Digits) > 0 && l.Has(s.Digits) {
				s.Add(s.From, s.To, kind, canonical(class, s.Digits))
			}
		case on != check.OnKey:
			l.codes(s, s.From, s.To, 1, kind, class)
		case s.Cell > 0:
			l.whole(s, s.From, s.Cell, kind, class)
		case !named: // the trigger is the beginning of the value
			l.codes(s, s.From, min(len(s.Text), s.To+2*maxValue), 1, kind, class)
		default:
			l.near(s, kind, class)
		}
	}
}

// near looks behind the trigger word, then before it.
func (l *List) near(s *check.Sight, kind check.Kind, class string) {
	from, to := s.Near()
	before := s.From - len(check.Before(s.Text[:s.From]))
	if l.Shape != ShapeText {
		if !l.codes(s, from, to, tries, kind, class) {
			l.codes(s, before, s.From, tries, kind, class)
		}
		return
	}
	text := s.Text[from:to]
	place := func(i int) int { return from + i }
	if !inUTF8(text) {
		var places []int
		text, places = fromGB(text)
		place = func(i int) int { return from + places[i] }
	}
	for n, at := 0, 0; n < tries && at < len(text); n++ {
		field, next := cut(text[at:])
		if l.whole(s, place(at), place(at+field), kind, class) {
			return
		}
		at += next
	}
}

// inUTF8 reports whether a text is UTF-8 but for a character that is cut off
// at its end.
func inUTF8(b []byte) bool {
	for n := range utf8.UTFMax {
		if n <= len(b) && utf8.Valid(b[:len(b)-n]) {
			return true
		}
	}
	return false
}

// whole looks up all of a piece of text.
func (l *List) whole(s *check.Sight, from, to int, kind check.Kind, class string) bool {
	for from < to && blank(s.Text[from]) {
		from++
	}
	for to > from && blank(s.Text[to-1]) {
		to--
	}
	var buf [maxValue + 8]byte
	b := normal(buf[:0], s.Text[from:to], maxValue)
	ok := l.Has(b)
	if ok {
		s.Add(from, to, kind, canonical(class, b))
	}
	clear(b)
	return ok
}

// codes looks up the runs of letters and digits in a piece of text, each with
// what joins them.
func (l *List) codes(s *check.Sight, from, to, tries int, kind check.Kind, class string) bool {
	for n := 0; from < to && n < tries; {
		size := unit(s.Text[from:to])
		if size == 0 || joins(s.Text[from]) {
			from++
			continue
		}
		end, last := from, from
		for size > 0 {
			if end += size; !joins(s.Text[end-1]) {
				last = end
			}
			size = unit(s.Text[end:to])
		}
		n++
		if last-from <= 4*maxValue && l.whole(s, from, last, kind, class) {
			return true
		}
		// The first may be half of a character in GBK.
		if from > 0 && s.Text[from-1] > 0x80 && l.whole(s, from+1, last, kind, class) {
			return true
		}
		from = end
	}
	return false
}

// unit returns the length of the first character if it can be in a code:
// ASCII, full-width or what joins them.
func unit(b []byte) int {
	switch {
	case len(b) == 0:
	case check.Word(b[0]), joins(b[0]) && b[0] != ' ':
		return 1
	case len(b) > 2 && b[0] == 0xef:
		if r, _ := utf8.DecodeRune(b); r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ' || r >= '０' && r <= '９' {
			return 3
		}
	}
	return 0
}

// cut returns the length of the first field, and where the next begins.
func cut(b []byte) (field, rest int) {
	i := bytes.IndexAny(b, ",;|:=\t\"'[](){}<>\n，；：。、（）")
	if i < 0 {
		return len(b), len(b)
	}
	_, n := utf8.DecodeRune(b[i:])
	return i, i + n
}

func blank(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '"' || c == '\''
}

// canonical is the key of a value: one number in two lists names two persons.
func canonical(class string, b []byte) []byte {
	return append(append([]byte(class), 0), b...)
}
