package export

import (
	"maps"
	"slices"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

const (
	// maxGroups bounds the rows of a report, maxNames the names within one.
	maxGroups = 20_000
	maxNames  = 512
	// overflow is the name of what no longer fits a bounded table.
	overflow = "(other)"
)

// Sum is what a report adds up over records.
type Sum struct {
	Transfers int64     `json:"transfers"`
	InDoubt   int64     `json:"in_doubt,omitempty"` // may not have left
	Open      int64     `json:"open,omitempty"`     // no outcome yet
	Bytes     int64     `json:"bytes"`
	First     time.Time `json:"first"`
	Last      time.Time `json:"last"`
	// Persons are added up transfer by transfer: the same person in two
	// transfers counts twice. New are those who were new to the exporter's
	// year when they went out.
	PersonsNS int64 `json:"persons_ns"`
	PersonsSP int64 `json:"persons_sp"`
	Minors    int64 `json:"minors"`
	NewNS     int64 `json:"new_ns"`
	NewSP     int64 `json:"new_sp"`
	// Unread are transfers whose content was not read in full.
	Unread int64   `json:"unread,omitempty"`
	Types  []Typed `json:"types,omitempty"`

	types map[string]*Typed
}

// Typed is one class of data within a sum.
type Typed struct {
	Class     string        `json:"class"`
	Level     inspect.Level `json:"level"`
	Transfers int64         `json:"transfers"`
	Findings  int64         `json:"findings"` // of medium confidence or above
}

// add counts one record.
func (s *Sum) add(r *policy.Record) {
	s.Transfers++
	s.Bytes += r.SentBytes()
	switch {
	case r.Outcome == nil && r.Intent.Enforced.Releases():
		s.Open++
	case r.Outcome != nil && (r.Outcome.InDoubt || r.Outcome.Sent == policy.SentUnknown):
		s.InDoubt++
	}
	if s.First.IsZero() || r.Time.Before(s.First) {
		s.First = r.Time
	}
	if r.Time.After(s.Last) {
		s.Last = r.Time
	}
	p := r.Intent.Persons
	s.PersonsNS, s.PersonsSP, s.Minors = s.PersonsNS+int64(p.NS), s.PersonsSP+int64(p.SP), s.Minors+int64(p.Minors)
	ns, sp := r.Reserved()
	s.NewNS, s.NewSP = s.NewNS+ns, s.NewSP+sp
	if unread(r) {
		s.Unread++
	}
	for _, c := range found(r) {
		s.typed(c)
	}
}

func (s *Sum) typed(c policy.ClassCount) {
	if s.types == nil {
		s.types = map[string]*Typed{}
	}
	name := clean(string(c.Class), 128)
	t := s.types[name]
	if t == nil && len(s.types) >= maxNames {
		name = overflow
		t = s.types[name]
	}
	if t == nil {
		t = &Typed{Class: name}
		s.types[name] = t
	}
	t.Level = max(t.Level, c.Level)
	t.Transfers++
	t.Findings += c.Medium + c.High
}

// finish lists the types, sorted by name.
func (s *Sum) finish() {
	s.Types = nil
	for _, name := range slices.Sorted(maps.Keys(s.types)) {
		s.Types = append(s.Types, *s.types[name])
	}
}

// unread reports whether content of the record was not read in full.
func unread(r *policy.Record) bool {
	return r.Intent.Judged == "unread" || r.Intent.Coverage.State != inspect.Full
}

// groups are sums by a key, bounded: what no longer fits is added to one that
// overflow names.
type groups[K comparable] struct {
	by   map[K]*Sum
	rest K // the key of what does not fit
	full int
}

func newGroups[K comparable](rest K) *groups[K] {
	return &groups[K]{map[K]*Sum{}, rest, maxGroups}
}

func (g *groups[K]) at(k K) *Sum {
	s := g.by[k]
	if s == nil && len(g.by) >= g.full {
		k = g.rest
		s = g.by[k]
	}
	if s == nil {
		s = &Sum{}
		g.by[k] = s
	}
	return s
}

// overflowed reports whether some rows stand together in one.
func (g *groups[K]) overflowed() bool { return g.by[g.rest] != nil }

// Counts divide the records of a period: the parts add up to Records.
type Counts struct {
	Records     int64 `json:"records"`
	Provisions  int64 `json:"provisions"`   // with personal or important data, sent or possibly sent
	Unread      int64 `json:"unread"`       // sent, and what was in it is not known in full
	Nothing     int64 `json:"nothing"`      // sent, read in full, nothing of the kind found
	Refused     int64 `json:"refused"`      // blocked or held
	NothingSent int64 `json:"nothing_sent"` // released, and nothing left
	// CutOff are those of the above that were refused after a part had left.
	CutOff int64 `json:"cut_off,omitempty"`
}

// add counts the record and reports whether it is one of provision, or may be.
func (c *Counts) add(r *policy.Record) bool {
	c.Records++
	cut := r.CutOff()
	if cut && transferred(r) {
		c.CutOff++
	}
	switch {
	case !r.Intent.Enforced.Releases(), cut && !transferred(r):
		c.Refused++
	case !transferred(r):
		c.NothingSent++
	case len(found(r)) > 0:
		c.Provisions++
		return true
	case unread(r):
		c.Unread++
		return true
	default:
		c.Nothing++
	}
	return false
}
