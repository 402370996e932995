package incident

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// maxListed bounds the records that a draft lists one by one.
const maxListed = 200

// Facts are what the audit log says of an incident's records.
type Facts struct {
	Left    Tally  `json:"left"`    // of what left, in part, or perhaps
	Stopped Tally  `json:"stopped"` // of what certainly did not
	Listed  []Line `json:"records"`
	More    int    `json:"more_records,omitempty"` // that are not listed
	Missing int    `json:"missing,omitempty"`      // named, and not in the log
	// Deleted counts the segments of the log that retention took and that may
	// have held records of the scope.
	Deleted int `json:"deleted_segments,omitempty"`
}

// Unsure reports whether more persons may be concerned than the upper bounds
// say.
func (f *Facts) Unsure() bool { return f.Left.Persons.Unread > 0 || f.Missing > 0 || f.Deleted > 0 }

// Tally sums up records.
type Tally struct {
	Records    int            `json:"records"`
	First      time.Time      `json:"first,omitzero"`
	Last       time.Time      `json:"last,omitzero"`
	Sent       map[string]int `json:"sent"` // records by how much of them was sent
	InDoubt    int            `json:"in_doubt"`
	Bytes      int64          `json:"bytes"`
	Persons    Persons        `json:"persons"`
	Classes    []ClassFact    `json:"classes"`
	Exporters  []Count        `json:"exporters"`
	Recipients []Count        `json:"recipients"`
	Countries  []Count        `json:"countries"`
	Filings    []Count        `json:"filings"`
	Reasons    []Count        `json:"reasons"`
}

// Persons is how many natural persons are concerned, as far as records and
// ledger allow to say.
type Persons struct {
	// AtMost adds up the upper bounds of the records: a person in two of them
	// counts twice.
	AtMost    int64 `json:"at_most"`
	Sensitive int64 `json:"at_most_sensitive"`
	Minors    int64 `json:"at_most_minors"`
	// AtLeast estimates the distinct persons from below: those that the
	// ledger counted for the first time by these records, or those of the
	// largest record, whichever are more.
	AtLeast  int64 `json:"at_least_distinct"`
	Distinct bool  `json:"distinct"` // one record alone: AtMost counts each person once
	// Unread counts the records of which not all was read: nobody knows how
	// many persons are in the rest, and AtMost does not count them.
	Unread int `json:"records_not_read_in_full"`
}

// ClassFact is how much of a class was found.
type ClassFact struct {
	Class  inspect.Class `json:"class"`
	Level  inspect.Level `json:"level"`
	Low    int64         `json:"low"`
	Medium int64         `json:"medium"`
	High   int64         `json:"high"`
}

// Count counts records under a name.
type Count struct {
	Name    string `json:"name"`
	Records int    `json:"records"`
}

// Line is one record.
type Line struct {
	ID        string        `json:"id"`
	Time      time.Time     `json:"time"`
	Exporter  string        `json:"exporter,omitempty"`
	Recipient string        `json:"recipient,omitempty"`
	Country   string        `json:"country,omitempty"`
	Host      string        `json:"host,omitempty"`
	Action    string        `json:"action"`
	Reasons   []policy.Code `json:"reasons"`
	Filing    string        `json:"filing,omitempty"`
	Persons   int           `json:"persons"`
	Unread    bool          `json:"not_read_in_full,omitempty"` // there may be more persons
	Sent      policy.Sent   `json:"sent"`
	InDoubt   bool          `json:"in_doubt,omitempty"`
	Bytes     int64         `json:"bytes"`
}

// SentOf says how much of a record's flow left. What nobody knows is unknown.
func SentOf(r *policy.Record) policy.Sent {
	switch o := r.Outcome; {
	case o != nil && (o.InDoubt || o.Sent == ""):
		return policy.SentUnknown
	case o != nil:
		return o.Sent
	case r.Groups == nil && !r.Intent.Enforced.Releases():
		return policy.SentNone
	}
	return policy.SentUnknown
}

// unread reports whether a flow held, or may have held, what nobody counted
// the persons of. A flow in parts was read as far as it left.
func unread(r *policy.Record) bool {
	in := &r.Intent
	read := in.Judged == policy.JudgedWhole || in.InParts()
	return !read || in.Coverage.State != inspect.Full || r.Groups != nil && r.Outcome == nil
}

// People is the upper bound of persons, with a + where there may be more.
func (l Line) People() string {
	if l.Unread {
		return fmt.Sprintf("%d+", l.Persons)
	}
	return fmt.Sprint(l.Persons)
}

// Candidate says why a record may be an incident that nobody marked: a verdict
// that came when part had left, or a flow of which nobody knows whether it
// left. Empty is neither.
func Candidate(r *policy.Record) policy.Code {
	if o := r.Outcome; o != nil && o.Fault == policy.AfterRelease {
		return policy.AfterRelease
	}
	for _, reason := range r.Intent.Decided.Reasons {
		if reason.Code == policy.AfterRelease {
			return policy.AfterRelease
		}
	}
	if SentOf(r) == policy.SentUnknown {
		return "IN_DOUBT"
	}
	return ""
}

