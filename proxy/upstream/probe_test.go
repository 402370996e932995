package upstream_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/proxytest"
	"github.com/datacustoms/customs/proxy/upstream"
)

func prober(t *testing.T) (*upstream.Prober, *proxytest.CA) {
	t.Helper()
	ca, err := proxytest.NewCA()
	if err != nil {
		t.Fatal(err)
	}
	pool := upstream.NewPool(upstream.PoolOptions{Roots: ca.Pool()})
	t.Cleanup(pool.Close)
	return upstream.NewProber(pool), ca
}

func TestProbe(t *testing.T) {
	p, ca := prober(t)
	good, err := proxytest.NewOrigin(proxytest.OriginOptions{CA: ca})
	if err != nil {
		t.Fatal(err)
	}
	defer good.Close()
	other, err := proxytest.NewOrigin(proxytest.OriginOptions{CA: ca, Names: []string{"other.example"}})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	plain, err := proxytest.NewOrigin(proxytest.OriginOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	for range 3 { // the answers are kept
		o, err := p.Probe(t.Context(), good.Addr, "a.example", []string{"h2"})
		if err != nil || o == nil || o.Certificate == "" || o.ALPN != "h2" {
			t.Errorf("got %+v, %v", o, err)
		}
		if _, err := p.Probe(t.Context(), other.Addr, "a.example", nil); upstream.Fault(err) != policy.OriginUntrusted {
			t.Errorf("another's certificate: %v", err)
		}
	}
	if n := good.Conns() + other.Conns(); n != 2 {
		t.Errorf("%d connections for two questions", n)
	}
	if _, err := p.Probe(t.Context(), good.Addr, "b.example", nil); err != nil || good.Conns() != 2 {
		t.Errorf("another name at the address: %v, %d connections", err, good.Conns())
	}
	if _, err := p.Probe(t.Context(), plain.Addr, "a.example", nil); upstream.Fault(err) != policy.OriginUntrusted {
		t.Errorf("no TLS: %v", err)
	}
}

// Many who ask at once ask together, and one who leaves takes no answer along.
func TestProbesAtOnce(t *testing.T) {
	p, ca := prober(t)
	o, err := proxytest.NewOrigin(proxytest.OriginOptions{CA: ca})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := p.Probe(gone, o.Addr, "a.example", nil); err == nil {
		t.Error("one who left got an answer")
	}
	var asking sync.WaitGroup
	for range 16 {
		asking.Go(func() {
			if _, err := p.Probe(t.Context(), o.Addr, "a.example", nil); err != nil {
				t.Error(err)
			}
		})
	}
	asking.Wait()
	if n := o.Conns(); n > 2 {
		t.Errorf("%d connections for one question", n)
	}
}

// An origin that asks for a certificate of the client has proved itself before.
func TestProbeOfAnOriginThatAsksBack(t *testing.T) {
	p, ca := prober(t)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		leaf, err := ca.Leaf("a.example")
		if err != nil {
			t.Fatal(err)
		}
		l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{*leaf}, MaxVersion: version,
			ClientAuth: tls.RequireAnyClientCert})
		if err != nil {
			t.Fatal(err)
		}
		served := make(chan struct{})
		go func() {
			defer close(served)
			if c, err := l.Accept(); err == nil {
				c.(*tls.Conn).HandshakeContext(t.Context())
				c.Close()
			}
		}()
		if _, err := p.Probe(t.Context(), netip.MustParseAddrPort(l.Addr().String()), "a.example", nil); err != nil {
			t.Errorf("version %x: %v", version, err)
		}
		l.Close()
		<-served
	}
}

// Of a tunnel whose bytes are counted, not one more moves than was granted.
func TestSpliceWithinABudget(t *testing.T) {
	for _, budget := range []int{0, 1, 32<<10 - 1, 32 << 10, 100_000, 5 << 20} {
		var mu sync.Mutex
		left := budget
		charge := func(n int) int {
			mu.Lock()
			defer mu.Unlock()
			n = min(n, left)
			left -= n
			return n
		}
		client, origin, done := splice(t, t.Context(), upstream.SpliceLimits{Charge: charge}, nil)
		go func() {
			io.Copy(client, strings.NewReader(strings.Repeat("x", 6<<20)))
			client.CloseWrite()
		}()
		n, err := io.Copy(io.Discard, origin)
		var network net.Error
		if errors.As(err, &network) && network.Timeout() {
			t.Fatalf("budget %d: the tunnel hangs", budget)
		}
		if s := <-done; !errors.Is(s.err, upstream.ErrBudget) || s.sent != int64(budget) || n > int64(budget) {
			t.Errorf("budget %d: moved %d, arrived %d, %v", budget, s.sent, n, s.err)
		}
		client.Close()
	}
	client, origin, done := splice(t, t.Context(), upstream.SpliceLimits{Charge: func(n int) int { return n }}, nil)
	go func() {
		io.Copy(client, strings.NewReader(strings.Repeat("x", 9<<20)))
		client.CloseWrite()
	}()
	if n, err := io.Copy(io.Discard, origin); n != 9<<20 || err != nil {
		t.Errorf("%d bytes arrived, %v", n, err)
	}
	origin.CloseWrite()
	if s := <-done; s.sent != 9<<20 || s.err != nil {
		t.Errorf("moved %d, %v", s.sent, s.err)
	}
}
