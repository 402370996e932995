package rules

import (
	"regexp/syntax"
	"unicode/utf8"
)

// endless stands for a length without bound.
const endless = 1 << 20

// length returns the least and the most bytes that a match of a node has.
func length(re *syntax.Regexp) (low, high int) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			low += runeLow(r, r)
			high += utf8.RuneLen(r)
		}
		return low, high
	case syntax.OpCharClass:
		return classLength(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, utf8.UTFMax
	case syntax.OpCapture:
		return length(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			a, b := length(sub)
			low, high = min(low+a, endless), min(high+b, endless)
		}
		return low, high
	case syntax.OpAlternate:
		low, high = length(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			a, b := length(sub)
			low, high = min(low, a), max(high, b)
		}
		return low, high
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		return repeated(re)
	}
	return 0, 0 // of no width
}

func repeated(re *syntax.Regexp) (low, high int) {
	low, high = length(re.Sub[0])
	from, to := 0, -1
	switch re.Op {
	case syntax.OpPlus:
		from = 1
	case syntax.OpQuest:
		to = 1
	case syntax.OpRepeat:
		from, to = re.Min, re.Max
	}
	switch {
	case high == 0:
	case to < 0:
		high = endless
	default:
		high = min(high*to, endless)
	}
	return min(low*from, endless), high
}

func classLength(pairs []rune) (low, high int) {
	if len(pairs) == 0 {
		return 0, 0 // matches nothing
	}
	low = utf8.UTFMax
	for i := 0; i < len(pairs); i += 2 {
		low = min(low, runeLow(pairs[i], pairs[i+1]))
		high = max(high, runeLen(pairs[i+1]))
	}
	return low, high
}

// runeLow is the least length of a rune between two. A byte that is no UTF-8
// counts as the replacement character and has a length of one.
func runeLow(from, to rune) int {
	if from <= utf8.RuneError && to >= utf8.RuneError {
		return 1
	}
	return runeLen(from)
}

func runeLen(r rune) int {
	if n := utf8.RuneLen(r); n > 0 {
		return n
	}
	return utf8.UTFMax - 1 // a surrogate
}
