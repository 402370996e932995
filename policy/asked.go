package policy

import (
	"strconv"

	"github.com/datacustoms/customs/inspect"
)

// AskFound turns tallies into what the question may say of them: only what is
// at least medium, and no exact counts.
func AskFound(rules *Rules, r *inspect.Report) ([]Found, AskedPersons) {
	out := []Found{}
	counts, _ := CountPersons(rules, r)
	var asked AskedPersons
	for _, c := range counts {
		asked.NonSensitive = asked.NonSensitive || c.NS
		asked.Sensitive = asked.Sensitive || c.SP
	}
	for _, p := range r.Persons {
		asked.Minors = asked.Minors || p.Minor
	}
	for _, t := range r.Tallies {
		n := t.At(inspect.Medium)
		if n == 0 {
			continue
		}
		f := Found{Class: t.Class, Level: t.Level, Confidence: inspect.Medium,
			Magnitude: len(strconv.FormatInt(n, 10)), Personal: rules.PersonalIn(t.Class, r)}
		if t.High > 0 {
			f.Confidence = inspect.High
		}
		f.Sensitive = f.Personal && (rules.Sensitive[t.Class] || sensitiveByPerson(r, t.Class))
		if f.Personal {
			asked.Sensitive = asked.Sensitive || f.Sensitive
			asked.NonSensitive = asked.NonSensitive || !f.Sensitive
		}
		out = append(out, f)
	}
	return out, asked
}

// Holds reports whether personal data that counts stands in the report.
func (r *Rules) Holds(report *inspect.Report) bool {
	for _, t := range report.Tallies {
		if r.PersonalIn(t.Class, report) && t.At(inspect.Medium) > 0 {
			return true
		}
	}
	return false
}

// sensitiveByPerson reports whether a minor stands among the persons of a
// class: all data of a minor is sensitive.
func sensitiveByPerson(r *inspect.Report, c inspect.Class) bool {
	for i, t := range r.Tallies {
		if t.Class != c {
			continue
		}
		for _, p := range r.Persons {
			if p.Minor && p.Classes.Has(i) {
				return true
			}
		}
	}
	return false
}

// CountPersons says for each person of a report in which sets it counts.
func CountPersons(rules *Rules, r *inspect.Report) ([]Counted, PersonCount) {
	var out []Counted
	count := PersonCount{Linked: r.Linked}
	for _, p := range r.Persons {
		c := Counted{Subject: p.Key}
		for i, t := range r.Tallies {
			if !p.Classes.Has(i) || !rules.IsPersonal(t.Class) {
				continue
			}
			if rules.Sensitive[t.Class] || p.Minor {
				c.SP = true
			} else {
				c.NS = true
			}
		}
		if c.SP && !rules.BothKinds {
			c.NS = false
		}
		if !c.SP && !c.NS {
			continue
		}
		out = append(out, c)
		count.Total++
		if c.NS {
			count.NS++
		}
		if c.SP {
			count.SP++
		}
		if p.Minor {
			count.Minors++
		}
	}
	return out, count
}

// Snapshot is what a record keeps of the brackets around a flow. refused are
// the limits that had no place left when the persons were to be reserved.
func Snapshot(brackets []Bracket, limits []Limit, refused map[string]bool) []Counter {
	out := make([]Counter, 0, len(brackets))
	for i, b := range brackets {
		c := Counter{Limit: b.Limit, Before: b.Before, After: b.After, Held: b.Held, Max: b.Max, Refused: refused[b.Limit]}
		if i < len(limits) && limits[i].ID == b.Limit {
			c.Kind = limits[i].Kind
		}
		out = append(out, c)
	}
	return out
}
