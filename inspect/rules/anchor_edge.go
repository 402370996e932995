package rules

import (
	"regexp/syntax"
	"slices"
)

// plain takes the groups out of a concatenation, so that its items follow
// each other.
func plain(re *syntax.Regexp) []*syntax.Regexp {
	switch re.Op {
	case syntax.OpCapture:
		return plain(re.Sub[0])
	case syntax.OpConcat:
		var out []*syntax.Regexp
		for _, sub := range re.Sub {
			out = append(out, plain(sub)...)
		}
		return out
	}
	return []*syntax.Regexp{re}
}

// closed reports whether what stands next to a place is never an ASCII letter:
// side holds the items from the place outward, first those that touch it, and
// outer says so of what is beyond them.
func closed(side []*syntax.Regexp, end func(*syntax.Regexp) bool, outer bool) bool {
	for _, re := range side {
		switch re.Op {
		case syntax.OpWordBoundary, syntax.OpBeginLine, syntax.OpEndLine:
			return true // the other side of the border is a letter of the anchor
		}
		if end(re) {
			return false
		}
		if low, _ := length(re); low > 0 {
			return true
		}
	}
	return outer
}

func begins(re *syntax.Regexp) bool { return edge(re, true) }
func ends(re *syntax.Regexp) bool   { return edge(re, false) }

// edge reports whether a match of a node may begin, or end, with an ASCII
// letter.
func edge(re *syntax.Regexp, first bool) bool {
	switch re.Op {
	case syntax.OpLiteral:
		r := re.Rune[len(re.Rune)-1]
		if first {
			r = re.Rune[0]
		}
		return letter(r) || re.Flags&syntax.FoldCase != 0
	case syntax.OpCharClass:
		for i := 0; i < len(re.Rune); i += 2 {
			if re.Rune[i] <= 'Z' && re.Rune[i+1] >= 'A' || re.Rune[i] <= 'z' && re.Rune[i+1] >= 'a' {
				return true
			}
		}
		return false
	case syntax.OpConcat:
		sub := slices.Clone(re.Sub)
		if !first {
			slices.Reverse(sub)
		}
		for _, s := range sub {
			if edge(s, first) {
				return true
			}
			if low, _ := length(s); low > 0 {
				return false
			}
		}
		return false
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, func(s *syntax.Regexp) bool { return edge(s, first) })
	case syntax.OpCapture, syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		return edge(re.Sub[0], first)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	}
	return false
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
