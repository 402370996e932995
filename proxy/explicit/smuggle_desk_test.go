package explicit_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/explicit"
	"github.com/datacustoms/customs/proxy/identity"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
	"github.com/datacustoms/customs/proxy/upstream"
)

// tape keeps every byte that an origin was sent, in the order of arrival on
// each connection, and answers with a standard server.
type tape struct {
	net.Listener
	server *http.Server
	done   sync.WaitGroup

	mu    sync.Mutex
	heard []*[]byte // of each connection; guarded by mu
}

func newTape(t *testing.T, config *tls.Config) *tape {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	o := &tape{Listener: l}
	o.server = &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "served")
	})}
	o.done.Go(func() { o.server.Serve(o) })
	return o
}

func (o *tape) Accept() (net.Conn, error) {
	c, err := o.Listener.Accept()
	if err != nil {
		return nil, err
	}
	heard := new([]byte)
	o.mu.Lock()
	o.heard = append(o.heard, heard)
	o.mu.Unlock()
	return &taped{c, o, heard}, nil
}

type taped struct {
	net.Conn
	o     *tape
	heard *[]byte
}

func (c *taped) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.o.mu.Lock()
	*c.heard = append(*c.heard, p[:n]...)
	c.o.mu.Unlock()
	return n, err
}

// take returns what came since the last call, one stream a connection.
func (o *tape) take() (streams [][]byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, h := range o.heard {
		if len(*h) > 0 {
			streams = append(streams, *h)
			*h = nil
		}
	}
	return streams
}

func (o *tape) port() string { return strconv.Itoa(o.Addr().(*net.TCPAddr).Port) }

// desk is a door with all behind it, two taped origins, and ears at the
// inspection.
type desk struct {
	t      *testing.T
	house  *proxytest.House
	ca     *proxytest.CA
	addr   string
	tls    *tape
	plain  *tape
	mu     sync.Mutex
	viewed []view // guarded by mu
}

func newDesk(t *testing.T, unguarded bool) *desk {
	d := &desk{t: t}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	d.ca, err = proxytest.NewCA()
	check(err)
	originCA, err := proxytest.NewCA()
	check(err)
	d.tls = newTape(t, &tls.Config{GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if h.ServerName == "" {
			return originCA.Leaf("127.0.0.1")
		}
		return originCA.Leaf(h.ServerName)
	}})
	d.plain = newTape(t, nil)
	loopback := netip.MustParseAddr("127.0.0.1")
	house, gw, err := proxytest.NewHouse(proxytest.HouseOptions{Saw: d.saw, Hosts: map[string]netip.Addr{
		name: loopback, "other.example": loopback, "xn--fsqu00a.example": loopback, "a_b.example": loopback, "::1": loopback, "203.0.113.9": loopback}})
	check(err)
	d.house = house
	pool := upstream.NewPool(upstream.PoolOptions{Roots: originCA.Pool()})
	i, err := intercept.Open(intercept.Options{Gateway: gw, Minter: d.ca, Pool: pool, Resolver: house, HeaderBytes: 64 << 10, UnguardedForTest: unguarded})
	check(err)
	book, err := identity.New([]identity.Entry{{Exporter: policy.Exporter{USCC: "91310115MA1K3ABC99"}, Clients: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}})
	check(err)
	door, err := explicit.New(explicit.Options{Gateway: gw, Interceptor: i, Book: book, HeaderBytes: 64 << 10, UnguardedForTest: unguarded})
	check(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	d.addr = l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- door.Serve(context.Background(), l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		if err := errors.Join(door.Shutdown(ctx), i.Shutdown(ctx), <-served); err != nil {
			t.Error(err)
		}
		pool.Close()
		for _, o := range []*tape{d.tls, d.plain} {
			o.server.Close()
			o.done.Wait()
		}
	})
	return d
}

// saw takes what is scanned: the names, the head, trailers, and the body last.
func (d *desk) saw(m inspect.Meta, text []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := string(text)
	first, _, spaced := strings.Cut(s, " ")
	switch {
	case m.Kind == inspect.Head && spaced && !strings.ContainsAny(first, ":\n"):
		d.viewed = append(d.viewed, inspected(s))
	case len(d.viewed) == 0 || m.Kind == inspect.Head && !spaced:
	case m.Kind == inspect.Head:
		d.viewed[len(d.viewed)-1].trailer = scanned(s)
	default:
		d.viewed[len(d.viewed)-1].body = s
	}
}

func (d *desk) seen() []view {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.viewed
	d.viewed = nil
	return v
}

// fill puts the names of the desk into a row's text.
func (d *desk) fill(s string) string {
	return strings.NewReplacer("{A}", name+":"+d.tls.port(), "{P}", name+":"+d.plain.port(), "{port}", d.tls.port(), "{plain}", d.plain.port()).Replace(s)
}
