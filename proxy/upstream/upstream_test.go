package upstream_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/proxytest"
	"github.com/datacustoms/customs/proxy/upstream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestClassify(t *testing.T) {
	tests := map[string]upstream.Class{
		"8.8.8.8": upstream.Global, "2606:4700::1": upstream.Global, "100.63.255.255": upstream.Global, "172.32.0.1": upstream.Global,
		"0.0.0.0": upstream.Unspecified, "0.1.2.3": upstream.Unspecified, "::": upstream.Unspecified,
		"127.9.9.9": upstream.Loopback, "::1": upstream.Loopback, "::ffff:127.0.0.1": upstream.Loopback,
		"10.1.2.3": upstream.Private, "172.31.0.1": upstream.Private, "192.168.1.1": upstream.Private, "fd12::1": upstream.Private, "fec0::1": upstream.Private,
		"169.254.1.1": upstream.LinkLocal, "fe80::1": upstream.LinkLocal,
		"100.64.0.1": upstream.Shared, "100.127.255.255": upstream.Shared,
		"169.254.169.254": upstream.Metadata, "::ffff:169.254.169.254": upstream.Metadata, "fd00:ec2::254": upstream.Metadata, "100.100.100.200": upstream.Metadata,
		"fd20:ce::254": upstream.Metadata, "fe80::a9fe:a9fe": upstream.Metadata, "169.254.170.2": upstream.Metadata, "100.96.0.96": upstream.Metadata,
		"192.31.196.1": upstream.Reserved, "192.52.193.1": upstream.Reserved, "192.175.48.1": upstream.Reserved, "2620:4f:8000::1": upstream.Reserved,
		"2001:20::1": upstream.Reserved, "2001:4:112::1": upstream.Reserved, "100:0:0:1::1": upstream.Reserved, "5f00::1": upstream.Reserved, "3fff::1": upstream.Documentation,
		"192.31.197.1": upstream.Global, "192.52.192.1": upstream.Global, "192.175.49.1": upstream.Global, "2620:4f:8001::1": upstream.Global, "2001:200::1": upstream.Global, "4000::": upstream.Reserved,
		"224.0.0.1": upstream.Multicast, "ff02::1": upstream.Multicast,
		"64:ff9b::7f00:1": upstream.Translated, "64:ff9b:1::1": upstream.Translated, "2002:7f00:1::": upstream.Translated, "2001::1": upstream.Translated, "::7f00:1": upstream.Translated,
		"192.0.2.1": upstream.Documentation, "198.51.100.1": upstream.Documentation, "203.0.113.1": upstream.Documentation, "2001:db8::1": upstream.Documentation,
		"255.255.255.255": upstream.Reserved, "240.0.0.1": upstream.Reserved, "198.18.0.1": upstream.Reserved, "192.0.0.1": upstream.Reserved, "4000::1": upstream.Reserved,
	}
	for addr, want := range tests {
		if got := upstream.Classify(netip.MustParseAddr(addr)); got != want {
			t.Errorf("Classify(%s) = %s, want %s", addr, got, want)
		}
	}
	if got := upstream.Classify(netip.Addr{}); got != upstream.Unspecified {
		t.Errorf("Classify of no address = %s", got)
	}
}

// book is a resolver under the test's hand.
type book struct {
	now     time.Time
	asked   int
	answers map[string]string
}

