package replay

import (
	"slices"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Explanation is a decision with its grounds, in Chinese and English.
type Explanation struct {
	Record    string       `json:"record"`
	Time      time.Time    `json:"time,omitzero"`
	Mode      string       `json:"mode"`
	Exporter  string       `json:"exporter,omitempty"`
	Host      string       `json:"host"`
	Place     policy.Place `json:"place"`
	Recipient string       `json:"recipient,omitempty"`

	Verdict policy.Verdict `json:"verdict"`
	Stopped policy.Code    `json:"stopped,omitempty"`
	Step    Step           `json:"decided_by"`
	Reasons []Ground       `json:"reasons"`
	Near    *Bilingual     `json:"near_miss,omitempty"`
	// BasisArticle and NeedArticle are as the pack cites them.
	BasisArticle string    `json:"basis_article,omitempty"`
	NeedArticle  string    `json:"need_article,omitempty"`
	Pathways     []string  `json:"pathways,omitempty"` // that satisfy the need
	Found        []Class   `json:"found,omitempty"`
	Counters     []Counted `json:"counters,omitempty"`
	Clause       *Clause   `json:"filing,omitempty"`
	// Split is what the part belongs with, as the detector saw it then.
	Split policy.Split `json:"split,omitzero"`
	Zone  string       `json:"zone,omitempty"` // of the exporter
	Lists []Entry      `json:"zone_lists,omitempty"`

	Pack        policy.PackID `json:"pack"`
	PackTitle   string        `json:"pack_title,omitempty"`
	PackFrom    string        `json:"pack_from,omitempty"`
	Profile     string        `json:"profile,omitempty"`
	Policy      string        `json:"policy,omitempty"`
	Differences []Difference  `json:"differences"`
	Unknown     []string      `json:"unknown,omitempty"`
	Assumed     []string      `json:"counted_by_this_flow_alone,omitempty"`
	// Taken are facts that only the record tells.
	Taken []string `json:"taken_from_record,omitempty"`
}

// Bilingual is a sentence in Chinese and English.
type Bilingual struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Ground is a reason with its words.
type Ground struct {
	policy.Reason
	ZH Words `json:"zh"`
	EN Words `json:"en"`
	// Entry is the list or mark of the pack that it names.
	Entry *Entry `json:"entry,omitempty"`
}

// Words are what a reason says in one language.
type Words struct {
	Title   string `json:"title"`
	Detail  string `json:"detail,omitempty"`
	Remedy  string `json:"remedy,omitempty"` // what would make it pass
	Article string `json:"article,omitempty"`
}

// Class is one class of data as it was asked about.
type Class struct {
	Class     inspect.Class `json:"class"`
	ZH        string        `json:"zh"`
	EN        string        `json:"en"`
	Level     inspect.Level `json:"level"`
	Count     int64         `json:"count"` // at medium confidence or above
	Personal  bool          `json:"personal"`
	Sensitive bool          `json:"sensitive"`
}

// Counted is a counter with the number it is held against.
type Counted struct {
	policy.Counter
	Exceeded bool   `json:"exceeded"`
	Reach    int64  `json:"reach,omitempty"` // the legal number, where the pack sets the limit
	Need     string `json:"need,omitempty"`  // that applies from it on
	Article  string `json:"article,omitempty"`
	Held     bool   `json:"held"` // the verdict holds the flow to it
}

// Explain says on what a derived decision rests.
func Explain(r policy.Record, d Derivation, src Sources) (Explanation, error) {
	in := &r.Intent
	x := Explanation{Record: r.ID, Time: r.Time, Mode: in.Mode, Exporter: in.Exporter, Host: in.Host, Place: in.Place,
		Recipient: in.Recipient, Verdict: d.Verdict, Stopped: d.Stopped, Step: StepOf(&d), Pack: in.Pack, Profile: in.Profile,
		Policy: d.Policy, Differences: slices.Concat([]Difference{}, d.Differences), Unknown: d.Unknown, Assumed: d.Assumed, Taken: d.Taken, Split: in.Split}
	for _, reason := range d.Verdict.Reasons {
		x.Reasons = append(x.Reasons, Ground{reason, wordsOf(reason, policy.Chinese), wordsOf(reason, policy.English), nil})
	}
	if zh := policy.NearMiss(d.Verdict, policy.Chinese); zh != "" {
		x.Near = &Bilingual{zh, policy.NearMiss(d.Verdict, policy.English)}
	}
	if d.Rules == nil {
		return x, nil
	}
	p, err := readPack(d.Rules)
	if err != nil {
		return x, err
	}
	q := &d.Question
	x.Pack, x.Profile, x.PackTitle, x.PackFrom = q.Pack, q.Profile, p.Title, p.From
	x.Recipient, x.Place = q.Destination.Recipient, q.Destination.Place
	x.BasisArticle, x.NeedArticle = p.article(&d.Verdict)
	if !d.Verdict.Action.Releases() && d.Verdict.Need > policy.NeedNone {
		x.Pathways = p.satisfying(d.Verdict.Need)
	}
	x.Found, x.Counters = foundOf(q, in), countersOf(&d, in, p.grounds())
	x.Clause = clauseOf(&d, src, &p)
	x.Zone, x.Lists = q.Exporter.Zone, p.lists(q.Exporter.Zone)
	for i := range x.Reasons {
		x.Reasons[i].Entry = p.entry(x.Reasons[i].Reason)
	}
	return x, nil
}

func foundOf(q *policy.Question, in *policy.Intent) []Class {
	var out []Class
	for _, f := range q.Found {
		c := Class{Class: f.Class, ZH: policy.ClassTitle(f.Class, policy.Chinese), EN: policy.ClassTitle(f.Class, policy.English),
			Level: f.Level, Personal: f.Personal, Sensitive: f.Sensitive}
		for _, n := range in.Classes {
			if n.Class == f.Class {
				c.Count = n.Medium + n.High
			}
		}
		out = append(out, c)
	}
	return out
}

func countersOf(d *Derivation, in *policy.Intent, grounds map[string]ground) []Counted {
	var out []Counted
	for _, b := range d.Question.Brackets {
		c := Counted{Counter: policy.Counter{Limit: b.Limit, Before: b.Before, After: b.After, Max: b.Max},
			Exceeded: b.Exceeded, Held: slices.Contains(d.Verdict.Limits, b.Limit)}
		for _, n := range in.Counters {
			if n.Limit == b.Limit {
				c.Kind, c.Before, c.Refused = n.Kind, n.Before, n.Refused
			}
		}
		if g, ok := grounds[b.Limit]; ok {
			c.Reach, c.Need, c.Article = g.reach, g.need, g.article
		}
		out = append(out, c)
	}
	return out
}
