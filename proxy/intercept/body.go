package intercept

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

var errStopped = errors.New("intercept: body was read after its exchange ended")

// clientBody is a request body with a deadline on each read, which another
// goroutine can stop.
type clientBody struct {
	io.Reader
	rc   *http.ResponseController
	idle time.Duration

	inRead sync.Mutex // held while the client is read

	mu      sync.Mutex
	stopped bool  // guarded by mu
	reading bool  // guarded by mu
	err     error // that ended it; guarded by mu
}

func (b *clientBody) Read(p []byte) (int, error) {
	b.inRead.Lock()
	defer b.inRead.Unlock()
	b.mu.Lock()
	if b.stopped || b.err != nil {
		defer b.mu.Unlock()
		if b.err != nil {
			return 0, b.err
		}
		return 0, errStopped
	}
	b.reading = true
	b.rc.SetReadDeadline(time.Now().Add(b.idle))
	b.mu.Unlock()
	n, err := b.Reader.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reading = false
	if b.err = err; err != nil && !b.stopped {
		// A deadline left standing would end the wait for the response.
		b.rc.SetReadDeadline(time.Time{})
	}
	return n, err
}

// Close does nothing: the server reads or drops what is left.
func (b *clientBody) Close() error { return nil }

// stop ends a read in flight, waits for it and lets no other begin. What is
// left of the body is given leftover to arrive and be dropped.
func (b *clientBody) stop(leftover time.Duration) {
	b.mu.Lock()
	b.stopped = true
	switch {
	case b.reading:
		b.rc.SetReadDeadline(time.Unix(1, 0))
	case b.err == nil:
		b.rc.SetReadDeadline(time.Now().Add(leftover))
	}
	b.mu.Unlock()
	b.inRead.Lock()
	defer b.inRead.Unlock()
}

// ended returns the error that ended the body, io.EOF at its end.
func (b *clientBody) ended() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// outlet counts what the transport reads of a request body, over all
// attempts. After stop it reads nothing more, so that the gate can be closed
// although the transport may still hold the body (I11).
type outlet struct {
	alive func() // called with each progress
	sent  atomic.Int64
	whole atomic.Bool // one attempt came to the end

	mu      sync.RWMutex // read-held while a body is read
	stopped bool         // guarded by mu
}

func (o *outlet) body(r io.ReadCloser) io.ReadCloser { return &outBody{r, o} }

func (o *outlet) stop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stopped = true
}

type outBody struct {
	io.ReadCloser
	o *outlet
}

func (b *outBody) Read(p []byte) (int, error) {
	b.o.mu.RLock()
	defer b.o.mu.RUnlock()
	if b.o.stopped {
		return 0, errStopped
	}
	n, err := b.ReadCloser.Read(p)
	b.o.sent.Add(int64(n))
	b.o.alive()
	if err == io.EOF {
		b.o.whole.Store(true)
	}
	return n, err
}

// inBody is a response body: it counts, and keeps the error that ended it.
// One goroutine reads it.
type inBody struct {
	io.ReadCloser
	alive    func() // called when a wait for the origin begins
	rest     func() // and when it ended: the client's time is not the origin's
	left     int64  // of the stated length; -1 when there is none, or something follows
	received int64
	err      error
}

func (b *inBody) Read(p []byte) (int, error) {
	b.alive()
	n, err := b.ReadCloser.Read(p)
	b.rest()
	b.received += int64(n)
	if b.left >= 0 {
		// A client that has the whole answer may leave before we see its end.
		if b.left -= int64(n); b.left == 0 && err != nil {
			err = io.EOF
		}
	}
	if err != nil {
		b.err = err
	}
	return n, err
}

// switched is the body of a 101: bytes both ways.
type switched struct {
	io.ReadWriteCloser
	alive    func()
	sent     *atomic.Int64
	seen     io.Writer // is told what is sent; may be nil
	received atomic.Int64
}

func (b *switched) Read(p []byte) (int, error) {
	n, err := b.ReadWriteCloser.Read(p)
	b.received.Add(int64(n))
	b.alive()
	return n, err
}

// Write counts before it writes: the origin may answer, close and end the
// exchange before this goroutine runs again, and a record may say too much of
// what left, never too little.
func (b *switched) Write(p []byte) (int, error) {
	b.sent.Add(int64(len(p)))
	if b.seen != nil {
		b.seen.Write(p)
	}
	n, err := b.ReadWriteCloser.Write(p)
	b.sent.Add(int64(n - len(p)))
	b.alive()
	return n, err
}
