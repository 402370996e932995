package audit

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// maxTracked bounds the open flows that are known by name.
const maxTracked = 1 << 18

// tracker follows flows from their intent to their outcome.
type tracker struct {
	open     map[string]uint64 // and the number of the intent
	nameless int               // released flows that found no place, less outcomes of such
}

func newTracker() tracker { return tracker{open: map[string]uint64{}} }

func (t *tracker) add(seq uint64, k look, s *Summary) {
	switch string(k.kind) {
	case `"` + string(policy.KindIntent) + `"`:
		s.Records++
		var enforced policy.Action
		if json.Unmarshal(k.enforced, &enforced) != nil || !enforced.Releases() {
			return
		}
		if len(t.open) >= maxTracked {
			t.nameless++
			return
		}
		t.open[string(k.flow)] = seq
	case `"` + string(policy.KindOutcome) + `"`:
		if _, ok := t.open[string(k.flow)]; ok {
			delete(t.open, string(k.flow))
		} else if t.nameless > 0 {
			t.nameless--
		}
	}
}

// tell puts the open flows into a summary, oldest first.
func (t *tracker) tell(s *Summary) {
	s.Open = len(t.open) + t.nameless
	ids := slices.SortedFunc(maps.Keys(t.open), func(a, b string) int { return cmp.Compare(t.open[a], t.open[b]) })
	for _, raw := range ids[:min(len(ids), Shown)] {
		var id string
		if json.Unmarshal([]byte(raw), &id) == nil {
			s.OpenIDs = append(s.OpenIDs, id)
		}
	}
}
