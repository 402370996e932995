package check

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// MaxGroups is how many groups of words one Lexicon tells apart.
const MaxGroups = 256

// GroupSet is a set of groups. Sets can be compared with ==.
type GroupSet [MaxGroups / 64]uint64

// Has reports whether a group is in the set.
func (s *GroupSet) Has(group uint) bool {
	return group < MaxGroups && s[group>>6]>>(group&63)&1 != 0
}

// Add puts a group into the set; one out of range is ignored.
func (s *GroupSet) Add(group uint) {
	if group < MaxGroups {
		s[group>>6] |= 1 << (group & 63)
	}
}

// Or returns the groups of both sets.
func (s GroupSet) Or(o GroupSet) GroupSet {
	for i := range s {
		s[i] |= o[i]
	}
	return s
}

// Empty reports whether the set has no group.
func (s GroupSet) Empty() bool { return s == GroupSet{} }

// Entry is one context word, which ASCII letters match in either case.
type Entry struct {
	Word  string
	Group uint
}

type lexeme struct {
	head, mask uint64 // the first eight bytes, and which of them count
	word       string // ASCII lower-cased
	group      uint
}

// Lexicon finds context words of many groups in one pass. It does not change
// after NewLexicon and is safe for concurrent use; the zero value knows no
// words.
//
// A place is looked at closer only if its first two bytes begin a word, and
// then its first three: Chinese text shares few first bytes but many seconds.
type Lexicon struct{ t *tables }

type tables struct {
	pairs  [1 << 10]uint64 // bit per pair of leading bytes
	rank   [1 << 10]uint16 // pairs that stand before these 64
	third  [1 << 8]uint64  // bit per hash of three leading bytes
	first  []uint32        // of the lexemes of a pair, by rank; one more at the end
	lexeme []lexeme
}

// NewLexicon makes a Lexicon. Words have at least two bytes.
func NewLexicon(entries []Entry) (Lexicon, error) {
	t := new(tables)
	for _, e := range entries {
		if len(e.Word) < 2 {
			return Lexicon{}, errors.New("a context word must have at least two bytes")
		}
		if e.Group >= MaxGroups {
			return Lexicon{}, fmt.Errorf("context words have at most %d groups", MaxGroups)
		}
		t.add(e)
	}
	// By leading pair, so that the words of a pair stand together.
	slices.SortStableFunc(t.lexeme, func(a, b lexeme) int { return int(uint16(a.head)) - int(uint16(b.head)) })
	n := 0
	for i, w := range t.pairs {
		t.rank[i] = uint16(n)
		n += bits.OnesCount64(w)
	}
	last := -1
	for i := range t.lexeme {
		if k := int(uint16(t.lexeme[i].head)); k != last {
			t.first, last = append(t.first, uint32(i)), k
		}
	}
	t.first = append(t.first, uint32(len(t.lexeme)))
	return Lexicon{t}, nil
}

func (t *tables) add(e Entry) {
	w := string(Lower(nil, []byte(e.Word)))
	x := lexeme{word: w, group: e.Group, head: load([]byte(w))}
	x.mask = ^uint64(0) >> (64 - 8*min(len(w), 8))
	k := uint16(x.head)
	t.pairs[k>>6] |= 1 << (k & 63)
	t.lexeme = append(t.lexeme, x)
	if len(w) > 2 {
		h := trigram(x.head)
		t.third[h>>6] |= 1 << (h & 63)
		return
	}
	for c := range uint64(256) { // whatever follows
		h := trigram(x.head | c<<16)
		t.third[h>>6] |= 1 << (h & 63)
	}
}

// Groups returns the groups that have a word in the text. A word in ASCII
// letters does not count inside a longer one: "tel" is not in "hotel", but is
// in "userTel" and "tel_no".
func (l *Lexicon) Groups(text []byte) (set GroupSet) {
	t := l.t
	if t == nil {
		return set
	}
	if len(text) == 0 {
		return set
	}
	k := uint16(fold(text[0])) << 8
	for i, c := range text[1:] {
		k = k>>8 | uint16(fold(c))<<8
		in := t.pairs[k>>6]
		if in>>(k&63)&1 == 0 {
			continue
		}
		x := load(text[i:])
		if h := trigram(x); t.third[h>>6]>>(h&63)&1 == 0 {
			continue
		}
		n := int(t.rank[k>>6]) + bits.OnesCount64(in&(1<<(k&63)-1))
		for j := t.first[n]; j < t.first[n+1]; j++ {
			w := &t.lexeme[j]
			if (x^w.head)&w.mask == 0 && !set.Has(w.group) && matches(text, i, w.word) {
				set.Add(w.group)
			}
		}
	}
	return set
}

// trigram is a hash of the first three bytes.
func trigram(x uint64) uint32 { return uint32(x<<8) * 0x9e3779b1 >> 18 }

// load returns the first eight bytes, ASCII lower-cased, with zeros behind
// the end.
func load(b []byte) (x uint64) {
	if len(b) >= 8 {
		x = binary.LittleEndian.Uint64(b)
	} else {
		for i, c := range b {
			x |= uint64(c) << (8 * i)
		}
	}
	// In each byte below 0x80 the top bit of the sums tells 'A' or above, and
	// above 'Z'.
	const ones = 0x0101010101010101
	low := x & (0x7f * ones)
	upper := ((low + (0x80-'A')*ones) ^ (low + (0x7f-'Z')*ones)) &^ x & (0x80 * ones)
	return x | upper>>2
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
