package registry

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// MaxCandidates is how many filings a question can hold. An exporter with
// more is asked about those that fit best.
const MaxCandidates = 32

// Candidates returns the filings of the exporter, best fit first.
func (r *Registry) Candidates(ctx context.Context, f *policy.Flow) ([]policy.Candidate, error) {
	b, err := r.current(ctx)
	if err != nil {
		return nil, fmt.Errorf("find filings: %w", err)
	}
	s := b.of(f)
	if s == nil {
		return []policy.Candidate{}, nil
	}
	return s.candidates(f), nil
}

// of returns the permits of the flow's exporter, or nil.
func (b *book) of(f *policy.Flow) *shelf {
	if f.Session == nil || !f.Session.Exporter.Known() {
		return nil
	}
	return b.shelves[f.Session.Exporter.USCC]
}

// Match compares filings with a flow as Candidates does, without a store. It
// looks at each filing.
func Match(filings []policy.Filing, f *policy.Flow) ([]policy.Candidate, error) {
	out := []policy.Candidate{}
	if f.Session == nil || !f.Session.Exporter.Known() {
		return out, nil
	}
	for i := range filings {
		if !slices.Contains(holders(&filings[i]), f.Session.Exporter.USCC) {
			continue
		}
		p, err := newPermit(&filings[i])
		if err != nil {
			return nil, fmt.Errorf("match %s: %w", Named(filings[i].ID), err)
		}
		out = append(out, p.candidate(f))
	}
	slices.SortStableFunc(out, func(a, b policy.Candidate) int {
		return cmp.Or(cmp.Compare(fit(&b), fit(&a)), cmp.Compare(a.Filing, b.Filing))
	})
	return out[:min(len(out), MaxCandidates)], nil
}

// fit weighs what matters most for showing a person the filing that was meant:
// the recipient, then whether it is in force, then the rest.
func fit(c *policy.Candidate) int {
	n := 0
	for i, ok := range []bool{c.Purpose == "match", c.Link, c.Country, c.Time == "current", c.Status == statusEffective, c.Recipient} {
		if ok {
			n |= 1 << i
		}
	}
	return n
}

// perfect is the weight of all that a filing's dates and status do not say.
const perfect = 1<<3 - 1

// candidate compares the filing with a flow.
func (p *permit) candidate(f *policy.Flow) policy.Candidate {
	c := p.form
	c.Time, c.ValidUntil = p.when(f.Time)
	c.Approvals = p.granted(f.Time, &c.ValidUntil)
	c.Purpose = p.purpose(&f.Declared)
	best, window := 0, opening{}
	for i := range p.links {
		w := &p.links[i]
		near := w.reach(&f.Destination)
		if near == 0 {
			continue
		}
		c.Recipient = true
		fits := w.fits(f)
		if fits {
			near += 1 << 16 // a link that fits tells more than one that does not
		}
		switch {
		case near == best:
			window.narrow(w.link.Window)
		case near > best:
			best = near
			window.of(w.link.Window)
			c.RecipientID, c.RecipientInfo, c.LinkID = w.recipient.ID, w.recipient, w.link.ID
			c.Country = w.recipient.Country == f.Destination.Place.Country
			c.Link = fits
		}
	}
	window.set(&c)
	return c
}

// when says where an instant lies in the filing's time, and until when that
// stays so.
func (p *permit) when(t time.Time) (string, time.Time) {
	switch {
	case t.Before(p.from):
		return "not_yet", p.from
	case !p.until.IsZero() && !t.Before(p.until):
		return "expired", time.Time{}
	}
	return "current", p.until
}

// granted returns the kinds of sector approvals that are in force, and brings
// until to the end of the first.
func (p *permit) granted(t time.Time, until *time.Time) []string {
	var out []string
	for _, a := range p.approvals {
		switch {
		case !a.until.IsZero() && !t.Before(a.until):
			continue
		case !a.until.IsZero() && (until.IsZero() || a.until.Before(*until)):
			*until = a.until
		}
		if len(out) == 0 || out[len(out)-1] != a.kind {
			out = append(out, a.kind)
		}
	}
	return out
}

func (p *permit) purpose(d *policy.Declared) string {
	switch {
	case d.Purpose == "":
		return "undeclared"
	case !slices.Contains(p.f.Purposes, d.Purpose),
		d.Scenario != "" && p.f.Scenario != "" && d.Scenario != p.f.Scenario:
		return "mismatch"
	}
	return "match"
}

// Matcher is Match for many flows: it makes the filings ready once.
type Matcher struct{ book *book }

// NewMatcher makes filings ready. They must have different ids.
func NewMatcher(filings []policy.Filing) (*Matcher, error) {
	b := newBook()
	touched := map[string]map[string]*permit{}
	for i := range filings {
		p, err := newPermit(&filings[i])
		if err != nil {
			return nil, fmt.Errorf("match %s: %w", Named(filings[i].ID), err)
		}
		for _, uscc := range p.holders() {
			if touched[uscc] == nil {
				touched[uscc] = map[string]*permit{}
			}
			touched[uscc][p.f.ID] = p
		}
	}
	for uscc, change := range touched {
		b.shelves[uscc] = b.shelves[uscc].with(change)
	}
	return &Matcher{b}, nil
}

// Candidates returns what Match does.
func (m *Matcher) Candidates(f *policy.Flow) []policy.Candidate {
	s := m.book.of(f)
	if s == nil {
		return []policy.Candidate{}
	}
	return s.candidates(f)
}
