package rules

import (
	"regexp/syntax"
	"slices"
)

// anchor is a text that stands in every match of a pattern at a promised
// place, one of several: the trigger words bring the matcher there. Where it
// begins or ends with an ASCII letter, no letter ever stands beside it, for
// trigger words are not looked for inside longer words.
type anchor struct {
	text      string // ASCII lower-cased if fold
	fold      bool   // it may stand there in either case
	low, high int    // bytes of the match before it
}

const (
	minAnchor  = 3  // bytes: one Chinese character
	maxAnchor  = 64 // bytes: as long as a trigger word can be
	maxAnchors = 16 // of one pattern
)

// finder looks for the anchors of a pattern.
type finder struct {
	blame string // a text that only lacked a border
}

// find returns the best anchors of a node, one of which stands in every
// match, or nil. left and right say that no letter stands beside the match.
func (f *finder) find(re *syntax.Regexp, left, right bool) (best []anchor) {
	items := plain(re)
	low, high := 0, 0
	for i, item := range items {
		before := slices.Clone(items[:i])
		slices.Reverse(before)
		open := closed(before, ends, left)
		for _, found := range [][]anchor{f.run(items[i:], open, right), f.inner(item, open, closed(items[i+1:], begins, right))} {
			for k := range found {
				found[k].low += low
				found[k].high = min(found[k].high+high, endless)
			}
			if worth(found) > worth(best) {
				best = found
			}
		}
		a, b := length(item)
		low, high = min(low+a, endless), min(high+b, endless)
	}
	return best
}

// run returns the anchors that begin with the first item, as many items on as
// their texts are known.
func (f *finder) run(items []*syntax.Regexp, left, right bool) []anchor {
	set, n, last := texts1(""), 0, 0 // last: behind the last item of any width
	for n < len(items) {
		next, ok := exact(items[n])
		if ok {
			next, ok = set.join(next)
		}
		if !ok {
			break
		}
		set = next
		n++
		if _, high := length(items[n-1]); high > 0 {
			last = n
		}
	}
	right = closed(items[last:], begins, right)
	var out []anchor
	for _, s := range set.list {
		a, ok := trim(s, left, right)
		if !ok {
			if lettered(s) && len(s) >= minAnchor && len(s) > len(f.blame) {
				f.blame = s
			}
			return nil
		}
		if a.fold = set.fold; a.fold {
			a.text = lowered(a.text)
		}
		out = append(out, a)
	}
	return out
}

// inner returns the anchors inside an item: those of every branch, or of the
// first turn of a repetition.
func (f *finder) inner(re *syntax.Regexp, left, right bool) (out []anchor) {
	switch {
	case re.Op == syntax.OpAlternate:
		for _, sub := range re.Sub {
			found := f.find(sub, left, right)
			if found == nil {
				return nil
			}
			out = append(out, found...)
		}
		if len(out) > maxAnchors {
			return nil
		}
		return out
	case re.Op == syntax.OpPlus, re.Op == syntax.OpRepeat && re.Min > 0:
		return f.find(re.Sub[0], left, false)
	}
	return nil
}

// trim takes the letters off an end of a text beside which more letters may
// stand. ok is false if too little is left.
func trim(s string, left, right bool) (a anchor, ok bool) {
	n := len(s)
	if n > maxAnchor {
		for n = maxAnchor; s[n]&0xc0 == 0x80; n-- { // between characters
		}
		right = false
	}
	for !right && n > 0 && letter(rune(s[n-1])) {
		n--
	}
	for !left && a.low < n && letter(rune(s[a.low])) {
		a.low++
	}
	a.high, a.text = a.low, s[a.low:n]
	return a, len(a.text) >= minAnchor && lettered(a.text)
}

// lettered reports whether a text has an ASCII letter or anything outside of
// ASCII: no other can be a trigger word.
func lettered(s string) bool {
	return slices.ContainsFunc([]byte(s), func(c byte) bool { return c >= 0x80 || letter(rune(c)) })
}

// worth orders sets of anchors: the longest short one counts, then how well
// its place is known.
func worth(list []anchor) int {
	if len(list) == 0 {
		return -1 << 30
	}
	n, spread := maxAnchor, 0
	for _, a := range list {
		n, spread = min(n, len(a.text)), max(spread, a.high-a.low)
	}
	return min(n, 12)*1000 - min(spread, 900) - len(list)
}

func lowered(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
