package explicit_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/explicit"
	"github.com/datacustoms/customs/proxy/identity"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
	"github.com/datacustoms/customs/proxy/upstream"
)

// guarded is a running door with a real dial guard. Whatever it would dial is
// noted, and only the loopback address that it may dial is.
type guarded struct {
	t        *testing.T
	house    *proxytest.House
	addr     string
	port     string       // of inside and allowed
	inside   atomic.Int64 // connections to where none may go
	allowed  atomic.Int64 // connections to 127.0.0.9
	mu       sync.Mutex
	dialled  []string // guarded by mu
	listener []net.Listener
}

const allowedAddress = "127.0.0.9"

func newGuarded(t *testing.T, o upstream.GuardOptions) *guarded {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	g := &guarded{t: t}
	g.listen("127.0.0.1:0", &g.inside)
	_, g.port, _ = net.SplitHostPort(g.listener[0].Addr().String())
	g.listen(net.JoinHostPort(allowedAddress, g.port), &g.allowed)
	guard := upstream.NewGuard(o)
	house, gateway, err := proxytest.NewHouse(proxytest.HouseOptions{Resolver: guard})
	check(err)
	g.house = house
	ca, err := proxytest.NewCA()
	check(err)
	pool := upstream.NewPool(upstream.PoolOptions{Dial: g.dial, Failed: guard.Failed})
	i, err := intercept.Open(intercept.Options{Gateway: gateway, Minter: ca, Pool: pool, Resolver: house})
	check(err)
	book, err := identity.New([]identity.Entry{{Exporter: policy.Exporter{USCC: "91310115MA1K3ABC99"},
		Clients: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}})
	check(err)
	door, err := explicit.New(explicit.Options{Gateway: gateway, Interceptor: i, Book: book})
	check(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	g.addr = l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- door.Serve(context.Background(), l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		check(errors.Join(door.Shutdown(ctx), i.Shutdown(ctx), <-served))
		pool.Close()
		for _, l := range g.listener {
			l.Close()
		}
	})
	return g
}

func (g *guarded) listen(addr string, n *atomic.Int64) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		g.t.Fatal(err)
	}
	g.listener = append(g.listener, l)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			n.Add(1)
			c.Close()
		}
	}()
}

var errNotLoopback = errors.New("not dialled by the test")

func (g *guarded) dial(ctx context.Context, to netip.AddrPort, timeout time.Duration) (net.Conn, error) {
	g.mu.Lock()
	g.dialled = append(g.dialled, to.Addr().String())
	g.mu.Unlock()
	if !to.Addr().IsLoopback() {
		return nil, errNotLoopback
	}
	return upstream.Dial(ctx, to, timeout)
}

// took returns what was dialled since the last call.
func (g *guarded) took() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := strings.Join(g.dialled, " ")
	g.dialled = nil
	return out
}

var saidCode = regexp.MustCompile(`\b[A-Z]+(_[A-Z]+)+\b`)

// ask sends bytes to the door and returns the reason code of the answer, its
// status where it has none, or "closed".
func (g *guarded) ask(send string) (string, net.Conn) {
	g.t.Helper()
	c, err := net.Dial("tcp", g.addr)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(5 * time.Second))
	io.WriteString(c, send)
	return answerOf(c), c
}

func answerOf(c net.Conn) string {
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: http.MethodConnect})
	if err != nil {
		return "closed"
	}
	if resp.StatusCode == http.StatusOK {
		return "200"
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if code := saidCode.FindString(string(body)); code != "" {
		return code
	}
	return resp.Status
}

// connect opens a tunnel to an authority and asks inside.
func (g *guarded) connect(host string) string {
	authority := host + ":" + g.port
	said, c := g.ask("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n")
	if said != "200" {
		return said
	}
	inner := tls.Client(c, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
	io.WriteString(inner, "GET / HTTP/1.1\r\nHost: "+authority+"\r\nConnection: close\r\n\r\n")
	return answerOf(inner)
}

// absolute asks for http:// without a tunnel.
func (g *guarded) absolute(host string) string {
	authority := host + ":" + g.port
	said, c := g.ask("GET http://" + authority + "/ HTTP/1.1\r\nHost: " + authority + "\r\nConnection: close\r\n\r\n")
	c.Close()
	return said
}
