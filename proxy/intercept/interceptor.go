package intercept

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/elazarl/goproxy"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/message"
	"github.com/datacustoms/customs/proxy/upstream"
)

// Streams share a connection's receive window: with 16 stream windows of it,
// one stream that waits for its verdict cannot stall its siblings.
const (
	streamWindow     = 1 << 20
	connectionWindow = 16 * streamWindow
)

// Interceptor serves decrypted connections. It is safe for concurrent use.
type Interceptor struct {
	o       Options
	chain   *goproxy.ProxyHttpServer
	server  *http.Server
	tls     *tls.Config
	ready   *handover
	serving sync.WaitGroup // the inner server
	buffers sync.Pool      // of *[]byte, for copying responses
	packer  message.Packer // of messages of WebSockets
	prober  *upstream.Prober
	drain   chan struct{}      // closed when draining begins
	live    context.Context    // until everything is cut: of tunnels that pass unread
	cut     context.CancelFunc // ends live

	takers takers

	mu       sync.Mutex
	closed   bool                   // guarded by mu
	over     bool                   // no exchange is begun any more; guarded by mu
	young    map[net.Conn]struct{}  // before their first request; guarded by mu
	upgraded map[io.Closer]struct{} // switched to another protocol; guarded by mu
	tunnels  sync.WaitGroup         // of Tunnel calls
	flows    sync.WaitGroup         // of exchanges
}

// Open makes an interceptor and starts its inner server, which Shutdown ends.
func Open(o Options) (*Interceptor, error) {
	if err := o.fill(); err != nil {
		return nil, err
	}
	i := &Interceptor{o: o, ready: newHandover(), young: map[net.Conn]struct{}{}, upgraded: map[io.Closer]struct{}{},
		prober: upstream.NewProber(o.Pool), drain: make(chan struct{})}
	i.live, i.cut = context.WithCancel(context.Background())
	i.buffers.New = func() any { b := make([]byte, 64<<10); return &b }
	i.chain = i.newChain()
	i.tls = &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1", "http/1.0"}, GetCertificate: i.leaf}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	i.server = &http.Server{
		Handler:           http.HandlerFunc(i.serveTunnel),
		ReadHeaderTimeout: o.HeaderTimeout,
		IdleTimeout:       o.KeepAlive,
		MaxHeaderBytes:    o.HeaderBytes,
		Protocols:         protocols,
		HTTP2: &http.HTTP2Config{MaxReceiveBufferPerConnection: connectionWindow, MaxReceiveBufferPerStream: streamWindow,
			MaxConcurrentStreams: 100, SendPingTimeout: o.KeepAlive, PingTimeout: 15 * time.Second, CountError: i.countFrameError},
		ErrorLog:    log.New(io.Discard, "", 0), // it prints addresses and panics' values
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return withTunnel(WithWire(ctx, c), inner(c)) },
		ConnState:   func(c net.Conn, s http.ConnState) { Follow(c, s); i.track(inner(c), s) },
		// OPTIONS * is the origin's to answer.
		DisableGeneralOptionsHandler: true,
	}
	i.serving.Go(func() { i.server.Serve(guarding{i.ready, &i.o}) })
	return i, nil
}

// track knows the connections without a first request: the server would wait
// for theirs when it shuts down.
func (i *Interceptor) track(c net.Conn, s http.ConnState) {
	i.mu.Lock()
	closed := i.closed
	if s == http.StateNew {
		i.young[c] = struct{}{}
	} else {
		delete(i.young, c)
	}
	i.mu.Unlock()
	switch {
	case s == http.StateNew && closed:
		c.Close()
	case s == http.StateActive:
		t := tunnelOf(c)
		t.spoke.Store(true)
		i.takers.note(t.session)
	case s == http.StateClosed && !closed:
		i.left(c)
	}
}

