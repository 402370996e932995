package intercept_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"flag"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
	"github.com/datacustoms/customs/proxy/sniff"
	"github.com/datacustoms/customs/proxy/upstream"
)

var reps = flag.Int("reps", 3, "repetitions of the heavy tests")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const name = "origin.example"

// stage is an interceptor between a client and an origin.
type stage struct {
	t      *testing.T
	house  *proxytest.House
	origin *proxytest.Origin
	ca     *proxytest.CA // of the gateway
	signs  *proxytest.CA // of the origin
	i      *intercept.Interceptor
}

type setup struct {
	house   proxytest.HouseOptions
	origin  proxytest.OriginOptions
	options intercept.Options
	// foreign gives the origin a certificate that nobody trusts.
	foreign bool
	down    bool // nothing listens at the origin's address
}

func newStage(t *testing.T, s setup) *stage {
	t.Helper()
	originCA, gatewayCA := newCA(t), newCA(t)
	s.origin.CA = originCA
	if s.foreign {
		s.origin.CA = newCA(t)
	}
	origin, err := proxytest.NewOrigin(s.origin)
	if err != nil {
		t.Fatal(err)
	}
	if s.house.Hosts == nil {
		s.house.Hosts = map[string]netip.Addr{name: origin.Addr.Addr()}
	}
	house, gateway, err := proxytest.NewHouse(s.house)
	if err != nil {
		t.Fatal(err)
	}
	pool := upstream.NewPool(upstream.PoolOptions{Roots: originCA.Pool(), HeaderTimeout: time.Second})
	o := s.options
	o.Gateway, o.Minter, o.Pool, o.Resolver = gateway, gatewayCA, pool, house
	i, err := intercept.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	if s.down {
		origin.Close()
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		i.Shutdown(ctx)
		pool.Close()
		origin.Close()
	})
	return &stage{t: t, house: house, origin: origin, ca: gatewayCA, signs: originCA, i: i}
}

func newCA(t *testing.T) *proxytest.CA {
	t.Helper()
	ca, err := proxytest.NewCA()
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// dial opens a tunnel to an authority, without a front door.
func (s *stage) dial(ctx context.Context, _, authority string) (net.Conn, error) {
	host, port, err := sniff.HostPort(authority, 443)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	var d net.Dialer
	client, err := d.DialContext(ctx, "tcp", l.Addr().String())
	if err != nil {
		return nil, err
	}
	server, err := l.Accept()
	if err != nil {
		return nil, err
	}
	session := policy.Session{ID: client.LocalAddr().String(), Door: "test", Client: netip.MustParseAddrPort(client.LocalAddr().String()),
		Host: host, Port: port, MayDeclare: true}
	go s.i.Tunnel(context.Background(), server, nil, session)
	return client, nil
}

// client speaks to the origin's name through a tunnel.
func (s *stage) client(h2 bool) *http.Client {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!h2)
	protocols.SetHTTP2(h2)
	tr := &http.Transport{DialContext: s.dial, Protocols: protocols, DisableCompression: true,
		TLSClientConfig: &tls.Config{RootCAs: s.ca.Pool()}, ExpectContinueTimeout: 5 * time.Second}
	s.t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 15 * time.Second}
}

func (s *stage) port() string {
	_, port, _ := net.SplitHostPort(s.origin.Addr.String())
	return port
}

func (s *stage) url(path string) string { return "https://" + name + ":" + s.port() + path }

// records waits for n records.
func (s *stage) records(n int) []policy.Record {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Second)
	defer cancel()
	r, err := s.house.Records(ctx, n)
	if err != nil || len(r) != n {
		s.t.Fatalf("got %d records, %v, want %d", len(r), err, n)
	}
	return r
}

// untouched wants that the origin heard of nothing.
func (s *stage) untouched() {
	s.t.Helper()
	if n := s.origin.Conns(); n != 0 {
		s.t.Errorf("origin accepted %d connections, want none", n)
	}
}

func (s *stage) do(c *http.Client, r *http.Request) (*http.Response, string) {
	s.t.Helper()
	resp, err := c.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp, string(b)
}

func request(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// pattern is n bytes that repeat only after a long time.
func pattern(n int) []byte {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = "0123456789abcdefghijklmnopqrstuv"[x>>27]
	}
	return b
}

// drip gives its first bytes, then waits until it is let go.
type drip struct {
	first io.Reader
	ready chan struct{} // closed when first was read
	gone  chan struct{}
	once  sync.Once
}

func newDrip(first []byte) *drip {
	return &drip{first: bytes.NewReader(first), ready: make(chan struct{}), gone: make(chan struct{})}
}

func (d *drip) Read(p []byte) (int, error) {
	n, err := d.first.Read(p)
	if err != io.EOF {
		return n, err
	}
	d.once.Do(func() { close(d.ready) })
	select { // a client that has its answer still waits for its body's reader
	case <-d.gone:
	case <-time.After(4 * time.Second):
	}
	return 0, io.ErrUnexpectedEOF
}

func modes(t *testing.T, f func(t *testing.T, mode proxy.Mode, h2 bool)) {
	for _, mode := range []proxy.Mode{proxy.Enforce, proxy.Observe} {
		for _, h2 := range []bool{false, true} {
			proto := "h1"
			if h2 {
				proto = "h2"
			}
			t.Run(mode.String()+" "+proto, func(t *testing.T) { f(t, mode, h2) })
		}
	}
}
