package intercept

import (
	"errors"
	"sync/atomic"
	"testing"
)

// during is an origin that looks at the count while it is being written to.
type during struct {
	sent *atomic.Int64
	seen int64
	n    int
}

func (d *during) Read([]byte) (int, error) { return 0, errors.New("not read") }
func (d *during) Close() error             { return nil }
func (d *during) Write([]byte) (int, error) {
	d.seen = d.sent.Load()
	return d.n, errors.New("cut")
}

// An exchange can end while a write is still returning, so what is being
// written is counted already, and what was not written is taken off again.
func TestSwitchedCountsBeforeItWrites(t *testing.T) {
	var sent atomic.Int64
	d := &during{sent: &sent, n: 3}
	b := &switched{ReadWriteCloser: d, alive: func() {}, sent: &sent}
	if n, err := b.Write([]byte("eight by")); n != 3 || err == nil {
		t.Errorf("wrote %d, %v", n, err)
	}
	if d.seen != 8 || sent.Load() != 3 {
		t.Errorf("counted %d while writing and %d after, want 8 and 3", d.seen, sent.Load())
	}
}
