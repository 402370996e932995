//go:build unix

package ledger_test

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/policytest/faultfs"
)

// BenchmarkReserve reserves a flow under three limits in an exporter's year and
// a filing, and commits it. Only Reserve is timed by the metrics.
func BenchmarkReserve(b *testing.B) {
	files := map[string]func(b *testing.B) ledger.Options{
		"memory": func(*testing.B) ledger.Options { return options(faultfs.New()) },
		"disk": func(b *testing.B) ledger.Options {
			return ledger.Options{Dir: b.TempDir(), Key: key, Files: disk.Files{}, Now: time.Now}
		},
	}
	for _, kind := range []string{"memory", "disk"} {
		for _, n := range []int{1, 10_000} {
			for _, firm := range []bool{false, true} {
				b.Run(fmt.Sprintf("files=%s/persons=%d/firm=%t", kind, n, firm), func(b *testing.B) {
					benchReserve(b, files[kind](b), n, firm)
				})
			}
		}
	}
}

func benchReserve(b *testing.B, o ledger.Options, n int, firm bool) {
	l, err := ledger.Open(o)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	limits := []policy.Limit{{ID: "ns", Kind: policy.CountNS, Max: 1e9, Bases: []string{"SC"}}, {ID: "sp", Kind: policy.CountSP, Max: 1e9},
		{ID: "f", Kind: policy.CountAny, Max: 1e9, Filing: "F1", Validity: true}}
	at := 0
	next := func() policy.Count {
		c := count(fmt.Sprint(at), policytest.Persons(at, n), limits...)
		c.Filing = "F1"
		return c
	}
	once := func(c policy.Count) time.Duration {
		began := time.Now()
		r, err := l.Reserve(bg, c)
		took := time.Since(began)
		if err == nil {
			err = l.Commit(bg, r.ID, false)
		}
		if err != nil {
			b.Fatal(err)
		}
		return took
	}
	once(next())
	var times []time.Duration
	cpu := processor()
	for b.Loop() {
		if !firm {
			b.StopTimer()
			at += n
			b.StartTimer()
		}
		times = append(times, once(next()))
	}
	cpu = processor() - cpu
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2]), "p50-ns")
	b.ReportMetric(float64(times[len(times)*99/100]), "p99-ns")
	b.ReportMetric(float64(cpu)/float64(len(times)), "cpu-ns/op")
}

// processor is the time that the process spent on processors.
func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkTablePut(b *testing.B) {
	table, i := ledger.NewTable(), 0
	for b.Loop() {
		table.Put(hashed(i), 1)
		i++
	}
	b.ReportMetric(float64(table.Size())/float64(table.Len()), "B/person")
}
