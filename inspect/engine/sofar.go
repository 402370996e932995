package engine

import "github.com/datacustoms/customs/inspect"

// recordReach is how long a record may be that SoFar does not cut.
const recordReach = 64 << 10

var _ inspect.Progressive = (*Scan)(nil)

// SoFar returns what was found up to an offset; see inspect.Progressive.
func (s *Scan) SoFar() (inspect.Report, int64) {
	if s.closed || !s.root.opened {
		return inspect.Report{Coverage: inspect.Coverage{State: inspect.Full, Seen: s.seen}}, 0
	}
	to := max(s.root.whole(s.Settled()), s.cut)
	s.cut = to
	r := inspect.Report{Coverage: s.coverage(), Mismatches: s.mismatched(), Shape: s.shape}
	s.root.suspect(&r.Coverage)
	place := s.tallied(&r)
	if s.set != nil {
		r.Persons, r.Linked = s.set.Persons(func(c int) int { return place[c] })
	}
	return r, to
}

// whole lowers an offset on the wire so far that it cuts no short record of the
// stream or of one below. Records that are longer end there.
func (s *stream) whole(to int64) int64 {
	if s.ended || !s.opened {
		return to
	}
	if s.book != nil {
		least := to - recordReach
		if s.path == nil {
			to = min(to, s.book.Open(least))
			s.book.EndBefore(least)
		} else if at := s.book.Open(s.raw.base); at < s.raw.end() {
			if wire := s.onWire(at); wire >= least {
				to = min(to, wire)
			}
			s.book.EndBefore(s.raw.base)
		}
	}
	for _, c := range s.inner() {
		to = c.whole(to)
	}
	return to
}

// suspect adds what would be a gap if the part ended here.
func (s *stream) suspect(c *inspect.Coverage) {
	if s.ended || !s.opened {
		return
	}
	for _, g := range s.gaps {
		c.Miss(g.reason, 0)
	}
	if s.base64 != nil && s.base64.Whole() && !s.coded.found && s.raw.end() > keysLen*4/3 {
		c.Miss(inspect.GapUnknownFormat, 0)
	}
	if s.judged() {
		if s.entropy.Bytes() > s.small {
			c.Miss(inspect.GapHighEntropy, 0)
		}
		if _, packed := s.entropy.Packed(); packed && s.not == "" {
			c.Miss(inspect.GapUnknownFormat, 0)
		}
	}
	for _, i := range s.inner() {
		i.suspect(c)
	}
}