func newGuard() (*book, *upstream.Guard) {
	b := &book{now: time.Unix(1000, 0), answers: map[string]string{"good.example": "8.8.8.8", "empty.example": "",
		"mixed.example": "127.0.0.1 169.254.169.254 ::ffff:8.8.4.4", "bad.example": "127.0.0.1 10.0.0.1 fe80::1%lo", "inside.example": "10.9.0.1"}}
	return b, upstream.NewGuard(upstream.GuardOptions{Lookup: b.lookup, Names: 2, Now: func() time.Time { return b.now },
		Allow: []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16"), netip.MustParsePrefix("::1/128")}})
}

func (b *book) lookup(_ context.Context, name string) (out []netip.Addr, err error) {
	b.asked++
	list, ok := b.answers[name]
	if !ok {
		return nil, fmt.Errorf("no such host %s", name)
	}
	for _, s := range strings.Fields(list) {
		out = append(out, netip.MustParseAddr(s))
	}
	return out, nil
}

func TestGuard(t *testing.T) {
	_, g := newGuard()
	tests := []struct {
		name, host, want string
		code             policy.Code
	}{
		{"public", "good.example", "8.8.8.8", ""},
		{"refused answers are skipped", "mixed.example", "8.8.4.4", ""},
		{"none is left", "bad.example", "", policy.DialRefused},
		{"allowance wins", "inside.example", "10.9.0.1", ""},
		{"no answer", "empty.example", "", policy.NameUnresolved},
		{"unknown", "secret.example", "", policy.NameUnresolved},
		{"address", "8.8.8.8", "8.8.8.8", ""},
		{"loopback address", "127.0.0.1", "", policy.DialRefused},
		{"allowed address", "::1", "::1", ""},
		{"metadata", "169.254.169.254", "", policy.DialRefused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := g.Resolve(t.Context(), tt.host, 443)
			var refused *proxy.RefusedError
			if tt.code != "" {
				if !errors.As(err, &refused) || refused.Code != tt.code || strings.Contains(err.Error(), tt.host) {
					t.Errorf("Resolve = %v, %v, want %s", a, err, tt.code)
				}
				return
			}
			if err != nil || a.String() != tt.want {
				t.Errorf("Resolve = %v, %v, want %s", a, err, tt.want)
			}
		})
	}
}

func TestGuardAllowances(t *testing.T) {
	tests := []struct {
		name, allow, host string
		want              bool
	}{
		{"metadata in an allowed network", "169.254.0.0/16", "169.254.169.254", false},
		{"mapped metadata in an allowed network", "169.254.0.0/16", "::ffff:169.254.169.254", false},
		{"the rest of that network", "169.254.0.0/16", "169.254.1.1", true},
		{"carrier network around metadata", "100.64.0.0/10", "100.100.100.200", false},
		{"metadata by itself", "169.254.169.254/32", "169.254.169.254", true},
		{"metadata by itself, in IPv6", "fd00:ec2::254/128", "fd00:ec2::254", true},
		{"public address through NAT64", "64:ff9b::/96", "64:ff9b::808:808", true},
		{"loopback through NAT64", "64:ff9b::/96", "64:ff9b::7f00:1", false},
		{"metadata through NAT64", "64:ff9b::/96", "64:ff9b::a9fe:a9fe", false},
		{"NAT64 without allowance", "10.0.0.0/8", "64:ff9b::808:808", false},
		{"metadata through local NAT64", "64:ff9b:1::/48", "64:ff9b:1::a9fe:a9fe", false},
		{"public address through local NAT64", "64:ff9b:1::/48", "64:ff9b:1::808:808", true},
		{"loopback through 6to4", "2002::/16", "2002:7f00:1::1", false},
		{"public address through 6to4", "2002::/16", "2002:808:808::1", true},
		{"loopback through Teredo", "2001::/32", "2001:0:808:808::80ff:fffe", false},
		{"metadata in compatible form", "::/0", "::a9fe:a9fe", false},
		{"private address through NAT64, not allowed itself", "64:ff9b::/96", "64:ff9b::a00:1", false},
		{"zone", "fe80::/10", "fe80::1%lo", false},
		{"everything", "0.0.0.0/0", "127.0.0.1", true},
		{"everything but metadata", "0.0.0.0/0", "169.254.169.254", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := upstream.NewGuard(upstream.GuardOptions{Allow: []netip.Prefix{netip.MustParsePrefix(tt.allow)}})
			_, err := g.Resolve(t.Context(), tt.host, 443)
			if got := err == nil; got != tt.want || err != nil && upstream.Fault(err) != policy.DialRefused {
				t.Errorf("Resolve(%s) with %s allowed: %v, want allowed %v", tt.host, tt.allow, err, tt.want)
			}
		})
	}
}

func TestGuardReadsTheHostsFile(t *testing.T) {
	hosts, err := os.ReadFile("/etc/hosts")
	if err != nil || !strings.Contains(string(hosts), "localhost") {
		t.Skip("the hosts file does not name localhost")
	}
	g := upstream.NewGuard(upstream.GuardOptions{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}})
	if a, err := g.Resolve(t.Context(), "localhost", 443); err != nil || !a.IsLoopback() {
		t.Errorf("Resolve(localhost) = %v, %v", a, err)
	}
}

func TestGuardKeepsAnAnswerForAWhile(t *testing.T) {
	b, g := newGuard()
	for range 3 {
		if a, err := g.Resolve(t.Context(), "inside.example", 443); err != nil || a.String() != "10.9.0.1" {
			t.Errorf("kept answer = %v, %v", a, err)
		}
		b.answers["inside.example"] = "127.0.0.1" // rebound
	}
	if b.asked != 1 {
		t.Errorf("asked %d times, want once", b.asked)
	}
	b.now = b.now.Add(time.Hour)
	if _, err := g.Resolve(t.Context(), "inside.example", 443); upstream.Fault(err) != policy.DialRefused {
		t.Errorf("after the answer ran out: %v", err)
	}
}

