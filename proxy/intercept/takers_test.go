package intercept_test

import (
	"context"
	"io"
	"testing"
	"time"
)

// A browser opens connections that it may not need, and closes those without a
// word once another one serves: it pins nothing.
func TestSpareConnectionIsNotTakenForPinned(t *testing.T) {
	s := newStage(t, setup{})
	spare, used := s.raw(), s.raw()
	if err := spare.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	io.WriteString(used, s.head("GET /")+"Connection: close\r\n\r\n")
	spare.NetConn().Close()
	io.Copy(io.Discard, used)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	if err := s.i.Shutdown(ctx); err != nil { // after that nothing is recorded any more
		t.Fatal(err)
	}
	s.records(1)
}
