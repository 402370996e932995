package intercept

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"
	"time"

	"github.com/datacustoms/customs/policy"
)

// tunnel is what a connection's requests have in common.
type tunnel struct {
	session *policy.Session
	// mixed means that the names the client gave before its first request
	// contradict each other, or that one has no canonical form.
	mixed bool
	// plain means that the requests come without TLS.
	plain bool
	// refused is why no request of the tunnel may go, if the front door knows.
	refused policy.Code

	shaken time.Time   // when TLS stood
	spoke  atomic.Bool // a request began
}

// scheme is that of the tunnel's requests.
func (t *tunnel) scheme() string {
	if t.plain || t.session.Host == "" {
		return "http"
	}
	return "https"
}

type tunnelKey struct{}

// withTunnel hands the tunnel to the inner server's requests.
func withTunnel(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, tunnelKey{}, tunnelOf(c))
}

// tunnelOf finds the tunnel of a connection by what the connection is made of.
func tunnelOf(c net.Conn) *tunnel {
	for {
		if p, ok := c.(*peeked); ok {
			return p.tunnel
		}
		c = c.(interface{ NetConn() net.Conn }).NetConn()
	}
}

// peeked is a connection whose first bytes were read, and are read again.
type peeked struct {
	net.Conn
	head   []byte
	tunnel *tunnel
	wrote  atomic.Bool
	last   []byte // that was read since we wrote, the end of it; of the handshake alone
}

// alertSize is what an alert that is not encrypted takes on the wire.
const alertSize = 7

func (p *peeked) Read(b []byte) (int, error) {
	if len(p.head) > 0 {
		n := copy(b, p.head)
		p.head = p.head[n:]
		return n, nil
	}
	n, err := p.Conn.Read(b)
	if p.wrote.Load() && p.tunnel.shaken.IsZero() && !p.tunnel.plain {
		p.last = append(p.last, b[max(0, n-alertSize):n]...)
		p.last = p.last[max(0, len(p.last)-alertSize):]
	}
	return n, err
}

func (p *peeked) Write(b []byte) (int, error) {
	p.wrote.Store(true)
	return p.Conn.Write(b)
}

// Life is how long a tunnel may live.
type Life struct {
	Open context.Context // ends the tunnel while it is being opened
	Live context.Context // ends one that passes unread
	// Drain, when closed, lets one that passes unread end soon. nil leaves it
	// to Shutdown.
	Drain <-chan struct{}
}

// Tunnel takes over a connection through which a client wants to reach
// s.Host. early is what was already read of it. It returns when the inner
// server has the connection, or when the connection is closed.
func (i *Interceptor) Tunnel(ctx context.Context, c net.Conn, early []byte, s policy.Session) {
	i.Look(ctx, s).Serve(Life{Open: ctx, Live: ctx}, c, early)
}

func (i *Interceptor) enter(c net.Conn) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.closed {
		return false
	}
	i.young[c] = struct{}{}
	i.tunnels.Add(1)
	return true
}

func (i *Interceptor) leave(c net.Conn) {
	i.mu.Lock()
	delete(i.young, c)
	i.mu.Unlock()
	i.tunnels.Done()
}

// leaf mints for the SNI even where it contradicts the tunnel: only then can
// the client be told so.
func (i *Interceptor) leaf(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
	s := tunnelOf(h.Conn).session
	if s.SNI != "" {
		return i.o.Minter.Leaf(s.SNI)
	}
	return i.o.Minter.Leaf(s.Host)
}
