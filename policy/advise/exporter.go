package advise

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// adviser is one run of Advise.
type adviser struct {
	src       Sources
	t         *Traffic
	now, then moment // without their counts
	drafts    int    // made so far
}

// exporting is one exporter while its advice is made.
type exporting struct {
	facts    policy.Exporter
	from     string
	party    *party // nil without records
	lines    []*line
	together []*line // those of its group, its own included
	pace     pace
	known    map[string]Count // by limit
}

// Advise makes the advice. An error means that nothing can be said at all.
func Advise(ctx context.Context, src Sources, t *Traffic) (*Advice, error) {
	a := &adviser{src: src, t: t}
	end := time.Date(src.Now.In(policy.Shanghai).Year(), 12, 31, 12, 0, 0, 0, policy.Shanghai)
	if err := a.moments(end); err != nil {
		return nil, err
	}
	out := &Advice{Schema: Schema, At: src.Now, Since: t.o.Since, Year: end.Year(), YearEnd: end.Format(time.DateOnly),
		Pack: a.now.rules.Pack, Profile: a.now.rules.Profile, Policy: src.Decider.Digest(), Seen: t.seen, Exporters: []Exporter{}, Notes: a.notes()}
	for _, uscc := range a.exporters() {
		x := a.exporting(uscc)
		e, err := a.exporter(ctx, x)
		if err != nil {
			return nil, fmt.Errorf("exporter %s: %w", uscc, err)
		}
		out.Exporters = append(out.Exporters, e)
	}
	out.Unknown = a.unknown()
	return out, nil
}

// moments finds the law of today and of the last day of the year.
func (a *adviser) moments(end time.Time) error {
	rules, err := a.src.Law.At(a.src.Now)
	if err != nil {
		return err
	}
	p, err := readPack(rules)
	if err != nil {
		return err
	}
	a.now = moment{at: a.src.Now, rules: rules, pack: p}
	if rules, err = a.src.Law.At(end); err != nil {
		return err
	}
	if p, err = readPack(rules); err != nil {
		return err
	}
	a.then = moment{at: end, rules: rules, pack: p}
	return nil
}

// exporters are all that have records, counts or filings.
func (a *adviser) exporters() []string {
	all := map[string]bool{}
	for u := range a.t.parties {
		all[u] = true
	}
	if a.src.Counts != nil {
		for _, u := range a.src.Counts.Entities(a.now.at.In(policy.Shanghai).Year()) {
			all[u] = true
		}
	}
	for _, f := range a.src.Filings {
		all[f.Exporter.USCC] = true
	}
	delete(all, "")
	out := slices.Sorted(maps.Keys(all))
	if a.src.Only != "" {
		return []string{a.src.Only}
	}
	return out[:min(len(out), maxExporters)]
}

// exporting gathers what is known of an exporter. Nothing known is the
// stricter reading, as the gateway has it.
func (a *adviser) exporting(uscc string) *exporting {
	x := &exporting{party: a.t.parties[uscc], lines: a.t.of(uscc), known: map[string]Count{}, from: "nowhere"}
	x.facts = policy.Exporter{USCC: uscc}
	if i := slices.IndexFunc(a.src.Exporters, func(e policy.Exporter) bool { return e.USCC == uscc }); i >= 0 {
		x.facts, x.from = a.src.Exporters[i], "known"
	} else if e, ok := x.party.facts(uscc); ok {
		x.facts, x.from = e, "record"
	}
	x.together = x.lines
	first := time.Time{}
	if x.party != nil {
		first = x.party.first
	}
	for _, u := range x.facts.Group {
		if u == uscc {
			continue
		}
		x.together = append(x.together[:len(x.together):len(x.together)], a.t.of(u)...)
		if p := a.t.parties[u]; p != nil {
			first = earlier(first, p.first)
		}
	}
	x.pace = paceOf(a.src.Now, first, a.t.o.Since)
	return x
}

func (a *adviser) exporter(ctx context.Context, x *exporting) (Exporter, error) {
	e := Exporter{USCC: x.facts.USCC, Name: x.facts.Name, CIIO: x.facts.CIIO, Zone: x.facts.Zone, City: x.facts.City, Facts: x.from,
		Counts: []Count{}, Held: a.held(x), Ways: []Way{}, Refused: refusals(x)}
	if len(x.facts.Group) > 1 {
		e.Group = x.facts.Group
	}
	if x.party != nil {
		e.First, e.Last, e.Omitted = x.party.first, x.party.last, x.party.omitted
	}
	for _, l := range a.now.rules.Limits(x.facts) {
		e.Counts = append(e.Counts, a.limit(x, l))
	}
	n, err := a.standing(ctx, x)
	if err != nil {
		return e, err
	}
	ways, rest := a.ways(ctx, x)
	for i := range ways {
		if err := a.advise(ctx, x, &ways[i]); err != nil {
			return e, err
		}
		n.raise(&ways[i].needs)
	}
	if rest != nil {
		if err := a.needs(ctx, x, rest); err != nil {
			return e, err
		}
		n.raise(&rest.needs)
		e.Notes = append(e.Notes, restNote(len(ways), rest))
	}
	for i := range ways {
		if err := a.draft(x, &ways[i]); err != nil {
			return e, err
		}
		e.Ways = append(e.Ways, ways[i])
	}
	e.Now, e.Then, e.Asked = a.cite(x, n.now, a.now, 0), a.cite(x, n.then, a.then, 1), a.cite(x, n.asked, a.then, 2)
	if x.facts.CIIO == policy.Unknown {
		other := a.cite(x, n.plain, a.then, 2)
		e.IfNotCIIO = &other
	}
	e.Notes = append(e.Notes, exporterNotes(a, x, &e)...)
	return e, nil
}

