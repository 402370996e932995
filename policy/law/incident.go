package law

import (
	"fmt"
	"slices"
)

// Incidents says by when an incident is to be reported and what it obliges to.
type Incidents struct {
	// From is the first day on which incidents are discovered under these
	// clocks.
	From    string `yaml:"from" json:"from"`
	Article string `yaml:"article" json:"article"`
	Source  string `yaml:"source" json:"source"`
	// Verified says that somebody compared the clocks with the text of the law.
	// A clock that is not verified runs all the same.
	Verified bool            `yaml:"verified" json:"verified"`
	Clocks   []IncidentClock `yaml:"clocks" json:"clocks"`
	Duties   []IncidentDuty  `yaml:"duties" json:"duties,omitempty"`
}

// IncidentClock is a time from discovery to report.
type IncidentClock struct {
	ID      string `yaml:"id" json:"id"`
	Body    string `yaml:"body" json:"body"` // ciio, central or other
	Minutes int    `yaml:"minutes" json:"minutes"`
	// FromLevel is the lowest level of incident that it runs for; empty for
	// every level. A level that nobody stated counts as the highest.
	FromLevel string `yaml:"from_level" json:"from_level,omitempty"`
}

// IncidentDuty is what an incident obliges to, for the draft of a report.
type IncidentDuty struct {
	ID      string `yaml:"id" json:"id"`
	Article string `yaml:"article" json:"article"`
	ZH      string `yaml:"zh" json:"zh"`
	EN      string `yaml:"en" json:"en"`
	// Persons and Sensitive are the affected persons from which on it applies,
	// either of them; both 0 for always.
	Persons   int64 `yaml:"persons" json:"persons,omitempty"`
	Sensitive int64 `yaml:"sensitive" json:"sensitive,omitempty"`
	Verified  bool  `yaml:"verified" json:"verified"`
}

// The bodies that clocks are of.
const (
	BodyCIIO    = "ciio"    // operators of critical information infrastructure
	BodyCentral = "central" // central Party and state organs
	BodyOther   = "other"
)

// IncidentLevels are the levels of an incident, rising.
func IncidentLevels() []string {
	return []string{"general", "relatively_major", "major", "particularly_major"}
}

// Runs reports whether the clock runs for a body and a level.
func (c IncidentClock) Runs(body, level string) bool {
	levels := IncidentLevels()
	at := slices.Index(levels, level)
	return c.Body == body && (at < 0 || at >= slices.Index(levels, c.FromLevel))
}

// Incidents returns the clocks and duties as the pack of a day knows them,
// which is chosen as by Pathway, and the pack's id. There are none for days
// before they began.
func (b *Book) Incidents(day string) (Incidents, string) {
	p := b.pack(day)
	if day < p.Incidents.From {
		return Incidents{}, p.ID
	}
	return p.Incidents, p.ID
}

const (
	maxMinutes = 30 * 24 * 60
	maxClocks  = 50
)

func (c *checker) incidents(in *Incidents) {
	if in.From == "" && len(in.Clocks) == 0 && len(in.Duties) == 0 {
		return
	}
	if _, err := day(in.From); err != nil {
		c.fault("$.incidents.from", "must be a date like 2025-11-01")
	}
	c.text("$.incidents.article", in.Article, true)
	c.text("$.incidents.source", in.Source, true)
	if len(in.Clocks) > maxClocks || len(in.Duties) > maxClocks {
		c.fault("$.incidents", "lists more than %d clocks or duties", maxClocks)
		return
	}
	seen := map[string]bool{}
	unique := func(at, id string) {
		c.id(at+".id", id, classForm, "small letters with dots between, as incident.ciio")
		if seen[id] {
			c.fault(at+".id", "stands there twice")
		}
		seen[id] = true
	}
	for i, k := range in.Clocks {
		at := fmt.Sprintf("$.incidents.clocks[%d]", i)
		unique(at, k.ID)
		if !slices.Contains([]string{BodyCIIO, BodyCentral, BodyOther}, k.Body) {
			c.fault(at+".body", "must be ciio, central or other")
		}
		if k.Minutes < 1 || k.Minutes > maxMinutes {
			c.fault(at+".minutes", "must be from 1 to %d", maxMinutes)
		}
		if k.FromLevel != "" && !slices.Contains(IncidentLevels(), k.FromLevel) {
			c.fault(at+".from_level", "must be one of %v, or absent", IncidentLevels())
		}
	}
	for i, d := range in.Duties {
		at := fmt.Sprintf("$.incidents.duties[%d]", i)
		unique(at, d.ID)
		c.text(at+".article", d.Article, true)
		c.text(at+".zh", d.ZH, true)
		c.text(at+".en", d.EN, true)
		if d.Persons < 0 || d.Persons > maxReach || d.Sensitive < 0 || d.Sensitive > maxReach {
			c.fault(at, "persons and sensitive must be 0 or more, and no more than mankind")
		}
	}
}

// incidents tells clocks that are gone or longer.
func (l *looser) incidents(was, is *Incidents) {
	if was.From != "" && is.From > was.From {
		l.say("incidents.from: from %s on only", is.From)
	}
	for _, o := range was.Clocks {
		if !slices.ContainsFunc(is.Clocks, func(n IncidentClock) bool {
			return n.Body == o.Body && n.Minutes <= o.Minutes && slices.Index(IncidentLevels(), n.FromLevel) <= slices.Index(IncidentLevels(), o.FromLevel)
		}) {
			l.say("incidents.clocks: %s of %d minutes is left out or longer", o.ID, o.Minutes)
		}
	}
}
