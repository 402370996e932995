package advise

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/net/publicsuffix"

	"github.com/datacustoms/customs/policy"
)

// The bounds of what is advised on one by one.
const (
	maxWays   = 100 // of one exporter
	maxDrafts = 500 // of all exporters
	maxLinks  = 100 // of one draft
	maxHosts  = 20  // shown of one recipient
)

// Way is everything that goes to one recipient for one purpose.
type Way struct {
	Recipient string   `json:"recipient"`
	Known     bool     `json:"in_filings"` // the recipient is one of the filings
	Country   string   `json:"country,omitempty"`
	Purpose   string   `json:"purpose,omitempty"`
	Hosts     []string `json:"hosts"`
	Items     []Item   `json:"items"`
	Sent      Sum      `json:"sent"`
	Refused   Sum      `json:"refused"`
	Now       Need     `json:"need_now"`
	Then      Need     `json:"need_by_year_end"`
	Asked     Need     `json:"need_by_year_end_with_refused"`
	// Options are the pathways under which all of it could go.
	Options []policy.Pathway `json:"pathways,omitempty"`
	Cover   Cover            `json:"held"`
	// Changes is the filing that the draft would change or add to.
	Changes string         `json:"changes_filing,omitempty"`
	Scale   Scale          `json:"scale"`
	Draft   *policy.Filing `json:"draft,omitempty"`
	FillIn  []FillIn       `json:"fill_in,omitempty"`
	Notes   []Bilingual    `json:"notes,omitempty"`

	needs    needs
	scenario string
	withheld bool // some name was
	cutLinks int  // links beyond the bound
	lines    []*routed
}

// routed is a line as the register of now sees it.
type routed struct {
	*line
	flow   *policy.Flow
	papers []policy.Candidate
}

// Cover says whether what is held suffices.
type Cover struct {
	Now      bool   `json:"suffices_now"`
	Then     bool   `json:"suffices_by_year_end"`
	Basis    string `json:"basis,omitempty"`
	Article  string `json:"article,omitempty"`
	Filing   string `json:"filing,omitempty"` // that covers, or comes nearest
	Revision int    `json:"revision,omitempty"`
	// Codes are why it does not suffice, and Missing what would mend it.
	Codes   []policy.Code `json:"reasons,omitempty"`
	Missing []Bilingual   `json:"missing,omitempty"`
}

// ways groups the lines of an exporter, the weightiest first. Those beyond the
// bound are joined into one that is only asked about.
func (a *adviser) ways(ctx context.Context, x *exporting) (out []Way, rest *Way) {
	by := map[[3]string]*Way{}
	var order []*Way
	for _, l := range x.lines {
		if !l.governed || never(l.verdict) {
			continue
		}
		f, papers, err := a.identified(ctx, l, x.facts, a.src.Now)
		if err != nil {
			papers = nil // as if nothing were held
		}
		name, known := recipientOf(l, f)
		k := [3]string{name, f.Destination.Place.Country, purposeOf(f)}
		w := by[k]
		if w == nil {
			w = &Way{Recipient: name, Known: known, Country: k[1], Purpose: k[2], Hosts: []string{}, Items: []Item{}}
			by[k], order = w, append(order, w)
		}
		w.add(&routed{l, f, papers})
	}
	slices.SortStableFunc(order, func(p, q *Way) int {
		return cmp.Or(cmp.Compare(b2i(q.Refused.Transfers > 0), b2i(p.Refused.Transfers > 0)), cmp.Compare(q.Sent.SP+q.Refused.SP, p.Sent.SP+p.Refused.SP),
			cmp.Compare(q.Sent.Total+q.Refused.Total, p.Sent.Total+p.Refused.Total), cmp.Compare(p.Recipient, q.Recipient), cmp.Compare(p.Purpose, q.Purpose))
	})
	for i, w := range order {
		if i < maxWays {
			out = append(out, *w)
			continue
		}
		if rest == nil {
			rest = &Way{Recipient: "*"}
		}
		for _, l := range w.lines {
			rest.add(l)
		}
	}
	return out, rest
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// never reports a refusal that no filing could have changed: what it stopped
// does not belong into a draft.
func never(v policy.Verdict) bool {
	return v.Has(policy.StateSecret) || v.Has(policy.CoreData) || v.Has(policy.RecipientDenied)
}

// recipientOf names the recipient: as filings do, or by the part of the host
// name that somebody registered, or by its address.
func recipientOf(l *line, f *policy.Flow) (name string, known bool) {
	host := f.Destination.Host
	switch {
	case f.Destination.Recipient != "":
		return f.Destination.Recipient, true
	case host == withheld:
		return withheld, false
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return host, false
	}
	if name, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return name, false
	}
	return host, false
}

func purposeOf(f *policy.Flow) string { return f.Declared.Purpose }

func (w *Way) add(r *routed) {
	w.lines = append(w.lines, r)
	if r.fate == FateRefused {
		w.Refused.add(r.Sum)
	} else {
		w.Sent.add(r.Sum)
	}
	w.Items = mergeItems(w.Items, r.items)
	w.scenario = cmp.Or(w.scenario, r.flow.Declared.Scenario)
	w.withheld = w.withheld || r.host == withheld
	if !slices.Contains(w.Hosts, r.host) && len(w.Hosts) < maxHosts {
		w.Hosts = append(w.Hosts, r.host)
	}
}

