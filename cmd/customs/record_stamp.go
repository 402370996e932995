package main

import (
	"context"

	"github.com/datacustoms/customs/policy"
)

// stamped is the log with what the machine knows of itself when a verdict is
// recorded: whether its clock is kept right, and by which map the country was
// told.
type stamped struct {
	policy.Recorder
	clock  func() syncState
	places policy.Atlas
}

var _ policy.Recorder = stamped{}

// newStamped takes the clock's word from the watch, which a test may have set.
func newStamped(to policy.Recorder, clock *clockWatch, places policy.Atlas) stamped {
	ask := clock.ask
	if ask == nil {
		ask = clockSynchronised
	}
	return stamped{to, ask, places}
}

// Append implements policy.Recorder.
func (s stamped) Append(ctx context.Context, e policy.Entry) (policy.Receipt, error) {
	if e.Intent != nil {
		s.stamp(e.Intent)
	}
	if e.Outcome != nil && e.Outcome.Late != nil {
		s.stamp(e.Outcome.Late)
	}
	return s.Recorder.Append(ctx, e)
}

func (s stamped) stamp(in *policy.Intent) {
	in.Clock, in.Places = s.clock().String(), ""
	if by := in.Place.Source; by != "" && by != "filing" {
		in.Places = s.places.Digest()
	}
}

func (s syncState) String() string {
	switch s {
	case syncYes:
		return "synced"
	case syncNo:
		return "unsynced"
	}
	return "unknown"
}
