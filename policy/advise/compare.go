package advise

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// ComparedSchema is the schema of Compared.
const ComparedSchema = "dc.declared-observed/1"

// Compared is what filings declare beside what was observed.
type Compared struct {
	Schema  string     `json:"schema"`
	At      time.Time  `json:"at"`
	Since   time.Time  `json:"since"`
	Seen    Seen       `json:"seen"`
	Filings []Declared `json:"filings"`
	// Unfiled is traffic that belongs to no filing, by exporter.
	Unfiled []Unfiled `json:"without_filing"`
	// Beyond says that traffic went beyond what is declared, or was refused
	// for it.
	Beyond bool        `json:"beyond"`
	Notes  []Bilingual `json:"notes,omitempty"`
}

// Declared is one filing against the traffic that belongs to it: what was
// decided by it, and what else went to its recipients.
type Declared struct {
	Filing   string          `json:"filing"`
	Revision int             `json:"revision"`
	Pathway  policy.Pathway  `json:"pathway"`
	Status   string          `json:"status"`
	Exporter string          `json:"exporter"`
	Valid    policy.Validity `json:"valid"`
	Sent     Sum             `json:"sent"`
	Refused  Sum             `json:"refused"`
	Volumes  []Count         `json:"volumes"`
	Observed []Difference    `json:"observed_not_declared"`
	Unused   []Difference    `json:"declared_not_observed"`
	Beyond   bool            `json:"beyond"`
	Omitted  int             `json:"more_differences,omitempty"`
}

// Unfiled is traffic of one exporter that no filing knows.
type Unfiled struct {
	Exporter string       `json:"exporter"`
	Observed []Difference `json:"observed"`
	Omitted  int          `json:"more,omitempty"`
}

// The things that are compared.
const (
	WhatRecipient = "recipient"
	WhatCountry   = "country"
	WhatLink      = "link"
	WhatPurpose   = "purpose"
	WhatCategory  = "category"
	WhatVolume    = "volume"
	WhatTime      = "time"
)

// Difference is one thing that stands on one side only.
type Difference struct {
	What  string `json:"what"`
	Value string `json:"value"`
	// Title is what the value is called.
	Title Bilingual `json:"title,omitzero"`
	// Filed is what the filing says instead, where it says one thing.
	Filed    string `json:"filed,omitempty"`
	Sent     Sum    `json:"sent,omitzero"`
	Refused  Sum    `json:"refused,omitzero"`
	Observed Sum    `json:"went_out_in_observe_mode,omitzero"`
	CutOff   Sum    `json:"cut_off,omitzero"` // refused when a part had left
	// Bases are those under which it went out without the filing.
	Bases  []string `json:"bases,omitempty"`
	Record string   `json:"record,omitempty"` // the latest
	// Beyond says that the filing forbids it: it was refused for it, or left
	// under the filing, or in observe mode.
	Beyond bool `json:"beyond"`
}

// maxDifferences bounds those of one filing.
const maxDifferences = 500

// Compare sets filings against traffic. With an id only that filing is
// compared; drafts, which declare nothing yet, are compared only when named.
func Compare(ctx context.Context, src Sources, t *Traffic, only string) (*Compared, error) {
	a := &adviser{src: src, t: t}
	if err := a.moments(src.Now); err != nil {
		return nil, err
	}
	out := &Compared{Schema: ComparedSchema, At: src.Now, Since: t.o.Since, Seen: t.seen, Filings: []Declared{}, Unfiled: []Unfiled{}}
	taken := map[*line]bool{}
	for i := range src.Filings {
		f := &src.Filings[i]
		if only != "" && f.ID != only || only == "" && !declares(f) || src.Only != "" && !holds(f, src.Only) {
			continue
		}
		d, err := a.compare(ctx, f, taken)
		if err != nil {
			return nil, fmt.Errorf("filing %s: %w", f.ID, err)
		}
		out.Filings = append(out.Filings, d)
		out.Beyond = out.Beyond || d.Beyond
	}
	if only == "" {
		out.Unfiled = a.unfiled(taken)
	}
	for _, u := range out.Unfiled {
		out.Beyond = out.Beyond || slices.ContainsFunc(u.Observed, func(d Difference) bool { return d.Beyond })
	}
	if t.seen.Omitted > 0 || t.seen.Later > 0 {
		out.Notes = a.notes()[1:]
	}
	return out, nil
}

func declares(f *policy.Filing) bool {
	return f.Status != statusDraft && f.Status != "submitted" && f.Status != "superseded"
}

func holds(f *policy.Filing, uscc string) bool {
	return f.Exporter.USCC == uscc || slices.Contains(f.Exporter.GroupUSCCs, uscc)
}

// compare is one filing.
func (a *adviser) compare(ctx context.Context, f *policy.Filing, taken map[*line]bool) (Declared, error) {
	d := Declared{Filing: f.ID, Revision: f.Revision, Pathway: f.Pathway, Status: f.Status, Exporter: f.Exporter.USCC, Valid: f.Valid,
		Volumes: []Count{}, Observed: []Difference{}}
	c := &comparing{d: &d, f: f, used: map[[2]string]bool{}}
	for _, uscc := range append([]string{f.Exporter.USCC}, f.Exporter.GroupUSCCs...) {
		x := a.exporting(uscc)
		for _, l := range x.lines {
			if err := ctx.Err(); err != nil {
				return d, err
			}
			if never(l.verdict) || l.filing != "" && l.filing != f.ID {
				continue
			}
			flow := a.known(ctx, l, x.facts)
			fit, err := a.src.Match(*f, flow)
			if err != nil {
				return d, err
			}
			if l.filing != f.ID && !fit.Recipient {
				continue
			}
			taken[l] = true
			c.line(l, flow, &fit)
		}
		if uscc == f.Exporter.USCC {
			for _, l := range limitsOf(f) {
				d.Volumes = append(d.Volumes, a.limit(x, l))
			}
		}
	}
	c.volumes()
	c.unused()
	d.Beyond = slices.ContainsFunc(d.Observed, func(x Difference) bool { return x.Beyond })
	return d, nil
}

// known is a flow as the register of now declares it. The place is that of
// the record: a filing must not vouch for its own recipient's country.
func (a *adviser) known(ctx context.Context, l *line, e policy.Exporter) *policy.Flow {
	f := flowOf(l, e, l.Last)
	place := f.Destination.Place
	if a.src.Register != nil {
		if err := a.src.Register.Identify(ctx, f); err != nil {
			f = flowOf(l, e, l.Last)
		}
	}
	f.Destination.Place = place
	if f.Declared.Purpose == "" {
		f.Declared.Purpose = l.declared.Purpose
	}
	return f
}

// unfiled is what is left: traffic that no filing of the exporter knows.
func (a *adviser) unfiled(taken map[*line]bool) []Unfiled {
	out := []Unfiled{}
	for _, uscc := range a.exporters() {
		u := Unfiled{Exporter: uscc}
		c := &comparing{d: &Declared{}}
		for _, l := range a.t.of(uscc) {
			if taken[l] || never(l.verdict) || !l.governed && !wantsFiling(l.verdict) {
				continue
			}
			c.note(WhatRecipient, destinationOf(l), Bilingual{}, "", l)
		}
		if u.Observed, u.Omitted = c.d.Observed, c.d.Omitted; len(u.Observed) > 0 {
			out = append(out, u)
		}
	}
	return out
}
