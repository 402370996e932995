package unpack_test

import (
	"bytes"
	"testing"

	"github.com/datacustoms/customs/inspect/unpack"
)

// keepsLimits opens b under tight limits and looks whether they hold.
func keepsLimits(t *testing.T, f unpack.Whole, b []byte) {
	t.Helper()
	l := unpack.Limits{Entries: 20, Memory: 1 << 20, Bytes: 1 << 18}
	c := whole(f, b, l)
	if len(c.parts) > l.Entries || c.total > l.Bytes {
		t.Errorf("%d parts, %d bytes", len(c.parts), c.total)
	}
	c = &collect{stop: 10}
	f(bytes.NewReader(b), int64(len(b)), l, c)
	if c.late > 0 {
		t.Errorf("%d calls after an answer of false", c.late)
	}
}
