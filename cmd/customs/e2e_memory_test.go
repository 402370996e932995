package main

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"
)

// memoryKiB reads a figure of a process from /proc, in KiB.
func memoryKiB(t *testing.T, pid int, name string) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		unmeasured(t, "no /proc to read memory from: "+err.Error())
	}
	m := regexp.MustCompile(name + `:\s+(\d+) kB`).FindSubmatch(text)
	if m == nil {
		unmeasured(t, "no "+name+" in /proc")
	}
	n, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestMemory uploads 50 MiB once and then many times at once, and holds the
// gateway to its memory limits: one flow's limit and 24 MiB above idle, the
// process budget and the same margin for all together.
func TestMemory(t *testing.T) {
	const mib = 1 << 10 // in KiB
	c := newCity(t, sampleConfig)
	body := string(textBody(50 << 20))
	client := c.client(false)
	client.Timeout = 5 * time.Minute // 50 MiB many times over, on a machine that may be busy
	c.post(client, "/warm", "the first request makes the leaf")
	pid := c.cmd.Process.Pid
	idle := memoryKiB(t, pid, "VmRSS")
	resetPeak(t, pid)
	if status, _, answer := c.post(client, "/one", body); status != http.StatusOK {
		t.Fatalf("one upload: %d %s", status, answer)
	}
	one := memoryKiB(t, pid, "VmHWM")
	if one > idle+1*mib+24*mib {
		t.Errorf("one upload: peak %d MiB, idle %d MiB", one/mib, idle/mib)
	}
	together := 6
	if *reps > 1 {
		together = 50
	}
	resetPeak(t, pid)
	var wg sync.WaitGroup
	for range together {
		wg.Go(func() {
			if status, _, answer := c.post(client, "/many", body); status != http.StatusOK {
				t.Errorf("%d uploads: %d %.200s", together, status, answer)
			}
		})
	}
	wg.Wait()
	many := memoryKiB(t, pid, "VmHWM")
	budget := int64(256 * mib)
	if raceDetector {
		budget *= 2 // its shadow memory
	}
	if many > budget {
		t.Errorf("%d uploads: peak %d MiB, budget %d MiB", together, many/mib, budget/mib)
	}
	t.Logf("idle %d MiB; peak at one upload of 50 MiB %d MiB, at %d at once %d MiB", idle/mib, one/mib, together, many/mib)
}

// resetPeak sets VmHWM back to the memory in use now.
func resetPeak(t *testing.T, pid int) {
	t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0o600); err != nil {
		unmeasured(t, "the peak cannot be reset here: "+err.Error())
	}
}

// unmeasured skips where memory cannot be read, which in CI is a failure.
func unmeasured(t *testing.T, why string) {
	t.Helper()
	if inCI() {
		t.Fatal(why)
	}
	t.Skip(why)
}
