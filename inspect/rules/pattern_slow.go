package rules

import (
	"regexp/syntax"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect/check"
)

// everywhere returns the confirmer of a slow rule: the candidate is a stretch
// of the stream, and what begins in it is found.
func (p *pattern) everywhere(add func(s *check.Sight, from, to int)) func(*check.Sight) {
	return func(s *check.Sight) {
		for from := s.From; from < s.To; from++ {
			if !p.first[s.Text[from]] {
				continue
			}
			if to := p.at(s.Text, from); to > from {
				add(s, from, to)
				from = to - 1
			}
		}
	}
}

// firsts notes the bytes with which a match of a node may begin. It returns
// whether the node may match nothing.
func firsts(re *syntax.Regexp, set *[256]bool) (empty bool) {
	switch re.Op {
	case syntax.OpLiteral:
		mark(set, re.Rune[0], re.Rune[0])
		return false
	case syntax.OpCharClass:
		for i := 0; i < len(re.Rune); i += 2 {
			mark(set, re.Rune[i], re.Rune[i+1])
		}
		return false
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		mark(set, 0, utf8.MaxRune)
		return false
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !firsts(sub, set) {
				return false
			}
		}
		return true
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			empty = firsts(sub, set) || empty
		}
		return empty
	case syntax.OpCapture, syntax.OpPlus:
		return firsts(re.Sub[0], set)
	case syntax.OpStar, syntax.OpQuest:
		firsts(re.Sub[0], set)
		return true
	case syntax.OpRepeat:
		return firsts(re.Sub[0], set) || re.Min == 0
	}
	return true // of no width
}

func mark(set *[256]bool, from, to rune) {
	for r := from; r <= min(to, utf8.RuneSelf-1); r++ {
		set[r] = true
	}
	for c := utf8.RuneSelf; to >= utf8.RuneSelf && c < len(set); c++ {
		set[c] = true
	}
}
