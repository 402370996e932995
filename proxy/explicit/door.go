// Package explicit is the front door for clients that know of the proxy:
// CONNECT tunnels and absolute-form http:// requests on one port. It makes
// the Session and hands the connection to the interceptor. A refusal is shown inside the tunnel, for browsers show
// none that answers a CONNECT.
package explicit

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/identity"
	"github.com/datacustoms/customs/proxy/intercept"
)

// Options are the settings and dependencies of a Door. The first three are
// required; a zero limit takes the default.
type Options struct {
	Gateway     *proxy.Gateway
	Interceptor *intercept.Interceptor
	Book        *identity.Book

	Conns         int           // open client connections; 8192
	HeaderTimeout time.Duration // for a request head; 10 s
	KeepAlive     time.Duration // between two requests; 60 s
	HeaderBytes   int           // of a request head; 256 KiB

	// UnguardedForTest leaves the checks of requests to the server alone, so
	// that a test can show what they are for.
	UnguardedForTest bool
}

// Door is the front door on one port.
type Door struct {
	o      Options
	server *http.Server

	drain chan struct{}      // closed when draining begins
	open  context.Context    // until draining begins: of tunnels being opened
	shut  context.CancelFunc // ends open
	live  context.Context    // until everything is cut: of tunnels passed unread
	cut   context.CancelFunc // ends live

	mu       sync.Mutex
	draining bool                  // guarded by mu
	young    map[net.Conn]struct{} // before their first request; guarded by mu
	tunnels  sync.WaitGroup        // of CONNECT handlers, which the server lets go of
}

// New checks the options and makes a door.
func New(o Options) (*Door, error) {
	if o.Gateway == nil || o.Interceptor == nil || o.Book == nil {
		return nil, errors.New("explicit: options Gateway, Interceptor and Book are required")
	}
	set := func(d *time.Duration, def time.Duration) {
		if *d == 0 {
			*d = def
		}
	}
	set(&o.HeaderTimeout, 10*time.Second)
	set(&o.KeepAlive, 60*time.Second)
	if o.Conns == 0 {
		o.Conns = 8192
	}
	if o.HeaderBytes == 0 {
		o.HeaderBytes = 256 << 10
	}
	d := &Door{o: o, drain: make(chan struct{}), young: map[net.Conn]struct{}{}}
	d.open, d.shut = context.WithCancel(context.Background())
	d.live, d.cut = context.WithCancel(context.Background())
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	d.server = &http.Server{
		Handler:           http.HandlerFunc(d.serve),
		ReadHeaderTimeout: o.HeaderTimeout,
		IdleTimeout:       o.KeepAlive,
		MaxHeaderBytes:    o.HeaderBytes,
		Protocols:         protocols,
		ErrorLog:          log.New(io.Discard, "", 0),
		ConnContext:       d.session,
		ConnState:         func(c net.Conn, s http.ConnState) { intercept.Follow(c, s); d.track(c, s) },
		// A tunnel's upgrade to HTTP/2 happens inside; OPTIONS * is no
		// question to this server.
		DisableGeneralOptionsHandler: true,
	}
	return d, nil
}

// Serve accepts clients on l, which it closes, until Shutdown is called or
// ctx ends; then everything is cut.
func (d *Door) Serve(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() {
		d.shut()
		d.cut()
		d.server.Close()
	})
	defer stop()
	err := d.server.Serve(guarding{newLimited(l, d.o.Conns), &d.o})
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Shutdown takes no new sessions, lets the exchanges under way finish and
// closes what is idle. When ctx ends first, what is left is cut. It waits for
// everything but the connections that the interceptor took over.
func (d *Door) Shutdown(ctx context.Context) error {
	d.mu.Lock()
	if !d.draining {
		d.draining = true
		close(d.drain)
	}
	for c := range d.young {
		c.Close()
	}
	d.mu.Unlock()
	d.shut()
	stop := context.AfterFunc(ctx, d.cut)
	defer stop()
	err := d.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, d.server.Close())
	}
	d.tunnels.Wait()
	d.cut()
	return err
}

// track knows the connections without a first request: the server would wait
// for theirs when it shuts down.
func (d *Door) track(c net.Conn, s http.ConnState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case s != http.StateNew:
		delete(d.young, c)
	case d.draining:
		c.Close()
	default:
		d.young[c] = struct{}{}
	}
}

type sessionKey struct{}

// session makes the session of a connection.
func (d *Door) session(ctx context.Context, c net.Conn) context.Context {
	s := &policy.Session{ID: d.o.Gateway.NewID(), Door: "explicit", Accepted: d.o.Gateway.Now()}
	if a, err := netip.ParseAddrPort(c.RemoteAddr().String()); err == nil {
		s.Client = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
	}
	who := d.o.Book.Who(s.Client.Addr())
	s.Exporter, s.MayDeclare = who.Exporter, who.MayDeclare
	d.o.Gateway.Event(proxy.EventSession)
	return context.WithValue(intercept.WithWire(ctx, c), sessionKey{}, s)
}

// usage answers what is no proxy request.
const usage = "This is the proxy port of customs, a cross-border data gateway.\n" +
	"Use it as a proxy, for example: curl --proxy http://HOST:PORT --cacert CA.pem https://example.com/\n"

func (d *Door) serve(w http.ResponseWriter, r *http.Request) {
	s := r.Context().Value(sessionKey{}).(*policy.Session)
	fault := intercept.Misshapen(r)
	switch {
	case fault != "":
		d.o.Interceptor.Malformed(w, r, s, fault)
	case r.Method == http.MethodConnect:
		d.connect(w, r, *s)
	case r.URL.IsAbs():
		d.o.Interceptor.Plain(w, r, s)
	default:
		http.Error(w, usage, http.StatusBadRequest)
	}
}

// enter counts a tunnel, unless no more are taken.
func (d *Door) enter() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.draining {
		return false
	}
	d.tunnels.Add(1)
	return true
}
