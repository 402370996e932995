package rules

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect/check"
)

const (
	maxPattern = 512                  // bytes of a pattern
	reach      = check.ReachBytes - 8 // bytes of a match before and behind its anchor
)

// pattern is a regular expression that is tried where an anchor stands.
type pattern struct {
	anchors   []anchor
	low, high int            // bytes of a match before an anchor
	max       int            // bytes of a match
	next      *regexp.Regexp // at a place with a character before it
	start     *regexp.Regexp // at the start of a text
	han       bool           // it names characters that GB18030 writes otherwise
	first     *[256]bool     // bytes with which a match may begin
}

// newPattern reads a pattern. limit is the most bytes of a match, or 0; slow
// asks for no anchor. The code is that of a fault, with its arguments.
func newPattern(expr string, limit int, slow bool) (p *pattern, code string, args []any) {
	if len(expr) > maxPattern {
		return nil, "pattern-long", []any{maxPattern}
	}
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, "pattern-syntax", []any{err}
	}
	if has(re, syntax.OpBeginText, syntax.OpEndText) {
		return nil, "pattern-ends", nil
	}
	re = unfold(re)
	low, high := length(re)
	if low == 0 {
		return nil, "pattern-empty", nil
	}
	if limit > 0 {
		high = min(high, limit)
	}
	if high >= endless {
		return nil, "pattern-endless", nil
	}
	p = &pattern{max: high, han: wide(re), first: new([256]bool)}
	firsts(re, p.first)
	if !slow {
		if code, args = p.anchor(re); code != "" {
			return nil, code, args
		}
	} else if p.max > reach {
		return nil, "pattern-reach", []any{p.max, reach}
	}
	text := re.String()
	if p.start, err = regexp.Compile(`\A(?:` + text + `)`); err == nil {
		p.next, err = regexp.Compile(`\A(?s:.)(?:` + text + `)`)
	}
	if err != nil {
		return nil, "pattern-syntax", []any{err}
	}
	return p, "", nil
}

// anchor finds the anchors and how far a match reaches around them.
func (p *pattern) anchor(re *syntax.Regexp) (code string, args []any) {
	var f finder
	p.anchors = f.find(re, false, false)
	if p.anchors == nil && f.blame != "" {
		return "pattern-border", []any{f.blame}
	}
	if p.anchors == nil {
		return "pattern-anchor", nil
	}
	p.low = endless
	n := maxAnchor
	for _, a := range p.anchors {
		p.low, p.high, n = min(p.low, a.low), max(p.high, a.high), min(n, len(a.text))
	}
	p.high = min(p.high, p.max-n)
	if far := max(p.high, p.max-p.low-n); far > reach {
		return "pattern-reach", []any{far, reach}
	}
	return "", nil
}

// triggers are the anchors as trigger words.
func (p *pattern) triggers() (out []Trigger) {
	var w words
	for _, a := range p.anchors {
		if list := &w.Exact; a.fold {
			w.En = append(w.En, a.text)
		} else if !slices.Contains(*list, a.text) {
			*list = append(*list, a.text)
		}
	}
	slices.Sort(w.En)
	w.En = slices.Compact(w.En)
	return w.triggers()
}

// has reports whether a node holds one of the operations.
func has(re *syntax.Regexp, ops ...syntax.Op) bool {
	return slices.Contains(ops, re.Op) || slices.ContainsFunc(re.Sub, func(s *syntax.Regexp) bool { return has(s, ops...) })
}

// wide reports whether a node names a character outside of ASCII.
func wide(re *syntax.Regexp) bool {
	if re.Op == syntax.OpLiteral || re.Op == syntax.OpCharClass {
		// A class that goes on to the last character is a negated one.
		return slices.ContainsFunc(re.Rune, func(r rune) bool { return r >= utf8.RuneSelf && r != utf8.MaxRune })
	}
	return slices.ContainsFunc(re.Sub, wide)
}
