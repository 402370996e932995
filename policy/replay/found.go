package replay

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// checkFound derives what the question says of classes and persons from the
// counts beside it.
func (b *Rebuilt) checkFound() {
	q := &b.Question
	found := b.found(b.own)
	for i := range found {
		f := &found[i]
		was, ok := foundIn(q.Found, f.Class)
		if !ok {
			continue
		}
		// The reports had every person; the record has those who count.
		f.Personal = f.Personal || was.Personal && b.own.Linked[f.Class]
		f.Sensitive = f.Personal && (b.own.Sensitive[f.Class] || was.Sensitive && b.minors())
		if *f != was {
			b.same("found."+string(f.Class), was, *f)
		}
	}
	b.text("found", classesOf(q.Found), classesOf(found))
	persons := b.persons(found)
	if q.Stage == policy.StageHead {
		// Nobody counted the persons of a head.
		persons.NonSensitive = persons.NonSensitive || q.Persons.NonSensitive
		persons.Sensitive = persons.Sensitive || q.Persons.Sensitive
	}
	persons.Minors = persons.Minors || q.Persons.Minors
	b.same("persons", q.Persons, persons)
	q.Found, q.Persons = found, persons
}

// minors reports whether a minor may stand among the persons of a class.
func (b *Rebuilt) minors() bool {
	return b.in.Persons.Minors > 0 || b.Question.Stage == policy.StageHead && b.Question.Persons.Minors
}

// found is what the counts say under some rules, leaving out who is a minor.
func (b *Rebuilt) found(r *policy.Rules) []policy.Found {
	out := []policy.Found{}
	for _, c := range b.in.Classes {
		n := c.Medium + c.High
		if n == 0 {
			continue
		}
		f := policy.Found{Class: c.Class, Level: c.Level, Confidence: inspect.Medium, Magnitude: len(strconv.FormatInt(n, 10)),
			Personal: b.personal(r, c.Class)}
		if c.High > 0 {
			f.Confidence = inspect.High
		}
		f.Sensitive = f.Personal && r.Sensitive[c.Class]
		out = append(out, f)
	}
	return out
}

// personal is policy.Rules.PersonalIn by the counts of the record.
func (b *Rebuilt) personal(r *policy.Rules, class inspect.Class) bool {
	if !r.IsPersonal(class) {
		return false
	}
	return !r.Linked[class] || b.in.Persons.Total > 0 || slices.ContainsFunc(b.in.Classes, func(c policy.ClassCount) bool {
		return r.IsPersonal(c.Class) && !r.Linked[c.Class] && c.Medium+c.High > 0
	})
}

// persons is which sets the flow touches, by its classes and its counts.
func (b *Rebuilt) persons(found []policy.Found) policy.AskedPersons {
	n := b.in.Persons
	p := policy.AskedPersons{NonSensitive: n.NS > 0, Sensitive: n.SP > 0, Minors: n.Minors > 0}
	for _, f := range found {
		p.Sensitive = p.Sensitive || f.Sensitive
		p.NonSensitive = p.NonSensitive || f.Personal && !f.Sensitive
	}
	return p
}

// foundUnder says the same under other rules. A class that was sensitive though
// the old profile does not list it was so by a minor, and stays so.
func (b *Rebuilt) foundUnder() {
	if b.Rules == b.own {
		return
	}
	q := &b.Question
	before := q.Found
	found := b.found(b.Rules)
	for i := range found {
		f := &found[i]
		was, _ := foundIn(before, f.Class)
		f.Personal = f.Personal || was.Personal && b.own.Linked[f.Class] && b.Rules.Linked[f.Class]
		byMinor := was.Sensitive && !b.own.Sensitive[f.Class]
		f.Sensitive = f.Personal && (b.Rules.Sensitive[f.Class] || byMinor)
		hidden := b.own.Sensitive[f.Class] || !was.Personal // who would show a minor among its persons
		if f.Personal && !f.Sensitive && hidden && b.minors() {
			b.open = append(b.open, sensitive(i, f.Class))
		}
	}
	q.Found = found
	if !b.shifted() {
		q.Persons = withFound(q.Persons, found)
		return
	}
	minors := q.Persons.Minors
	q.Persons = withFound(policy.AskedPersons{Sensitive: b.minors(), Minors: minors}, found)
	for _, c := range b.in.Classes { // persons also hold classes of low confidence
		if c.Medium+c.High == 0 && b.in.Persons.Total > 0 && b.Rules.IsPersonal(c.Class) {
			q.Persons.Sensitive = q.Persons.Sensitive || b.Rules.Sensitive[c.Class]
			q.Persons.NonSensitive = q.Persons.NonSensitive || !b.Rules.Sensitive[c.Class]
		}
	}
}

func sensitive(i int, c inspect.Class) open {
	return open{fmt.Sprintf("found.%s.sensitive", c), func(q *policy.Question, yes bool) { q.Found[i].Sensitive = yes }}
}

func withFound(p policy.AskedPersons, found []policy.Found) policy.AskedPersons {
	for _, f := range found {
		p.Sensitive = p.Sensitive || f.Sensitive
		p.NonSensitive = p.NonSensitive || f.Personal && !f.Sensitive
	}
	return p
}

// shifted reports whether the persons of the flow count in other sets under
// the rules asked about than under those of the record.
func (b *Rebuilt) shifted() bool {
	if b.own.BothKinds != b.Rules.BothKinds {
		return true
	}
	return slices.ContainsFunc(b.in.Classes, func(c policy.ClassCount) bool {
		return b.own.IsPersonal(c.Class) != b.Rules.IsPersonal(c.Class) ||
			b.own.IsPersonal(c.Class) && b.own.Sensitive[c.Class] != b.Rules.Sensitive[c.Class]
	})
}

func foundIn(list []policy.Found, c inspect.Class) (policy.Found, bool) {
	for _, f := range list {
		if f.Class == c {
			return f, true
		}
	}
	return policy.Found{}, false
}

func classesOf(list []policy.Found) string {
	out := ""
	for i, f := range list {
		if i > 0 {
			out += " "
		}
		out += string(f.Class)
	}
	return out
}
