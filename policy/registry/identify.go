package registry

import (
	"context"
	"fmt"

	"github.com/datacustoms/customs/policy"
)

// The sources of what is declared and of a place.
const (
	sourceClient = "client"
	sourceFiling = "filing"
)

// Identify completes recipient, place, link, purpose, scenario and claim from the link
// tables of the exporter's filings: those in force, or where none of them
// knows the destination, those that once were or will be. The closest names
// decide, and whatever they disagree on is left open. A recipient that was
// suspended is denied, whoever's filings know it.
func (r *Registry) Identify(ctx context.Context, f *policy.Flow) error {
	b, err := r.current(ctx)
	if err != nil {
		return fmt.Errorf("identify recipient: %w", err)
	}
	near, rank := b.of(f).near(f)
	if len(near) > 0 {
		settle(near, f)
	}
	f.Destination.Denied = b.denies(&f.Destination, rank)
	return nil
}

// near returns the links that name the destination most closely, and how
// closely.
func (s *shelf) near(f *policy.Flow) ([]hit, int) {
	if s == nil {
		return nil, 0
	}
	reached := s.reached(&f.Destination)
	for _, inForce := range []bool{true, false} {
		if near, rank := s.nearest(reached, f, inForce); len(near) > 0 {
			return near, rank
		}
	}
	return nil, 0
}

// hit is a link that leads to the destination.
type hit struct {
	p *permit
	w *way
}

func (s *shelf) nearest(reached []int32, f *policy.Flow, inForce bool) ([]hit, int) {
	var out []hit
	best := 0
	for _, k := range reached {
		p := s.all[k]
		if !p.names() {
			continue
		}
		when, _ := p.when(f.Time)
		if (p.f.Status == statusEffective && when == "current") != inForce {
			continue
		}
		for i := range p.links {
			n := p.links[i].reach(&f.Destination)
			if n == 0 || n < best {
				continue
			}
			if n > best {
				best, out = n, nil
			}
			out = append(out, hit{p, &p.links[i]})
		}
	}
	return out, best
}

// settle writes what the links agree on into the flow. What the client was
// allowed to declare stays.
func settle(near []hit, f *policy.Flow) {
	if r, ok := agreed(near, func(h hit) string { return h.w.recipient.ID }); ok && f.Destination.Recipient == "" {
		f.Destination.Recipient = r
	}
	// Where they disagree the country is unknown, but overseas by all of them.
	c, _ := agreed(near, func(h hit) string { return h.w.recipient.Country })
	f.Destination.Place = policy.Place{Country: c, Source: sourceFiling}
	var fitting []hit
	for _, h := range near {
		if h.w.fits(f) {
			fitting = append(fitting, h)
		}
	}
	d := &f.Declared
	before := *d
	set := func(field *string, of func(hit) string) {
		if v, ok := agreed(fitting, of); ok && *field == "" {
			*field = v
		}
	}
	set(&d.Link, func(h hit) string { return h.w.link.ID })
	set(&d.Purpose, hit.purpose)
	set(&d.Scenario, func(h hit) string { return h.p.f.Scenario })
	set(&d.Claim, func(h hit) string { return string(h.p.claim) })
	if *d != before && d.Source == "" {
		d.Source = sourceFiling
	}
}

// purpose is what the link is for: its own, or the only one of its filing.
func (h hit) purpose() string {
	if h.w.link.Purpose == "" && len(h.p.f.Purposes) == 1 {
		return h.p.f.Purposes[0]
	}
	return h.w.link.Purpose
}

// agreed returns the one value that all links give.
func agreed(hits []hit, of func(hit) string) (string, bool) {
	if len(hits) == 0 {
		return "", false
	}
	v := of(hits[0])
	for _, h := range hits[1:] {
		if of(h) != v {
			return "", false
		}
	}
	return v, v != ""
}
