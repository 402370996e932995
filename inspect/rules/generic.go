package rules

import (
	"slices"
	"strings"

	"github.com/datacustoms/customs/inspect/check"
)

// generic gives a rule of a generic confirmer what matches it.
func (b *builder) generic(fr *fileRule, r *Rule, fault func(code string, args ...any)) {
	foreign := func(wrong bool, key string) {
		if wrong {
			fault("foreign", key, r.Confirm)
		}
	}
	foreign(r.Confirm != Pattern && fr.Pattern != "", "pattern")
	foreign(r.Confirm != Pattern && fr.Max != 0, "max")
	foreign(r.Confirm != Pattern && fr.Slow, "slow")
	foreign(r.Confirm != Exact && fr.List != "", "list")
	foreign(!r.Confirm.Generic() && fr.Person != nil, "person")
	kind := check.Nobody
	if fr.Person != nil && *fr.Person || fr.Person == nil && r.Confirm == Exact && strings.HasPrefix(string(r.Class), "pi.") {
		kind = check.KindAccount
	}
	switch r.Confirm {
	case Keyword:
		foreign(kind != check.Nobody, "person")
		if len(r.Triggers) == 0 {
			fault("trigger")
		}
		r.Match = keyword(fr.Trigger)
	case Pattern:
		b.pattern(fr, r, kind, fault)
	case Exact:
		b.exact(fr, r, kind, fault)
	}
}

// keyword returns the confirmer of a trigger word that is itself the finding.
// Over a column it says nothing of the cells.
func keyword(w words) func(*check.Sight) {
	exact := map[string]bool{}
	for _, t := range (words{Exact: w.Exact}).triggers() {
		exact[t.Text] = true
	}
	folded := map[string]bool{}
	for _, t := range (words{Zh: w.Zh, En: w.En}).triggers() {
		folded[lowered(t.Text)] = true
	}
	return func(s *check.Sight) {
		switch word := s.Candidate(); {
		case s.Cell > 0:
		case len(exact) == 0, exact[string(word)], folded[lowered(string(word))]:
			s.Add(s.From, s.To, check.Nobody, nil)
		}
	}
}

func (b *builder) pattern(fr *fileRule, r *Rule, kind check.Kind, fault func(code string, args ...any)) {
	if !fr.Trigger.empty() {
		fault("foreign", "trigger", r.Confirm)
	}
	if fr.Pattern == "" {
		fault("pattern")
		return
	}
	p, code, args := newPattern(fr.Pattern, fr.Max, fr.Slow)
	if code != "" {
		fault(code, args...)
		return
	}
	class := string(r.Class)
	add := func(s *check.Sight, from, to int) {
		key := []byte(nil)
		if kind != check.Nobody {
			key = canonical(class, normal(nil, s.Text[from:to], 4*(to-from)))
		}
		s.Add(from, to, kind, key)
	}
	if r.Slow = fr.Slow; r.Slow {
		r.Match = p.everywhere(add)
	} else {
		r.Triggers = p.triggers()
		r.Match = func(s *check.Sight) {
			if from, to, ok := p.find(s); ok && s.Cell == 0 {
				add(s, from, to)
			}
		}
	}
	for i, text := range r.Hit {
		if !r.meets([]byte(text)) {
			fault("pattern-hit", i+1)
		}
	}
}

// meets reports whether a rule's triggers and match find something in a text.
func (r *Rule) meets(text []byte) bool {
	s := check.Sight{Text: text}
	if r.Slow {
		s.To = len(text)
		r.Match(&s)
	}
	for _, t := range r.Triggers {
		low := text
		word := t.Text
		if !t.Exact {
			low, word = check.Lower(nil, text), lowered(word)
		}
		for from := 0; from+len(word) <= len(low); from++ {
			if string(low[from:from+len(word)]) == word {
				s.From, s.To = from, from+len(word)
				r.Match(&s)
			}
		}
	}
	return len(s.Values) > 0
}

func (b *builder) exact(fr *fileRule, r *Rule, kind check.Kind, fault func(code string, args ...any)) {
	if fr.List == "" {
		fault("list")
		return
	}
	data, err := b.open(r.File, fr.List)
	var l *List
	if err == nil {
		l, err = ReadList(data)
	}
	if err != nil {
		fault("list-file", fr.List, err)
		return
	}
	b.sum.Write(l.sum[:])
	named := !fr.Trigger.empty()
	switch {
	case named:
	case l.Prefix != "":
		r.Triggers = words{En: []string{l.Prefix}}.triggers()
	case l.Shape == ShapeDigits && l.Min >= 11 && l.Max <= 21:
		r.On = check.OnDigits
	case l.Serial:
		r.On = check.OnSerial
	case l.Shape == ShapeCode && l.Min >= 17 && l.Max <= 19:
		r.On = check.OnWord
	default:
		fault("list-anchor")
		return
	}
	r.Match = l.match(r.On, named, kind, string(r.Class))
}

// public are the classes that an operator's rule may report besides its own.
func public(class string, known func(string) bool) bool {
	own := []string{"x.", "pi.account."}
	return known(class) || slices.ContainsFunc(own, func(p string) bool { return strings.HasPrefix(class, p) })
}
