package law

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// resolve turns a pack into the rules of one profile.
func resolve(s source, profile string) (*policy.Rules, error) {
	p := s.pack
	f, ok := p.Profiles[profile]
	if !ok {
		return nil, fmt.Errorf("rule pack %s has no sensitivity profile of that name; it has %s",
			p.ID, strings.Join(slices.Sorted(maps.Keys(p.Profiles)), ", "))
	}
	sensitive := set(f.Sensitive)
	for _, u := range f.UnionOf {
		maps.Copy(sensitive, set(p.Profiles[u].Sensitive))
	}
	r := &policy.Rules{
		Pack:             policy.PackID{ID: p.ID, Digest: s.digest},
		Profile:          profile,
		Personal:         set(p.Classes.Personal),
		Linked:           set(p.Classes.Linked),
		Sensitive:        sensitive,
		Secret:           set(p.Classes.Secret),
		Core:             set(p.Classes.Core),
		Important:        set(p.Classes.Important),
		MinorAge:         p.MinorAge,
		BothKinds:        p.Thresholds.BothKinds,
		DeniedHosts:      p.Denied.Hosts,
		DeniedRecipients: p.Denied.Recipients,
	}
	// What went out in observe mode without a basis went out all the same.
	bases := append(slices.Clone(p.Thresholds.Bases), policy.BasisObserved)
	for _, t := range p.Thresholds.National {
		r.National = append(r.National, policy.Limit{ID: t.ID, Kind: policy.CountKind(t.Kind),
			Max: t.Reach - 1, Bases: bases})
	}
	var err error
	r.Data, err = asData(p, profile)
	return r, err
}

// asData gives the pack as the policy sees it, with the profile in force.
func asData(p *Pack, profile string) (map[string]any, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("rule pack %s as data: %w", p.ID, err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("rule pack %s as data: %w", p.ID, err)
	}
	m["profile"] = profile
	return m, nil
}

func set(names []string) map[inspect.Class]bool {
	out := make(map[inspect.Class]bool, len(names))
	for _, n := range names {
		out[inspect.Class(n)] = true
	}
	return out
}

func digest(src []byte) string {
	sum := sha256.Sum256(src)
	return hex.EncodeToString(sum[:])
}

// Pathway returns what the law says of a pathway on a day written 2006-01-02,
// by the newest pack that had begun by then, or else the oldest. A pathway
// that the pack does not know is the zero Pathway, which binds nothing.
func (b *Book) Pathway(w policy.Pathway, day string) Pathway {
	var out Pathway
	for i, p := range *b.pages.Load() {
		if i == 0 || day >= p.from {
			out = p.pack.Pathways[string(w)]
		}
	}
	return out
}
