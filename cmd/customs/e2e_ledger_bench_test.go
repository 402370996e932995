package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// stopwatch is a ledger that keeps how long its calls took.
type stopwatch struct {
	policy.Ledger
	mu   sync.Mutex
	took []time.Duration
}

func (s *stopwatch) Reserve(ctx context.Context, c policy.Count) (policy.Reservation, error) {
	began := time.Now()
	r, err := s.Ledger.Reserve(ctx, c)
	s.mu.Lock()
	s.took = append(s.took, time.Since(began))
	s.mu.Unlock()
	return r, err
}

// cpu is what the process used so far.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// reportTimes gives the middle and the slow end of durations in microseconds.
func reportTimes(b *testing.B, what string, took []time.Duration) {
	if len(took) == 0 {
		return
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), what+"-p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), what+"-p99-µs")
}

// BenchmarkCountedFlow sends flows of persons who are new each time through
// the gateway, with TLS on both sides and the stores on a real disk. The CPU is
// that of gateway, client and origin together.
func BenchmarkCountedFlow(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		b.Run(fmt.Sprint(n, " persons"), func(b *testing.B) {
			watch := &stopwatch{}
			h := newHarbour(b, harbourOptions{ledger: func(l policy.Ledger) policy.Ledger {
				watch.Ledger = l
				return watch
			}})
			const host = "bench.example.sg"
			h.file("SA-BENCH", host, 1<<40, nil)
			client := h.client("127.0.0.1", true)
			h.waitFiling(client, host)
			m := synth.New(33, policytestDay)
			watch.took = nil
			var took []time.Duration
			var used time.Duration
			for b.Loop() {
				b.StopTimer()
				body := synth.JSONOf(m.Adults(n), "id_card")
				began, before := time.Now(), cpu()
				b.StartTimer()
				if r := h.post(client, host, "/bench", jsonKind, body); r.status != http.StatusOK {
					b.Fatalf("%+v", r)
				}
				took = append(took, time.Since(began))
				used += cpu() - before
			}
			reportTimes(b, "flow", took)
			reportTimes(b, "reserve", watch.took)
			b.ReportMetric(float64(used.Microseconds())/float64(b.N), "cpu-µs/flow")
		})
	}
}
