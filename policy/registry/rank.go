package registry

import (
	"cmp"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// ranked is a permit by its place, with how well it fits.
type ranked struct {
	place int32
	fit   int
}

// candidates returns what the plain loop over all permits would, looking only
// at those that lead to the destination and at the best of the others.
func (s *shelf) candidates(f *policy.Flow) []policy.Candidate {
	now := s.season(f.Time)
	reached := s.reached(&f.Destination)
	best := s.leading(f, now, reached)
	if len(best) < MaxCandidates {
		best = s.others(f, now, reached, best)
	}
	out := make([]policy.Candidate, 0, len(best))
	for _, r := range best {
		out = append(out, s.all[r.place].candidate(f))
	}
	return out
}

// leading ranks the permits that lead to the destination. Standing weighs more
// than the rest of the fit, so a standing that filled the answer ends the
// search, and within one so many perfect fits do.
func (s *shelf) leading(f *policy.Flow, now *season, reached []int32) []ranked {
	var best []ranked
	for standing := standingCount - 1; standing >= 0 && len(best) < MaxCandidates; standing-- {
		from, full := len(best), 0
		for _, i := range reached {
			if int(now.standing[i]) != standing {
				continue
			}
			c := s.all[i].candidate(f)
			n := fit(&c)
			best = append(best, ranked{i, n})
			if n&perfect == perfect {
				full++
			}
			if from+full >= MaxCandidates {
				break
			}
		}
		slices.SortFunc(best[from:], func(a, b ranked) int {
			return cmp.Or(cmp.Compare(b.fit, a.fit), cmp.Compare(a.place, b.place))
		})
		best = best[:min(len(best), MaxCandidates)]
	}
	return best
}

// others fills the answer with filings for other destinations: those of the
// best standing, and among them those of the same purpose, first.
func (s *shelf) others(f *policy.Flow, now *season, reached []int32, best []ranked) []ranked {
	take := func(i int32) bool {
		if _, leads := slices.BinarySearch(reached, i); !leads {
			best = append(best, ranked{place: i})
		}
		return len(best) < MaxCandidates
	}
	for standing := standingCount - 1; standing >= 0; standing-- {
		g := &now.groups[standing]
		match := g.match(&f.Declared)
		for _, i := range match {
			if !take(i) {
				return best
			}
		}
		for _, i := range g.all {
			if _, same := slices.BinarySearch(match, i); same {
				continue
			}
			if !take(i) {
				return best
			}
		}
	}
	return best
}
