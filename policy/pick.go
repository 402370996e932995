package policy

import "github.com/datacustoms/customs/inspect"

// PickLimits returns the limits with the given ids, and whether all were there.
func PickLimits(all []Limit, ids []string) ([]Limit, bool) {
	var out []Limit
	for _, id := range ids {
		found := false
		for _, l := range all {
			if l.ID == id {
				out, found = append(out, l), true
				break
			}
		}
		if !found {
			return nil, false
		}
	}
	return out, true
}

// HeadHolds reports whether policy would count something of a name or head.
func HeadHolds(r *inspect.Report) bool {
	for _, t := range r.Tallies {
		if t.At(inspect.Medium) > 0 {
			return true
		}
	}
	return r.Coverage.State != inspect.Full
}
