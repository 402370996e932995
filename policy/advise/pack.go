package advise

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// pack is what advice reads of a rule pack: where numbers and needs are
// written. It cites; it decides nothing.
type pack struct {
	Thresholds struct {
		National []struct {
			ID      string `json:"id"`
			Need    string `json:"need"`
			Article string `json:"article"`
		} `json:"national"`
	} `json:"thresholds"`
	Needs      map[string]cited `json:"needs"`
	Pathways   map[string]cited `json:"pathways"`
	Exemptions map[string]cited `json:"exemptions"`
	Lists      []struct {
		ID      string `json:"id"`
		Title   string `json:"title"`
		Entries []struct {
			ID    string `json:"id"`
			Rules []struct {
				Pathway string `json:"pathway"`
				Limit   string `json:"limit"`
			} `json:"rules"`
			MaxLimit string `json:"max_limit"`
		} `json:"entries"`
	} `json:"lists"`
	Marks []struct {
		TitleZH   string   `json:"title_zh"`
		TitleEN   string   `json:"title_en"`
		Article   string   `json:"article"`
		Scenarios []string `json:"scenarios"`
		Scale     *struct {
			Limit string `json:"limit"`
		} `json:"scale"`
	} `json:"marks"`
}

type cited struct {
	Article string `json:"article"`
}

func readPack(r *policy.Rules) (*pack, error) {
	p := &pack{}
	b, err := json.Marshal(r.Data)
	if err == nil {
		err = json.Unmarshal(b, p)
	}
	if err != nil {
		return p, fmt.Errorf("rule pack %s cannot be read: %w", r.Pack.ID, err)
	}
	return p, nil
}

// limit says what begins behind a limit, and where that is written.
func (p *pack) limit(id string) (need, article string) {
	for _, t := range p.Thresholds.National {
		if t.ID == id {
			return t.Need, t.Article
		}
	}
	for _, l := range p.Lists {
		for _, e := range l.Entries {
			at := l.ID + " " + e.ID + ": " + l.Title
			if e.MaxLimit == id {
				return "", at
			}
			for _, r := range e.Rules {
				if r.Limit == id {
					return r.Pathway, at
				}
			}
		}
	}
	for _, m := range p.Marks {
		if m.Scale != nil && m.Scale.Limit == id {
			return "", m.Article
		}
	}
	return "", ""
}

// entry names the list or the catalogue entry that makes a limit.
func (p *pack) entry(id string) Bilingual {
	for _, m := range p.Marks {
		if m.Scale != nil && m.Scale.Limit == id {
			b := Bilingual{m.TitleZH + "，" + m.Article, m.TitleEN + ", " + m.Article}
			if len(m.Scenarios) > 0 { // elsewhere the count means nothing
				only := strings.Join(m.Scenarios, ", ")
				b.ZH, b.EN = b.ZH+"，仅限场景 "+only, b.EN+", only in scenario "+only
			}
			return b
		}
	}
	_, at := p.limit(id)
	return Bilingual{at, at}
}

// need cites the law of a need: that of the threshold that is reached, where
// it is a national one, and else that of the need by itself.
func (p *pack) need(n policy.Need, reached []string) string {
	for _, t := range p.Thresholds.National {
		if t.Need == n.String() && slices.Contains(reached, t.ID) {
			return t.Article
		}
	}
	return p.Needs[n.String()].Article
}

// basis cites what something passes under.
func (p *pack) basis(b string) string {
	if c, ok := p.Exemptions[b]; ok {
		return c.Article
	}
	return p.Pathways[b].Article
}
