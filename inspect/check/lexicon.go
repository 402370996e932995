package check

import (
	"errors"
	"fmt"
)

// MaxGroups is how many groups of words one Lexicon tells apart.
const MaxGroups = 64

// GroupSet is a set of groups.
type GroupSet uint64

// Has reports whether a group is in the set.
func (s GroupSet) Has(group uint) bool { return s>>group&1 != 0 }

// Entry is one context word, which ASCII letters match in either case.
type Entry struct {
	Word  string
	Group uint
}

type lexeme struct {
	word  string // ASCII lower-cased
	group uint
}

// Lexicon finds context words of many groups in one pass. It does not change
// after NewLexicon and is safe for concurrent use; the zero value knows no
// words.
type Lexicon struct {
	seen  *[1 << 10]uint64 // bit per pair of leading bytes
	words map[uint16][]lexeme
}

// NewLexicon makes a Lexicon. Words have at least two bytes.
func NewLexicon(entries []Entry) (Lexicon, error) {
	l := Lexicon{seen: new([1 << 10]uint64), words: map[uint16][]lexeme{}}
	for _, e := range entries {
		if len(e.Word) < 2 {
			return Lexicon{}, errors.New("a context word must have at least two bytes")
		}
		if e.Group >= MaxGroups {
			return Lexicon{}, fmt.Errorf("context words have at most %d groups", MaxGroups)
		}
		w := string(Lower(nil, []byte(e.Word)))
		k := uint16(w[0]) | uint16(w[1])<<8
		l.seen[k>>6] |= 1 << (k & 63)
		l.words[k] = append(l.words[k], lexeme{w, e.Group})
	}
	return l, nil
}

// Groups returns the groups that have a word in the text. A word in ASCII
// letters does not count inside a longer one: "tel" is not in "hotel", but is
// in "userTel" and "tel_no".
func (l *Lexicon) Groups(text []byte) (set GroupSet) {
	if l.seen == nil {
		return 0
	}
	for i := 0; i+1 < len(text); i++ {
		k := uint16(fold(text[i])) | uint16(fold(text[i+1]))<<8
		if l.seen[k>>6]>>(k&63)&1 == 0 {
			continue
		}
		for _, x := range l.words[k] {
			if !set.Has(x.group) && matches(text, i, x.word) {
				set |= 1 << x.group
			}
		}
	}
	return set
}

func matches(text []byte, i int, word string) bool {
	if len(text)-i < len(word) {
		return false
	}
	for k := range len(word) {
		if fold(text[i+k]) != word[k] {
			return false
		}
	}
	j := i + len(word)
	if lower(word[0]) && i > 0 && alpha(text[i-1]) && (lower(text[i]) || !lower(text[i-1])) {
		return false
	}
	return !lower(word[len(word)-1]) || j == len(text) || !alpha(text[j]) ||
		lower(text[j-1]) && !lower(text[j])
}

func fold(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func lower(c byte) bool { return c >= 'a' && c <= 'z' }
func alpha(c byte) bool { return lower(fold(c)) }