// Gather adds records up. It is not safe for concurrent use.
type Gather struct {
	scope *Scope
	f     Facts
	seen  map[string]bool
	sums  [2]sums // left, stopped
}

type sums struct {
	classes                                        map[inspect.Class]*ClassFact
	exporters, recipients, countries, filings, why map[string]int
	newNS, newSP, largest                          int64
}

// NewGather gathers the records of a scope.
func NewGather(s *Scope) *Gather {
	g := &Gather{scope: s, seen: map[string]bool{}}
	for n := range g.sums {
		g.sums[n] = sums{map[inspect.Class]*ClassFact{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, 0, 0, 0}
	}
	g.f.Left.Sent, g.f.Stopped.Sent = map[string]int{}, map[string]int{}
	return g
}

// Add takes a record if the scope covers it.
func (g *Gather) Add(r *policy.Record) {
	if !g.scope.Covers(r) {
		return
	}
	sent := SentOf(r)
	t, s := &g.f.Left, &g.sums[0]
	if sent == policy.SentNone {
		t, s = &g.f.Stopped, &g.sums[1]
	}
	if len(g.scope.Records) > 0 {
		g.seen[r.ID] = true
	}
	t.add(r, sent)
	s.add(r)
	if len(g.f.Listed) == maxListed {
		g.f.More++
		return
	}
	g.f.Listed = append(g.f.Listed, lineOf(r, sent))
}

func (t *Tally) add(r *policy.Record, sent policy.Sent) {
	in := &r.Intent
	t.Records++
	if t.First.IsZero() || r.Time.Before(t.First) {
		t.First = r.Time
	}
	if r.Time.After(t.Last) {
		t.Last = r.Time
	}
	t.Sent[string(sent)]++
	if r.Outcome != nil && r.Outcome.InDoubt {
		t.InDoubt++
	}
	t.Bytes += r.SentBytes()
	t.Persons.AtMost += int64(in.Persons.Total)
	t.Persons.Sensitive += int64(in.Persons.SP)
	t.Persons.Minors += int64(in.Persons.Minors)
	if unread(r) {
		t.Persons.Unread++
	}
}

func (s *sums) add(r *policy.Record) {
	in := &r.Intent
	for _, c := range in.Classes {
		f := s.classes[c.Class]
		if f == nil {
			f = &ClassFact{Class: c.Class, Level: c.Level}
			s.classes[c.Class] = f
		}
		f.Level = max(f.Level, c.Level)
		f.Low, f.Medium, f.High = f.Low+c.Low, f.Medium+c.Medium, f.High+c.High
	}
	count := func(m map[string]int, name string) {
		if name != "" {
			m[name]++
		}
	}
	s.exporters[cmp.Or(in.Exporter, "unknown")]++
	s.countries[cmp.Or(in.Place.Country, "unknown")]++
	s.recipients[cmp.Or(in.Recipient, "unknown")]++
	count(s.filings, in.Decided.Filing)
	for _, reason := range in.Decided.Reasons {
		count(s.why, string(reason.Code))
	}
	ns, sp := r.Reserved()
	s.newNS, s.newSP = s.newNS+ns, s.newSP+sp
	s.largest = max(s.largest, int64(in.Persons.Linked))
}

// LineOf is one record as a draft lists it.
func LineOf(r *policy.Record) Line { return lineOf(r, SentOf(r)) }

func lineOf(r *policy.Record, sent policy.Sent) Line {
	in := &r.Intent
	l := Line{ID: r.ID, Time: r.Time, Exporter: in.Exporter, Recipient: in.Recipient, Country: in.Place.Country, Host: in.Host,
		Action: in.Enforced.String(), Filing: in.Decided.Filing, Persons: in.Persons.Total, Unread: unread(r), Sent: sent, Bytes: r.SentBytes(), Reasons: []policy.Code{}}
	if r.Outcome != nil {
		l.InDoubt = r.Outcome.InDoubt
		if f := r.Outcome.Fault; f != "" {
			l.Reasons = append(l.Reasons, f)
		}
	}
	for _, reason := range in.Decided.Reasons {
		if !slices.Contains(l.Reasons, reason.Code) {
			l.Reasons = append(l.Reasons, reason.Code)
		}
	}
	return l
}

// Facts returns what was gathered.
func (g *Gather) Facts() Facts {
	f := g.f
	if n := len(g.scope.Records); n > 0 {
		f.Missing = n - len(g.seen)
	}
	for n, t := range []*Tally{&f.Left, &f.Stopped} {
		s := &g.sums[n]
		t.Classes = []ClassFact{}
		for _, c := range slices.Sorted(maps.Keys(s.classes)) {
			t.Classes = append(t.Classes, *s.classes[c])
		}
		t.Exporters, t.Recipients, t.Countries, t.Filings, t.Reasons = byName(s.exporters), byName(s.recipients), byName(s.countries), byName(s.filings), byName(s.why)
		t.Persons.AtLeast = min(max(s.newNS, s.newSP, s.largest), t.Persons.AtMost)
		t.Persons.Distinct = t.Records == 1
	}
	return f
}

func byName(m map[string]int) []Count {
	out := []Count{}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, Count{name, m[name]})
	}
	return out
}
