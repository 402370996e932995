package intercept

import (
	"context"
	"net"
	"net/http"
	"net/netip"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/refuse"
	"github.com/datacustoms/customs/proxy/sniff"
	"github.com/datacustoms/customs/proxy/upstream"
)

// Opening is a tunnel of which the names alone are known. It must be served,
// or closed.
type Opening struct {
	i      *Interceptor
	s      policy.Session
	dest   policy.Destination // as the first look found it
	origin *net.TCPConn       // dialled where the tunnel may pass unread
	failed *refuse.Refusal    // nothing can be opened
}

// Look scans the names of a tunnel, asks what may become of it, and dials
// where it may pass unread. A dial sends no byte, so nothing has left.
func (i *Interceptor) Look(ctx context.Context, s policy.Session) *Opening {
	ctx, cancel := context.WithTimeout(ctx, i.o.JudgeTimeout)
	defer cancel()
	o := &Opening{i: i, s: s}
	x := i.o.Gateway.Begin(ctx, o.flow(sniff.Other, http.MethodConnect, policy.Destination{Host: s.Host, Port: s.Port}), nil, inspect.Meta{Size: -1})
	o.dest = x.Flow().Destination
	if x.Step() != proxy.Unread {
		x.Close() // refused or read: what comes inside is asked about by itself
		return o
	}
	var err error
	if o.origin, err = o.dial(ctx, o.dest); err == nil {
		x.Close()
		return o
	}
	out := policy.Outcome{Sent: policy.SentNone, Fault: upstream.Fault(err)}
	v := x.Judge(ctx)
	o.failed = &refuse.Refusal{Verdict: v}
	if v.Action.Releases() {
		o.failed.Verdict = policy.Refuse(out.Fault)
	}
	if x.Recorded() {
		o.failed.RecordID = x.ID()
	}
	x.Done(ctx, out)
	return o
}

// Failed returns the refusal of a tunnel that cannot be opened.
func (o *Opening) Failed() *refuse.Refusal { return o.failed }

// Close gives up a tunnel that is not served.
func (o *Opening) Close() {
	if o.origin != nil {
		o.origin.Close()
	}
}

func (o *Opening) dial(ctx context.Context, d policy.Destination) (*net.TCPConn, error) {
	return upstream.Dial(ctx, netip.AddrPortFrom(d.Addr, d.Port), o.i.o.DialTimeout)
}

// flow is the tunnel as one flow.
func (o *Opening) flow(speaks sniff.Speaker, method string, d policy.Destination) policy.Flow {
	return policy.Flow{Session: &o.s, Direction: policy.Push, Protocol: string(speaks), Method: method, Destination: d}
}

// Serve takes over the client's connection, after it was told that the tunnel
// stands. early is what was already read of it. It returns when the inner
// server has the connection, or when the connection is closed.
func (o *Opening) Serve(l Life, c net.Conn, early []byte) {
	defer o.Close()
	if !o.i.enter(c) {
		c.Close()
		return
	}
	next, pass := o.open(l.Open, c, early)
	counted := pass != nil && o.i.take()
	o.i.leave(c)
	switch {
	case next != nil && o.i.ready.give(next):
		return
	case counted:
		defer o.i.flows.Done()
		pass.run(l)
	case pass != nil:
		pass.drop(policy.Draining)
	}
	c.Close()
}

// open goes by the first bytes: what is to be read is for the inner server,
// what passes unread is recorded.
func (o *Opening) open(ctx context.Context, c net.Conn, early []byte) (next net.Conn, pass *passing) {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	first, ok := o.first(c, early)
	switch {
	case !ok || ctx.Err() != nil:
	case first.speaks == sniff.TLS && first.banner == nil:
		return o.tls(ctx, c, first)
	case first.speaks == sniff.HTTP && first.banner == nil:
		return &peeked{Conn: c, head: first.head, tunnel: &tunnel{session: &o.s, plain: true}}, nil
	default:
		return nil, o.raw(ctx, c, first)
	}
	return nil, nil
}
