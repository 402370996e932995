package rego_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// transfer is one export in the words of the tables.
type transfer struct {
	who    string // who exports: a key of lawExporters
	what   string // what is in it: keys of lawData, joined by " + "
	ns, sp int64  // persons of the year, this transfer included
	with   string // claim, scenario, filing, registration: items joined by "; "
}

// lawExporters are the exporters of the tables.
var lawExporters = map[string]policy.Exporter{
	"company":                          {CIIO: policy.No},
	"CIIO":                             {CIIO: policy.Yes},
	"perhaps a CIIO":                   {CIIO: policy.Unknown},
	"Shenzhen company":                 {CIIO: policy.No, City: "440305"},
	"Zhaoqing company":                 {CIIO: policy.No, City: "4412"},
	"Shanghai company":                 {CIIO: policy.No, City: "310115"},
	"Shenzhen CIIO":                    {CIIO: policy.Yes, City: "440305"},
	"company in zone A":                {CIIO: policy.No, Zone: "CN-TEST-A"},
	"CIIO in zone A":                   {CIIO: policy.Yes, Zone: "CN-TEST-A"},
	"perhaps a CIIO in zone A":         {CIIO: policy.Unknown, Zone: "CN-TEST-A"},
	"company in zone U":                {CIIO: policy.No, Zone: "CN-TEST-U"},
	"company in zone E":                {CIIO: policy.No, Zone: "CN-TEST-E"},
	"company in zone R":                {CIIO: policy.No, Zone: "CN-TEST-R"},
	"company in zone W":                {CIIO: policy.No, Zone: "CN-TEST-W"},
	"company in zone F":                {CIIO: policy.No, Zone: "CN-TEST-F"},
	"company in zone K":                {CIIO: policy.No, Zone: "CN-TEST-K"},
	"company in zone B":                {CIIO: policy.No, Zone: "CN-TEST-B"},
	"company in zone S":                {CIIO: policy.No, Zone: "CN-TEST-S"},
	"company in zone P":                {CIIO: policy.No, Zone: "CN-TEST-P"},
	"company in zone G":                {CIIO: policy.No, Zone: "CN-TEST-G"},
	"CIIO in zone G":                   {CIIO: policy.Yes, Zone: "CN-TEST-G"},
	"company in zone D":                {CIIO: policy.No, Zone: "CN-TEST-D"},
	"company in zone V":                {CIIO: policy.No, Zone: "CN-TEST-V"},
	"company in zone M":                {CIIO: policy.No, Zone: "CN-TEST-M"},
	"company in zone X, exports there": {CIIO: policy.No, Zone: "CN-TEST-X", ZoneExport: policy.Yes},
	"company in zone X, exports else":  {CIIO: policy.No, Zone: "CN-TEST-X", ZoneExport: policy.No},
	"company in zone X":                {CIIO: policy.No, Zone: "CN-TEST-X"},
	"company in another zone":          {CIIO: policy.No, Zone: "CN-TEST-NONE"},
}

// lawDatum is one kind of data as the scanner tells it.
type lawDatum struct {
	class     inspect.Class
	level     inspect.Level
	sensitive bool // under the strict profile, or of a child
	other     bool // not personal
}

var lawData = map[string]lawDatum{
	"mobile":         {class: "pi.contact.mobile"},
	"name":           {class: "pi.name"},
	"email":          {class: "pi.contact.email"},
	"VIN":            {class: "vehicle.vin"},
	"plate":          {class: "vehicle.plate"},
	"card":           {class: "pi.finance.bankcard", sensitive: true},
	"ID number":      {class: "pi.id.resident", sensitive: true},
	"passport":       {class: "pi.id.passport", sensitive: true},
	"health record":  {class: "pi.health.record", sensitive: true},
	"genome":         {class: "pi.bio.genomic", sensitive: true},
	"child's mobile": {class: "pi.contact.mobile", sensitive: true},
	"member number":  {class: "pi.account.member"},
	"company code":   {class: "org.uscc", other: true},
	"marked data":    {class: "mark.important", level: inspect.Important, other: true},
	"survey":         {class: "geo.survey", other: true},
	"coordinates":    {class: "geo.coordinate", other: true},
	"notified data":  {class: "geo.coordinate", level: inspect.Important, other: true},
	"notified name":  {class: "pi.name", level: inspect.Important},
	"state secret":   {class: "mark.secret", level: inspect.Core, other: true},
	"core data":      {class: "geo.coordinate", level: inspect.Core, other: true},
}

