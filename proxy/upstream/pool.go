package upstream

import (
	"container/list"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// Key is what flows must agree in to share a connection.
type Key struct {
	Addr     netip.AddrPort // checked and dialled
	Host     string         // canonical; the name the certificate is verified for
	Scheme   string         // https or http
	Exporter string
	Link     string
	Session  string // of a client whose connections are its own; empty when they are shared
	// Identity is the digest of our own certificate. The pool fills it in.
	Identity string
}

// PoolOptions are the settings of a Pool. Zero takes the default.
type PoolOptions struct {
	Verifier         *Verifier      // nil is one with Roots and no more
	Roots            *x509.CertPool // where there is no Verifier; nil is the system's
	DialTimeout      time.Duration  // 10 s
	HandshakeTimeout time.Duration  // 10 s
	// HeaderTimeout is the wait for a response head after the request was
	// sent in full; 60 s.
	HeaderTimeout time.Duration
	IdleTimeout   time.Duration // of unused connections; 60 s
	WaitTimeout   time.Duration // for a connection while a key has all it may have; 10 s
	ConnsPerKey   int           // open connections of one key; 256
	IdlePerKey    int           // unused connections kept for one key; 16
	Idle          int           // unused connections kept in all; 512
	Keys          int           // keys kept; 1024
	Sessions      int           // sessions remembered whose connections are their own; 4096
	HeaderBytes   int64         // of a response head; 1 MiB
	// StreamBytes is what an HTTP/2 origin may send ahead of a slow client on
	// one stream; 1 MiB.
	StreamBytes int
	// Dial opens a connection; nil is Dial.
	Dial func(ctx context.Context, to netip.AddrPort, timeout time.Duration) (net.Conn, error)
	// Failed is told of addresses to which no connection came about.
	Failed func(netip.Addr)
}

// Pool keeps connections to origins, apart by Key. It never sends anything
// twice, and never waits without a bound. It is safe for concurrent use.
type Pool struct {
	o         PoolOptions
	transport *http.Transport // makes connections speak; keeps none

	mu         sync.Mutex
	identities *Identities              // guarded by mu
	groups     map[Key]*list.Element    // guarded by mu
	recent     *list.List               // of *group, latest first; guarded by mu
	idle       *list.List               // of *Conn, latest first; guarded by mu
	bound      map[string]*list.Element // guarded by mu
	boundLRU   *list.List               // of session ids, latest first; guarded by mu

	closing sync.WaitGroup // of connections
}

// group is the connections of one key. Its fields are guarded by Pool.mu.
type group struct {
	key     Key
	free    []*Conn // HTTP/1, unused, latest last
	multi   []*Conn // HTTP/2
	open    int     // connections, those being dialled included
	dialing int
	h2      bool          // the last one spoke HTTP/2
	dropped bool          // connections are closed as they come back
	changed chan struct{} // closed and replaced when a waiter should look again
	tickets tls.ClientSessionCache
}

// NewPool makes a pool.
func NewPool(o PoolOptions) *Pool {
	o.fill()
	p := &Pool{o: o, identities: &Identities{}, groups: map[Key]*list.Element{}, recent: list.New(), idle: list.New(),
		bound: map[string]*list.Element{}, boundLRU: list.New()}
	p.transport = &http.Transport{
		DialContext:            ready,
		DialTLSContext:         ready,
		ResponseHeaderTimeout:  o.HeaderTimeout,
		IdleConnTimeout:        o.IdleTimeout,
		MaxResponseHeaderBytes: o.HeaderBytes,
		DisableCompression:     true,
		ForceAttemptHTTP2:      true,
		WriteBufferSize:        64 << 10,
		ReadBufferSize:         64 << 10,
		HTTP2: &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second,
			MaxReadFrameSize: 64 << 10, MaxReceiveBufferPerStream: o.StreamBytes},
	}
	return p
}

func (o *PoolOptions) fill() {
	for at, def := range map[*time.Duration]time.Duration{&o.DialTimeout: 10 * time.Second, &o.HandshakeTimeout: 10 * time.Second,
		&o.HeaderTimeout: time.Minute, &o.IdleTimeout: time.Minute, &o.WaitTimeout: 10 * time.Second} {
		if *at == 0 {
			*at = def
		}
	}
	for at, def := range map[*int]int{&o.ConnsPerKey: 256, &o.IdlePerKey: 16, &o.Idle: 512, &o.Keys: 1024, &o.Sessions: 4096, &o.StreamBytes: 1 << 20} {
		if *at == 0 {
			*at = def
		}
	}
	if o.HeaderBytes == 0 {
		o.HeaderBytes = 1 << 20
	}
	if o.Verifier == nil {
		o.Verifier = NewVerifier(VerifierOptions{Roots: o.Roots})
	}
	if o.Dial == nil {
		o.Dial = func(ctx context.Context, to netip.AddrPort, timeout time.Duration) (net.Conn, error) {
			return Dial(ctx, to, timeout)
		}
	}
	if o.Failed == nil {
		o.Failed = func(netip.Addr) {}
	}
}

