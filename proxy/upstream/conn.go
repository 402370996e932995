package upstream

import (
	"container/list"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Conn is one connection to an origin, taken from a pool for one request.
type Conn struct {
	pool   *Pool
	group  *group
	cc     *http.ClientConn
	origin *policy.Origin
	h2     bool

	// Guarded by Pool.mu.
	streams int           // requests under way
	rest    *time.Timer   // of an unused one
	place   *list.Element // of Pool.idle
	gone    bool
}

// Origin returns what the origin showed of itself; nil without TLS.
func (c *Conn) Origin() *policy.Origin { return c.origin }

// RoundTrip sends a request once. The connection goes back to its pool when
// the response body was read or closed.
func (c *Conn) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.cc.RoundTrip(r)
	switch {
	case err != nil:
		c.pool.put(c)
		return nil, err
	case resp.StatusCode == http.StatusSwitchingProtocols && !c.h2:
		c.pool.forget(c)
	case resp.Body == nil || resp.Body == http.NoBody:
		c.pool.put(c)
	default:
		resp.Body = &pooled{ReadCloser: resp.Body, put: sync.OnceFunc(func() { c.pool.put(c) })}
	}
	return resp, nil
}

// pooled is a response body that gives its connection back.
type pooled struct {
	io.ReadCloser
	put func()
}

func (b *pooled) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.put()
	}
	return n, err
}

// Close ends the body.
func (b *pooled) Close() error {
	err := b.ReadCloser.Close()
	b.put()
	return err
}

// put takes a connection back after a request.
func (p *Pool) put(c *Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.streams--
	g := c.group
	switch {
	case c.gone:
		return
	case c.h2 && c.streams > 0:
	case c.cc.Err() != nil, g.dropped, !c.h2 && (c.cc.Available() == 0 || len(g.free) >= p.o.IdlePerKey):
		p.discard(c)
	default:
		if !c.h2 {
			g.free = append(g.free, c)
		}
		p.lay(c)
	}
	g.tell()
}

// lay keeps an unused connection for a while.
func (p *Pool) lay(c *Conn) {
	c.place = p.idle.PushFront(c)
	c.rest = time.AfterFunc(p.o.IdleTimeout, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if c.place != nil {
			p.discard(c)
			c.group.tell()
		}
	})
	for p.idle.Len() > p.o.Idle {
		p.discard(p.idle.Back().Value.(*Conn))
	}
}

// wake takes a connection out of rest.
func (p *Pool) wake(c *Conn) {
	if c.place != nil {
		p.idle.Remove(c.place)
		c.rest.Stop()
		c.place, c.rest = nil, nil
	}
}

// remove forgets a connection without closing it.
func (p *Pool) remove(c *Conn) {
	if c.gone {
		return
	}
	c.gone = true
	c.group.open--
	p.wake(c)
	is := func(o *Conn) bool { return o == c }
	c.group.free = slices.DeleteFunc(c.group.free, is)
	c.group.multi = slices.DeleteFunc(c.group.multi, is)
}

// discard closes a connection. Closing TLS writes to the peer, which may take
// nothing, so nobody waits for it.
func (p *Pool) discard(c *Conn) {
	p.remove(c)
	p.closing.Go(func() { c.cc.Close() })
}

// forget leaves a connection that switched protocols to its new owner.
func (p *Pool) forget(c *Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.remove(c)
	c.group.tell()
}

// drop forgets a key. Connections in use are closed as they come back.
func (p *Pool) drop(e *list.Element) {
	g := p.recent.Remove(e).(*group)
	delete(p.groups, g.key)
	g.dropped = true
	for _, c := range slices.Concat(g.free, g.multi) {
		if c.place != nil {
			p.discard(c)
		}
	}
}

type readyKey struct{}

// ready hands a dialled connection to the transport.
func ready(ctx context.Context, _, _ string) (net.Conn, error) {
	return ctx.Value(readyKey{}).(net.Conn), nil
}

// dial opens a connection to the key's address and lets the origin prove who
// it is.
func (p *Pool) dial(ctx context.Context, g *group) (*Conn, error) {
	k := &g.key
	raw, err := p.o.Dial(ctx, k.Addr, p.o.DialTimeout)
	if err != nil {
		if ctx.Err() == nil {
			p.o.Failed(k.Addr.Addr())
		}
		return nil, err
	}
	c := &Conn{pool: p, group: g}
	speaks := raw
	if k.Scheme == "https" {
		hctx, cancel := context.WithTimeout(ctx, p.o.HandshakeTimeout)
		defer cancel()
		var t *tls.Conn
		if t, c.origin, err = p.o.Verifier.Handshake(hctx, raw, p.ask(g)); err != nil {
			raw.Close()
			return nil, &HandshakeError{Origin: c.origin, Err: err}
		}
		speaks, c.h2 = t, c.origin.ALPN == "h2"
	}
	if c.cc, err = p.transport.NewClientConn(context.WithValue(ctx, readyKey{}, speaks), k.Scheme, k.Addr.String()); err != nil {
		raw.Close()
		return nil, err
	}
	return c, nil
}

// ask is what the handshake of a key asks for. A connection that may be
// logged in speaks HTTP/1.1, since HTTP/2 has no such thing.
func (p *Pool) ask(g *group) Ask {
	a := Ask{Host: g.key.Host, Protos: []string{"h2", "http/1.1"}, Tickets: g.tickets}
	if g.key.Session != "" {
		a.Protos = a.Protos[1:]
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if id := p.identities.find(&g.key); id != nil && id.Digest == g.key.Identity {
		a.Identity, a.Tickets = id, nil // each connection shows it anew
	}
	return a
}

// HandshakeError says that no TLS connection came about, with what the origin
// showed until then.
type HandshakeError struct {
	Origin *policy.Origin // may be nil
	Err    error
}

func (e *HandshakeError) Error() string { return "upstream: handshake: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *HandshakeError) Unwrap() error { return e.Err }