// question puts a transfer to the decider under rules.
func (x transfer) question(t testing.TB, r *policy.Rules) *policy.Question {
	t.Helper()
	e, ok := lawExporters[x.who]
	if !ok {
		t.Fatalf("nobody is called %q", x.who)
	}
	return x.questionOf(t, r, e)
}

// questionOf is question for an exporter without a name.
func (x transfer) questionOf(t testing.TB, r *policy.Rules, e policy.Exporter) *policy.Question {
	t.Helper()
	e.USCC = "91310115MA1K3ABC99"
	q := &policy.Question{Stage: policy.StagePart, Date: today, Direction: policy.Push, Protocol: "h2", Exporter: e,
		Coverage: policy.AskedCoverage{State: inspect.Full}, Pack: r.Pack, Profile: r.Profile,
		Destination: policy.AskedPlace{Place: policy.Place{Country: "SG", Source: "filing"}, Overseas: true, Recipient: "R1"},
		Found:       []policy.Found{}, Candidates: []policy.Candidate{}, Brackets: []policy.Bracket{}}
	for part := range strings.SplitSeq(x.what, " + ") {
		if part != "nothing" {
			q.Found = append(q.Found, lawFound(t, part, &q.Persons))
		}
	}
	slices.SortFunc(q.Found, func(a, b policy.Found) int { return cmp.Compare(a.Class, b.Class) })
	for _, l := range r.Limits(e) {
		q.Brackets = append(q.Brackets, policy.Bracket{Limit: l.ID, Exceeded: x.count(l.Kind) > l.Max})
	}
	for item := range strings.SplitSeq(x.with, "; ") {
		if item != "" {
			lawItem(t, q, item)
		}
	}
	return q
}

// count is how many persons of a kind the year has.
func (x transfer) count(k policy.CountKind) int64 {
	switch k {
	case policy.CountNS:
		return x.ns
	case policy.CountSP:
		return x.sp
	}
	return max(x.ns, x.sp)
}

func lawFound(t testing.TB, what string, p *policy.AskedPersons) policy.Found {
	t.Helper()
	d, ok := lawData[what]
	if !ok {
		t.Fatalf("no data is called %q", what)
	}
	p.NonSensitive = p.NonSensitive || !d.other && !d.sensitive
	p.Sensitive = p.Sensitive || d.sensitive
	p.Minors = p.Minors || strings.HasPrefix(what, "child")
	return policy.Found{Class: d.class, Level: d.level, Confidence: inspect.High, Magnitude: 1, Personal: !d.other, Sensitive: d.sensitive}
}

// lawItem adds one item of a transfer's with column:
//
//	to HK                       where it goes
//	to a denied recipient       one on the deny-list of PIPL art. 42
//	for retail.member           the scenario that is declared
//	and a dim card              sensitive persons whose class is not told
//	claims EX_HR                the exemption that is declared
//	EX_HR, SC, list ID          a claim, filing or list that is registered,
//	SC expired                  with what is wrong with it
func lawItem(t testing.TB, q *policy.Question, item string) {
	t.Helper()
	word, rest, _ := strings.Cut(item, " ")
	switch {
	case item == "to a denied recipient":
		q.Destination.Denied = true
		return
	case word == "and": // sensitive data that was seen too dimly to be named
		q.Persons.Sensitive = true
		return
	case word == "to":
		q.Destination.Country = rest
		q.Destination.Overseas = rest != "CN"
		return
	case word == "for":
		q.Declared.Scenario = rest
		return
	case word == "claims":
		q.Declared.Claim = rest
		return
	}
	n := string(rune('1' + len(q.Candidates)))
	var c policy.Candidate
	switch {
	case word == "list":
		name, fault, _ := strings.Cut(rest, " ")
		c, rest = lawFiling("Z"+n, policy.FTZList), fault
		c.List = name
		if rest == "limited" {
			c.LimitIDs = []string{c.Filing + ".ns"}
		}
	case strings.HasPrefix(word, "EX_"):
		c = lawFiling("X"+n, policy.Exemption)
		c.Claim = word
	default:
		c = lawFiling("F"+n, policy.Pathway(word))
		c.LimitIDs = []string{c.Filing + ".ns", c.Filing + ".sp"}
	}
	fault, ok := lawFaults[rest]
	if !ok {
		t.Fatalf("no filing can be %q", rest)
	}
	fault(&c)
	q.Candidates = append(q.Candidates, c)
	for _, id := range c.LimitIDs {
		q.Brackets = append(q.Brackets, policy.Bracket{Limit: id, Exceeded: rest == "full" || rest == "full of "+id[len(id)-2:]})
	}
}

