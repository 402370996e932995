package law

import (
	"fmt"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// maxZoneLimits bounds what a flow of one zone is held against.
const maxZoneLimits = 1000

// name sets the ids of the limits that an entry makes. What nobody verified
// makes none.
func (l *List) name(e *Entry) {
	if !l.Verified || !e.Verified || e.DataClass == dataImportant {
		return
	}
	if e.MaxSubjects > 0 {
		e.MaxLimit = fmt.Sprintf("list.%s.%s.max", l.ID, e.ID)
	}
	for i, r := range e.Rules {
		if r.Min > 0 {
			e.Rules[i].Limit = fmt.Sprintf("list.%s.%s.%d", l.ID, e.ID, r.Min)
		}
	}
}

// name sets the id of the limit that a mark's scale makes.
func (m *Mark) name() {
	if m.Verified && m.Scale != nil {
		m.Scale.Limit = "scale." + m.ID
	}
}

// bases are those that count towards the national limits: nil is every one.
// What went out in observe mode without a basis went out all the same.
func (t *Thresholds) counted() []string {
	if t.Exempt == exemptIn {
		return nil
	}
	return append(slices.Clone(t.Bases), policy.BasisObserved)
}

// inZones are the bases that count towards the limits of zone lists: what the
// lists themselves let go counts too.
func (t *Thresholds) inZones() []string {
	if t.Exempt == exemptIn {
		return nil
	}
	out := t.counted()
	for _, b := range []policy.Code{policy.ExZoneBelow, policy.ExZoneGeneral} {
		if !slices.Contains(out, string(b)) {
			out = append(out, string(b))
		}
	}
	return out
}

// limits are those of one list.
func (l *List) limits(bases []string) []policy.Limit {
	var out []policy.Limit
	for _, e := range l.Entries {
		kind := policy.CountNS
		if e.DataClass == dataSensitive {
			kind = policy.CountSP
		}
		if e.MaxLimit != "" {
			out = append(out, policy.Limit{ID: e.MaxLimit, Kind: kind, Max: e.MaxSubjects, Bases: bases})
		}
		for _, r := range e.Rules {
			if r.Limit != "" {
				out = append(out, policy.Limit{ID: r.Limit, Kind: kind, Max: r.Min - 1, Bases: bases})
			}
		}
	}
	return out
}
