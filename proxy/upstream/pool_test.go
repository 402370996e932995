package upstream_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/proxytest"
	"github.com/datacustoms/customs/proxy/upstream"
)

// line is a pool to one origin.
type line struct {
	t      *testing.T
	pool   *upstream.Pool
	origin *proxytest.Origin
	closed chan struct{} // gets one for each connection that ended
}

func newLine(t *testing.T, o proxytest.OriginOptions, p upstream.PoolOptions) *line {
	t.Helper()
	l := &line{t: t, closed: make(chan struct{}, 64)}
	o.Wrap = func(c net.Conn) net.Conn {
		return &told{Conn: c, closed: sync.OnceFunc(func() { l.closed <- struct{}{} })}
	}
	l.origin, p.Roots = newOrigin(t, o)
	l.pool = upstream.NewPool(p)
	t.Cleanup(l.pool.Close)
	return l
}

// told tells when its peer closed it, or it was closed.
type told struct {
	net.Conn
	closed func()
}

func (c *told) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		c.closed()
	}
	return n, err
}

func (c *told) Close() error {
	c.closed()
	return c.Conn.Close()
}

func (l *line) key(exporter string) upstream.Key {
	return upstream.Key{Addr: l.origin.Addr, Host: "origin.example", Scheme: "https", Exporter: exporter}
}

// begin sends a request and leaves its response unread.
func (l *line) begin(ctx context.Context, k upstream.Key) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, "GET", "https://origin.example/", nil)
	if err != nil {
		l.t.Fatal(err)
	}
	c, err := l.pool.Get(ctx, k)
	if err != nil {
		return nil, err
	}
	return c.RoundTrip(r)
}

func finish(resp *http.Response) {
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
}

func (l *line) get(k upstream.Key) {
	l.t.Helper()
	resp, err := l.begin(l.t.Context(), k)
	if err != nil {
		l.t.Fatal(err)
	}
	finish(resp)
}

func TestPoolBoundsConnections(t *testing.T) {
	l := newLine(t, proxytest.OriginOptions{H1: true}, upstream.PoolOptions{ConnsPerKey: 2, WaitTimeout: 30 * time.Millisecond})
	k := l.key("A")
	first, err := l.begin(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	second, err := l.begin(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.begin(t.Context(), k); upstream.Fault(err) != policy.BudgetExhausted {
		t.Errorf("a third connection: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.begin(gone, k); !errors.Is(err, context.Canceled) {
		t.Errorf("a client that went away: %v", err)
	}
	l.get(l.key("B")) // another key is not held up
	finish(first)
	finish(second)
	l.get(k)
	if n := l.origin.Conns(); n != 3 {
		t.Errorf("%d connections, want 3", n)
	}
}

func TestPoolWaitsForAConnection(t *testing.T) {
	l := newLine(t, proxytest.OriginOptions{H1: true}, upstream.PoolOptions{ConnsPerKey: 3})
	var all sync.WaitGroup
	for range 24 {
		all.Go(func() {
			for range 4 {
				resp, err := l.begin(t.Context(), l.key("A"))
				if err != nil {
					t.Error(err)
					return
				}
				finish(resp)
			}
		})
	}
	all.Wait()
	if n := l.origin.Conns(); n > 3 {
		t.Errorf("%d connections, want 3 at most", n)
	}
}

func TestPoolSharesOneHTTP2Connection(t *testing.T) {
	l := newLine(t, proxytest.OriginOptions{}, upstream.PoolOptions{})
	l.get(l.key("A"))
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			resp, err := l.begin(t.Context(), l.key("A"))
			if err != nil {
				t.Error(err)
				return
			}
			finish(resp)
		})
	}
	all.Wait()
	if n := l.origin.Conns(); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

// A connection that nobody uses is closed when its key goes, when there are
// too many, and after a while; the waits end only if it is.
func TestPoolClosesWhatNobodyUses(t *testing.T) {
	for _, h1 := range []bool{true, false} {
		o := proxytest.OriginOptions{H1: h1}
		t.Run("dropped key", func(t *testing.T) {
			l := newLine(t, o, upstream.PoolOptions{Keys: 1})
			l.get(l.key("A"))
			l.get(l.key("B"))
			<-l.closed
		})
		t.Run("dropped key in use", func(t *testing.T) {
			l := newLine(t, o, upstream.PoolOptions{Keys: 1})
			resp, err := l.begin(t.Context(), l.key("A"))
			if err != nil {
				t.Fatal(err)
			}
			l.get(l.key("B"))
			finish(resp)
			<-l.closed
		})
		t.Run("too many", func(t *testing.T) {
			l := newLine(t, o, upstream.PoolOptions{Idle: 1})
			l.get(l.key("A"))
			l.get(l.key("B"))
			<-l.closed
			l.get(l.key("A"))
			if n := l.origin.Conns(); n != 3 {
				t.Errorf("%d connections, want 3", n)
			}
		})
		t.Run("for a while", func(t *testing.T) {
			l := newLine(t, o, upstream.PoolOptions{IdleTimeout: 20 * time.Millisecond})
			l.get(l.key("A"))
			<-l.closed
		})
	}
}

func TestPoolShowsItsIdentity(t *testing.T) {
	ca := newIssuer(t, nil)
	pemOf := func(change func(*x509.Certificate)) (cert, key []byte) {
		leaf, k := ca.leaf(change)
		der, err := x509.MarshalPKCS8PrivateKey(k)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	client := func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }
	cert, key := pemOf(client)
	id, err := upstream.NewIdentity([]string{"*.example"}, cert, key)
	if err != nil {
		t.Fatal(err)
	}
	if c, k := pemOf(nil); true {
		if _, err := upstream.NewIdentity(nil, c, k); err == nil || !strings.Contains(err.Error(), "clientAuth") {
			t.Errorf("a server's certificate: %v", err)
		}
		if _, err := upstream.NewIdentity(nil, cert, k); err == nil {
			t.Error("the key of another certificate was taken")
		}
	}
	leaf, leafKey := ca.leaf(nil)
	server := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw}, PrivateKey: leafKey}}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ca.pool()}
	l, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	shown := make(chan string, 8)
	h := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { shown <- r.TLS.PeerCertificates[0].SerialNumber.String() })}
	done := make(chan error, 1)
	go func() { done <- h.Serve(l) }()
	defer func() { h.Close(); <-done }()
	pool := upstream.NewPool(upstream.PoolOptions{Roots: ca.pool()})
	defer pool.Close()
	k := upstream.Key{Addr: netip.MustParseAddrPort(l.Addr().String()), Host: "origin.example", Scheme: "https"}
	ask := func() (*policy.Origin, error) {
		c, err := pool.Get(t.Context(), k)
		if err != nil {
			return nil, err
		}
		r, _ := http.NewRequestWithContext(t.Context(), "GET", "https://origin.example/", nil)
		resp, err := c.RoundTrip(r)
		if err != nil {
			return c.Origin(), err
		}
		finish(resp)
		return c.Origin(), nil
	}
	if _, err := ask(); upstream.Fault(err) != policy.OriginUntrusted {
		t.Errorf("without a certificate: %v is %s", err, upstream.Fault(err))
	}
	pool.Identify(upstream.NewIdentities(id))
	o, err := ask()
	if err != nil || o.Identity != id.Digest {
		t.Fatalf("with a certificate: %+v, %v", o, err)
	}
	was := <-shown
	c2, k2 := pemOf(client)
	other, err := upstream.NewIdentity([]string{"origin.example"}, c2, k2)
	if err != nil {
		t.Fatal(err)
	}
	pool.Identify(upstream.NewIdentities(other, id))
	if o, err := ask(); err != nil || o.Identity != other.Digest {
		t.Errorf("after an exchange: %+v, %v", o, err)
	}
	if now := <-shown; now == was {
		t.Error("the old certificate was shown")
	}
	pool.Identify(upstream.NewIdentities(mustIdentity(t, cert, key, "elsewhere.example", "*.origin.example", "127.0.0.0/8")))
	if _, err := ask(); err == nil {
		t.Error("a certificate was shown to an origin that it is not for")
	}
}