// needs asks which pathway a way needs.
func (a *adviser) needs(ctx context.Context, x *exporting, w *Way) (err error) {
	w.needs, err = a.answers(ctx, x, subject{exporter: x.facts, items: w.Items, flow: w.lines[0].flow})
	return err
}

// advise asks what a way needs, what could carry it, and whether something
// held does.
func (a *adviser) advise(ctx context.Context, x *exporting, w *Way) error {
	if err := a.needs(ctx, x, w); err != nil {
		return err
	}
	w.Now, w.Then, w.Asked = a.cite(x, w.needs.now, a.now, 0), a.cite(x, w.needs.then, a.then, 1), a.cite(x, w.needs.asked, a.then, 2)
	a.cover(ctx, x, w)
	if w.needs.asked > policy.NeedNone || !w.Cover.Now {
		m := a.at(x, 2)
		all, verdict, err := m.options(ctx, a.src.Decider, subject{exporter: x.facts, items: w.Items, flow: w.lines[0].flow})
		if err != nil {
			return err
		}
		w.Options = all
		if len(all) == 0 {
			w.Notes = append(w.Notes, noOption(verdict))
		}
	}
	w.Scale = a.scale(x, w)
	return nil
}

// cover asks for each link whether something held lets it go, now and at the
// end of the year. A filing must name the classes of its own link.
func (a *adviser) cover(ctx context.Context, x *exporting, w *Way) {
	c := &w.Cover
	c.Now, c.Then = true, true
	var later Cover
	for _, l := range w.lines {
		s := subject{exporter: x.facts, items: l.items, flow: l.flow, papers: l.papers}
		m := a.at(x, 0)
		v, err := m.ask(ctx, a.src.Decider, &s)
		if c.say(&v, err, a.now.pack); err != nil || !v.Action.Releases() {
			c.Now = false
		}
		if v, ok := a.later(ctx, x, l); !ok {
			c.Then = false
			if c.Now { // what is missing now says enough
				later.say(&v, nil, a.then.pack)
			}
		}
	}
	c.add(&later)
}

// add takes over what is missing later.
func (c *Cover) add(o *Cover) {
	if c.Filing == "" {
		c.Filing, c.Revision = o.Filing, o.Revision
	}
	for _, m := range o.Missing {
		if len(c.Missing) < maxMends && !slices.Contains(c.Missing, m) {
			c.Missing = append(c.Missing, Bilingual{"到年底：" + m.ZH, "By the year's end: " + m.EN})
		}
	}
	for _, code := range o.Codes {
		if !slices.Contains(c.Codes, code) {
			c.Codes = append(c.Codes, code)
		}
	}
}

// later asks at the end of the year.
func (a *adviser) later(ctx context.Context, x *exporting, l *routed) (v policy.Verdict, ok bool) {
	m := a.at(x, 1)
	f, papers, err := a.identified(ctx, l.line, x.facts, m.at)
	if err != nil {
		return v, false
	}
	v, err = m.ask(ctx, a.src.Decider, &subject{exporter: x.facts, items: l.items, flow: f, papers: papers})
	return v, err == nil && v.Action.Releases()
}

// say takes over what a verdict says of what is held.
func (c *Cover) say(v *policy.Verdict, err error, p *pack) {
	switch {
	case err != nil:
		c.Codes = append(c.Codes, policy.DeciderFailed)
		return
	case v.Action.Releases():
		if c.Basis == "" {
			c.Basis, c.Article, c.Filing, c.Revision = v.Basis, p.basis(v.Basis), cmp.Or(c.Filing, v.Filing), cmp.Or(c.Revision, v.Revision)
		}
		return
	}
	if v.Filing != "" {
		c.Filing, c.Revision = v.Filing, v.Revision
	}
	for _, m := range mends(v) {
		if len(c.Missing) < maxMends && !slices.Contains(c.Missing, m) {
			c.Missing = append(c.Missing, m)
		}
	}
	for _, r := range v.Reasons {
		if !slices.Contains(c.Codes, r.Code) {
			c.Codes = append(c.Codes, r.Code)
		}
	}
}

// maxMends bounds the sentences of what would mend something.
const maxMends = 20

// mends are the sentences that say what would let a refused transfer pass.
func mends(v *policy.Verdict) []Bilingual {
	var out []Bilingual
	if zh := policy.NearMiss(*v, policy.Chinese); zh != "" {
		out = append(out, Bilingual{zh, policy.NearMiss(*v, policy.English)})
	}
	for _, r := range v.Reasons {
		zh, en := policy.Text(r.Code, policy.Chinese), policy.Text(r.Code, policy.English)
		if zh.Remedy == "" {
			continue
		}
		b := Bilingual{fmt.Sprintf("%s：%s", zh.Title, zh.Remedy), fmt.Sprintf("%s: %s", en.Title, en.Remedy)}
		if !slices.Contains(out, b) {
			out = append(out, b)
		}
	}
	return out
}
