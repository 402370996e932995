package bench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// tick is the unit of /proc/PID/stat, the same on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// cpuTime returns the CPU time that a process has used; pid 0 is this one.
func cpuTime(pid int) (time.Duration, bool) {
	name := "self"
	if pid != 0 {
		name = strconv.Itoa(pid)
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%s/stat", name))
	if err != nil {
		return 0, false
	}
	// The second field is the program's name, which may hold anything.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 13 {
		return 0, false
	}
	user, err1 := strconv.ParseInt(string(fields[11]), 10, 64)
	system, err2 := strconv.ParseInt(string(fields[12]), 10, 64)
	return time.Duration(user+system) * tick, err1 == nil && err2 == nil
}
