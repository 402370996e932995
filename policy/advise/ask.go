package advise

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// moment is when and at which counts questions are asked.
type moment struct {
	at    time.Time
	rules *policy.Rules
	pack  *pack
	// after is how many persons a limit would count with one more transfer;
	// ns and sp say whether it carries such persons.
	after func(l policy.Limit, ns, sp bool) int64
}

// subject is what a question is about.
type subject struct {
	exporter policy.Exporter
	items    []Item
	// standing says that nothing is to be sent: the question is where the
	// exporter stands by its counts alone.
	standing *policy.AskedPersons
	flow     *policy.Flow
	papers   []policy.Candidate
}

// ask puts a question to the Decider as the gateway would about one more
// transfer of one new person.
func (m *moment) ask(ctx context.Context, d policy.Decider, s *subject) (policy.Verdict, error) {
	q := policy.Question{Stage: policy.StagePart, Date: m.at.In(policy.Shanghai).Format(time.DateOnly), Direction: policy.Push, Protocol: "h2",
		Exporter: s.exporter, Candidates: append([]policy.Candidate{}, s.papers...), Brackets: []policy.Bracket{},
		Coverage: policy.AskedCoverage{State: inspect.Full}, Pack: m.rules.Pack, Profile: m.rules.Profile}
	q.Found, q.Persons = found(s.items)
	if s.standing != nil {
		q.Persons = *s.standing
	}
	q.Destination = policy.AskedPlace{Overseas: true}
	if f := s.flow; f != nil {
		if f.Direction != "" {
			q.Direction = f.Direction
		}
		if f.Protocol != "" {
			q.Protocol = f.Protocol
		}
		q.Destination = policy.AskedPlace{Place: f.Destination.Place, Overseas: f.Destination.Place.Overseas(),
			Recipient: f.Destination.Recipient, Denied: m.rules.Denies(&f.Destination)}
		q.Declared = f.Declared
	}
	limits := m.rules.Limits(s.exporter)
	for _, c := range s.papers {
		limits = append(limits[:len(limits):len(limits)], c.Limits...)
	}
	ns, sp := q.Persons.NonSensitive || q.Persons.Sensitive && m.rules.BothKinds, q.Persons.Sensitive
	if s.standing != nil {
		ns, sp = false, false
	}
	for _, l := range limits {
		n := m.after(l, ns, sp)
		q.Brackets = append(q.Brackets, policy.Bracket{Limit: l.ID, Exceeded: n > l.Max, After: n, Max: l.Max})
	}
	return d.Decide(ctx, &q)
}

// adds says whether a limit counts another person of these kinds.
func adds(l policy.Limit, ns, sp bool) int64 {
	switch {
	case l.Kind == policy.CountNS && ns, l.Kind == policy.CountSP && sp, l.Kind == policy.CountAny && (ns || sp):
		return 1
	}
	return 0
}

// need asks which pathway is needed, whatever is held: no filing, no claim.
func (m *moment) need(ctx context.Context, d policy.Decider, s subject) (policy.Need, error) {
	s.papers = nil
	if s.flow != nil {
		f := *s.flow
		f.Declared.Claim = ""
		s.flow = &f
	}
	v, err := m.ask(ctx, d, &s)
	return v.Need, err
}

// options are the pathways under which this could go, by the Decider's word
// on a filing of each that names everything.
func (m *moment) options(ctx context.Context, d policy.Decider, s subject) (out []policy.Pathway, verdict policy.Verdict, err error) {
	for _, w := range []policy.Pathway{policy.SC, policy.CERT, policy.GBASC, policy.SA} {
		c := policy.Candidate{Filing: "advice", Revision: 1, Pathway: w, Status: statusEffective, Time: "current",
			Recipient: true, Country: true, Link: true, Purpose: "match", Covers: []inspect.Class{}}
		for _, i := range s.items {
			c.Covers = append(c.Covers, i.Class)
			if i.Sensitive {
				c.Sensitive = append(c.Sensitive, i.Class)
			}
			if i.Level == inspect.Important && w == policy.SA {
				c.Important = append(c.Important, i.Class)
			}
		}
		f := *s.flow
		f.Declared.Claim = ""
		if f.Declared.Purpose == "" {
			f.Declared.Purpose = "advice"
		}
		s.flow, s.papers = &f, []policy.Candidate{c}
		v, err := m.ask(ctx, d, &s)
		if err != nil {
			return nil, v, err
		}
		if v.Action.Releases() && v.Filing == c.Filing {
			out = append(out, w)
		}
		verdict = v // of the strongest, which is asked last
	}
	return out, verdict, nil
}

// The statuses that are told apart here.
const (
	statusEffective = "effective"
	statusDraft     = "draft"
)

// flowOf is a transfer like those of a line, at a time.
func flowOf(l *line, e policy.Exporter, at time.Time) *policy.Flow {
	f := &policy.Flow{Session: &policy.Session{Exporter: e}, Time: at, Direction: l.direction, Protocol: l.protocol, Scheme: l.scheme,
		Declared:    l.declared,
		Destination: policy.Destination{Host: l.host, Port: l.port, Place: policy.Place{Country: l.country, Source: "config"}, Recipient: l.recipient}}
	if l.declared.Source != "client" { // the filings of that day said so; ask those of now
		f.Declared, f.Destination.Recipient = policy.Declared{}, ""
	}
	if a, err := netip.ParseAddr(l.host); err == nil {
		f.Destination.Addr = a
	} else if a, err := netip.ParseAddr(l.address); err == nil {
		f.Destination.Addr, f.Destination.Host = a, a.String()
	}
	return f
}

// identified completes a flow by the register of now.
func (a *adviser) identified(ctx context.Context, l *line, e policy.Exporter, at time.Time) (*policy.Flow, []policy.Candidate, error) {
	f := flowOf(l, e, at)
	if a.src.Register == nil {
		f.Destination.Recipient = l.recipient
		return f, nil, nil
	}
	// Identify overwrites a client's recipient only where filings know one.
	if err := a.src.Register.Identify(ctx, f); err != nil {
		return f, nil, err
	}
	all, err := a.src.Register.Candidates(ctx, f)
	// A draft is nothing that is held, and may be of this very advice.
	return f, slices.DeleteFunc(slices.Clone(all), func(c policy.Candidate) bool { return c.Status == statusDraft }), err
}