func mustIdentity(t *testing.T, cert, key []byte, match ...string) *upstream.Identity {
	t.Helper()
	id, err := upstream.NewIdentity(match, cert, key)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestPoolRemembersBoundSessions(t *testing.T) {
	p := upstream.NewPool(upstream.PoolOptions{Sessions: 2})
	for _, s := range []string{"a", "b", "a", "c"} {
		p.Bind(s)
	}
	if !p.Bound("a") || p.Bound("b") || !p.Bound("c") {
		t.Errorf("bound: a %v, b %v, c %v", p.Bound("a"), p.Bound("b"), p.Bound("c"))
	}
}

func TestGuardTriesAnotherAddress(t *testing.T) {
	b, _ := newGuard()
	b.answers["good.example"] = "8.8.8.8 127.0.0.1 9.9.9.9 1.1.1.1"
	g := upstream.NewGuard(upstream.GuardOptions{Lookup: b.lookup, Now: func() time.Time { return b.now }})
	resolve := func(want string) {
		t.Helper()
		if a, err := g.Resolve(t.Context(), "good.example", 443); err != nil || a.String() != want {
			t.Errorf("Resolve = %v, %v, want %s", a, err, want)
		}
	}
	resolve("8.8.8.8")
	resolve("8.8.8.8")
	g.Failed(netip.MustParseAddr("8.8.8.8"))
	resolve("9.9.9.9")
	b.now = b.now.Add(time.Second)
	g.Failed(netip.MustParseAddr("9.9.9.9"))
	resolve("1.1.1.1")
	b.now = b.now.Add(time.Second)
	g.Failed(netip.MustParseAddr("1.1.1.1"))
	resolve("8.8.8.8") // all failed: the one longest ago
	b.now = b.now.Add(29 * time.Second)
	resolve("8.8.8.8")
	if b.asked > 2 {
		t.Errorf("asked %d times", b.asked)
	}
}

// What a dial fails at is told, but not what the flow gave up itself.
func TestPoolTellsOfFailedAddresses(t *testing.T) {
	var failed []netip.Addr
	dial := func(ctx context.Context, _ netip.AddrPort, _ time.Duration) (net.Conn, error) {
		return nil, errors.Join(ctx.Err(), errors.New("refused by the test"))
	}
	p := upstream.NewPool(upstream.PoolOptions{Dial: dial, Failed: func(a netip.Addr) { failed = append(failed, a) }})
	k := upstream.Key{Addr: netip.MustParseAddrPort("8.8.8.8:443"), Host: "origin.example", Scheme: "https"}
	if _, err := p.Get(t.Context(), k); err == nil || len(failed) != 1 {
		t.Errorf("%v, told of %v", err, failed)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Get(gone, k); err == nil || len(failed) != 1 {
		t.Errorf("%v, told of %v", err, failed)
	}
}
