package export

import (
	"cmp"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// ProvisionSchema is the schema of the records of provision.
const ProvisionSchema = "dc.provision/1"

// Provision is the record of providing personal information and important data
// to others, as Network Data Regulations art. 12 asks to be kept for three
// years: by recipient, purpose, method, basis and filing, with the types and
// numbers of a period. It holds no data.
type Provision struct {
	Schema  string    `json:"schema"`
	Rule    string    `json:"rule"`
	From    time.Time `json:"from,omitzero"`
	To      time.Time `json:"to,omitzero"` // exclusive
	Made    time.Time `json:"made"`
	Filter  Filter    `json:"-"`
	Nodes   []string  `json:"nodes,omitempty"`
	Counts  Counts    `json:"counts"`
	Total   Sum       `json:"total"`
	Rows    []Given   `json:"rows"`
	Limited bool      `json:"limited,omitempty"` // rows beyond the bound stand together in one
}

// Given is what went to one recipient in one way.
type Given struct {
	GivenKey
	RecipientName string   `json:"recipient_name,omitempty"`
	Storage       []string `json:"storage,omitempty"` // countries in which the filing says it is kept
	RetentionDays int      `json:"retention_days,omitempty"`
	Purposes      []string `json:"filed_purposes,omitempty"`
	Valid         string   `json:"filing_valid,omitempty"` // from/to
	Sum
}

// GivenKey is what a row is of.
type GivenKey struct {
	Exporter  string `json:"exporter"`
	Recipient string `json:"recipient"` // id in the filings, or the host
	Country   string `json:"country"`
	Purpose   string `json:"purpose"`
	Method    string `json:"method"` // push https, pull http, ...
	Scope     string `json:"scope"`  // link and scenario of the filing
	Basis     string `json:"basis"`
	Filing    string `json:"filing"`
	Revision  int    `json:"revision"`
}

func givenKey(r *policy.Record) GivenKey {
	in, v := &r.Intent, r.Grounds()
	k := GivenKey{Exporter: clean(in.Exporter, 64), Recipient: clean(cmp.Or(in.Recipient, in.Host), 256),
		Country: clean(in.Place.Country, 8), Purpose: clean(in.Declared.Purpose, 256),
		Method: clean(string(in.Direction)+" "+cmp.Or(in.Scheme, in.Protocol), 64),
		Scope:  clean(in.Declared.Link, 256), Basis: clean(v.Basis, 128), Filing: clean(v.Filing, 128), Revision: v.Revision}
	if in.Declared.Scenario != "" {
		k.Scope += " " + clean(in.Declared.Scenario, 256)
	}
	if !v.Action.Releases() {
		k.Basis = policy.BasisObserved // it went out without one, in observe mode
	}
	return k
}

// NewProvision adds up the records of a filter.
func NewProvision(each Each, f Filter, filings Filings, now time.Time) (*Provision, error) {
	p := &Provision{Schema: ProvisionSchema, Rule: "Network Data Security Regulations (网络数据安全管理条例) art. 12",
		From: f.From, To: f.To, Made: now, Filter: f, Rows: []Given{}}
	by := newGroups(GivenKey{Recipient: overflow})
	nodes := nameSet{}
	err := each.Filtered(f, func(r *policy.Record) error {
		nodes.add(r.Node)
		if p.Counts.add(r) {
			p.Total.add(r)
			by.at(givenKey(r)).add(r)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	p.Nodes, p.Limited = nodes.list(), by.overflowed()
	p.Total.finish()
	for k, s := range by.by {
		s.finish()
		p.Rows = append(p.Rows, given(k, s, filings))
	}
	slices.SortFunc(p.Rows, func(a, b Given) int { return compareGiven(a.GivenKey, b.GivenKey) })
	return p, nil
}

func compareGiven(a, b GivenKey) int {
	return cmp.Or(cmp.Compare(a.Exporter, b.Exporter), cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.Country, b.Country),
		cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Method, b.Method), cmp.Compare(a.Scope, b.Scope),
		cmp.Compare(a.Basis, b.Basis), cmp.Compare(a.Filing, b.Filing), cmp.Compare(a.Revision, b.Revision))
}

// given fills in what the filing says of the recipient.
func given(k GivenKey, s *Sum, filings Filings) Given {
	g := Given{GivenKey: k, Sum: *s}
	if k.Filing == "" || filings == nil {
		return g
	}
	f, ok := filings(k.Filing, k.Revision)
	if !ok {
		return g
	}
	for _, r := range f.Recipients {
		if r.ID == k.Recipient {
			g.RecipientName = clean(r.Name, 256)
		}
	}
	if f.Storage != nil {
		for _, c := range f.Storage.Countries[:min(len(f.Storage.Countries), maxNames)] {
			g.Storage = append(g.Storage, clean(c, 64))
		}
		g.RetentionDays = f.Storage.RetentionDays
	}
	for _, p := range f.Purposes[:min(len(f.Purposes), maxNames)] {
		g.Purposes = append(g.Purposes, clean(p, 256))
	}
	g.Valid = f.Valid.Effective + "/" + f.Valid.Expires
	return g
}

// nameSet collects names, bounded.
type nameSet map[string]bool

func (n nameSet) add(name string) {
	if name = clean(name, 256); name == "" || n[name] {
		return
	}
	if len(n) >= maxNames {
		name = overflow
	}
	n[name] = true
}

func (n nameSet) list() []string {
	out := make([]string, 0, len(n))
	for name := range n {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
