package explicit_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/explicit"
	"github.com/datacustoms/customs/proxy/identity"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
	"github.com/datacustoms/customs/proxy/upstream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const name = "origin.example"

// world is a door with all behind it.
type world struct {
	t        *testing.T
	house    *proxytest.House
	origin   *proxytest.Origin
	gateway  *proxytest.CA
	originCA *proxytest.CA
	door     *explicit.Door
	addr     string
	served   chan error
	stop     func() error
}

func newWorld(t *testing.T, h proxytest.HouseOptions, o proxytest.OriginOptions, change func(*explicit.Options)) *world {
	t.Helper()
	w := &world{t: t, served: make(chan error, 1)}
	var err error
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w.gateway, err = proxytest.NewCA()
	check(err)
	w.originCA, err = proxytest.NewCA()
	check(err)
	o.CA = w.originCA
	w.origin, err = proxytest.NewOrigin(o)
	check(err)
	if h.Hosts == nil {
		h.Hosts = map[string]netip.Addr{name: w.origin.Addr.Addr()}
	}
	house, gw, err := proxytest.NewHouse(h)
	check(err)
	w.house = house
	pool := upstream.NewPool(upstream.PoolOptions{Roots: w.originCA.Pool()})
	i, err := intercept.Open(intercept.Options{Gateway: gw, Minter: w.gateway, Pool: pool, Resolver: house})
	check(err)
	book, err := identity.New([]identity.Entry{{Exporter: policy.Exporter{USCC: "91310115MA1K3ABC99"},
		Clients: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}})
	check(err)
	options := explicit.Options{Gateway: gw, Interceptor: i, Book: book}
	if change != nil {
		change(&options)
	}
	w.door, err = explicit.New(options)
	check(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	w.addr = l.Addr().String()
	go func() { w.served <- w.door.Serve(context.Background(), l) }()
	w.stop = func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		err := errors.Join(w.door.Shutdown(ctx), i.Shutdown(ctx), <-w.served)
		pool.Close()
		w.origin.Close()
		w.stop = func() error { return nil }
		return err
	}
	t.Cleanup(func() { w.stop() })
	return w
}

func (w *world) authority() string { return fmt.Sprintf("%s:%d", name, w.origin.Addr.Port()) }

func (w *world) client(roots *proxytest.CA, h2 bool) *http.Client {
	c := proxytest.Client(w.addr, roots.Pool(), h2)
	w.t.Cleanup(c.CloseIdleConnections)
	return c
}

func (w *world) do(c *http.Client, method, path, body string) (*http.Response, string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, "https://"+w.authority()+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := c.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp, string(b)
}

func (w *world) records(n int) []policy.Record {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	r, err := w.house.Records(ctx, n)
	if err != nil || len(r) != n {
		w.t.Fatalf("got %d records, %v, want %d", len(r), err, n)
	}
	return r
}

func TestTunnelIsReadAndJudged(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		w := newWorld(t, proxytest.HouseOptions{}, proxytest.OriginOptions{}, nil)
		c := w.client(w.gateway, h2)
		if resp, _ := w.do(c, "POST", "/", "fine"); resp.StatusCode != 200 {
			t.Errorf("got %d, want 200", resp.StatusCode)
		}
		if resp, body := w.do(c, "POST", "/", proxytest.Mark); resp.StatusCode != 403 || !strings.Contains(body, "FILING_NOT_FOUND") {
			t.Errorf("got %d %s", resp.StatusCode, body)
		}
		r := w.records(2)
		in := r[0].Intent
		if in.Exporter != "91310115MA1K3ABC99" || in.Door != "explicit" || in.Host != name || in.SNI != name || in.Judged != "whole" || in.Address != "127.0.0.1" {
			t.Errorf("intent = %+v", in)
		}
		if n := len(w.origin.Received()); n != 1 {
			t.Errorf("origin got %d requests, want 1", n)
		}
		if err := w.stop(); err != nil {
			t.Errorf("shutdown: %v", err)
		}
	}
}

