package registry

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// book is the newest revision of each filing, made ready for matching. It is
// never changed; with makes the next one.
type book struct {
	newest     map[string]*row
	ready      map[string]*permit
	byExporter map[string][]*permit // also under each USCC of a group
}

func newBook() *book {
	return &book{newest: map[string]*row{}, ready: map[string]*permit{}, byExporter: map[string][]*permit{}}
}

// with returns a book that has also the given changes. It refuses changes
// that do not follow on what it knows.
func (b *book) with(rows []row) (*book, error) {
	if len(rows) == 0 {
		return b, nil
	}
	next := &book{newest: maps.Clone(b.newest), ready: maps.Clone(b.ready), byExporter: map[string][]*permit{}}
	for i := range rows {
		r := &rows[i]
		prev := next.newest[r.Filing]
		if prev == nil {
			prev = &row{}
		}
		if err := r.follows(prev); err != nil {
			return nil, err
		}
		p, err := newPermit(&r.filing)
		if err != nil {
			return nil, fmt.Errorf("change %d: %w", r.Seq, err)
		}
		next.newest[r.Filing], next.ready[r.Filing] = r, p
	}
	for _, id := range slices.Sorted(maps.Keys(next.ready)) {
		p := next.ready[id]
		for _, uscc := range p.holders() {
			next.byExporter[uscc] = append(next.byExporter[uscc], p)
		}
	}
	return next, nil
}

// permit is a filing made ready for matching.
type permit struct {
	f *policy.Filing
	// from is the first instant, until the first one after; zero is open.
	from, until time.Time
	claim       policy.Code
	links       []way
	form        policy.Candidate // what does not depend on the flow
}

// way is a link made ready for matching.
type way struct {
	link      *policy.Link
	recipient *policy.Recipient
	hosts     []pattern
	dst, src  []netip.Prefix
	origins   []pattern
}

// holders are the exporters that the filing speaks for.
func (p *permit) holders() []string {
	out := append([]string{p.f.Exporter.USCC}, p.f.Exporter.GroupUSCCs...)
	slices.Sort(out)
	return slices.Compact(out)
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

// form fills in the part of a candidate that every flow sees alike.
func form(f *policy.Filing, claim policy.Code) policy.Candidate {
	c := policy.Candidate{Filing: f.ID, Revision: f.Revision, Pathway: f.Pathway, Status: f.Status,
		Claim: string(claim), Covers: []inspect.Class{}}
	raw := map[inspect.Class]bool{}
	for _, it := range f.Items {
		for _, class := range it.Categories {
			if !it.Approved {
				c.Refused = append(c.Refused, class)
				continue
			}
			c.Covers = append(c.Covers, class)
			if it.Sensitive {
				c.Sensitive = append(c.Sensitive, class)
			}
			if it.Level == inspect.Important {
				c.Important = append(c.Important, class)
			}
			if it.Processing == "" || it.Processing == "raw" {
				raw[class] = true
			}
		}
	}
	for _, list := range []*[]inspect.Class{&c.Covers, &c.Sensitive, &c.Important, &c.Refused} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	// A class that some item covers raw may go raw.
	for _, class := range c.Covers {
		if !raw[class] {
			c.Deidentified = append(c.Deidentified, class)
		}
	}
	c.Limits = limits(f)
	for _, l := range c.Limits {
		c.LimitIDs = append(c.LimitIDs, l.ID)
	}
	return c
}

// limits are the filed volumes. A pathway that is always bound to a volume is
// bound also to one of zero; an exemption only to one that was set.
func limits(f *policy.Filing) []policy.Limit {
	var out []policy.Limit
	bound := needsVolume(f.Pathway)
	if n := f.Volume.NSPerYear; bound || n > 0 {
		out = append(out, policy.Limit{ID: f.ID + ".ns", Kind: policy.CountNS, Max: n, Filing: f.ID})
	}
	if n := f.Volume.SPPerYear; bound || n > 0 {
		out = append(out, policy.Limit{ID: f.ID + ".sp", Kind: policy.CountSP, Max: n, Filing: f.ID})
	}
	if n := f.Volume.TotalOverValidity; n > 0 {
		out = append(out, policy.Limit{ID: f.ID + ".total", Kind: policy.CountAny, Max: n, Filing: f.ID, Validity: true})
	}
	return out
}
