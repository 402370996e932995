package rules

import (
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
)

// against is the group of words that speak against any number; the groups of
// the rules follow.
const against = 0

// Score returns the confidence of a rule for a value that passed its check
// and stands between two texts, in a column over which the given words stand;
// lift is what the value's own form adds or takes. why tells what counted, as
// far as it shows here. ok is false where the rule reports nothing.
func (c *Catalogue) Score(r *Rule, before, after []byte, column check.GroupSet, lift int) (conf inspect.Confidence, why inspect.Why, ok bool) {
	before = check.Before(before)
	field := check.Field(before)
	own := r.words.Groups(field)
	words := r.group != against
	pro := words && (own.Has(r.group) || column.Has(r.group))
	con := r.Doubtable && !pro && (own.Has(against) || column.Has(against))
	why = r.reasons(lift)
	switch {
	case pro && own.Has(r.group):
		why |= inspect.WhyKey
	case pro:
		why |= inspect.WhyColumn
	case con:
		why |= inspect.WhyAgainst
	case words:
		if pro = r.near(before[:len(before)-len(field)]) || r.near(check.After(after)); pro {
			why |= inspect.WhyContext
		}
	}
	// The trigger of a form is all the context it needs; a keyword or pattern
	// of an operator may want more.
	if r.Needs && !pro && (len(r.Triggers) == 0 || r.Confirm.Generic()) {
		return 0, why, false
	}
	score := int(r.Base) + lift
	if pro && !r.Needs {
		score++
	}
	if con {
		score--
	}
	return inspect.Confidence(min(max(score, int(inspect.Low)), int(inspect.High))), why, true
}

// near reports whether a context word of the rule is in a text.
func (r *Rule) near(text []byte) bool {
	set := r.words.Groups(text)
	return set.Has(r.group)
}

// reasons are those that do not depend on the place.
func (r *Rule) reasons(lift int) inspect.Why {
	why := inspect.WhyForm
	if len(r.Triggers) > 0 {
		why |= inspect.WhyTrigger
	}
	switch {
	case r.Confirm == Exact:
		why |= inspect.WhyList
	case lift > 0:
		why |= inspect.WhyLift
	case lift < 0:
		why |= inspect.WhyLowered
	}
	return why
}

// Groups returns what the words in a text speak for or against.
func (c *Catalogue) Groups(text []byte) check.GroupSet { return c.lexicon.Groups(text) }
