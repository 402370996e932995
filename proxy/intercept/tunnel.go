package intercept

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/sniff"
)

// tunnel is what a connection's requests have in common.
type tunnel struct {
	session *policy.Session
	// mixed means that the names the client gave before its first request
	// contradict each other, or that one has no canonical form.
	mixed bool
	// bound means that a request logged its connection to the origin in, so
	// that no other client may use that one.
	bound atomic.Bool
}

type tunnelKey struct{}

// withTunnel hands the tunnel to the inner server's requests.
func withTunnel(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, tunnelKey{}, c.(*tls.Conn).NetConn().(*peeked).tunnel)
}

// peeked is a connection whose first bytes were read, and are read again.
type peeked struct {
	net.Conn
	head   []byte
	tunnel *tunnel
}

func (p *peeked) Read(b []byte) (int, error) {
	if len(p.head) > 0 {
		n := copy(b, p.head)
		p.head = p.head[n:]
		return n, nil
	}
	return p.Conn.Read(b)
}

// Tunnel takes over a connection through which a client wants to reach
// s.Host. early is what was already read of it. It returns when TLS stands
// and the inner server has the connection, or when the connection is closed.
func (i *Interceptor) Tunnel(ctx context.Context, c net.Conn, early []byte, s policy.Session) {
	if !i.enter(c) {
		c.Close()
		return
	}
	defer i.leave(c)
	if t := i.handshake(ctx, c, early, s); t == nil || !i.ready.give(t) {
		c.Close()
	}
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

// handshake ends TLS, or returns nil.
func (i *Interceptor) handshake(ctx context.Context, c net.Conn, early []byte, s policy.Session) *tls.Conn {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	hello, head, err := peek(c, early, i.o.HelloTimeout)
	switch {
	case err == nil:
	case errors.Is(err, sniff.ErrNotTLS):
		i.notTLS(ctx, &s)
		return nil
	case isTimeout(err):
		i.o.Gateway.Event(proxy.EventTimeout)
		return nil
	case len(head) > 0:
		i.o.Gateway.Event(proxy.EventHandshakeFailed)
		return nil
	default: // opened in advance and closed unused
		return nil
	}
	t := &tunnel{session: &s}
	s.JA4, s.ECH = hello.JA4(), hello.ECH
	if hello.SNI != "" {
		s.SNI, err = sniff.Host(hello.SNI)
		_, address := netip.ParseAddr(s.Host)
		t.mixed = err != nil || address != nil && s.SNI != s.Host
	}
	conn := tls.Server(&peeked{Conn: c, head: head, tunnel: t}, i.tls)
	hctx, cancel := context.WithTimeout(ctx, i.o.HandshakeTimeout)
	defer cancel()
	if err := conn.HandshakeContext(hctx); err != nil {
		i.o.Gateway.Event(proxy.EventHandshakeFailed)
		return nil
	}
	s.ALPN = conn.ConnectionState().NegotiatedProtocol
	i.o.Gateway.Event(proxy.EventIntercepted)
	return conn
}

// leaf mints for the SNI even where it contradicts the tunnel: only then can
// the client be told so.
func (i *Interceptor) leaf(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
	s := h.Conn.(*peeked).tunnel.session
	if s.SNI != "" {
		return i.o.Minter.Leaf(s.SNI)
	}
	return i.o.Minter.Leaf(s.Host)
}

// peek reads a ClientHello and returns it with every byte that was read.
func peek(c net.Conn, early []byte, timeout time.Duration) (*sniff.Hello, []byte, error) {
	if err := c.SetReadDeadline(time.Now().Add(timeout)); err != nil {
		return nil, early, err
	}
	head := append(make([]byte, 0, max(4<<10, len(early))), early...)
	for {
		if len(head) > 0 {
			hello, err := sniff.ParseHello(head)
			if err == nil {
				return hello, head, c.SetReadDeadline(time.Time{})
			}
			if !errors.Is(err, sniff.ErrShort) {
				return nil, head, err
			}
		}
		if len(head) == cap(head) {
			head = append(head, 0)[:len(head)]
		}
		n, err := c.Read(head[len(head):min(cap(head), 2*sniff.MaxHello)])
		head = head[:len(head)+n]
		if n == 0 && err != nil {
			return nil, head, err
		}
	}
}

// notTLS records a tunnel that cannot be read; nothing of it has left.
func (i *Interceptor) notTLS(ctx context.Context, s *policy.Session) {
	i.o.Gateway.Event(proxy.EventNotTLS)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), i.o.JudgeTimeout)
	defer cancel()
	f := policy.Flow{Session: s, Direction: policy.Push, Protocol: "tcp",
		Destination: policy.Destination{Host: s.Host, Port: s.Port}, Refused: policy.NotTLS}
	x := i.o.Gateway.Begin(ctx, f, nil, inspect.Meta{Size: -1})
	x.Judge(ctx)
	x.Done(ctx, policy.Outcome{})
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