// limit is count, once a limit.
func (a *adviser) limit(x *exporting, l policy.Limit) Count {
	c, ok := x.known[l.ID]
	if !ok {
		c = a.count(x, l)
		x.known[l.ID] = c
	}
	return c
}

// The three counts at which is asked: those of now, those of the year's end,
// and these with the persons of what was refused.
func (a *adviser) at(x *exporting, stage int) moment {
	m := a.then
	if stage == 0 {
		m = a.now
	}
	m.after = func(l policy.Limit, ns, sp bool) int64 {
		c := a.limit(x, l)
		return max(c.Persons+adds(l, ns, sp), [3]int64{0, c.Projected, c.asked}[stage])
	}
	return m
}

// needs are the answers at the three counts, and the last if the exporter is
// no critical information infrastructure operator.
type needs struct{ now, then, asked, plain policy.Need }

func (n *needs) raise(o *needs) {
	n.now, n.then, n.asked, n.plain = max(n.now, o.now), max(n.then, o.then), max(n.asked, o.asked), max(n.plain, o.plain)
}

// standing asks where the exporter stands by its counts alone.
func (a *adviser) standing(ctx context.Context, x *exporting) (needs, error) {
	year := x.pace.year
	p := policy.AskedPersons{NonSensitive: a.counted(x.facts, year, policy.Limit{Kind: policy.CountNS}) > 0,
		Sensitive: a.counted(x.facts, year, policy.Limit{Kind: policy.CountSP}) > 0}
	return a.answers(ctx, x, subject{exporter: x.facts, standing: &p})
}

func (a *adviser) answers(ctx context.Context, x *exporting, s subject) (n needs, err error) {
	for stage, to := range []*policy.Need{&n.now, &n.then, &n.asked} {
		m := a.at(x, stage)
		if *to, err = m.need(ctx, a.src.Decider, s); err != nil {
			return n, err
		}
	}
	n.plain = n.asked
	if s.exporter.CIIO == policy.Unknown {
		m := a.at(x, 2)
		s.exporter.CIIO = policy.No
		n.plain, err = m.need(ctx, a.src.Decider, s)
	}
	return n, err
}

// cite says a need with its article.
func (a *adviser) cite(x *exporting, n policy.Need, m moment, stage int) Need {
	var reached []string
	after := a.at(x, stage).after
	for _, l := range m.rules.Limits(x.facts) {
		if after(l, false, false) > l.Max {
			reached = append(reached, l.ID)
		}
	}
	return Need{n, Bilingual{policy.NeedTitle(n, policy.Chinese), policy.NeedTitle(n, policy.English)}, m.pack.need(n, reached)}
}

// held are the filings of an exporter.
func (a *adviser) held(x *exporting) []Held {
	out := []Held{}
	today := a.src.Now.In(policy.Shanghai).Format(time.DateOnly)
	for i := range a.src.Filings {
		f := &a.src.Filings[i]
		if !holds(f, x.facts.USCC) || len(out) >= maxHeld {
			continue
		}
		h := Held{Filing: f.ID, Revision: f.Revision, Pathway: f.Pathway, Status: f.Status, Expires: f.Valid.Expires,
			Ended: f.Valid.Expires != "" && f.Valid.Expires < today}
		for _, l := range limitsOf(f) {
			if f.Status == statusDraft {
				break
			}
			h.Volumes = append(h.Volumes, a.limit(x, l))
		}
		out = append(out, h)
	}
	return out
}

// maxHeld bounds the filings that are shown of one exporter.
const maxHeld = 200

// limitsOf are the filed volumes that were given.
func limitsOf(f *policy.Filing) []policy.Limit {
	var out []policy.Limit
	add := func(tail string, k policy.CountKind, n int64, validity bool) {
		if n > 0 {
			out = append(out, policy.Limit{ID: f.ID + "." + tail, Kind: k, Max: n, Filing: f.ID, Validity: validity})
		}
	}
	add("ns", policy.CountNS, f.Volume.NSPerYear, false)
	add("sp", policy.CountSP, f.Volume.SPPerYear, false)
	add("total", policy.CountAny, f.Volume.TotalOverValidity, true)
	return out
}
