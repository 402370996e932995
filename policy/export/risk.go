package export

import (
	"cmp"
	"slices"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// RiskSchema is the schema of the outbound section of the risk report.
const RiskSchema = "dc.risk-outbound/1"

// Risk is the outbound section of the yearly risk assessment report of
// important data handlers (Network Data Regulations art. 33): purpose, type,
// quantity, method, scope, period and place of what went out, what was
// stopped, how much was read, and the measures. It holds no data.
type Risk struct {
	Schema   string     `json:"schema"`
	Rule     string     `json:"rule"`
	From     time.Time  `json:"from,omitzero"`
	To       time.Time  `json:"to,omitzero"` // exclusive
	Made     time.Time  `json:"made"`
	Counts   Counts     `json:"counts"`
	Outbound *Provision `json:"outbound"`
	Levels   []Levelled `json:"levels"`            // what went out, by data level
	Stopped  []Stopped  `json:"stopped"`           // blocked and held attempts, by ground, those that were cut off included
	Observed int64      `json:"observed"`          // let through in observe mode that enforcing would have stopped
	CutOff   int64      `json:"cut_off,omitempty"` // refused after a part had left; that part is among what went out
	Coverage Covered    `json:"coverage"`
	Measures Measures   `json:"measures"`
	Inland   int64      `json:"inland"` // records of flows within the mainland, which are left out
	Limited  bool       `json:"limited,omitempty"`
}

// Levelled is what went out of one data level.
type Levelled struct {
	Level     inspect.Level `json:"level"`
	Transfers int64         `json:"transfers"`
	Findings  int64         `json:"findings"`
}

// Stopped is what was refused for one ground. An attempt with several grounds
// stands under each.
type Stopped struct {
	Code     string `json:"code"`
	Blocked  int64  `json:"blocked"`
	Held     int64  `json:"held"`
	Escalate int64  `json:"escalated,omitempty"`
}

// Covered says how much of the traffic was read. Unread are flows that passed
// without being looked into; bytes are those on the wire.
type Covered struct {
	Full         int64 `json:"full"`
	Partial      int64 `json:"partial"`
	Opaque       int64 `json:"opaque"`
	Unread       int64 `json:"unread"`
	SeenBytes    int64 `json:"seen_bytes"`
	SkippedBytes int64 `json:"skipped_bytes"`
	UnreadBytes  int64 `json:"unread_bytes"`
}

// Measures are what was in force in the period, and what people lifted.
type Measures struct {
	Modes     []string `json:"modes"`
	Policies  []string `json:"policies"` // digests
	Packs     []string `json:"packs"`    // id and digest
	Profiles  []string `json:"profiles"`
	Rules     []string `json:"rules"` // digests of the identifier catalogue
	Builds    []string `json:"builds"`
	Overrides int64    `json:"overrides"` // transfers that rest on a review or an exception
	Doubt     int64    `json:"doubt"`     // refused because a part failed or a limit was met
	Unsynced  int64    `json:"unsynced"`  // decided while the clock was not kept right
}

// NewRisk adds up the records of a filter whose destination is overseas or
// unknown.
func NewRisk(each Each, f Filter, filings Filings, now time.Time) (*Risk, error) {
	x := &Risk{Schema: RiskSchema, Rule: "Network Data Security Regulations (网络数据安全管理条例) art. 33", From: f.From, To: f.To, Made: now,
		Levels: []Levelled{}, Stopped: []Stopped{}}
	a := riskAdder{x: x, levels: map[inspect.Level]*Levelled{}, stopped: map[string]*Stopped{},
		modes: nameSet{}, policies: nameSet{}, packs: nameSet{}, profiles: nameSet{}, rules: nameSet{}, builds: nameSet{}}
	abroad := f
	abroad.Overseas = true
	var err error
	x.Outbound, err = NewProvision(func(fn func(policy.Record) error) error {
		return each(func(r policy.Record) error {
			switch {
			case abroad.Match(&r):
				a.add(&r)
			case f.Match(&r):
				x.Inland++
			}
			return fn(r)
		})
	}, abroad, filings, now)
	if err != nil {
		return nil, err
	}
	a.finish()
	x.Counts, x.Limited = x.Outbound.Counts, x.Outbound.Limited || x.Limited
	return x, nil
}

type riskAdder struct {
	x       *Risk
	levels  map[inspect.Level]*Levelled
	stopped map[string]*Stopped

	modes, policies, packs, profiles, rules, builds nameSet
}

func (a *riskAdder) add(r *policy.Record) {
	in := &r.Intent
	a.modes.add(in.Mode)
	a.policies.add(in.Policy)
	a.packs.add(in.Pack.ID + " " + in.Pack.Digest)
	a.profiles.add(in.Profile)
	a.rules.add(in.Rules)
	a.builds.add(in.Build)
	m := &a.x.Measures
	if len(r.Verdict().Uses) > 0 && in.Enforced.Releases() {
		m.Overrides++
	}
	if in.Stopped != "" {
		m.Doubt++
	}
	if in.Clock == "unsynced" {
		m.Unsynced++
	}
	a.cover(r)
	switch {
	case !in.Enforced.Releases(), r.CutOff() && !transferred(r):
		a.stop(r)
	case transferred(r):
		a.level(r)
		switch {
		case r.CutOff():
			a.x.CutOff++
			a.stop(r)
		case !r.Verdict().Action.Releases():
			a.x.Observed++
		}
	}
}

func (a *riskAdder) cover(r *policy.Record) {
	c, got := &a.x.Coverage, r.Intent.Coverage
	if r.Intent.Judged == "unread" {
		c.Unread++
		c.UnreadBytes += r.SentBytes()
		return
	}
	c.SeenBytes += got.Seen
	c.SkippedBytes += got.Skipped
	switch got.State {
	case inspect.Full:
		c.Full++
	case inspect.Partial:
		c.Partial++
	default:
		c.Opaque++
	}
}

func (a *riskAdder) stop(r *policy.Record) {
	v := r.Verdict()
	seen := map[string]bool{}
	for _, reason := range v.Reasons {
		code := clean(string(reason.Code), 64)
		if seen[code] {
			continue
		}
		seen[code] = true
		s := a.stopped[code]
		if s == nil && len(a.stopped) >= maxNames {
			code, a.x.Limited = overflow, true
			s = a.stopped[code]
		}
		if s == nil {
			s = &Stopped{Code: code}
			a.stopped[code] = s
		}
		if r.Intent.Enforced == policy.Hold {
			s.Held++
		} else {
			s.Blocked++
		}
		if v.Escalate {
			s.Escalate++
		}
	}
}

func (a *riskAdder) level(r *policy.Record) {
	for _, c := range found(r) {
		l := a.levels[c.Level]
		if l == nil {
			l = &Levelled{Level: c.Level}
			a.levels[c.Level] = l
		}
		l.Transfers++
		l.Findings += c.Medium + c.High
	}
}

func (a *riskAdder) finish() {
	for _, l := range a.levels {
		a.x.Levels = append(a.x.Levels, *l)
	}
	slices.SortFunc(a.x.Levels, func(p, q Levelled) int { return cmp.Compare(q.Level, p.Level) })
	for _, s := range a.stopped {
		a.x.Stopped = append(a.x.Stopped, *s)
	}
	slices.SortFunc(a.x.Stopped, func(p, q Stopped) int { return cmp.Compare(p.Code, q.Code) })
	m := &a.x.Measures
	m.Modes, m.Policies, m.Packs = a.modes.list(), a.policies.list(), a.packs.list()
	m.Profiles, m.Rules, m.Builds = a.profiles.list(), a.rules.list(), a.builds.list()
}
