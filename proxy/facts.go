package proxy

import (
	"strconv"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// found turns tallies into what the question may say of them: only what is
// at least medium, and no exact counts.
func found(rules *policy.Rules, r *inspect.Report) ([]policy.Found, policy.AskedPersons) {
	out := []policy.Found{}
	counts, _ := persons(rules, r)
	var asked policy.AskedPersons
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
		f := policy.Found{Class: t.Class, Level: t.Level, Confidence: inspect.Medium,
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

// persons says for each person of a report in which sets it counts.
func persons(rules *policy.Rules, r *inspect.Report) ([]policy.Counted, policy.PersonCount) {
	var out []policy.Counted
	count := policy.PersonCount{Linked: r.Linked}
	for _, p := range r.Persons {
		c := policy.Counted{Subject: p.Key}
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

func counters(brackets []policy.Bracket) []policy.Counter {
	out := make([]policy.Counter, 0, len(brackets))
	for _, b := range brackets {
		out = append(out, policy.Counter{Limit: b.Limit, Before: b.Before, After: b.After, Max: b.Max})
	}
	return out
}

// withheld stands in a record for a name in which the scanner found data.
const withheld = "withheld"

// describe fills the intent from what is known. Persons, counters and the
// question were filled where they came to be known.
func (x *Exchange) describe() {
	f, s, in := &x.flow, x.flow.Session, &x.intent
	in.Mode, in.Judged = x.g.o.Mode.String(), "whole"
	switch {
	case x.step == Unread:
		in.Judged = "unread"
	case x.scan == nil && x.gate == nil && in.Mode == Enforce.String():
		in.Judged = "head"
	}
	in.Session, in.Door = s.ID, s.Door
	in.Client = x.g.o.Pseudonym("client", s.Client.Addr().String())
	if s.User != "" {
		in.User = x.g.o.Pseudonym("user", s.User)
	}
	in.Exporter = s.Exporter.USCC
	in.Direction, in.Protocol, in.Method = f.Direction, f.Protocol, f.Method
	in.Host, in.Port, in.SNI = f.Destination.Host, f.Destination.Port, s.SNI
	if x.private {
		in.Host = withheld
		if in.SNI != "" {
			in.SNI = withheld
		}
	}
	if f.Destination.Addr.IsValid() {
		in.Address = f.Destination.Addr.String()
	}
	in.Place, in.Recipient, in.Declared = f.Destination.Place, f.Destination.Recipient, f.Declared
	in.Classes = in.Classes[:0]
	for _, t := range x.report.Tallies {
		in.Classes = append(in.Classes, policy.ClassCount{Class: t.Class, Level: t.Level, Low: t.Low, Medium: t.Medium, High: t.High})
	}
	in.Coverage, in.Mismatches = x.report.Coverage, policy.TellMismatches(x.report.Mismatches)
	in.Decided, in.Enforced = x.verdict, x.verdict.Action
	if x.rules != nil {
		in.Pack, in.Profile = x.rules.Pack, x.rules.Profile
	}
	in.Rules, in.Build = x.g.o.Inspector.Digest(), x.g.o.Build
	in.Reservation = nil
	if x.held.ID != "" {
		held := x.held
		in.Reservation = &held
	}
	in.JudgeMicros = x.g.o.Now().Sub(x.read).Microseconds()
}
