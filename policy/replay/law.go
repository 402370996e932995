package replay

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// pack is what explanations read of a rule pack.
type pack struct {
	Title      string `json:"title"`
	From       string `json:"effective_from"`
	Thresholds struct {
		National []threshold `json:"national"`
	} `json:"thresholds"`
	Pathways   map[string]pathway `json:"pathways"`
	Needs      map[string]cited   `json:"needs"`
	Exemptions map[string]cited   `json:"exemptions"`
	Lists      []list             `json:"lists"`
	Marks      []mark             `json:"marks"`
}

type cited struct {
	Article string `json:"article"`
}

type threshold struct {
	ID      string `json:"id"`
	Reach   int64  `json:"reach"`
	Need    string `json:"need"`
	Article string `json:"article"`
}

type pathway struct {
	Article   string   `json:"article"`
	Satisfies []string `json:"satisfies"`
}

type list struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Type     string   `json:"type"`
	Zones    []string `json:"zones"`
	Verified bool     `json:"verified"`
	Source   string   `json:"source"`
	Entries  []struct {
		ID    string `json:"id"`
		Rules []struct {
			Min     int64  `json:"min"`
			Pathway string `json:"pathway"`
			Limit   string `json:"limit"`
		} `json:"rules"`
		MaxSubjects int64  `json:"max_subjects"`
		MaxLimit    string `json:"max_limit"`
	} `json:"entries"`
}

type mark struct {
	ID       string `json:"id"`
	TitleZH  string `json:"title_zh"`
	TitleEN  string `json:"title_en"`
	Approval string `json:"approval"`
	Source   string `json:"source"`
	Article  string `json:"article"`
	Scale    *struct {
		Reach int64  `json:"reach"`
		Limit string `json:"limit"`
	} `json:"scale"`
}

func readPack(r *policy.Rules) (pack, error) {
	var p pack
	b, err := json.Marshal(r.Data)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil {
		return p, fmt.Errorf("rule pack %s cannot be read: %w", r.Pack.ID, err)
	}
	return p, nil
}

// ground is what a limit stands for.
type ground struct {
	reach   int64
	need    string
	article string
}

// grounds are the numbers of the pack, by the ids of the limits they make.
func (p *pack) grounds() map[string]ground {
	out := map[string]ground{}
	for _, t := range p.Thresholds.National {
		out[t.ID] = ground{t.Reach, t.Need, t.Article}
	}
	for _, l := range p.Lists {
		for _, e := range l.Entries {
			source := fmt.Sprintf("%s %s: %s", l.ID, e.ID, l.Title)
			for _, r := range e.Rules {
				if r.Limit != "" {
					out[r.Limit] = ground{r.Min, r.Pathway, source}
				}
			}
			if e.MaxLimit != "" {
				out[e.MaxLimit] = ground{e.MaxSubjects + 1, "", source}
			}
		}
	}
	for _, m := range p.Marks {
		if m.Scale != nil {
			out[m.Scale.Limit] = ground{m.Scale.Reach, "", m.Article}
		}
	}
	return out
}

// satisfying are the pathways that are strong enough for a need.
func (p *pack) satisfying(need policy.Need) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(p.Pathways)) {
		if slices.Contains(p.Pathways[name].Satisfies, need.String()) {
			out = append(out, name)
		}
	}
	return out
}

// article cites what a verdict passes under, or what it needs.
func (p *pack) article(v *policy.Verdict) (basis, need string) {
	basis = p.Exemptions[v.Basis].Article
	if basis == "" {
		basis = p.Pathways[v.Basis].Article
	}
	return basis, p.Needs[v.Need.String()].Article
}

// Entry is what the pack says of the list or the mark that a reason names.
type Entry struct {
	ID       string `json:"id"`
	ZH       string `json:"zh"`
	EN       string `json:"en"`
	Article  string `json:"article,omitempty"`
	Source   string `json:"source,omitempty"`
	Type     string `json:"type,omitempty"` // of a list
	Verified bool   `json:"verified"`
}

// entry finds the list or mark that a reason is about.
func (p *pack) entry(r policy.Reason) *Entry {
	if r.Rule == "" {
		return nil
	}
	for _, l := range p.Lists {
		if strings.EqualFold(l.ID, r.Rule) && (r.Code == policy.ZoneNotRegistered || r.Code == policy.ZoneUnverified) {
			e := l.entry()
			return &e
		}
	}
	for _, m := range p.Marks {
		if r.Code == policy.ImportantSuspected && m.ID == r.Rule || r.Code == policy.ApprovalMissing && m.Approval == r.Rule {
			return &Entry{ID: m.ID, ZH: m.TitleZH, EN: m.TitleEN, Article: m.Article, Source: m.Source, Verified: true}
		}
	}
	return nil
}

func (l *list) entry() Entry {
	return Entry{ID: l.ID, ZH: l.Title, EN: l.Title, Source: l.Source, Type: l.Type, Verified: l.Verified}
}

// lists are those of a zone.
func (p *pack) lists(zone string) []Entry {
	var out []Entry
	for _, l := range p.Lists {
		if zone != "" && slices.Contains(l.Zones, zone) {
			out = append(out, l.entry())
		}
	}
	return out
}
