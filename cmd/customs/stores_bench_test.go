package main

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
)

// BenchmarkAuditAppend makes entries durable on a real disk.
func BenchmarkAuditAppend(b *testing.B) {
	for _, workers := range []int{1, 16, 256} {
		b.Run(fmt.Sprint(workers, "concurrent"), func(b *testing.B) {
			l, err := audit.Open(audit.Options{Dir: b.TempDir(), Node: "n1", Files: disk.Files{}, Now: time.Now})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			b.ReportAllocs()
			b.ResetTimer()
			var next atomic.Int64
			var wg sync.WaitGroup
			for range workers {
				wg.Go(func() {
					for next.Add(1) <= int64(b.N) {
						if _, err := l.Append(context.Background(), policytest.Intent("flow", policy.Block)); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// BenchmarkLedgerReserve reserves and commits persons that are new each time,
// under a filing, durable on a real disk.
func BenchmarkLedgerReserve(b *testing.B) {
	for _, n := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprint(n, "persons"), func(b *testing.B) {
			l, err := ledger.Open(ledger.Options{Dir: b.TempDir(), Key: bytes.Repeat([]byte{1}, 32), Files: disk.Files{}, Now: time.Now})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			b.ReportAllocs()
			flow := 0
			var took []time.Duration
			before := cpu()
			for b.Loop() {
				flow++
				c := policy.Count{Flow: fmt.Sprint(flow), Entity: policytest.Exporter, At: policytest.Start, Basis: "SC", Filing: "F1",
					Persons: policytest.Persons(flow*n, n)}
				began := time.Now()
				r, err := l.Reserve(context.Background(), c)
				took = append(took, time.Since(began))
				if err == nil {
					err = l.Commit(context.Background(), r.ID, false)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/flow")
			reportTimes(b, "reserve", took)
		})
	}
}
