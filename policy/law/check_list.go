package law

import (
	"fmt"
	"slices"
	"strings"
)

// The bounds of a list.
const (
	maxEntries = 3000
	maxRules   = 8
)

func (c *checker) list(l *List) {
	if l.Type != typeNegative && l.Type != typeGeneral {
		c.fault("$.type", "must be negative or general")
	}
	if len(l.Zones) == 0 {
		c.fault("$.zones", "must name a zone")
	}
	for i, z := range l.Zones {
		if !named(zoneForm, z) {
			c.fault(fmt.Sprintf("$.zones[%d]", i), "must be the code of a zone, as CN-SH-FTZ-LINGANG")
		}
	}
	if len(l.Covers) == 0 {
		c.fault("$.covers", "must name the scenarios that the list rules, or *")
	}
	c.patterns("$.covers", l.Covers)
	c.number("$.report_within_working_days", l.ReportWithin, 1000)
	c.text("$.source", l.Source, true)
	c.text("$.note", l.Note, false)
	if len(l.Entries) > maxEntries {
		c.fault("$.entries", "are more than %d; split the list", maxEntries)
		return
	}
	if l.Verified && len(l.Entries) == 0 {
		c.fault("$.entries", "must not be empty in a verified list")
	}
	ids := map[string]bool{}
	for i := range l.Entries {
		e, at := &l.Entries[i], fmt.Sprintf("$.entries[%d]", i)
		c.entry(l, e, at)
		if ids[e.ID] {
			c.fault(at+".id", "another entry has this id")
		}
		ids[e.ID] = true
	}
	c.rows(l)
}

func (c *checker) entry(l *List, e *Entry, at string) {
	c.id(at+".id", e.ID, entryForm, "lower-case letters and digits with dashes between")
	c.text(at+".sector", e.Sector, false)
	c.text(at+".subclass", e.Subclass, false)
	c.text(at+".features_text", e.Features, false)
	c.text(at+".source", e.Source, e.Verified)
	for i, f := range e.Fields {
		c.text(fmt.Sprintf("%s.fields[%d]", at, i), f, true)
	}
	switch {
	case !pattern(e.Scenario):
		c.fault(at+".scenario", "must be the code of a scenario as icv.aftersales, a branch as icv.*, or *")
	case !slices.ContainsFunc(l.Covers, func(o string) bool { return within(e.Scenario, o) }):
		c.fault(at+".scenario", "is not in covers, so the entry would never be asked")
	}
	c.classes(at+".classes", e.Classes)
	known := slices.Contains([]string{dataPersonal, dataSensitive, dataImportant}, e.DataClass)
	switch {
	case !known:
		c.fault(at+".data_class", "must be pi, spi or important")
	case l.Type == typeGeneral:
		c.generalEntry(e, at)
	default:
		c.negativeEntry(e, at)
	}
}

// generalEntry checks a row of what is free.
func (c *checker) generalEntry(e *Entry, at string) {
	if len(e.Rules) > 1 || len(e.Rules) == 1 && e.Rules[0] != (ListRule{Pathway: rulePass}) {
		c.fault(at+".rules", "must be absent or [{min: 0, pathway: NONE}] in a general list; max_subjects bounds an entry")
	}
	if e.MaxSubjects < 0 || e.MaxSubjects > maxReach {
		c.fault(at+".max_subjects", "must be 1 or more, or absent")
	}
	if e.DataClass == dataImportant {
		c.fault(at+".data_class", "must be pi or spi: no general list frees important data")
	}
}

// negativeEntry checks a row of what needs a pathway.
func (c *checker) negativeEntry(e *Entry, at string) {
	if e.MaxSubjects != 0 {
		c.fault(at+".max_subjects", "is for general lists; a negative list has rules")
	}
	if e.Verified && e.DataClass != dataImportant && len(e.Classes) == 0 {
		c.fault(at+".classes", "must not be empty: data that the scanner cannot tell would go out as not listed")
	}
	c.rules(e, at)
}

// rules checks the rules of an entry. One that is not verified may have none:
// its numbers are not known.
func (c *checker) rules(e *Entry, at string) {
	at += ".rules"
	if len(e.Rules) == 0 {
		if e.Verified {
			c.fault(at, "must not be empty")
		}
		return
	}
	if len(e.Rules) > maxRules {
		c.fault(at, "are more than %d", maxRules)
	}
	pathways := []string{rulePass, ruleSC, ruleSA}
	strength := len(pathways) - 1
	for i, r := range e.Rules {
		row := fmt.Sprintf("%s[%d]", at, i)
		s := slices.Index(pathways, r.Pathway)
		switch {
		case s < 0:
			c.fault(row+".pathway", "must be one of %s", strings.Join(pathways, ", "))
		case s > strength:
			c.fault(row+".pathway", "must not be stronger than the one above: more persons never need less")
		default:
			strength = s
		}
		switch {
		case r.Min < 0 || r.Min > maxReach:
			c.fault(row+".min", "must be 0 or more")
		case i > 0 && r.Min >= e.Rules[i-1].Min:
			c.fault(row+".min", "must be less than the one above")
		}
	}
	last := len(e.Rules) - 1
	if e.Rules[last].Min != 0 {
		c.fault(fmt.Sprintf("%s[%d].min", at, last), "must be 0 in the last rule, so that every number has one")
	}
	if e.DataClass == dataImportant && (len(e.Rules) != 1 || e.Rules[0].Pathway != ruleSA) {
		c.fault(at, "must be the one rule {min: 0, pathway: SA}: important data needs an assessment")
	}
}

// rows looks for entries that contradict each other: one class of one kind of
// data and scenario under different rules.
func (c *checker) rows(l *List) {
	type cell struct{ scenario, data, class string }
	first := map[cell]int{}
	for i, e := range l.Entries {
		for _, class := range e.Classes {
			at := cell{e.Scenario, e.DataClass, class}
			j, ok := first[at]
			if !ok {
				first[at] = i
				continue
			}
			if !sameRules(&l.Entries[j], &e) {
				c.fault(fmt.Sprintf("$.entries[%d]", i), "contradicts entry %s: class %s of the same scenario and data_class has other rules there",
					l.Entries[j].ID, class)
				break
			}
		}
	}
}

func sameRules(a, b *Entry) bool {
	return a.MaxSubjects == b.MaxSubjects && slices.EqualFunc(a.Rules, b.Rules, func(x, y ListRule) bool {
		return x.Min == y.Min && x.Pathway == y.Pathway
	})
}
