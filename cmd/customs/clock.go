package main

import "time"

// syncState is what the system says of its clock.
type syncState uint8

const (
	syncUnknown syncState = iota // it cannot be asked here
	syncYes
	syncNo
)

const (
	// stepAbove is how far the clock may jump before somebody is told: more
	// than slewing does between two looks.
	stepAbove = 2 * time.Second
	// unsyncFor is how long the system may say that its clock is not
	// synchronised: a machine that starts needs some minutes.
	unsyncFor = 10 * time.Minute
)

// clockWatch compares the wall clock with one that only runs, and asks the
// system whether somebody keeps the wall clock right.
type clockWatch struct {
	ask      func() syncState // nil asks the system
	patience time.Duration    // 0: unsyncFor

	looked   bool
	wall     time.Time
	ran      time.Duration
	unsync   time.Duration // since when, on the clock that runs
	doubtful bool
	state    syncState
	step     time.Duration // the last one
}

// clockNews is what a look found.
type clockNews struct {
	Step   time.Duration // 0: none
	Unsync time.Duration // how long it has not been synchronised; 0: it is, or not for long
}

// look takes the wall clock's time and how long the other clock has run.
func (c *clockWatch) look(wall time.Time, ran time.Duration) (n clockNews) {
	wall = wall.Round(0) // without Go's own second clock
	if c.looked {
		if by := wall.Sub(c.wall) - (ran - c.ran); by > stepAbove || by < -stepAbove {
			n.Step, c.step = by, by
		}
	}
	c.looked, c.wall, c.ran = true, wall, ran
	if c.ask == nil {
		c.ask = clockSynchronised
	}
	c.state = c.ask()
	switch {
	case c.state != syncNo:
		c.doubtful = false
		return n
	case !c.doubtful:
		c.doubtful, c.unsync = true, ran
	}
	patience := c.patience
	if patience == 0 {
		patience = unsyncFor
	}
	if lasted := ran - c.unsync; lasted >= patience {
		n.Unsync = lasted
	}
	return n
}