// newChain sets goproxy up as a plain handler: its own interception, dialling
// and logging, which prints URLs, stay unused.
func (i *Interceptor) newChain() *goproxy.ProxyHttpServer {
	p := goproxy.NewProxyHttpServer()
	p.Logger = log.New(io.Discard, "", 0)
	p.KeepAcceptEncoding = true
	p.CertStore = nil
	p.ConnectDial = func(string, string) (net.Conn, error) { return nil, errNoDial }
	p.Tr = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, errNoDial }}
	p.NonproxyHandler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "not a proxy request", http.StatusBadRequest)
	})
	p.OnRequest().DoFunc(func(r *http.Request, ctx *goproxy.ProxyCtx) (*http.Request, *http.Response) {
		t := r.Context().Value(transferKey{}).(*transfer)
		ctx.RoundTripper = goproxy.RoundTripperFunc(func(r *http.Request, _ *goproxy.ProxyCtx) (*http.Response, error) {
			return t.roundTrip(r), nil
		})
		return r, t.admit(r)
	})
	return p
}

var errNoDial = errors.New("intercept: the handler chain must not dial")

// Plain serves one absolute-form request for http://, in a session without a
// tunnel.
func (i *Interceptor) Plain(w http.ResponseWriter, r *http.Request, s *policy.Session) {
	i.serve(w, r, &tunnel{session: s})
}

func (i *Interceptor) serveTunnel(w http.ResponseWriter, r *http.Request) {
	t := r.Context().Value(tunnelKey{}).(*tunnel)
	if f := Misshapen(r); f != "" {
		i.Malformed(w, r, t.session, f)
		return
	}
	i.serve(w, r, t)
}

// take counts an exchange, unless no more are begun.
func (i *Interceptor) take() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.over {
		i.flows.Add(1)
	}
	return !i.over
}

// recordLimit is how long an exchange that was cut has to record its outcome.
const recordLimit = 5 * time.Second

// firstRequestGrace is how long a connection that is ready for its first
// request may take to show it when draining begins.
const firstRequestGrace = 250 * time.Millisecond

// Shutdown lets the exchanges that are under way finish, closes everything
// else, and waits. When ctx ends first, what is left is cut, and its outcome
// recorded. Exchanges of Plain are cut by whoever serves them.
func (i *Interceptor) Shutdown(ctx context.Context) error {
	defer i.cut()
	i.mu.Lock()
	if !i.closed {
		i.closed = true
		close(i.drain)
	}
	var ending []io.Closer
	for c := range i.young {
		switch c.(type) {
		case *tls.Conn, *peeked:
			// Its first request may lie in the socket already.
			c.SetReadDeadline(time.Now().Add(firstRequestGrace))
			continue
		}
		ending = append(ending, c)
	}
	for c := range i.upgraded {
		ending = append(ending, c)
	}
	i.mu.Unlock()
	for _, c := range ending {
		c.Close()
	}
	i.tunnels.Wait() // nothing is handed over any more
	err := i.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, i.server.Close())
	}
	i.ready.Close()
	i.serving.Wait()
	i.mu.Lock()
	i.over = true
	i.mu.Unlock()
	recorded := make(chan struct{})
	go func() { i.flows.Wait(); close(recorded) }()
	select {
	case <-recorded:
		return err
	case <-ctx.Done():
		i.cut()
	}
	select {
	case <-recorded:
	case <-time.After(recordLimit):
		err = errors.Join(err, errUnrecorded)
	}
	return err
}

var errUnrecorded = errors.New("intercept: exchanges that were cut have not ended; the next start settles them")

// upgrade keeps hold of a connection that left the server, until the returned
// function is called.
func (i *Interceptor) upgrade(c io.Closer) (done func()) {
	i.mu.Lock()
	i.upgraded[c] = struct{}{}
	closed := i.closed
	i.mu.Unlock()
	if closed {
		c.Close()
	}
	return func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		delete(i.upgraded, c)
	}
}

// handover is the listener of the inner server: connections come from Tunnel.
type handover struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newHandover() *handover {
	return &handover{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (h *handover) give(c net.Conn) bool {
	select {
	case h.conns <- c:
		return true
	case <-h.done:
		return false
	}
}

// Accept waits for a connection.
func (h *handover) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (h *handover) Close() error {
	h.once.Do(func() { close(h.done) })
	return nil
}

// Addr names no place.
func (h *handover) Addr() net.Addr { return &net.UnixAddr{Name: "intercept", Net: "handover"} }
