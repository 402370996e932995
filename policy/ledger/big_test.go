package ledger_test

import (
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/policytest"
)

var (
	persons = flag.Int("people", 5_000, "persons of the large ledger")
	bigDir  = flag.String("bigdir", "", "where the large ledger is made; a temporary directory by default")
)

// TestLargeLedger fills a ledger on the real disk through the journal, as a
// gateway does, and prints what it costs. The figures of the note are those of
//
//	go test ./policy/ledger -run TestLargeLedger -v -timeout 20m -args -people 20000000
func TestLargeLedger(t *testing.T) {
	dir := t.TempDir()
	if *bigDir != "" {
		var err error
		if dir, err = os.MkdirTemp(*bigDir, "ledger"); err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
	}
	o := ledger.Options{Dir: dir, Key: key, Files: disk.Files{}, Now: (&policytest.Clock{}).Now}
	empty := heap()
	l := openBig(t, o)
	began := time.Now()
	fill(t, l, *persons)
	filled := time.Since(began)
	t.Logf("%d persons filled in %v", *persons, filled.Round(time.Millisecond))
	peak := watchHeap()
	_, took := timed(func() error { return foldAll(t, l) })
	t.Logf("last folding %v, heap during it at most %.0f MB above the ledger's own", took, float64(peak()-heap())/1e6)
	report(t, "filled", l, heap()-empty)
	before, _ := l.Show()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = nil
	t.Logf("on disk: %s", sizes(t, dir, *persons))

	l, took = timed(func() *ledger.Ledger { return openBig(t, o) })
	t.Logf("start-up %v", took.Round(time.Millisecond))
	report(t, "started", l, heap()-empty)
	if after, _ := l.Show(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("started again it counts %+v, want %+v", after, before)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = nil
	rep, took := timed(func() *ledger.RebuildReport {
		rep, err := ledger.Rebuild(bg, ledger.RebuildOptions{Dir: dir, Key: key, Files: disk.Files{}, Write: true})
		if err != nil {
			t.Fatal(err)
		}
		return rep
	})
	t.Logf("rebuilt from %d segments (%.1f MB) in %v; all counters equal: %v", rep.Segments, float64(rep.Bytes)/1e6,
		took.Round(time.Millisecond), rep.Same())
	if !rep.Same() || fmt.Sprint(rep.Before) != fmt.Sprint(before) || fmt.Sprint(rep.After) != fmt.Sprint(before) {
		t.Errorf("Rebuild: %+v, want %+v", rep, before)
	}
	if len(before) != 1 || before[0].Any != int64(*persons) {
		t.Errorf("counted %+v, want %d persons", before, *persons)
	}
	l, took = timed(func() *ledger.Ledger { return openBig(t, o) })
	t.Logf("start-up after it %v", took.Round(time.Millisecond))
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// openBig does not hold on to the ledger, so that a later one can be measured.
func openBig(t *testing.T, o ledger.Options) *ledger.Ledger {
	l, err := ledger.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func timed[T any](fn func() T) (T, time.Duration) {
	began := time.Now()
	out := fn()
	return out, time.Since(began)
}

// fill sends flows of 10,000 persons, two at a time, with some overlap.
func fill(t *testing.T, l *ledger.Ledger, n int) {
	const flow = 10_000
	var wg sync.WaitGroup
	next := make(chan int)
	for range 2 {
		wg.Go(func() {
			list := make([]policy.Counted, 0, flow+100)
			for from := range next {
				list = list[:0]
				for i := max(from-100, 0); i < min(from+flow, n); i++ {
					c := policy.Counted{NS: true, SP: i%3 == 0}
					binary.BigEndian.PutUint64(c.Subject[:], uint64(i)+1)
					list = append(list, c)
				}
				r, err := l.Reserve(bg, count(fmt.Sprint("flow-", from), list))
				if err == nil {
					err = l.Commit(bg, r.ID, false)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for from := 0; from < n; from += flow {
		next <- from
	}
	close(next)
	wg.Wait()
}

func foldAll(t *testing.T, l *ledger.Ledger) error {
	err := l.EndSegment(bg)
	if err == nil {
		err = l.FoldNow(bg)
	}
	if err != nil {
		t.Error(err)
	}
	return err
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// watchHeap looks at the heap now and then and says at the end what it was at
// most.
func watchHeap() (stop func() uint64) {
	done, got := make(chan struct{}), make(chan uint64)
	go func() {
		top := uint64(0)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapAlloc)
			select {
			case <-tick.C:
			case <-done:
				got <- top
				return
			}
		}
	}()
	return func() uint64 { close(done); return <-got }
}

func report(t *testing.T, when string, l *ledger.Ledger, used uint64) {
	t.Helper()
	size, rows := l.TableBytes()
	t.Logf("%s: heap %.1f MB, %.2f B a person (table %.2f B)", when, float64(used)/1e6, float64(used)/float64(rows),
		float64(size)/float64(rows))
}

func sizes(t *testing.T, dir string, persons int) string {
	t.Helper()
	sum := map[string]int64{}
	entries, err := os.ReadDir(filepath.Join(dir, ledger.Sub))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			kind, _, _ := strings.Cut(e.Name(), "-")
			sum[kind] += info.Size()
		}
	}
	return fmt.Sprintf("base %.1f MB, %.2f B a person; segments %.1f MB, %.2f B a person", float64(sum["base"])/1e6,
		float64(sum["base"])/float64(persons), float64(sum["journal"])/1e6, float64(sum["journal"])/float64(persons))
}