// lawFiling covers every datum of the tables but email, the sensitive ones as
// such, and an assessment the important ones too.
func lawFiling(id string, p policy.Pathway) policy.Candidate {
	c := policy.Candidate{Filing: id, Revision: 1, Pathway: p, Status: "effective", Time: "current",
		Recipient: true, Country: true, Link: true, Purpose: "match"}
	for name, d := range lawData {
		switch {
		case name == "email" || d.class == "org.uscc" || d.class == "mark.secret":
			continue
		case d.other && p != policy.SA:
			continue
		case d.sensitive:
			c.Sensitive = append(c.Sensitive, d.class)
		case d.level == inspect.Important || d.class == "geo.survey":
			if p == policy.SA {
				c.Important = append(c.Important, d.class)
			}
		}
		c.Covers = append(c.Covers, d.class)
	}
	// A child's number is a sensitive item only where one was filed as such.
	c.Sensitive = slices.DeleteFunc(c.Sensitive, func(k inspect.Class) bool { return k == "pi.contact.mobile" })
	for _, s := range []*[]inspect.Class{&c.Covers, &c.Sensitive, &c.Important} {
		slices.Sort(*s)
		*s = slices.Compact(*s)
	}
	return c
}

// lawFaults are the things that may be wrong with a filing.
var lawFaults = map[string]func(*policy.Candidate){
	"":                      func(*policy.Candidate) {},
	"expired":               func(c *policy.Candidate) { c.Time = "expired" },
	"expired by status":     func(c *policy.Candidate) { c.Status = "expired" },
	"not yet":               func(c *policy.Candidate) { c.Time = "not_yet" },
	"suspended":             func(c *policy.Candidate) { c.Status = "suspended" },
	"revoked":               func(c *policy.Candidate) { c.Status = "revoked" },
	"draft":                 func(c *policy.Candidate) { c.Status = "draft" },
	"submitted":             func(c *policy.Candidate) { c.Status = "submitted" },
	"superseded":            func(c *policy.Candidate) { c.Status = "superseded" },
	"for another recipient": func(c *policy.Candidate) { c.Recipient, c.Country, c.Link = false, false, false },
	"for another country":   func(c *policy.Candidate) { c.Country = false },
	"for another link":      func(c *policy.Candidate) { c.Link = false },
	"for another purpose":   func(c *policy.Candidate) { c.Purpose = "mismatch" },
	"without purpose told":  func(c *policy.Candidate) { c.Purpose = "undeclared" },
	"without cards":         func(c *policy.Candidate) { c.Covers = lawWithout(c.Covers, "pi.finance.bankcard") },
	"of nothing at all":     func(c *policy.Candidate) { c.Covers, c.Sensitive, c.Important = nil, nil, nil },
	"with cards as plain":   func(c *policy.Candidate) { c.Sensitive = lawWithout(c.Sensitive, "pi.finance.bankcard") },
	"with cards refused":    func(c *policy.Candidate) { c.Refused = []inspect.Class{"pi.finance.bankcard"} },
	"with IDs processed":    func(c *policy.Candidate) { c.Deidentified = []inspect.Class{"pi.id.resident"} },
	"of nothing important":  func(c *policy.Candidate) { c.Important = nil },
	"with hgr":              func(c *policy.Candidate) { c.Approvals = []string{"hgr"} },
	"with geo":              func(c *policy.Candidate) { c.Approvals = []string{"geo"} },
	"with plates assessed":  func(c *policy.Candidate) { c.Important = append(c.Important, "vehicle.plate") },
	"with VINs assessed":    func(c *policy.Candidate) { c.Important = append(c.Important, "vehicle.vin") },
	"limited":               func(*policy.Candidate) {},
	"full":                  func(*policy.Candidate) {},
	"full of ns":            func(*policy.Candidate) {},
	"full of sp":            func(*policy.Candidate) {},
}

func lawWithout(list []inspect.Class, gone inspect.Class) []inspect.Class {
	return slices.DeleteFunc(slices.Clone(list), func(c inspect.Class) bool { return c == gone })
}
