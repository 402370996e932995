package registry

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// permit is a filing made ready for matching.
type permit struct {
	f *policy.Filing
	// from is the first instant, until the first one after; zero is open.
	from, until time.Time
	claim       policy.Code
	links       []way
	form        policy.Candidate // what does not depend on the flow
	approvals   []approval       // of other authorities, by kind
}

// approval is a sector approval with the first instant at which it is none
// any more; zero is open.
type approval struct {
	kind  string
	until time.Time
}

// way is a link made ready for matching.
type way struct {
	link      *policy.Link
	recipient *policy.Recipient
	hosts     []pattern
	dst, src  []netip.Prefix
	origins   []pattern
}

func (p *permit) holders() []string { return holders(p.f) }

// names reports whether the filing says where its recipients are: one that
// was never granted, or was replaced, does not.
func (p *permit) names() bool {
	switch p.f.Status {
	case statusDraft, statusSubmitted, statusSuperseded:
		return false
	}
	return true
}

// newPermit compiles a stored filing. It was validated when it was added, so
// an error means that the store holds what this program would not have taken.
func newPermit(f *policy.Filing) (*permit, error) {
	p := &permit{f: f}
	var err error
	if p.from, err = midnight(cmp.Or(f.Valid.Effective, f.Valid.Issued)); err != nil {
		return nil, err
	}
	if p.until, err = midnight(f.Valid.Expires); err != nil {
		return nil, err
	}
	if !p.until.IsZero() {
		p.until = p.until.AddDate(0, 0, 1) // it ends at 24:00 of its last day
	}
	for _, a := range f.Approvals {
		until, err := midnight(a.Expires)
		if err != nil {
			return nil, err
		}
		if !until.IsZero() {
			until = until.AddDate(0, 0, 1)
		}
		p.approvals = append(p.approvals, approval{a.Kind, until})
	}
	slices.SortStableFunc(p.approvals, func(a, b approval) int { return cmp.Compare(a.kind, b.kind) })
	for i := range f.Links {
		w, err := newWay(f, &f.Links[i])
		if err != nil {
			return nil, err
		}
		p.links = append(p.links, w)
	}
	if f.Pathway == policy.Exemption {
		p.claim = claims[f.LegalBasis]
	}
	p.form = form(f, p.claim)
	return p, nil
}

// Form gives the part of a filing's candidate that every flow sees alike.
func Form(f policy.Filing) policy.Candidate {
	var claim policy.Code
	if f.Pathway == policy.Exemption {
		claim = claims[f.LegalBasis]
	}
	return form(&f, claim)
}

func midnight(day string) (time.Time, error) {
	if day == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, day, policy.Shanghai)
	if err != nil {
		return t, fmt.Errorf("stored filing has an improper date")
	}
	return t, nil
}

func newWay(f *policy.Filing, l *policy.Link) (way, error) {
	w := way{link: l}
	for i := range f.Recipients {
		if r := &f.Recipients[i]; r.ID == l.Recipient || l.Recipient == "" && len(f.Recipients) == 1 {
			w.recipient = r
		}
	}
	if w.recipient == nil {
		return w, fmt.Errorf("stored filing has a link to nobody")
	}
	for _, s := range l.DstDomains {
		p, err := parsePattern(s)
		if err != nil {
			return w, fmt.Errorf("stored filing: a destination %w", err)
		}
		w.hosts = append(w.hosts, p)
	}
	for _, s := range l.SrcDomains {
		p, err := parsePattern(s)
		if err != nil {
			return w, fmt.Errorf("stored filing: a source %w", err)
		}
		w.origins = append(w.origins, p)
	}
	for _, x := range []struct {
		list []string
		to   *[]netip.Prefix
	}{{l.DstCIDRs, &w.dst}, {l.SrcCIDRs, &w.src}} {
		for _, s := range x.list {
			c, err := parseCIDR(s)
			if err != nil {
				return w, fmt.Errorf("stored filing has an improper address range")
			}
			*x.to = append(*x.to, c)
		}
	}
	return w, nil
}
