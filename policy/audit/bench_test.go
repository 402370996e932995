package audit_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
)

func diskOptions(b testing.TB, dir string, signed bool) audit.Options {
	o := audit.Options{Dir: dir, Node: "n1", Files: disk.Files{}, Now: time.Now}
	if signed {
		signer, _ := keyOf(b, 0)
		o.Origin, o.Signers = origin, func() []note.Signer { return []note.Signer{signer} }
		o.Failed = func(what string, err error) { b.Errorf("%s: %v", what, err) }
	}
	return o
}

// BenchmarkAppend measures entries a second and the time that one flow waits
// for its intent, with the disk's own fsync.
func BenchmarkAppend(b *testing.B) {
	for _, signed := range []bool{false, true} {
		for _, flows := range []int{1, 16, 256} {
			b.Run(fmt.Sprintf("tree=%v/flows=%d", signed, flows), func(b *testing.B) {
				l := openWith(b, diskOptions(b, b.TempDir(), signed))
				waits := make([][]time.Duration, flows)
				var left atomic.Int64
				left.Store(int64(b.N))
				var wg sync.WaitGroup
				b.ResetTimer()
				for i := range flows {
					wg.Go(func() {
						x := newTraffic(b, uint64(i), time.Now())
						for left.Add(-1) >= 0 {
							in, _ := x.next()
							start := time.Now()
							if _, err := l.Append(bg, in); err != nil {
								b.Error(err)
								return
							}
							waits[i] = append(waits[i], time.Since(start))
						}
					})
				}
				wg.Wait()
				b.StopTimer()
				report(b, slices.Concat(waits...))
			})
		}
	}
}

func report(b *testing.B, waits []time.Duration) {
	slices.Sort(waits)
	at := func(q float64) float64 { return float64(waits[int(q*float64(len(waits)-1))].Microseconds()) }
	b.ReportMetric(at(0.5), "p50-µs")
	b.ReportMetric(at(0.99), "p99-µs")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
