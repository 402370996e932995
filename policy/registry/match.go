package registry

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
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
	permits := b.of(f)
	out := make([]policy.Candidate, 0, len(permits))
	for _, p := range permits {
		out = append(out, p.candidate(f))
	}
	slices.SortStableFunc(out, func(a, b policy.Candidate) int {
		return cmp.Or(cmp.Compare(fit(&b), fit(&a)), cmp.Compare(a.Filing, b.Filing))
	})
	return out[:min(len(out), MaxCandidates)], nil
}

// of returns the permits of the flow's exporter, by id.
func (b *book) of(f *policy.Flow) []*permit {
	if f.Session == nil || !f.Session.Exporter.Known() {
		return nil
	}
	return b.byExporter[f.Session.Exporter.USCC]
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

// candidate compares the filing with a flow.
func (p *permit) candidate(f *policy.Flow) policy.Candidate {
	c := p.form
	c.Time, c.ValidUntil = p.when(f.Time)
	c.Purpose = p.purpose(&f.Declared)
	best := 0
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
		if near > best {
			best = near
			c.RecipientID, c.RecipientInfo, c.LinkID = w.recipient.ID, w.recipient, w.link.ID
			c.Country = w.recipient.Country == f.Destination.Place.Country
			c.Link = fits
		}
	}
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

// reach says how closely the link names the destination; 0 is not at all. A
// destination by name is looked up by name, and by address only in a link
// that has no names.
func (w *way) reach(d *policy.Destination) int {
	if a, err := netip.ParseAddr(d.Host); err == nil {
		return within(w.dst, a)
	}
	if len(w.hosts) == 0 {
		return within(w.dst, d.Addr)
	}
	best := 0
	for _, p := range w.hosts {
		best = max(best, p.rank(d.Host))
	}
	return best
}

// fits says whether the flow uses the link as it was filed.
func (w *way) fits(f *policy.Flow) bool {
	l, d := w.link, &f.Destination
	switch {
	case len(w.dst) > 0 && d.Addr.IsValid() && within(w.dst, d.Addr) == 0,
		len(l.Ports) > 0 && !slices.Contains(l.Ports, d.Port),
		l.Direction != "" && l.Direction != cmp.Or(f.Direction, policy.Push),
		!speaks(l.Protocol, f),
		f.Declared.Source == sourceClient && f.Declared.Link != "" && f.Declared.Link != l.ID:
		return false
	}
	return w.comesFrom(f.Session)
}

// comesFrom checks the source. A name of the source can be seen only where
// the source is what was asked for, which is in the other direction.
func (w *way) comesFrom(s *policy.Session) bool {
	if len(w.src) > 0 && (s == nil || within(w.src, s.Client.Addr()) == 0) {
		return false
	}
	pulled := w.link.Direction == policy.Pull || w.link.Direction == policy.RemoteAccess
	if !pulled || len(w.origins) == 0 {
		return true
	}
	if s == nil {
		return false
	}
	host := strings.ToLower(cmp.Or(s.Host, s.SNI))
	return slices.ContainsFunc(w.origins, func(p pattern) bool { return p.rank(host) > 0 })
}

// speaks says whether the flow's protocol is the filed one. On a dedicated
// line any is.
func speaks(filed string, f *policy.Flow) bool {
	switch filed {
	case "", "dedicated_line":
		return true
	case "https":
		return f.Scheme == "https" || f.Scheme == "wss"
	case "http":
		return f.Scheme == "http" || f.Scheme == "ws"
	case "remote_access":
		return f.Direction == policy.RemoteAccess
	}
	return f.Protocol == filed || f.Scheme == filed
}
