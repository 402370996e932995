package unpack_test

import (
	"bytes"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// keepsBudget opens b with a small budget and holds that the budget bounds
// what it costs.
func keepsBudget(t *testing.T, f unpack.Whole, b []byte) {
	t.Helper()
	keepsLimits(t, unpack.Whole(func(r io.ReaderAt, size int64, l unpack.Limits, out unpack.Out) {
		budget := tightBudget(int(size))
		l.Budget = budget
		start := time.Now()
		f(r, size, l, out)
		if spent := time.Since(start); spent > time.Minute {
			t.Errorf("%d bytes took %v", size, spent)
		}
		if left := budget.Left(); left != 1<<20 {
			t.Errorf("%d bytes are held after the end", 1<<20-left)
		}
	}), b)
}

// tightBudget is one that a small file reaches.
func tightBudget(size int) *decode.Budget {
	b := &decode.Budget{Limits: decode.Limits{Bytes: 1 << 18, Parts: 20, Hold: 1 << 20, Time: 1e8, Pace: 1000}}
	b.Wire(size)
	return b
}

// sqliteTakes is how much f allocates and how long it takes for b.
func sqliteTakes(f unpack.Whole, b []byte, l unpack.Limits) (bytesUsed uint64, spent time.Duration) {
	budget := &decode.Budget{Limits: decode.Limits{}.WithDefaults()}
	budget.Wire(len(b))
	l.Budget = budget
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	f(bytes.NewReader(b), int64(len(b)), l, &count{})
	spent = time.Since(start)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, spent
}