func TestDomesticTunnelPassesUnread(t *testing.T) {
	w := newWorld(t, proxytest.HouseOptions{Domestic: map[string]bool{name: true}}, proxytest.OriginOptions{}, nil)
	// The client meets the origin's own certificate.
	c := w.client(w.originCA, true)
	body := strings.Repeat(proxytest.Mark, 100000)
	if resp, _ := w.do(c, "POST", "/", body); resp.StatusCode != 200 || resp.Header.Get("X-Bytes") != fmt.Sprint(len(body)) {
		t.Errorf("got %d, %v", resp.StatusCode, resp.Header)
	}
	if e := w.house.Entries(); len(e) != 1 || e[0].Intent.Judged != "unread" {
		t.Errorf("before the end: %d entries", len(e))
	}
	c.CloseIdleConnections()
	out := w.records(1)[0].Outcome
	if out.Sent == policy.SentNone || out.Bytes < int64(len(body)) || out.Received == 0 || out.Fault != "" {
		t.Errorf("outcome = %+v", *out)
	}
}

func TestDomesticOriginIsDown(t *testing.T) {
	w := newWorld(t, proxytest.HouseOptions{Domestic: map[string]bool{name: true}}, proxytest.OriginOptions{}, nil)
	authority := w.authority()
	w.origin.Close()
	c, resp, err := proxytest.Connect(t.Context(), w.addr, authority, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if resp.StatusCode != http.StatusBadGateway {
		t.Errorf("got %d, want 502", resp.StatusCode)
	}
	if out := w.records(1)[0].Outcome; out.Sent != policy.SentNone || out.Fault != policy.OriginUnreachable {
		t.Errorf("outcome = %+v", *out)
	}
}

// A tunnel's first bytes may come in the packet of its CONNECT.
func TestEarlyClientHello(t *testing.T) {
	for _, domestic := range []bool{false, true} {
		w := newWorld(t, proxytest.HouseOptions{Domestic: map[string]bool{name: domestic}}, proxytest.OriginOptions{}, nil)
		roots := w.gateway
		if domestic {
			roots = w.originCA
		}
		raw, err := net.Dial("tcp", w.addr)
		if err != nil {
			t.Fatal(err)
		}
		head := fmt.Sprintf("CONNECT %s HTTP/1.1\r\nHost: x\r\n\r\n", w.authority())
		c := tls.Client(&earlyConn{Conn: raw, head: []byte(head)}, &tls.Config{ServerName: name, RootCAs: roots.Pool()})
		fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", w.authority())
		if got, err := io.ReadAll(c); err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.1 200 ")) {
			t.Errorf("domestic %v: got %.60q, %v", domestic, got, err)
		}
		c.Close()
		w.records(1)
	}
}

// earlyConn sends its head together with the first write, and drops the
// answer to it.
type earlyConn struct {
	net.Conn
	head   []byte
	answer bool
}

func (e *earlyConn) Write(p []byte) (int, error) {
	n := len(e.head)
	all := append(e.head, p...)
	e.head = nil
	k, err := e.Conn.Write(all)
	return max(0, k-n), err
}

func (e *earlyConn) Read(p []byte) (int, error) {
	for !e.answer {
		var seen []byte
		one := make([]byte, 1)
		for !bytes.HasSuffix(seen, []byte("\r\n\r\n")) {
			if _, err := e.Conn.Read(one); err != nil {
				return 0, err
			}
			seen = append(seen, one[0])
		}
		e.answer = true
	}
	return e.Conn.Read(p)
}

func TestRefusalOfAConnectIsShownInside(t *testing.T) {
	w := newWorld(t, proxytest.HouseOptions{Hosts: map[string]netip.Addr{"x": {}}}, proxytest.OriginOptions{}, nil)
	resp, body := w.do(w.client(w.gateway, true), "GET", "/", "")
	if resp.StatusCode != http.StatusBadGateway || !strings.Contains(body, "NAME_NOT_RESOLVED") {
		t.Errorf("got %d %s", resp.StatusCode, body)
	}
	w.records(1)
}

func TestBadConnects(t *testing.T) {
	w := newWorld(t, proxytest.HouseOptions{}, proxytest.OriginOptions{}, nil)
	for _, target := range []string{"origin.example", "a@origin.example:443", "origin.example:443/x", "[fe80::1%25lo]:443", "origin.example:0", "exa%6dple.com:443", ":443"} {
		c, resp, err := proxytest.Connect(t.Context(), w.addr, target, nil)
		if err != nil {
			t.Errorf("%s: %v", target, err)
			continue
		}
		c.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: got %d, want 400", target, resp.StatusCode)
		}
	}
	if n := w.house.Lookups(); len(n) != 0 {
		t.Errorf("looked up %v", n)
	}
}

