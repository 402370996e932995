package law

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// rules are those of one profile. b is the document and digest names it.
func (m *merged) rules(b []byte, digest, profile string) (*policy.Rules, error) {
	p := m.Pack
	r := &policy.Rules{
		Pack:             policy.PackID{ID: p.ID, Digest: digest},
		Profile:          profile,
		Personal:         set(p.Classes.Personal),
		Linked:           set(p.Classes.Linked),
		Sensitive:        set(p.Profiles[profile].Sensitive),
		Secret:           set(p.Classes.Secret),
		Core:             set(p.Classes.Core),
		Important:        set(p.Classes.Important),
		MinorAge:         p.MinorAge,
		BothKinds:        p.Thresholds.BothKinds,
		DeniedHosts:      p.Denied.Hosts,
		DeniedRecipients: p.Denied.Recipients,
	}
	for _, u := range p.Profiles[profile].UnionOf {
		maps.Copy(r.Sensitive, set(p.Profiles[u].Sensitive))
	}
	m.count(r)
	if err := json.Unmarshal(b, &r.Data); err != nil {
		return nil, fmt.Errorf("rule pack %s as data: %w", p.ID, err)
	}
	r.Data["profile"] = profile
	return r, nil
}

// count sets the limits that persons are counted against.
func (m *merged) count(r *policy.Rules) {
	bases := m.Thresholds.counted()
	for _, t := range m.Thresholds.National {
		r.National = append(r.National, policy.Limit{ID: t.ID, Kind: policy.CountKind(t.Kind), Max: t.Reach - 1, Bases: bases})
	}
	for _, k := range m.Marks {
		if k.Scale != nil && k.Scale.Limit != "" {
			r.Scale = append(r.Scale, policy.Limit{ID: k.Scale.Limit, Kind: policy.CountKind(k.Scale.Kind), Max: k.Scale.Reach - 1, Bases: bases})
		}
	}
	zoned := m.Thresholds.inZones()
	r.Zone = map[string][]policy.Limit{}
	for _, l := range m.Lists {
		limits := l.limits(zoned)
		if len(limits) == 0 {
			continue
		}
		for _, z := range l.Zones {
			r.Zone[z] = append(r.Zone[z], limits...)
		}
	}
}

func set(names []string) map[inspect.Class]bool {
	out := make(map[inspect.Class]bool, len(names))
	for _, n := range names {
		out[inspect.Class(n)] = true
	}
	return out
}
