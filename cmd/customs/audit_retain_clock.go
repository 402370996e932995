package main

import (
	"context"
	"errors"
	"time"

	"github.com/datacustoms/customs/policy/audit"
)

// clockLead is how far the clock may be ahead of the log's newest entry before
// it is not trusted to say what is old, and how long after such a jump it is not.
const clockLead = 30 * 24 * time.Hour

// Why the clock is not trusted with a deletion.
const (
	clockUnsynced = "unsynchronised"
	clockAhead    = "ahead"  // of the log's newest entry
	clockJumped   = "jumped" // between two entries of the log
)

// clockDoubt says why the clock is not trusted; "" when it is. A clock that was
// set forward would make all of the log look old, and the entries it dates are
// of its own time: so a jump in the log counts too, one of 30 days for 30 days,
// and one as long as the retention for as long as the retention.
func (r *retention) clockDoubt(ctx context.Context, all []audit.SegmentInfo) (string, error) {
	if r.synced == syncNo {
		return clockUnsynced, nil
	}
	c := clockTrail{now: r.now, keep: r.keep}
	for _, s := range all {
		if s.Last < s.First {
			continue
		}
		c.entry(s.From)
		if s.State == audit.Gone || !c.worthReading(s) {
			c.newest = later(c.newest, s.To)
			continue
		}
		// To may be the time at which the next segment was begun: only entries
		// count here.
		_, err := audit.ReadFrom(ctx, r.src, s.First, func(i audit.Item) error {
			if i.Seq > s.Last {
				return errPast
			}
			e, err := readRetained(i)
			if err == nil {
				c.entry(e.Time)
			}
			return err
		})
		if err != nil && !errors.Is(err, errPast) {
			return "", err
		}
	}
	switch {
	case c.jumped:
		return clockJumped, nil
	case r.now.Sub(c.newest) > clockLead:
		return clockAhead, nil
	}
	return "", nil
}

// clockTrail follows the times of a log.
type clockTrail struct {
	now    time.Time
	keep   time.Duration
	newest time.Time
	jumped bool
}

// entry takes the next time.
func (c *clockTrail) entry(t time.Time) {
	if gap := t.Sub(c.newest); !c.newest.IsZero() && c.suspect(gap, t) {
		c.jumped = true
	}
	c.newest = later(c.newest, t)
}

// suspect reports whether a jump to that time is too large and too new.
func (c *clockTrail) suspect(gap time.Duration, t time.Time) bool {
	return gap > clockLead && t.After(c.now.Add(-clockLead)) || gap >= c.keep && t.After(c.now.Add(-c.keep))
}

// worthReading reports whether a segment may hold such a jump.
func (c *clockTrail) worthReading(s audit.SegmentInfo) bool { return c.suspect(s.To.Sub(s.From), s.To) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