var (
	errNoRoom   = errors.New("upstream: all connections of the key are in use")
	errDialling = errors.New("upstream: no connection came about in time")
)

// Get returns a connection for one request. The caller must use it for
// exactly one RoundTrip.
func (p *Pool) Get(ctx context.Context, k Key) (*Conn, error) {
	wait := time.NewTimer(p.o.WaitTimeout)
	defer wait.Stop()
	for {
		g, c, changed := p.pick(&k)
		switch {
		case c != nil:
			return c, nil
		case changed == nil:
			return p.open(ctx, g)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-wait.C:
			return nil, p.waited(g)
		}
	}
}

// waited says what a wait was in vain for: room, or somebody else's dialling.
func (p *Pool) waited(g *group) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if g.open < p.o.ConnsPerKey {
		return &proxy.RefusedError{Code: policy.OriginTimeout, Err: errDialling}
	}
	return &proxy.RefusedError{Code: policy.BudgetExhausted, Err: errNoRoom}
}

// pick returns a connection that can take a request, or what to wait for;
// with neither, one is to be opened, and is counted already.
func (p *Pool) pick(k *Key) (*group, *Conn, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k.Identity = ""
	if id := p.identities.find(k); id != nil {
		k.Identity = id.Digest
	}
	g := p.group(*k)
	for len(g.free) > 0 {
		c := g.free[len(g.free)-1]
		g.free = g.free[:len(g.free)-1]
		p.wake(c)
		if c.cc.Reserve() == nil {
			return g, c, nil
		}
		p.discard(c)
	}
	for i := len(g.multi) - 1; i >= 0; i-- {
		c := g.multi[i]
		if c.cc.Reserve() == nil {
			p.wake(c)
			c.streams++
			return g, c, nil
		}
		if c.cc.Err() != nil || c.streams == 0 {
			p.discard(c)
		}
	}
	if g.open >= p.o.ConnsPerKey || g.h2 && g.dialing > 0 {
		return g, nil, g.changed
	}
	g.open++
	g.dialing++
	return g, nil, nil
}

// group returns the group of a key, and drops the one that was used last when
// there are too many.
func (p *Pool) group(k Key) *group {
	if e, ok := p.groups[k]; ok {
		p.recent.MoveToFront(e)
		return e.Value.(*group)
	}
	g := &group{key: k, changed: make(chan struct{}), tickets: tls.NewLRUClientSessionCache(8)}
	p.groups[k] = p.recent.PushFront(g)
	for p.recent.Len() > p.o.Keys {
		p.drop(p.recent.Back())
	}
	return g
}

// open dials and adds the connection.
func (p *Pool) open(ctx context.Context, g *group) (*Conn, error) {
	c, err := p.dial(ctx, g)
	p.mu.Lock()
	defer p.mu.Unlock()
	g.dialing--
	if err != nil {
		g.open--
		g.tell()
		return nil, err
	}
	if g.h2 = c.h2; c.h2 {
		g.multi = append(g.multi, c)
	}
	c.streams = 1
	err = c.cc.Reserve()
	if err != nil { // it was closed at once
		p.discard(c)
	}
	g.tell()
	return c, err
}

func (g *group) tell() {
	close(g.changed)
	g.changed = make(chan struct{})
}

// Identify exchanges our own certificates. Connections that showed another
// one are closed as they come back.
func (p *Pool) Identify(ids *Identities) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.identities = ids
	for e := p.recent.Front(); e != nil; {
		next, g := e.Next(), e.Value.(*group)
		now := ""
		if id := ids.find(&g.key); id != nil {
			now = id.Digest
		}
		if now != g.key.Identity {
			p.drop(e)
		}
		e = next
	}
}

// Bind makes the connections of a client session its own from now on, because
// it logs connections in, and not only requests.
func (p *Pool) Bind(session string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e, ok := p.bound[session]; ok {
		p.boundLRU.MoveToFront(e)
		return
	}
	p.bound[session] = p.boundLRU.PushFront(session)
	if p.boundLRU.Len() > p.o.Sessions {
		delete(p.bound, p.boundLRU.Remove(p.boundLRU.Back()).(string))
	}
}

// Bound reports whether a session's connections are its own.
func (p *Pool) Bound(session string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.bound[session]
	return ok
}

// Close drops all keys and closes the connections that nobody uses.
func (p *Pool) Close() {
	p.mu.Lock()
	for p.recent.Len() > 0 {
		p.drop(p.recent.Back())
	}
	p.mu.Unlock()
	p.closing.Wait()
}
