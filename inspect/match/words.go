package match

import "fmt"

// MaxTrigger is the length of the longest trigger word in bytes.
const MaxTrigger = 64

// Trigger is a word whose places are candidates of Kind Key. Its first or last
// byte, if an ASCII letter, must not stand inside a longer word in letters:
// "tel" is not in "hotel", but is in "userTel", "tel_no" and "tel2".
type Trigger struct {
	Text  string // the bytes as they stand in the stream
	GB    bool   // they are GB18030, not UTF-8
	Exact bool   // ASCII letters match only in the case they are written in; behind four letters or more a longer word may go on
}

// WordsError reports trigger words that cannot be looked for.
type WordsError struct {
	Words  []string
	Reason string
}

func (e *WordsError) Error() string {
	return fmt.Sprintf("trigger words %q: %s", e.Words, e.Reason)
}

// Words is a set of trigger words. It does not change after NewWords and may
// be used by many streams at once.
type Words struct {
	list                              []entry
	starts, shorts, hans, pairs, rare *table // by what stands at the anchor; nil without words
}

// entry is a word and the place in it at which it is looked for.
type entry struct {
	text   string // ASCII letters lower-cased unless exact
	anchor int
	exact  bool
	sure   bool // the tables tell all of it
	open   bool // a longer word may go on behind it
}

// NewWords makes a Words. The Key of a candidate is its trigger's index in t.
// A word has 2 to MaxTrigger bytes, among them an ASCII letter or two bytes in
// a row that are not ASCII.
func NewWords(t []Trigger) (*Words, error) {
	if len(t) > 1<<16 {
		return nil, &WordsError{nil, "there can be at most 65536"}
	}
	var sets [spots][]place
	w := &Words{}
	seen := make(map[string]bool, len(t))
	var size, twice, blank []string
	for i, x := range t {
		if len(x.Text) < 2 || len(x.Text) > MaxTrigger {
			size = append(size, x.Text)
		}
		if seen[x.Text] {
			twice = append(twice, x.Text)
		}
		seen[x.Text] = true
		g, at, long := anchor(x)
		if g == nowhere {
			blank = append(blank, x.Text)
			continue
		}
		e := entry{text: x.Text, anchor: at, exact: x.Exact, sure: at == 0 && len(x.Text) <= 16, open: x.Exact && long}
		if !x.Exact {
			e.text = lowered(x.Text)
		}
		w.list = append(w.list, e)
		sets[g] = append(sets[g], place{e.text[at:], uint16(i), x.Exact})
	}
	switch {
	case size != nil:
		return nil, &WordsError{size, fmt.Sprintf("a word has 2 to %d bytes", MaxTrigger)}
	case twice != nil:
		return nil, &WordsError{twice, "a word is there twice"}
	case blank != nil:
		return nil, &WordsError{blank, "a word needs a letter or a character that is not ASCII"}
	}
	w.build(&sets)
	return w, nil
}

func lowered(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = fold(c)
	}
	return string(b)
}

// spot says at what a word is looked for, the later the better.
type spot int

const (
	nowhere spot = iota
	atRare       // any two bytes that are not ASCII
	atShort      // an ASCII letter and one byte or two, or more if not all of four are letters
	atPair       // four bytes of GB18030, one that tells
	atHan        // two Han characters in UTF-8
	atStart      // four ASCII letters
	spots
)

// anchor chooses where a word is looked for. Long says whether it has four
// ASCII letters in a row where a word can begin.
func anchor(t Trigger) (best spot, at int, long bool) {
	s := t.Text
	for i, step := 0, 0; i < len(s); i += step {
		c, rest, g := s[i], len(s)-i, nowhere
		step = 1
		switch {
		case alpha(c):
			if i > 0 && alpha(s[i-1]) {
				break
			}
			if g = atShort; rest >= 4 && letters(s[i:i+4]) == 4 {
				g, long = atStart, true
			}
		case c < 0x80:
		case t.GB:
			if step = 2; rest > 4 && digit(s[i+1]) {
				step = 4
			}
			if g = atRare; rest >= 4 && tell(s[i:i+4]) {
				g = atPair
			}
		case c >= 0xe4 && c <= 0xe9 && rest >= 3:
			if step, g = 3, atHan; rest < 6 || letters(s[i:i+6]) > 0 {
				g = atRare
			}
		default:
			g = atRare
		}
		if g == atRare && (rest < 2 || s[i+1] < 0x80 && !t.GB) || g == atShort && rest < 2 {
			g = nowhere
		}
		// What stands before four letters is rarer than they are.
		if g > best && (best != atShort || g != atStart || len(s)-at < 4) {
			best, at = g, i
		}
	}
	return best, at, long
}

func letters(s string) (n int) {
	for i := range len(s) {
		if alpha(s[i]) {
			n++
		}
	}
	return n
}

func tell(s string) bool {
	for i := range len(s) {
		if tells(s[i]) {
			return true
		}
	}
	return false
}
