package rego_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/rego"
)

const today = "2026-11-22"

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, policy.Shanghai) }

func openLaw(t testing.TB) *law.Book {
	t.Helper()
	b, err := law.Open(law.Options{Profile: "strict"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(t testing.TB, o rego.Options) *rego.Decider {
	t.Helper()
	if o.Law == nil {
		o.Law = openLaw(t)
	}
	if o.Limit == 0 {
		o.Limit = 10 * time.Second // the machine may be busy; the limit has its own test
	}
	o.Now = noon
	d, err := rego.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// asked is a flow in the words of the test tables. The zero value is a part
// question about a flow to SG, read in full, of an exporter that is no CIIO.
type asked struct {
	head     bool
	place    string // country; "?" for unknown
	denied   bool
	exporter string // "", ciio, ciio?, nobody, shenzhen
	found    string // classes; a leading "i:" is level important, "c:" core, "m:" of a minor
	ns, sp   int64  // persons of the year, this flow included
	coverage string
	claim    string
	purpose  string
	link     string
	filings  []policy.Candidate
	full     []string // limits of filings that are exceeded
	approved []string
}

func (a asked) question(t testing.TB, l policy.Law) *policy.Question {
	t.Helper()
	r, err := l.At(noon())
	if err != nil {
		t.Fatal(err)
	}
	q := &policy.Question{Stage: policy.StagePart, Date: today, Direction: policy.Push, Protocol: "h2",
		Exporter: policy.Exporter{USCC: "91310115MA1K3ABC99", CIIO: policy.No},
		Declared: policy.Declared{Claim: a.claim, Purpose: a.purpose, Link: a.link},
		Coverage: policy.AskedCoverage{State: inspect.Full},
		Pack:     r.Pack, Profile: r.Profile, Candidates: a.filings}
	if a.head {
		q.Stage = policy.StageHead
	}
	country := a.place
	if country == "" {
		country = "SG"
	}
	q.Destination.Country = strings.TrimPrefix(country, "?")
	q.Destination.Overseas = q.Destination.Place.Overseas()
	q.Destination.Denied = a.denied
	a.setExporter(&q.Exporter)
	if a.coverage != "" {
		if err := q.Coverage.State.UnmarshalText([]byte(a.coverage)); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range strings.Fields(a.found) {
		q.Found = append(q.Found, foundOf(f, r, &q.Persons))
	}
	if a.head {
		return q
	}
	for _, lim := range r.Limits(q.Exporter) {
		n := a.ns
		switch lim.Kind {
		case policy.CountSP:
			n = a.sp
		case policy.CountAny:
			n = a.ns + a.sp
		}
		q.Brackets = append(q.Brackets, policy.Bracket{Limit: lim.ID, Exceeded: n > lim.Max})
	}
	for _, c := range a.filings {
		for _, id := range c.LimitIDs {
			q.Brackets = append(q.Brackets, policy.Bracket{Limit: id, Exceeded: slices.Contains(a.full, id)})
		}
	}
	if a.approved != nil {
		q.Approval = &policy.Approval{Ticket: "T1", Approvers: a.approved, Rules: []string{"look-first"}}
	}
	return q
}

func (a asked) setExporter(e *policy.Exporter) {
	switch a.exporter {
	case "ciio":
		e.CIIO = policy.Yes
	case "ciio?":
		e.CIIO = policy.Unknown
	case "nobody":
		*e = policy.Exporter{}
	case "shenzhen":
		e.City = "440305"
	}
}

func foundOf(s string, r *policy.Rules, p *policy.AskedPersons) policy.Found {
	mark, name, ok := strings.Cut(s, ":")
	if !ok {
		mark, name = "", s
	}
	c := inspect.Class(name)
	f := policy.Found{Class: c, Confidence: inspect.High, Magnitude: 1, Personal: r.IsPersonal(c), Sensitive: r.Sensitive[c]}
	switch mark {
	case "i":
		f.Level = inspect.Important
	case "c":
		f.Level = inspect.Core
	case "m":
		f.Sensitive, p.Minors = true, true
	}
	p.NonSensitive = p.NonSensitive || f.Personal && !f.Sensitive
	p.Sensitive = p.Sensitive || f.Sensitive
	return f
}

// The filings of the tables: each covers name, mobile, resident ID and bank
// card, the last two as sensitive items, and fits every flow.
func filing(id string, p policy.Pathway, change ...func(*policy.Candidate)) policy.Candidate {
	c := policy.Candidate{Filing: id, Revision: 1, Pathway: p, Status: "effective", Time: "current",
		Recipient: true, Country: true, Link: true, Purpose: "match",
		Covers:    []inspect.Class{inspect.BankCard, inspect.Mobile, inspect.ResidentID, inspect.Name},
		Sensitive: []inspect.Class{inspect.BankCard, inspect.ResidentID},
		LimitIDs:  []string{id + ".ns", id + ".sp"}}
	if p == policy.SA {
		c.Covers = append(c.Covers, inspect.MarkImportant)
		c.Important = []inspect.Class{inspect.MarkImportant}
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func claim(code string, change ...func(*policy.Candidate)) policy.Candidate {
	c := filing("X1", policy.Exemption, func(c *policy.Candidate) { c.Claim, c.LimitIDs = code, nil })
	for _, f := range change {
		f(&c)
	}
	return c
}

func one(c ...policy.Candidate) []policy.Candidate { return c }

func expired(c *policy.Candidate)        { c.Time = "expired" }
func early(c *policy.Candidate)          { c.Time = "not_yet" }
func otherRecipient(c *policy.Candidate) { c.Recipient, c.Country, c.Link = false, false, false }
func otherCountry(c *policy.Candidate)   { c.Country = false }
func otherLink(c *policy.Candidate)      { c.Link = false }
func otherPurpose(c *policy.Candidate)   { c.Purpose = "mismatch" }
func noPurpose(c *policy.Candidate)      { c.Purpose = "undeclared" }
func plainItems(c *policy.Candidate)     { c.Sensitive = nil }
func deidentified(c *policy.Candidate)   { c.Deidentified = []inspect.Class{inspect.ResidentID} }
func refusedCard(c *policy.Candidate)    { c.Refused = []inspect.Class{inspect.BankCard} }
func notImportant(c *policy.Candidate)   { c.Important = nil }
func in(status string) func(*policy.Candidate) {
	return func(c *policy.Candidate) { c.Status = status }
}

func codes(v policy.Verdict) string {
	var out []string
	for _, r := range v.Reasons {
		s := string(r.Code)
		if r.Class != "" {
			s += ":" + r.Class
		}
		if r.Limit != "" {
			s += ":" + r.Limit
		}
		if r.Rule != "" {
			s += ":" + r.Rule
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}
