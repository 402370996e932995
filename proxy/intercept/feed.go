package intercept

import (
	"io"
	"sync"
)

// feedSize is how much of a client is read ahead of the verdicts.
const feedSize = 64 << 10

// feed reads ahead of whoever reads it, up to feedSize, so that what arrives
// while a message is being judged is seen, and the end of the connection too.
type feed struct {
	mu    sync.Mutex
	moved sync.Cond
	buf   []byte // guarded by mu
	err   error  // that ended the source; guarded by mu
	over  bool   // nobody reads any more; guarded by mu
	done  chan struct{}
}

// startFeed begins to read src. gone is called when it ended. stop ends the
// reading once the source does not block any more, and wait waits for it.
func startFeed(src io.Reader, gone func(error)) *feed {
	f := &feed{done: make(chan struct{})}
	f.moved.L = &f.mu
	go func() {
		defer close(f.done)
		gone(f.pump(src))
	}()
	return f
}

func (f *feed) pump(src io.Reader) error {
	piece := make([]byte, 16<<10)
	for {
		n, err := src.Read(piece)
		f.mu.Lock()
		f.buf = append(f.buf, piece[:n]...)
		f.err = err
		f.moved.Broadcast()
		for len(f.buf) >= feedSize && !f.over && err == nil {
			f.moved.Wait()
		}
		over := f.over
		f.mu.Unlock()
		if err != nil || over {
			return err
		}
	}
}

// Read gives what came, and the source's error after it.
func (f *feed) Read(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.buf) == 0 && f.err == nil && !f.over {
		f.moved.Wait()
	}
	switch {
	case f.over:
		return 0, errStopped
	case len(f.buf) == 0:
		return 0, f.err
	}
	n := copy(p, f.buf)
	f.buf = f.buf[:copy(f.buf, f.buf[n:])]
	f.moved.Broadcast()
	return n, nil
}

// pending reports whether a Read would not wait.
func (f *feed) pending() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.buf) > 0
}

// stop ends reads; the source must end on its own, or be closed.
func (f *feed) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
	f.moved.Broadcast()
}

// wait waits until the source is not read any more.
func (f *feed) wait() { <-f.done }
