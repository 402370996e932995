package intercept

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// writer is the client's side of a response: a deadline on each write, a
// flush after each where the length is unknown, and the error that goproxy
// would only log.
type writer struct {
	http.ResponseWriter
	rc      *http.ResponseController
	idle    time.Duration
	buffers *sync.Pool
	// unread reports whether an HTTP/1 request did not come to its end: then
	// its connection cannot carry another, for the rest would be taken for it.
	unread   func() bool
	protocol string // that a 101 switches to

	mu    sync.Mutex // informational heads come from the transport's goroutine
	over  bool       // no informational head is taken any more; guarded by mu
	wrote bool       // the final head was written; guarded by mu
	flush bool
	err   error
	taken net.Conn // hijacked
}

// Unwrap lets a ResponseController reach the server's own writer.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader writes the head. One without a length is flushed at once, for
// its first byte may be long in coming.
func (w *writer) WriteHeader(code int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.wrote {
		return
	}
	w.wrote = true
	w.flush = w.Header().Get("Content-Length") == ""
	if code == http.StatusSwitchingProtocols {
		w.Header().Set("Upgrade", w.protocol)
	} else if w.unread() {
		w.Header().Set("Connection", "close")
	}
	w.rc.SetWriteDeadline(time.Now().Add(w.idle))
	w.ResponseWriter.WriteHeader(code)
	if w.flush && code != http.StatusSwitchingProtocols {
		w.fail(w.rc.Flush())
	}
}

// informational passes a 1xx head on, until the final one is at hand.
func (w *writer) informational(code int, h http.Header) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return
	}
	mine := w.Header()
	for name, v := range h {
		mine[name] = v
	}
	w.rc.SetWriteDeadline(time.Now().Add(w.idle))
	w.ResponseWriter.WriteHeader(code)
	clear(mine)
}

// answering takes no informational head any more: the transport may read one
// after it gave up, while the answer is being written.
func (w *writer) answering() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
}

func (w *writer) headed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.wrote
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) Write(p []byte) (int, error) {
	if !w.headed() {
		w.WriteHeader(http.StatusOK)
	}
	w.rc.SetWriteDeadline(time.Now().Add(w.idle))
	n, err := w.ResponseWriter.Write(p)
	if err == nil && w.flush {
		err = w.rc.Flush()
	}
	w.fail(err)
	return n, err
}

// ReadFrom copies with a large buffer that is used again.
func (w *writer) ReadFrom(r io.Reader) (int64, error) {
	buf := w.buffers.Get().(*[]byte)
	defer w.buffers.Put(buf)
	return io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, *buf)
}

// Flush sends what was written.
func (w *writer) Flush() { w.fail(w.rc.Flush()) }

// Hijack hands the connection over, for a switched protocol.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := w.rc.Hijack()
	if err == nil {
		w.taken = c
		err = c.SetDeadline(time.Time{})
	}
	return c, rw, err
}

// closeHijacked ends a connection that was handed over: goproxy leaves it
// open when the origin's side ended.
func (w *writer) closeHijacked() {
	if w.taken != nil {
		w.taken.Close()
	}
}