func newOrigin(t *testing.T, o proxytest.OriginOptions) (*proxytest.Origin, *x509.CertPool) {
	t.Helper()
	ca, err := proxytest.NewCA()
	if err != nil {
		t.Fatal(err)
	}
	o.CA = ca
	origin, err := proxytest.NewOrigin(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(origin.Close)
	return origin, ca.Pool()
}

func TestPoolSharesOnlyWithinAKey(t *testing.T) {
	origin, roots := newOrigin(t, proxytest.OriginOptions{})
	pool := upstream.NewPool(upstream.PoolOptions{Roots: roots, Keys: 2})
	t.Cleanup(pool.Close)
	get := func(exporter string) {
		t.Helper()
		k := upstream.Key{Addr: origin.Addr, Host: "origin.example", Scheme: "https", Exporter: exporter}
		r, err := http.NewRequestWithContext(t.Context(), "GET", "https://elsewhere.example/", nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := pool.Get(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.ProtoMajor != 2 {
			t.Errorf("spoke %s", resp.Proto)
		}
	}
	for _, step := range []struct {
		exporter string
		conns    int64
	}{{"A", 1}, {"A", 1}, {"B", 2}, {"A", 2}, {"C", 3}, {"B", 4}} { // C dropped B
		get(step.exporter)
		if n := origin.Conns(); n != step.conns {
			t.Errorf("after %s: %d connections, want %d", step.exporter, n, step.conns)
		}
	}
}

func TestFault(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want policy.Code
	}{
		{"refused", &proxy.RefusedError{Code: policy.DialRefused}, policy.DialRefused},
		{"certificate", fmt.Errorf("x: %w", &tls.CertificateVerificationError{}), policy.OriginUntrusted},
		{"no TLS", http.ErrSchemeMismatch, policy.OriginUntrusted},
		{"deadline", fmt.Errorf("x: %w", os.ErrDeadlineExceeded), policy.OriginTimeout},
		{"cancelled", context.Canceled, policy.ClientGone},
		{"anything", io.EOF, policy.OriginUnreachable},
	}
	for _, tt := range tests {
		if got := upstream.Fault(tt.err); got != tt.want {
			t.Errorf("%s: Fault = %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestRoots(t *testing.T) {
	if _, err := upstream.Roots([]byte("no certificate")); err == nil || !strings.Contains(err.Error(), "extra roots 1") {
		t.Errorf("Roots = %v", err)
	}
	if _, err := upstream.Roots(); err != nil {
		t.Error(err)
	}
}

// pair returns both ends of a TCP connection.
func pair(t *testing.T) (a, b *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err = upstream.Dial(t.Context(), netip.MustParseAddrPort(l.Addr().String()), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	b = c.(*net.TCPConn)
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

type spliced struct {
	sent, received int64
	err            error
}

func splice(t *testing.T, ctx context.Context, l upstream.SpliceLimits, drain chan struct{}) (client, origin *net.TCPConn, done chan spliced) {
	client, near := pair(t)
	far, origin := pair(t)
	done = make(chan spliced, 1)
	go func() {
		sent, received, err := upstream.Splice(ctx, near, far, l, drain)
		done <- spliced{sent, received, err}
	}()
	return client, origin, done
}

func TestSpliceHalfClose(t *testing.T) {
	client, origin, done := splice(t, t.Context(), upstream.SpliceLimits{}, nil)
	body := bytes.Repeat([]byte("0123456789abcdef"), 1<<19) // two steps
	go func() { client.Write(body); client.CloseWrite() }()
	got, err := io.ReadAll(origin)
	if err != nil || !bytes.Equal(got, body) {
		t.Fatalf("origin got %d bytes, %v", len(got), err)
	}
	io.WriteString(origin, "answer after the end")
	origin.CloseWrite()
	if got, err := io.ReadAll(client); err != nil || string(got) != "answer after the end" {
		t.Errorf("client got %q, %v", got, err)
	}
	if s := <-done; s.sent != int64(len(body)) || s.received != 20 || s.err != nil {
		t.Errorf("Splice = %+v", s)
	}
}

func TestSpliceEnds(t *testing.T) {
	t.Run("idle", func(t *testing.T) {
		_, _, done := splice(t, t.Context(), upstream.SpliceLimits{Idle: 30 * time.Millisecond}, nil)
		if s := <-done; !errors.Is(s.err, os.ErrDeadlineExceeded) && !upstream.Reset(s.err) {
			t.Errorf("Splice = %+v", s)
		}
	})
	t.Run("drained", func(t *testing.T) {
		drain := make(chan struct{})
		client, origin, done := splice(t, t.Context(), upstream.SpliceLimits{Drain: 30 * time.Millisecond}, drain)
		io.WriteString(client, "x")
		io.ReadFull(origin, make([]byte, 1))
		close(drain)
		if s := <-done; s.sent != 1 {
			t.Errorf("Splice = %+v", s)
		}
	})
	t.Run("cut", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		_, _, done := splice(t, ctx, upstream.SpliceLimits{}, nil)
		cancel()
		if s := <-done; !errors.Is(s.err, context.Canceled) {
			t.Errorf("Splice = %+v", s)
		}
	})
}
