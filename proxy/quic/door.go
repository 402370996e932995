// Package quic is the front door for QUIC, which carries HTTP/3. It refuses
// every connection while it is being set up, leaves a record of it, and says so
// to the client at once, so that it falls back to HTTPS over TCP, where its
// transfers are read. Nothing that a client sends is ever passed on.
//
// Clients learn of HTTP/3 in three ways. Alt-Svc headers the interceptor takes
// out of responses; ALTSVC frames of HTTP/2 end at the interceptor, which makes
// connections of its own; HTTPS and SVCB records of the DNS are the resolver's,
// and a client that follows one meets this door.
//
// The network leads UDP port 443 here (REDIRECT or TPROXY). A datagram that is
// no Initial packet of a version that we read gets no answer. An answer is
// never longer than a sixth of what it answers, and none goes out before its
// record is durable: whatever is beyond the bounds of memory or rate is
// dropped, and its client gives up after a while.
package quic

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/identity"
	"github.com/datacustoms/customs/proxy/sniff"
)

// Options are the settings and dependencies of a Door. The first two are
// required; a zero limit takes the default.
type Options struct {
	Gateway *proxy.Gateway
	Book    *identity.Book

	Window       time.Duration // in which one client's connections to one name share a record; 1 min
	Rate         int           // records a second; 50
	JudgeTimeout time.Duration // for a record; 30 s
}

const (
	maxHellos  = 256 // ClientHellos in pieces; twice that at most, of 32 KiB each
	maxRefused = 8192
	maxQueue   = 64
	workers    = 4
	helloSpan  = 3 * time.Second
	maxPackets = 4 // Initial packets that are looked at in one datagram
	maxUDP     = 4096
)

// Door is the front door on one address.
type Door struct {
	o     Options
	queue chan attempt
	done  sync.WaitGroup

	hellos *recent[connection, *sniff.QUICHello] // of the reader

	mu      sync.Mutex
	answers *recent[connection, []byte] // guarded by mu
	records *recent[asked, string]      // guarded by mu
	rate    allowance                   // guarded by mu
	conn    net.PacketConn              // guarded by mu
	closed  bool                        // guarded by mu
}

// connection is how a client's packets belong together.
type connection struct {
	client netip.AddrPort
	id     string // chosen by the client for us
}

// asked is what connections share a record by.
type asked struct {
	client netip.Addr
	name   string
}

// attempt is a connection that is to be refused.
type attempt struct {
	of    connection
	first *sniff.Initial
	hello *sniff.Hello
}

// New checks the options and makes a door.
func New(o Options) (*Door, error) {
	if o.Gateway == nil || o.Book == nil {
		return nil, errors.New("quic: options Gateway and Book are required")
	}
	if o.Window <= 0 {
		o.Window = time.Minute
	}
	if o.Rate <= 0 {
		o.Rate = 50
	}
	if o.JudgeTimeout <= 0 {
		o.JudgeTimeout = 30 * time.Second
	}
	return &Door{o: o, queue: make(chan attempt, maxQueue), rate: allowance{rate: float64(o.Rate)},
		hellos:  newRecent[connection, *sniff.QUICHello](maxHellos, helloSpan),
		answers: newRecent[connection, []byte](maxRefused, o.Window),
		records: newRecent[asked, string](maxRefused, o.Window)}, nil
}

// Serve refuses what comes in on conn, which it closes, until Shutdown is
// called or ctx ends. It is called once.
func (d *Door) Serve(ctx context.Context, conn net.PacketConn) error {
	d.mu.Lock()
	d.conn = conn
	closed := d.closed
	d.mu.Unlock()
	if closed {
		return conn.Close()
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	defer conn.Close()
	for range workers {
		d.done.Go(func() {
			for a := range d.queue {
				d.refuse(context.WithoutCancel(ctx), conn, a)
			}
		})
	}
	err := d.read(conn)
	close(d.queue)
	d.done.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// read takes datagrams until the socket closes.
func (d *Door) read(conn net.PacketConn) error {
	buf := make([]byte, maxUDP)
	for failed := 0; ; {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			// An error may be about one datagram, as that an answer found nobody.
			if failed++; failed > 100 || errors.Is(err, net.ErrClosed) {
				return err
			}
			continue
		}
		failed = 0
		a, ok := from.(*net.UDPAddr)
		if !ok {
			continue
		}
		client := a.AddrPort()
		d.datagram(conn, netip.AddrPortFrom(client.Addr().Unmap(), client.Port()), buf[:n])
	}
}

// Shutdown takes no more datagrams and lets the records under way be written.
func (d *Door) Shutdown(ctx context.Context) error {
	d.mu.Lock()
	d.closed = true
	conn := d.conn
	d.mu.Unlock()
	if conn == nil {
		return nil
	}
	conn.Close()
	ended := make(chan struct{})
	go func() {
		d.done.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
