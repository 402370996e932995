package intercept_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
	"github.com/datacustoms/customs/proxy/upstream"
)

// scripted is an origin that does what a test says, connection by connection.
type scripted struct {
	listener net.Listener
	serving  sync.WaitGroup
	conns    atomic.Int64
	heads    atomic.Int64 // requests whose head came
	bytes    atomic.Int64 // of their bodies
	seen     chan string  // what a script wants the test to know

	mu   sync.Mutex
	open []net.Conn // guarded by mu
}

type scriptOptions struct {
	h2     bool
	plain  bool // speaks no TLS
	staple bool // staples an OCSP answer
	status int  // of it
	change func(*tls.Config)
	script func(c *spoken)
}

// spoken is one connection of a scripted origin.
type spoken struct {
	net.Conn
	o  *scripted
	n  int // from 1
	br *bufio.Reader
	fr *http2.Framer
}

func newScripted(t *testing.T, ca *proxytest.CA, o scriptOptions) *scripted {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &scripted{listener: l, seen: make(chan string, 64)}
	leaf, err := ca.Leaf(name)
	if err != nil {
		t.Fatal(err)
	}
	shown := *leaf
	if o.staple {
		if shown.OCSPStaple, err = ca.Staple(name, o.status); err != nil {
			t.Fatal(err)
		}
	}
	config := &tls.Config{Certificates: []tls.Certificate{shown}, NextProtos: []string{"http/1.1"}}
	if o.h2 {
		config.NextProtos = []string{"h2"}
	}
	if o.change != nil {
		o.change(config)
	}
	s.serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open = append(s.open, c)
			s.mu.Unlock()
			n := int(s.conns.Add(1))
			s.serving.Go(func() { s.serve(c, config, n, o) })
		}
	})
	t.Cleanup(s.close)
	return s
}

func (s *scripted) serve(c net.Conn, config *tls.Config, n int, o scriptOptions) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(8 * time.Second))
	if !o.plain {
		t := tls.Server(c, config)
		if t.Handshake() != nil {
			return
		}
		c = t
	}
	sp := &spoken{Conn: c, o: s, n: n, br: bufio.NewReader(c)}
	if o.h2 {
		preface := make([]byte, len(http2.ClientPreface))
		if _, err := io.ReadFull(sp.br, preface); err != nil {
			return
		}
		sp.fr = http2.NewFramer(c, sp.br)
		sp.fr.WriteSettings()
	}
	o.script(sp)
}

func (s *scripted) close() {
	s.listener.Close()
	s.mu.Lock()
	for _, c := range s.open {
		c.Close()
	}
	s.mu.Unlock()
	s.serving.Wait()
}

// head reads the head of a request over HTTP/1; nil when there is none.
func (c *spoken) head() *http.Request {
	r, err := http.ReadRequest(c.br)
	if err != nil {
		return nil
	}
	c.o.heads.Add(1)
	return r
}

// all reads a request to its end over HTTP/1.
func (c *spoken) all() *http.Request {
	r := c.head()
	if r != nil {
		n, _ := io.Copy(io.Discard, r.Body)
		c.o.bytes.Add(n)
	}
	return r
}

// some reads n bytes of a body.
func (c *spoken) some(r *http.Request, n int64) {
	k, _ := io.CopyN(io.Discard, r.Body, n)
	c.o.bytes.Add(k)
}

func (c *spoken) answer(status int, head, body string) {
	fmt.Fprintf(c, "HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s", status, head, len(body), body)
}

// serve answers everything that comes with 200.
func (c *spoken) serve() {
	if c.fr != nil {
		for id := c.stream(); id != 0; id = c.stream() {
			c.respond(id, 200, true)
		}
		return
	}
	for r := c.all(); r != nil; r = c.all() {
		c.answer(200, "", "")
	}
}

// gone waits until the peer closed, and tells.
func (c *spoken) gone() {
	io.Copy(io.Discard, c.br)
	c.o.seen <- "gone"
}

// frame reads the next frame that is not housekeeping; nil at the end.
func (c *spoken) frame() http2.Frame {
	for {
		f, err := c.fr.ReadFrame()
		if err != nil {
			return nil
		}
		switch f := f.(type) {
		case *http2.SettingsFrame:
			if !f.IsAck() {
				c.fr.WriteSettingsAck()
			}
		case *http2.PingFrame:
			if !f.IsAck() {
				c.fr.WritePing(true, f.Data)
			}
		case *http2.WindowUpdateFrame:
		case *http2.HeadersFrame:
			c.o.heads.Add(1)
			return f
		case *http2.DataFrame:
			if n := len(f.Data()); n > 0 {
				c.o.bytes.Add(int64(n))
				c.fr.WriteWindowUpdate(0, uint32(n))
				c.fr.WriteWindowUpdate(f.StreamID, uint32(n))
			}
			return f
		default:
			return f
		}
	}
}

// begun reads to the head of the next request and returns its stream.
func (c *spoken) begun() uint32 {
	for f := c.frame(); f != nil; f = c.frame() {
		if _, ok := f.(*http2.HeadersFrame); ok {
			return f.Header().StreamID
		}
	}
	return 0
}

// stream reads a request to its end and returns its stream.
func (c *spoken) stream() uint32 {
	for f := c.frame(); f != nil; f = c.frame() {
		if f.Header().Flags.Has(http2.FlagDataEndStream) && (f.Header().Type == http2.FrameHeaders || f.Header().Type == http2.FrameData) {
			return f.Header().StreamID
		}
	}
	return 0
}

func (c *spoken) respond(id uint32, status int, end bool) {
	var b bytes.Buffer
	hpack.NewEncoder(&b).WriteField(hpack.HeaderField{Name: ":status", Value: fmt.Sprint(status)})
	c.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: b.Bytes(), EndHeaders: true, EndStream: end})
}

// newSendStage puts an interceptor before a scripted origin.
func newSendStage(t *testing.T, h proxytest.HouseOptions, o scriptOptions, foreign bool) (*stage, *scripted) {
	t.Helper()
	trusted, gatewayCA := newCA(t), newCA(t)
	shown := trusted
	if foreign {
		shown = newCA(t)
	}
	origin := newScripted(t, shown, o)
	addr := netip.MustParseAddrPort(origin.listener.Addr().String())
	h.Hosts = map[string]netip.Addr{name: addr.Addr()}
	house, gateway, err := proxytest.NewHouse(h)
	if err != nil {
		t.Fatal(err)
	}
	pool := upstream.NewPool(upstream.PoolOptions{Roots: trusted.Pool(), HeaderTimeout: 300 * time.Millisecond})
	i, err := intercept.Open(intercept.Options{Gateway: gateway, Minter: gatewayCA, Pool: pool, Resolver: house,
		LeftoverTimeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, house: house, origin: &proxytest.Origin{Addr: addr}, ca: gatewayCA, i: i}
	t.Cleanup(func() { shutdown(i); pool.Close() })
	return s, origin
}