func TestDirectRequestIsToldHowToUseIt(t *testing.T) {
	w := newWorld(t, proxytest.HouseOptions{}, proxytest.OriginOptions{}, nil)
	resp, err := http.Get("http://" + w.addr + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 400 || !strings.Contains(string(b), "curl --proxy") {
		t.Errorf("got %d %s", resp.StatusCode, b)
	}
}

func TestPlainRequests(t *testing.T) {
	w := newWorld(t, proxytest.HouseOptions{}, proxytest.OriginOptions{}, nil)
	plain, err := proxytest.NewOrigin(proxytest.OriginOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	c := w.client(w.gateway, false)
	for path, want := range map[string]int{"/": 200, "/?" + proxytest.Mark: 403} {
		resp, err := c.Get(fmt.Sprintf("http://%s:%d%s", name, plain.Addr.Port(), path))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("got %d, want %d", resp.StatusCode, want)
		}
	}
	w.records(2)
}

// A drain lets an exchange finish, closes what is idle, and takes nobody new.
func TestDrain(t *testing.T) {
	for _, domestic := range []bool{false, true} {
		begun, more := make(chan struct{}), make(chan struct{})
		w := newWorld(t, proxytest.HouseOptions{Domestic: map[string]bool{name: domestic}},
			proxytest.OriginOptions{Handler: func(rw http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/slow" {
					close(begun)
					<-more
				}
				io.WriteString(rw, "done")
			}}, nil)
		roots := w.gateway
		if domestic {
			roots = w.originCA
		}
		idle, busy := w.client(roots, false), w.client(roots, true)
		w.do(idle, "GET", "/", "")
		silent, err := net.Dial("tcp", w.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
		got := make(chan string, 1)
		go func() {
			resp, err := busy.Get("https://" + w.authority() + "/slow")
			if err != nil {
				got <- err.Error()
				return
			}
			defer resp.Body.Close()
			b, _ := io.ReadAll(resp.Body)
			got <- string(b)
		}()
		<-begun
		stopped := make(chan error, 1)
		go func() { stopped <- w.stop() }()
		for { // until the port is closed
			c, err := net.Dial("tcp", w.addr)
			if err != nil {
				break
			}
			c.Close()
		}
		close(more)
		if b := <-got; b != "done" {
			t.Errorf("domestic %v: request under way got %q", domestic, b)
		}
		if err := <-stopped; err != nil {
			t.Errorf("domestic %v: shutdown: %v", domestic, err)
		}
	}
}

func TestConnectionLimit(t *testing.T) {
	w := newWorld(t, proxytest.HouseOptions{}, proxytest.OriginOptions{}, func(o *explicit.Options) { o.Conns = 1 })
	first, resp, err := proxytest.Connect(t.Context(), w.addr, w.authority(), nil)
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	answered := make(chan error, 1)
	go func() {
		second, _, err := proxytest.Connect(t.Context(), w.addr, w.authority(), nil)
		if err == nil {
			second.Close()
		}
		answered <- err
	}()
	select {
	case err := <-answered:
		t.Errorf("second connection was served beside the first: %v", err)
	case <-time.After(50 * time.Millisecond): // proof of absence needs a wait
	}
	first.Close()
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if err := w.house.AwaitEvent(t.Context(), proxy.EventSession); err != nil {
		t.Error(err)
	}
}

// Every phase in front of a verdict has a deadline.
func TestSlowClientsAreCut(t *testing.T) {
	tests := []struct{ name, begin string }{
		{"says nothing", ""},
		{"half a head", "GET http://origin.example/ HTTP/1.1\r\nHost:"},
		{"half a CONNECT", "CONNECT origin.example:443 HTTP/1.1\r\n"},
		{"idle after an answer", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
	}
	w := newWorld(t, proxytest.HouseOptions{}, proxytest.OriginOptions{}, func(o *explicit.Options) {
		o.HeaderTimeout, o.KeepAlive = 40*time.Millisecond, 40*time.Millisecond
	})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := net.Dial("tcp", w.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			io.WriteString(c, tt.begin)
			c.SetReadDeadline(time.Now().Add(3 * time.Second))
			var timeout net.Error
			if _, err := io.Copy(io.Discard, c); errors.As(err, &timeout) && timeout.Timeout() {
				t.Error("the connection is still open")
			}
		})
	}
}
