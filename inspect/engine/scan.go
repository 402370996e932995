package engine

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/match"
	"github.com/datacustoms/customs/inspect/record"
)

var errClosed = errors.New("engine: scan is closed")

type gap struct {
	reason inspect.GapReason
	bytes  int64 // -1 for the whole part
}

type tally struct {
	class  inspect.Class
	level  inspect.Level
	counts [3]int64
}

// Scan looks at one part; see inspect.Scan.
type Scan struct {
	engine *Engine
	meta   inspect.Meta
	day    time.Time
	root   *stream
	spool  io.ReaderAt // reads back what was written; nil where nobody keeps it
	set    *record.Set
	closed bool

	seen    int64
	decoded int64
	scanned int64
	budget  decode.Budget
	spent   bool // more work than is done for so many bytes
	gaps    []gap
	settled int64
	cut     int64 // what SoFar answered last

	mismatches []inspect.Mismatch
	shape      inspect.Shape // the largest so far

	number number // scratch for the candidate in hand
	sight  check.Sight
	form   [match.MaxLength]byte // scratch for a canonical form

	tallies []tally // by class index
	queue   []inspect.Finding
	taking  bool // somebody calls Take: what is found is queued
	missed  bool // and more was found than the queue holds
}

// Write reads the next bytes of the part.
func (s *Scan) Write(p []byte) (int, error) {
	if s.closed {
		return 0, errClosed
	}
	s.seen += int64(len(p))
	s.root.write(p, nil)
	return len(p), nil
}

// Take returns the findings made since the last call, by offset. A caller
// that lets more than MaxFindings gather between two calls loses the rest,
// and the coverage says so.
func (s *Scan) Take() []inspect.Finding {
	out := s.queue
	if !s.taking {
		s.taking = true
		if s.root.gather(&out) > 0 {
			s.missed = true
		}
	}
	s.queue = nil
	byPlace(out)
	return out
}

// Settled says up to which wire offset no later finding can begin.
func (s *Scan) Settled() int64 {
	if !s.closed {
		s.settled = max(s.settled, min(s.root.settled(), s.seen))
	}
	return s.settled
}

// Close ends the part and returns the report.
func (s *Scan) Close() (inspect.Report, error) {
	if s.closed {
		return inspect.Report{}, errClosed
	}
	defer s.budget.End()
	s.root.finish()
	s.closed, s.settled = true, s.seen
	r := inspect.Report{Coverage: s.coverage(), Mismatches: s.mismatched(), Shape: s.shape}
	place := s.tallied(&r)
	if s.set != nil {
		r.Persons, r.Linked = s.set.Persons(func(c int) int { return place[c] })
	}
	r.Omitted = s.root.gather(&r.Findings)
	byPlace(r.Findings)
	if over := len(r.Findings) - s.engine.opt.MaxFindings; over > 0 {
		r.Findings = r.Findings[:s.engine.opt.MaxFindings]
		r.Omitted += int64(over)
	}
	if !s.taking {
		s.queue, s.taking = r.Findings, true
	}
	s.root = nil
	return r, nil
}

func byPlace(f []inspect.Finding) {
	slices.SortStableFunc(f, func(a, b inspect.Finding) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(len(a.Path), len(b.Path)), slices.Compare(a.Path, b.Path),
			cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.To, b.To), cmp.Compare(a.Rule, b.Rule))
	})
}

func (s *Scan) coverage() inspect.Coverage {
	c := inspect.Coverage{State: inspect.Full, Seen: s.seen, Decoded: s.decoded, Scanned: s.scanned}
	if s.root.child == nil && s.root.box == nil && s.root.flow == nil {
		c.Decoded = s.scanned
	}
	for _, g := range s.gaps {
		left := s.seen - c.Skipped // gaps may lie over one another
		if g.bytes >= 0 {
			left = min(left, g.bytes)
		}
		c.Miss(g.reason, left)
	}
	if s.set != nil && s.set.Full() || s.missed {
		c.Miss(inspect.GapLimitFindings, 0)
	}
	return c
}

// tallied fills in the tallies and returns the place of each class in them.
func (s *Scan) tallied(r *inspect.Report) []int {
	place := make([]int, len(s.tallies))
	for i, t := range s.tallies {
		place[i] = -1
		if t.class != "" {
			r.Tallies = append(r.Tallies, inspect.Tally{Class: t.class, Level: t.level,
				Low: t.counts[inspect.Low], Medium: t.counts[inspect.Medium], High: t.counts[inspect.High]})
		}
	}
	slices.SortFunc(r.Tallies, func(a, b inspect.Tally) int { return cmp.Compare(a.Class, b.Class) })
	for k, t := range r.Tallies {
		i := slices.IndexFunc(s.tallies, func(o tally) bool { return o.class == t.Class })
		place[i] = k
	}
	return place
}

func (s *Scan) tally(r *form, c inspect.Confidence) {
	for int(r.class) >= len(s.tallies) {
		s.tallies = append(s.tallies, tally{})
	}
	t := &s.tallies[r.class]
	t.class, t.level = r.Class, max(t.level, r.Level)
	t.counts[c]++
}

func (s *Scan) fresh(f inspect.Finding) {
	switch {
	case !s.taking:
	case len(s.queue) < s.engine.opt.MaxFindings:
		s.queue = append(s.queue, f)
	default:
		s.missed = true
	}
}

func (s *Scan) persons() *record.Set {
	if s.set == nil {
		s.set = record.NewSet(s.engine.opt.MaxPersons)
	}
	return s.set
}

func (s *Scan) minor(birth time.Time) bool {
	return !s.day.IsZero() && check.Age(birth, s.day) < s.engine.opt.MinorAge
}

// work counts what reading costs, in about nanoseconds. What comes when there
// was too much of it is not read.
func (s *Scan) work(n int64) {
	if reason := s.budget.Work(n); reason != "" && !s.spent {
		s.spent = true
		s.gap(reason, -1)
	}
}

// gap records wire bytes that were not read, one entry for a reason.
func (s *Scan) gap(r inspect.GapReason, bytes int64) {
	for i, g := range s.gaps {
		if g.reason == r {
			if s.gaps[i].bytes += bytes; g.bytes < 0 || bytes < 0 {
				s.gaps[i].bytes = -1
			}
			return
		}
	}
	s.gaps = append(s.gaps, gap{r, bytes})
}
