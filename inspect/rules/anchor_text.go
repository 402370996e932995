package rules

import (
	"regexp/syntax"
	"slices"
	"unicode"
)

// textSet is all that a piece of a pattern can match, where that is little.
type textSet struct {
	list []string
	fold bool // also with ASCII letters in the other case
}

func texts1(s string) textSet { return textSet{list: []string{s}} }

// join returns what a set and then another can match.
func (t textSet) join(o textSet) (out textSet, ok bool) {
	out.fold = t.fold || o.fold
	for _, a := range t.list {
		for _, b := range o.list {
			out.list = append(out.list, a+b)
		}
		if len(out.list) > maxAnchors || len(a) > maxAnchor {
			return textSet{}, false
		}
	}
	return out, len(out.list) > 0
}

// exact returns all that a node can match, if that is known and little.
func exact(re *syntax.Regexp) (textSet, bool) {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpBeginLine, syntax.OpEndLine:
		return texts1(""), true
	case syntax.OpLiteral:
		// A byte that is no UTF-8 matches the replacement character.
		return texts1(string(re.Rune)), !slices.Contains(re.Rune, unicode.ReplacementChar)
	case syntax.OpCharClass:
		return oneOf(re.Rune)
	case syntax.OpCapture:
		return exact(re.Sub[0])
	case syntax.OpConcat:
		out, ok := texts1(""), true
		for _, sub := range re.Sub {
			next, known := exact(sub)
			if known {
				out, ok = out.join(next)
			}
			if !known || !ok {
				return textSet{}, false
			}
		}
		return out, true
	case syntax.OpAlternate:
		var out textSet
		for _, sub := range re.Sub {
			next, ok := exact(sub)
			if !ok || len(out.list)+len(next.list) > maxAnchors {
				return textSet{}, false
			}
			out.list, out.fold = append(out.list, next.list...), out.fold || next.fold
		}
		return out, true
	case syntax.OpRepeat:
		if re.Min != re.Max || re.Max > 8 {
			return textSet{}, false
		}
		out, ok := texts1(""), true
		for range re.Max {
			next, known := exact(re.Sub[0])
			if known {
				out, ok = out.join(next)
			}
			if !known || !ok {
				return textSet{}, false
			}
		}
		return out, true
	}
	return textSet{}, false
}

// oneOf returns the members of a small class.
func oneOf(pairs []rune) (out textSet, ok bool) {
	if len(pairs) == 4 && pairs[0] == pairs[1] && pairs[2] == pairs[3] && letter(pairs[0]) && pairs[2] == pairs[0]+'a'-'A' {
		return textSet{list: []string{string(pairs[2])}, fold: true}, true
	}
	for i := 0; i < len(pairs); i += 2 {
		for r := pairs[i]; r <= pairs[i+1]; r++ {
			if len(out.list) == 4 || r == unicode.ReplacementChar {
				return textSet{}, false
			}
			out.list = append(out.list, string(r))
		}
	}
	return out, len(out.list) > 0
}

// unfold writes out texts that match in either case, of ASCII letters only in
// ASCII: the matcher knows no other case, and nobody means the Kelvin sign.
func unfold(re *syntax.Regexp) *syntax.Regexp {
	if re.Op == syntax.OpLiteral && re.Flags&syntax.FoldCase != 0 {
		out := &syntax.Regexp{Op: syntax.OpConcat}
		for _, r := range re.Rune {
			out.Sub = append(out.Sub, cases(r))
		}
		if len(out.Sub) == 1 {
			return out.Sub[0]
		}
		return out
	}
	for i, sub := range re.Sub {
		re.Sub[i] = unfold(sub)
	}
	return re
}

// cases is a rune in all its cases.
func cases(r rune) *syntax.Regexp {
	all := []rune{r}
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		if !letter(r) || letter(o) {
			all = append(all, o)
		}
	}
	if len(all) == 1 {
		return &syntax.Regexp{Op: syntax.OpLiteral, Rune: all}
	}
	slices.Sort(all)
	class := &syntax.Regexp{Op: syntax.OpCharClass}
	for _, o := range all {
		class.Rune = append(class.Rune, o, o)
	}
	return class
}
