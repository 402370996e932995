package incident

import (
	"time"
)

// ClockState is how it stands with one clock.
type ClockState struct {
	Clock
	Reported time.Time     `json:"reported,omitzero"` // by the report that stopped it
	To       string        `json:"to,omitempty"`
	Left     time.Duration `json:"-"` // negative once it ran out
	Late     bool          `json:"late"`
}

// Running reports whether nobody stopped the clock.
func (c ClockState) Running() bool { return c.Reported.IsZero() }

// States returns how it stands with each clock at a time. No clock of a closed
// incident runs on.
func (i *Incident) States(now time.Time) []ClockState {
	if end := i.Closed(); end != nil && end.At.Before(now) {
		now = end.At
	}
	out := make([]ClockState, 0, len(i.Clocks))
	for _, c := range i.Clocks {
		s := ClockState{Clock: c, Left: c.Due.Sub(now)}
		if r := i.stopped(c.ID); r != nil {
			s.Reported, s.To, s.Left = r.At, r.To, c.Due.Sub(r.At)
		}
		s.Late = s.Left < 0
		out = append(out, s)
	}
	return out
}

// Mark is how far a clock has run.
type Mark string

// The marks, in the order in which they are reached.
const (
	Half Mark = "half" // half of the time is left
	Near Mark = "near" // a quarter of an hour is left
	Over Mark = "over" // no time is left
)

// near is how much is left at the last mark before the end.
const near = 15 * time.Minute

// Mark returns the last mark that a running clock has reached, or "". A clock
// of a quarter of an hour is near at once.
func (c ClockState) Mark() Mark {
	whole := time.Duration(c.Minutes) * time.Minute
	switch {
	case !c.Running():
		return ""
	case c.Left < 0:
		return Over
	case c.Left <= near:
		return Near
	case c.Left <= whole/2:
		return Half
	}
	return ""
}

// Marks are the marks up to one, in order.
func Marks(upTo Mark) []Mark {
	all := []Mark{Half, Near, Over}
	for n, m := range all {
		if m == upTo {
			return all[:n+1]
		}
	}
	return nil
}
