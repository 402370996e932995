package law

import (
	"time"

	"github.com/datacustoms/customs/policy"
)

// maxWorkingDays bounds how far Add goes.
const maxWorkingDays = 100_000

// Add returns the n-th working day after a day, before it if n is negative,
// and the day itself if n is 0; each at midnight in Shanghai.
func (c Calendar) Add(day time.Time, n int) time.Time {
	n = max(-maxWorkingDays, min(n, maxWorkingDays))
	odd := c.odd()
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	at := midnight(day)
	for n > 0 {
		at = at.AddDate(0, 0, step)
		if working(at, odd) {
			n--
		}
	}
	return at
}

// Until counts the working days after from up to and with to; it is negative
// when to lies before from. Of a working day d, Until(d, Add(d, n)) is n.
func (c Calendar) Until(from, to time.Time) int {
	a, b := midnight(from), midnight(to)
	if b.Before(a) {
		// Seen from the later day the earlier end counts and the later not.
		return -c.between(b.AddDate(0, 0, -1), a.AddDate(0, 0, -1))
	}
	return c.between(a, b)
}

// between counts the working days in (a, b]: whole weeks at once, and then
// what the calendar changes.
func (c Calendar) between(a, b time.Time) int {
	days := int(b.Sub(a).Hours()) / 24
	n := days / 7 * 5
	for i := range days % 7 {
		if weekday(b.AddDate(0, 0, -i)) {
			n++
		}
	}
	for d, works := range c.odd() {
		if t, err := time.ParseInLocation(time.DateOnly, d, policy.Shanghai); err == nil && t.After(a) && !t.After(b) && weekday(t) != works {
			if works {
				n++
			} else {
				n--
			}
		}
	}
	return n
}

// Working reports whether a day is a working day.
func (c Calendar) Working(day time.Time) bool { return working(midnight(day), c.odd()) }

// odd are the days that are not as their weekday is. A calendar that nobody
// compared with the notice says nothing.
func (c Calendar) odd() map[string]bool {
	if !c.Verified {
		return nil
	}
	out := make(map[string]bool, len(c.Holidays)+len(c.Workdays))
	for _, d := range c.Holidays {
		out[d] = false
	}
	for _, d := range c.Workdays {
		out[d] = true
	}
	return out
}

func working(at time.Time, odd map[string]bool) bool {
	if len(odd) > 0 {
		if works, ok := odd[at.Format(time.DateOnly)]; ok {
			return works
		}
	}
	return weekday(at)
}

func weekday(t time.Time) bool { return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday }

// midnight is the begin of the Shanghai date of t.
func midnight(t time.Time) time.Time {
	y, m, d := t.In(policy.Shanghai).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, policy.Shanghai)
}
