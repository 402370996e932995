package check

import "bytes"

// markWords are the words an internal mark in English is made of. The first
// group tells something, the second only joins.
var (
	markWords = wordSet("confidential strictly company highly most private proprietary internal commercial confidence only use " +
		"trade secret secrets top restricted distribute distribution copy forward disclose disclosure sensitive client business " +
		"information document material official corporate property")
	markJoins = wordSet("and not do for in of or the to a be no without permission & - / by")
)

// latinMost is how long the line of a mark in English is at most.
const latinMost = 72

// internalLatin confirms a mark in English. It is one where nothing stands
// beside it on its line or in its brackets; a comment in source code is none.
func (s *Sight) internalLatin() {
	before, after, first, last := s.around()
	v := s.Add(s.From, s.To, Nobody, nil)
	i, l := phraseStart(before)
	n, r := phraseEnd(after)
	if classKey(before[:i]) && valueEnds(after[n:]) {
		v.From, v.To = s.From-(len(before)-i), s.To+n
		return
	}
	left, decor := leftEdge(before[:i], first)
	if k := pageNumber(before[:i]); left == edgeText && k > 0 {
		if left, _ = leftEdge(before[:i-k], first); left == edgeLine {
			decor = 0
		}
	}
	right, tail := rightEdge(after[n:], last, nil)
	_, closing := rightDecor(after[n:])
	text := s.Text[s.From-(len(before)-i) : s.To+n]
	ok := left != edgeText && right != edgeText && len(text) <= latinMost
	words := l + r + 1
	if bytes.IndexByte(s.Candidate(), ' ') > 0 && fold(s.Text[s.From]) != 't' {
		words++ // "internal use only", "do not distribute"
	}
	switch {
	case !ok:
	case left == edgeBracket:
		ok = right == edgeBracket && capitals(text, words == 1) && !linked(after[n+tail:])
	case left == edgeTag:
		ok = right == edgeTag && capitals(text, false)
	case decor > 0 && bytes.ContainsAny(before[i-decor:i], "#|_"):
		ok = false
	case hasRule(before[i-decor : i]):
		ok = closing && capitals(text, false)
	default:
		// Alone on a line: a heading of prose is written like this too, so
		// one word must shout, or stand between empty lines.
		ok = !closing && decor < 60 && capitals(text, words == 1 && !apart(before[:i-decor], after[n+tail:], first, last))
	}
	if !ok {
		v.Lift = -1
		return
	}
	v.From, v.To = s.From-(len(before)-i), s.To+n
}

// apart reports whether empty lines, or the ends of the text, stand on both
// sides of a line.
func apart(before, after []byte, first, last bool) bool {
	head := bytes.TrimRight(before, " \t\r")
	above := len(head) == 0 && first || bytes.HasSuffix(bytes.TrimRight(bytes.TrimSuffix(head, []byte("\n")), " \t\r"), []byte("\n")) ||
		first && len(bytes.TrimSpace(head)) == 0
	foot := bytes.TrimLeft(after, " \t\r.")
	below := len(foot) == 0 && last || bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(foot, []byte("\n")), " \t\r"), []byte("\n"))
	return above && below || above && last && len(bytes.TrimSpace(foot)) == 0
}

// pageNumber returns how much of the end of b is the number of a page, as in
// the line at the head or foot of one.
func pageNumber(b []byte) int {
	t := bytes.TrimRight(b, " \t|-")
	i := len(t)
	for i > 0 && (t[i-1] >= '0' && t[i-1] <= '9' || t[i-1] == ' ' || t[i-1] == '/' || t[i-1] == 'o' || t[i-1] == 'f') {
		i--
	}
	if i == len(t) || i < 4 || !equalFold(t[i-4:i], "page") {
		return 0
	}
	return len(b) - (i - 4)
}

// phraseStart returns where the words of a mark that end b begin, and how many
// they are.
func phraseStart(b []byte) (i, words int) {
	for i = len(b); i > 0; {
		k := i
		for k > 0 && (b[k-1] == ' ' || b[k-1] == '/' || b[k-1] == '&' || b[k-1] == ',') {
			k--
		}
		end := k
		for k > 0 && alpha(b[k-1]) {
			k--
		}
		w, ok := markWord(b[k:end])
		if !ok {
			return i, words
		}
		i, words = k, words+w
	}
	return i, words
}

// phraseEnd is phraseStart for what follows.
func phraseEnd(b []byte) (n, words int) {
	for n < len(b) {
		k := n
		for k < len(b) && k-n < 3 && (b[k] == ' ' || b[k] == '/' || b[k] == '&' || b[k] == ',' || b[k] == '.' || b[k] == '-') {
			k++
		}
		start := k
		for k < len(b) && alpha(b[k]) {
			k++
		}
		w, ok := markWord(b[start:k])
		if !ok {
			return n, words
		}
		n, words = k, words+w
	}
	return n, words
}

func markWord(b []byte) (n int, ok bool) {
	var low [16]byte
	if len(b) == 0 || len(b) > len(low) {
		return 0, false
	}
	for i, c := range b {
		low[i] = fold(c)
	}
	if markWords[string(low[:len(b)])] {
		return 1, true
	}
	return 0, markJoins[string(low[:len(b)])]
}

// capitals reports whether the words that tell something begin with capitals,
// or are all capitals.
func capitals(b []byte, all bool) bool {
	for i, c := range b {
		if !alpha(c) || lower(fold(c)) && c != fold(c) {
			continue
		}
		if all {
			return false
		}
		if i > 0 && alpha(b[i-1]) {
			continue
		}
		k := i
		for k < len(b) && alpha(b[k]) {
			k++
		}
		if !markJoins[string(b[i:k])] {
			return false
		}
	}
	return true
}

// linked reports whether a bracket is that of a link in markdown.
func linked(b []byte) bool {
	i := bytes.IndexByte(b, ']')
	return i >= 0 && i+1 < len(b) && (b[i+1] == '(' || b[i+1] == '[' || b[i+1] == ':')
}

// hasRule reports whether decoration is more than spaces.
func hasRule(b []byte) bool { return len(bytes.Trim(b, " \t")) > 0 }

// rightDecor reports whether decoration that is more than spaces and a full
// stop begins b.
func rightDecor(b []byte) (n int, is bool) {
	for n < len(b) && b[n] != '\n' && b[n] != '\r' {
		if b[n] == '*' || b[n] == '-' || b[n] == '=' || b[n] == '~' || b[n] == '_' {
			is = true
		}
		n++
	}
	return n, is
}
