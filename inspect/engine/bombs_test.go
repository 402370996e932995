package engine_test

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/engine"
)

// bomb is content that asks for much more than it brings.
type bomb struct {
	name string
	meta inspect.Meta
	make func(t testing.TB) []byte
	long bool // only with -reps 10
	open bool // what is in it may also be read to its end; the mobile there is then found
}

// The bounds of one scan. Most of the time is counted by the engine, 4 s and a
// microsecond a byte; the rest is for a machine that has other work.
const (
	bombMemory = 64 << 20
	bombTime   = 30 * time.Second
	bombPace   = 3 * time.Microsecond // for each byte
)

// TestBombs holds a scan to its bounds of memory and time, and to saying that
// it stopped. Run it with -v for the figures.
func TestBombs(t *testing.T) {
	limits := decode.Limits{}
	if *reps < 10 {
		limits.Bytes = 32 << 20 // an eighth of the default, and so of the time
	}
	e, err := engine.New(engine.Options{Key: make([]byte, engine.KeySize), Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range bombs() {
		t.Run(b.name, func(t *testing.T) {
			if b.long && *reps < 10 {
				t.Skip("run it with -reps 10")
			}
			data := b.make(t)
			r, used, took := measured(t, e, b.meta, data)
			t.Logf("%d KiB: %v, %d KiB decoded, %d KiB of memory, %v", len(data)>>10, r.Coverage.Gaps, r.Coverage.Decoded>>10, used>>10, took.Round(time.Millisecond))
			if r.Coverage.State == inspect.Full && !(b.open && r.Count(inspect.Mobile, inspect.Medium) > 0) {
				t.Errorf("looks clean: %+v", r.Coverage)
			}
			if used > bombMemory {
				t.Errorf("%d MiB of memory, %d are allowed", used>>20, bombMemory>>20)
			}
			if most := bombTime + time.Duration(len(data))*bombPace; took > most {
				t.Errorf("%v, %v is allowed", took, most)
			}
		})
	}
}

// liveHeap is how much memory was in use when the collector last looked.
func liveHeap() int64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64())
}

// measured scans data in pieces, as a proxy does, and tells how much more memory
// was in use at a time than before, and how long it took. The collector runs often
// meanwhile, so that no peak of long is missed.
func measured(t testing.TB, e *engine.Engine, m inspect.Meta, data []byte) (r inspect.Report, used int64, took time.Duration) {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	runtime.GC()
	before := liveHeap()
	done, peak := make(chan struct{}), make(chan int64)
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for most := int64(0); ; {
			select {
			case <-done:
				peak <- max(most, liveHeap())
				return
			case <-tick.C:
				most = max(most, liveHeap())
			}
		}
	}()
	start := time.Now()
	r = scan(t, e, m, data, 64<<10)
	took = time.Since(start)
	close(done)
	return r, <-peak - before, took
}
