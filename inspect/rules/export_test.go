package rules

import "regexp"

// Anchor shows one anchor of a pattern to tests.
type Anchor struct {
	Text      string
	Fold      bool
	Low, High int
}

// Anchors reads a pattern and returns its anchors, the longest match, and the
// expression as it is compiled; or the code of the fault.
func Anchors(expr string, limit int) (out []Anchor, most int, compiled *regexp.Regexp, code string) {
	p, code, _ := newPattern(expr, limit, false)
	if p == nil {
		return nil, 0, nil, code
	}
	for _, a := range p.anchors {
		out = append(out, Anchor{a.text, a.fold, a.low, a.high})
	}
	text := p.start.String()
	return out, p.max, regexp.MustCompile(text[len(`\A`):]), ""
}

// Normal shows the normal form of a value to tests.
func Normal(b []byte) []byte { return normal(nil, b, maxValue) }

// Texts lists the codes of faults whose texts are not complete.
func Texts() (bad []string) {
	for code, t := range texts {
		if t.en == "" || t.zh == "" || (t.mend == "") != (t.mendZh == "") {
			bad = append(bad, code)
		}
	}
	return bad
}

// Unscoped lists the built-in rules that state no scope.
func Unscoped() (out []string) {
	files, err := builtIn()
	if err != nil {
		return []string{err.Error()}
	}
	for _, f := range files {
		for _, r := range f.Rules {
			if r.Scope == "" {
				out = append(out, f.Name+": "+r.ID)
			}
		}
	}
	return out
}
