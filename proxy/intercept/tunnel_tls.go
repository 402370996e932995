package intercept

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/sniff"
	"github.com/datacustoms/customs/proxy/upstream"
)

// tls decides about a ClientHello. Names that contradict each other are read,
// also where the tunnel would pass unread: only inside can the client be told.
func (o *Opening) tls(ctx context.Context, c net.Conn, f first) (next net.Conn, pass *passing) {
	if f.broken {
		o.refuse(ctx, policy.NotTLS, sniff.Other)
		return nil, nil
	}
	t := &tunnel{session: &o.s}
	o.s.JA4, o.s.ECH, o.s.SNI = f.hello.JA4(), f.hello.ECH, ""
	d := o.dest
	if f.hello.SNI != "" {
		d, t.mixed = o.named(f.hello.SNI)
	}
	flow := o.flow(sniff.TLS, "", d)
	if t.mixed {
		flow.Refused = policy.AuthorityMismatch
	}
	// The inner server may end the connection, and with it ctx, in between.
	jctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.i.o.JudgeTimeout)
	defer cancel()
	x := o.i.o.Gateway.Begin(jctx, flow, nil, inspect.Meta{Size: -1})
	if x.Step() == proxy.Unread {
		pass, t.refused = o.pass(jctx, x, c, f)
		if pass != nil || t.refused == "" {
			return nil, pass
		}
		x = nil // it has its record
	}
	return o.handshake(ctx, c, f.head, t, x), nil
}

// named takes the SNI. A tunnel to an address has its destination named by it;
// the address stays the one that was checked.
func (o *Opening) named(sni string) (d policy.Destination, mixed bool) {
	d = o.dest
	var err error
	if o.s.SNI, err = sniff.Host(sni); err != nil {
		return d, true
	}
	if o.s.SNI == o.s.Host {
		return d, false
	}
	_, host := netip.ParseAddr(o.s.Host)
	_, name := netip.ParseAddr(o.s.SNI)
	if host != nil || name == nil {
		return d, true
	}
	return policy.Destination{Host: o.s.SNI, Port: d.Port, Addr: d.Addr}, false
}

// handshake ends TLS, or returns nil. x is the tunnel as a flow, if it has no
// record yet: a client that does not take the certificate has one.
func (o *Opening) handshake(ctx context.Context, c net.Conn, head []byte, t *tunnel, x *proxy.Exchange) net.Conn {
	i := o.i
	below := &peeked{Conn: c, head: head, tunnel: t}
	conn := tls.Server(below, i.tls)
	hctx, cancel := context.WithTimeout(ctx, i.o.HandshakeTimeout)
	defer cancel()
	err := conn.HandshakeContext(hctx)
	if err == nil {
		o.s.ALPN = conn.ConnectionState().NegotiatedProtocol
		t.shaken = time.Now()
		i.o.Gateway.Event(proxy.EventIntercepted)
		if x != nil {
			x.Close()
		}
		return conn
	}
	i.o.Gateway.Event(proxy.EventHandshakeFailed)
	switch {
	case x == nil:
	case ctx.Err() == nil && hctx.Err() == nil && (leafRefused(err) || alerted(below) ||
		leftOver(err, below) && !i.takers.take(ctx, i.drain, &o.s)):
		i.refusedLeaf(ctx, x)
	default:
		x.Close()
	}
	return nil
}

// refusedLeaf records that no request came because the client did not take our
// certificate. A tunnel that would have been refused anyway says that instead.
func (i *Interceptor) refusedLeaf(ctx context.Context, x *proxy.Exchange) {
	i.o.Gateway.Event(proxy.EventLeafRefused)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), i.o.JudgeTimeout)
	defer cancel()
	x.Fail(policy.LeafRefused) // a reason that stands already stays
	x.Judge(ctx)
	x.Done(ctx, policy.Outcome{Sent: policy.SentNone})
}

// refusing are the alerts of clients that do not take a certificate:
// bad_certificate, unsupported, revoked, expired, unknown, unknown_ca.
var refusing = []byte{42, 43, 44, 45, 46, 48}

// leafRefused reports whether a handshake ended by an alert over our
// certificate.
func leafRefused(err error) bool {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" {
		return false
	}
	alert := reflect.ValueOf(op.Err) // of a type that crypto/tls keeps to itself
	return alert.Kind() == reflect.Uint8 && slices.Contains(refusing, byte(alert.Uint()))
}

// alerted finds the alert of OpenSSL, which sends it before it encrypts: that
// reads as damage in TLS 1.3.
func alerted(below *peeked) bool {
	b := below.last
	return len(b) == alertSize && b[0] == 21 && b[1] == 3 && b[3] == 0 && b[4] == 2 && slices.Contains(refusing, b[6])
}

// leftOver reports whether a client left when it had seen our certificate.
func leftOver(err error, below *peeked) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return false
	}
	return below.wrote.Load() && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || upstream.Reset(err))
}

// left looks at a connection that ended before its first request.
func (i *Interceptor) left(c net.Conn) {
	t := tunnelOf(c)
	if t.spoke.Load() || t.shaken.IsZero() || time.Since(t.shaken) > leftAtOnce || t.mixed || !i.take() {
		return
	}
	go func() {
		defer i.flows.Done()
		if o := (&Opening{i: i, s: *t.session}); !i.takers.take(i.live, i.drain, t.session) {
			o.refuse(context.Background(), policy.LeafRefused, sniff.TLS)
		}
	}()
}
