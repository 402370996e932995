package intercept

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
)

// switches reports whether a response switches protocols as it was asked to.
// Any other 101 would turn a judged request into a tunnel that nobody judged.
func (t *transfer) switches(resp *http.Response) bool {
	_, both := resp.Body.(io.ReadWriteCloser)
	return resp.StatusCode == http.StatusSwitchingProtocols && t.upgrade && both &&
		(!t.socket || strings.EqualFold(resp.Header.Get("Upgrade"), "websocket"))
}

// receive prepares a response for the client.
func (t *transfer) receive(resp *http.Response) {
	swap := t.switches(resp)
	stripResponse(resp.Header, swap)
	if swap {
		t.takeOver(resp)
		return
	}
	alive := t.alive
	if t.call != nil {
		t.call.response(resp)
		alive = func() {}
	}
	t.watch.Stop()
	t.in = &inBody{ReadCloser: resp.Body, left: resp.ContentLength, alive: alive, rest: func() { t.watch.Stop() }}
	resp.Body = t.in
	// With a length the server sends no trailers over HTTP/1.1; those of gRPC
	// come unannounced. That of a 304 is of a body that does not come, for which
	// some clients of HTTP/2 would wait.
	if len(resp.Trailer) > 0 || resp.StatusCode == http.StatusNotModified || strings.HasPrefix(resp.Header.Get("Content-Type"), "application/grpc") {
		resp.Header.Del("Content-Length")
		t.in.left = -1
	}
}

// takeOver keeps hold of a connection that switches protocols.
func (t *transfer) takeOver(resp *http.Response) {
	rw := resp.Body.(io.ReadWriteCloser)
	t.swapped = &switched{ReadWriteCloser: rw, alive: t.alive, sent: &t.out.sent}
	resp.Body = t.swapped
	if t.socket && !t.observed {
		t.swapped.sent = new(atomic.Int64) // what is counted is messages, not frames
		t.release = func() {}
		return
	}
	if t.socket {
		t.watchSocket(t.asked.Header, resp.Header)
	}
	// goproxy copies both ways only for what it takes for a WebSocket; the
	// writer puts the protocol's own name back.
	t.w.protocol = resp.Header.Get("Upgrade")
	resp.Header.Set("Upgrade", "websocket")
	t.release = t.i.upgrade(rw)
}
