package upstream

import (
	"container/list"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Key is what flows must agree in to share a connection.
type Key struct {
	Addr     netip.AddrPort // checked and dialled
	Host     string         // canonical; the name the certificate is verified for
	Scheme   string         // https or http
	Exporter string
	Link     string
	Session  string // of a client whose connections are its own; empty when they are shared
}

// PoolOptions are the settings of a Pool. Zero takes the default.
type PoolOptions struct {
	Roots            *x509.CertPool // nil is the system's
	DialTimeout      time.Duration  // 10 s
	HandshakeTimeout time.Duration  // 10 s
	// HeaderTimeout is the wait for a response head after the request was
	// sent in full; 60 s.
	HeaderTimeout time.Duration
	IdleTimeout   time.Duration // of unused connections; 60 s
	IdlePerKey    int           // unused connections kept for one key; 16
	Keys          int           // keys kept; 1024
	HeaderBytes   int64         // of a response head; 1 MiB
}

// Pool keeps connections to origins, apart by Key. It is safe for concurrent
// use.
type Pool struct {
	o PoolOptions

	mu     sync.Mutex
	byKey  map[Key]*list.Element // guarded by mu
	recent *list.List            // of *entry, latest first; guarded by mu
}

type entry struct {
	key       Key
	transport *http.Transport
}

// NewPool makes a pool.
func NewPool(o PoolOptions) *Pool {
	set := func(d *time.Duration, def time.Duration) {
		if *d == 0 {
			*d = def
		}
	}
	set(&o.DialTimeout, 10*time.Second)
	set(&o.HandshakeTimeout, 10*time.Second)
	set(&o.HeaderTimeout, 60*time.Second)
	set(&o.IdleTimeout, 60*time.Second)
	if o.IdlePerKey == 0 {
		o.IdlePerKey = 16
	}
	if o.Keys == 0 {
		o.Keys = 1024
	}
	if o.HeaderBytes == 0 {
		o.HeaderBytes = 1 << 20
	}
	return &Pool{o: o, byKey: map[Key]*list.Element{}, recent: list.New()}
}

// Transport returns the round tripper of a key. It verifies certificates,
// never uses a proxy and never changes a body's coding.
func (p *Pool) Transport(k Key) http.RoundTripper {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e, ok := p.byKey[k]; ok {
		p.recent.MoveToFront(e)
		return e.Value.(*entry).transport
	}
	t := p.transport(k)
	p.byKey[k] = p.recent.PushFront(&entry{k, t})
	for p.recent.Len() > p.o.Keys {
		last := p.recent.Back()
		old := p.recent.Remove(last).(*entry)
		delete(p.byKey, old.key)
		// Connections in use are closed as they come back.
		old.transport.CloseIdleConnections()
	}
	return t
}

func (p *Pool) transport(k Key) *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return Dial(ctx, k.Addr, p.o.DialTimeout)
		},
		TLSClientConfig: &tls.Config{
			RootCAs: p.o.Roots, ServerName: k.Host, MinVersion: tls.VersionTLS12,
			ClientSessionCache: tls.NewLRUClientSessionCache(8),
		},
		TLSHandshakeTimeout:    p.o.HandshakeTimeout,
		ResponseHeaderTimeout:  p.o.HeaderTimeout,
		IdleConnTimeout:        p.o.IdleTimeout,
		MaxIdleConnsPerHost:    p.o.IdlePerKey,
		MaxResponseHeaderBytes: p.o.HeaderBytes,
		DisableCompression:     true,
		ForceAttemptHTTP2:      true,
		WriteBufferSize:        64 << 10,
		ReadBufferSize:         64 << 10,
		HTTP2: &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second,
			MaxReadFrameSize: 64 << 10},
	}
}

// Close drops all keys and closes the connections that nobody uses.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for e := p.recent.Front(); e != nil; e = e.Next() {
		e.Value.(*entry).transport.CloseIdleConnections()
	}
	p.recent.Init()
	clear(p.byKey)
}
