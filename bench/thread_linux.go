package bench

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// ThreadClock ties the goroutine to its thread and returns a clock of the CPU
// time that the thread uses, so that what else runs on the machine counts as
// little as it can; done unties it. Elsewhere than on Linux it is the clock.
func ThreadClock() (now func() time.Time, done func()) {
	runtime.LockOSThread()
	return func() time.Time {
		var t unix.Timespec
		if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
			return time.Now()
		}
		return time.Unix(t.Unix())
	}, runtime.UnlockOSThread
}
