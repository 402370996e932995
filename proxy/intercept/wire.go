package intercept

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/refuse"
	"github.com/datacustoms/customs/proxy/sniff"
)

// Wired is an HTTP/1 connection whose requests are checked before a server
// sees them: what two readers could cut apart differently never becomes a
// request.
type Wired struct {
	net.Conn
	wire *sniff.Wire
}

// NewWired puts the checks in front of c. headTime is how long a head that was
// begun may take: a server's own limit begins when it sees the head, which is
// held until it is whole.
func NewWired(c net.Conn, headBytes int, headTime time.Duration) *Wired {
	w := &Wired{Conn: c, wire: sniff.NewWire(c, headBytes)}
	w.wire.Began = func() { c.SetReadDeadline(time.Now().Add(headTime)) }
	return w
}

// Read gives what has one reading.
func (w *Wired) Read(p []byte) (int, error) { return w.wire.Read(p) }

// CloseWrite lets the server end its side and wait for the client.
func (w *Wired) CloseWrite() error {
	if c, ok := w.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return w.Conn.Close()
}

// Bare returns a connection that a server gave away without its checks, and
// what they had read already.
func Bare(c net.Conn) (net.Conn, []byte) {
	if w, ok := c.(*Wired); ok {
		return w.Conn, w.wire.Rest()
	}
	return c, nil
}

// Follow tells the checks of a connection what its server does with it. It is
// called from ConnState.
func Follow(c net.Conn, s http.ConnState) {
	w, ok := c.(*Wired)
	switch {
	case !ok:
	case s == http.StateIdle:
		w.wire.Answered()
	case s == http.StateHijacked:
		w.wire.Release()
	}
}

type wireKey struct{}

// WithWire hands a connection's checks to its requests. It is called from
// ConnContext.
func WithWire(ctx context.Context, c net.Conn) context.Context {
	if w, ok := c.(*Wired); ok {
		return context.WithValue(ctx, wireKey{}, w.wire)
	}
	return ctx
}

// Misshapen returns what was wrong with the head in whose place the checks
// put this request, or "".
func Misshapen(r *http.Request) sniff.Fault {
	w, _ := r.Context().Value(wireKey{}).(*sniff.Wire)
	return w.Replaced(r.Header)
}

// guarding is a listener that puts the checks in front of the connections
// that speak HTTP/1.
type guarding struct {
	net.Listener
	o *Options
}

// Accept waits for a connection.
func (g guarding) Accept() (net.Conn, error) {
	c, err := g.Listener.Accept()
	if err != nil || g.o.UnguardedForTest {
		return c, err
	}
	if t, ok := c.(*tls.Conn); ok && t.ConnectionState().NegotiatedProtocol == "h2" {
		return c, nil // the server serves HTTP/2 on no other type
	}
	w := NewWired(c, g.o.HeaderBytes, g.o.HeaderTimeout)
	began := w.wire.Began
	w.wire.Began = func() {
		tunnelOf(c).spoke.Store(true) // whoever sends half a head took the certificate
		began()
	}
	return w, nil
}

// inner returns the connection that Tunnel made.
func inner(c net.Conn) net.Conn {
	if w, ok := c.(*Wired); ok {
		return w.Conn
	}
	return c
}

// countFrameError counts the faults of HTTP/2 that the server answers by
// itself: with an error of the stream or of the connection. Nothing of such a
// request has become one, so there is no flow to record.
func (i *Interceptor) countFrameError(kind string) {
	if kind != "closed" { // a frame that crossed the reset of its stream
		i.o.Gateway.Event(proxy.EventMalformed)
	}
}

// Malformed refuses and records a request of which not even the head could be
// read, and counts it.
func (i *Interceptor) Malformed(w http.ResponseWriter, r *http.Request, s *policy.Session, f sniff.Fault) {
	if !i.take() {
		panic(http.ErrAbortHandler)
	}
	defer i.flows.Done()
	i.o.Gateway.Event(proxy.EventMalformed)
	code := policy.BadRequest
	if f == sniff.FaultAuthority {
		code = policy.AuthorityMismatch
	}
	w.Header().Set("X-Customs-Fault", string(f))
	w.Header().Set("Connection", "close")
	i.record(w, r, s, "OTHER", code)
}

// Refuse refuses and records a request that names no destination. It may be
// called on the way to a tunnel.
func (i *Interceptor) Refuse(w http.ResponseWriter, r *http.Request, s *policy.Session, code policy.Code) {
	if !i.take() {
		panic(http.ErrAbortHandler)
	}
	defer i.flows.Done()
	i.record(w, r, s, knownMethod(r.Method), code)
}

func (i *Interceptor) record(w http.ResponseWriter, r *http.Request, s *policy.Session, method string, code policy.Code) {
	f := policy.Flow{Session: s, Direction: policy.Push, Protocol: "http/1.1", Method: method,
		Destination: policy.Destination{Host: s.Host, Port: s.Port}, Refused: code}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), i.o.JudgeTimeout)
	defer cancel()
	x := i.o.Gateway.Begin(ctx, f, nil, inspect.Meta{Size: -1})
	answer := refuse.Refusal{Verdict: x.Judge(ctx)}
	if x.Recorded() {
		answer.RecordID = x.ID()
	}
	refuse.Write(w, r, answer)
	x.Done(ctx, policy.Outcome{})
}
