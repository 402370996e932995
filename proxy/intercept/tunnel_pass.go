package intercept

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/sniff"
	"github.com/datacustoms/customs/proxy/upstream"
)

// passing is a tunnel that was released to pass unread.
type passing struct {
	i      *Interceptor
	x      *proxy.Exchange
	out    policy.Outcome
	first  first
	client *net.TCPConn
	origin *net.TCPConn
	lease  policy.Lease // nil where no budget counts
}

// pass releases a tunnel: its verdict is durable, its origin showed for a
// TLS tunnel that it is the one that is meant. Without a tunnel to run it
// returns why, for the client to be told inside; no reason means that it is
// told nothing.
func (o *Opening) pass(ctx context.Context, x *proxy.Exchange, c net.Conn, f first) (p *passing, told policy.Code) {
	p = &passing{i: o.i, x: x, first: f, out: policy.Outcome{Sent: policy.SentNone}}
	v := x.Judge(ctx)
	code := o.prepare(ctx, p, c, &v)
	if code == "" {
		return p, ""
	}
	p.drop(code)
	if v.Has(policy.RegisteredUnread) && x.Flow().PassThrough != nil && x.Flow().PassThrough.Kind == policy.PassPinned {
		return nil, "" // it would not take our certificate
	}
	return nil, code
}

// prepare gets everything that the tunnel needs, or says what is missing.
func (o *Opening) prepare(ctx context.Context, p *passing, c net.Conn, v *policy.Verdict) policy.Code {
	if !v.Action.Releases() {
		return firstCode(v)
	}
	d := p.x.Flow().Destination
	var err error
	if p.client = bare(c); p.client == nil {
		return policy.InternalFault
	}
	if o.origin == nil {
		if o.origin, err = o.dial(ctx, d); err != nil {
			return upstream.Fault(err)
		}
	}
	if name := o.proves(d); name != "" && p.first.hello != nil {
		to := netip.AddrPortFrom(d.Addr, d.Port)
		if p.out.Origin, err = o.i.prober.Probe(ctx, to, name, p.first.hello.ALPN); err != nil {
			return upstream.Fault(err)
		}
	}
	if v.Has(policy.RegisteredUnread) {
		if p.lease, err = o.i.lease(p.x.Flow()); err != nil {
			return policy.PassThroughOver
		}
	}
	p.origin, o.origin = o.origin, nil
	p.out.Attempts = 1
	return ""
}

// proves is the name that the origin's certificate must be valid for. A tunnel
// to an address whose client named nobody claims none.
func (o *Opening) proves(d policy.Destination) string {
	if _, err := netip.ParseAddr(d.Host); err == nil && o.s.SNI == "" {
		return ""
	}
	return d.Host
}

func firstCode(v *policy.Verdict) policy.Code {
	if len(v.Reasons) == 0 {
		return policy.InternalFault
	}
	return v.Reasons[0].Code
}

var errOver = errors.New("intercept: the pass-through is over")

func (i *Interceptor) lease(f *policy.Flow) (policy.Lease, error) {
	if i.o.PassThroughs == nil {
		return nil, errOver
	}
	l, ok := i.o.PassThroughs.Lease(f)
	if !ok {
		return nil, errOver
	}
	return l, nil
}

// bare finds the TCP connection below another, which a door may have wrapped.
func bare(c net.Conn) *net.TCPConn {
	switch c := c.(type) {
	case *net.TCPConn:
		return c
	case interface{ TCP() *net.TCPConn }:
		return c.TCP()
	}
	return nil
}

// drop ends a tunnel of which nothing left.
func (p *passing) drop(fault policy.Code) {
	if p.lease != nil {
		p.lease.Close()
	}
	if p.origin != nil {
		p.origin.Close()
	}
	p.out.Fault = fault
	p.x.Done(context.Background(), p.out)
}

// run moves bytes until both sides are done, the tunnel's entry is over, or
// its life ends.
func (p *passing) run(l Life) {
	ctx, cancel := context.WithCancelCause(l.Live)
	defer cancel(nil)
	defer context.AfterFunc(p.i.live, func() { cancel(context.Canceled) })()
	limits := p.i.o.Splice
	if p.lease != nil {
		limits.Charge = p.lease.Charge
		over := p.lease.Over()
		go func() {
			select {
			case <-over:
				cancel(errOver)
			case <-ctx.Done():
			}
		}()
	}
	if l.Drain == nil {
		l.Drain = p.i.drain
	}
	err := p.begin(limits.Charge)
	if err == nil {
		var sent, received int64
		sent, received, err = upstream.Splice(ctx, p.client, p.origin, limits, l.Drain)
		p.out.Bytes, p.out.Received = p.out.Bytes+sent, p.out.Received+received
	} else {
		p.origin.Close()
	}
	p.end(ctx, err)
}

// begin passes on what was read to decide.
func (p *passing) begin(charge func(int) int) error {
	granted := func(b []byte) []byte {
		if charge == nil {
			return b
		}
		return b[:charge(len(b))]
	}
	for _, s := range []struct {
		to    *net.TCPConn
		b     []byte
		count *int64
	}{{p.client, p.first.banner, &p.out.Received}, {p.origin, p.first.head, &p.out.Bytes}} {
		b := granted(s.b)
		s.to.SetWriteDeadline(time.Now().Add(p.i.o.HelloTimeout))
		n, err := s.to.Write(b)
		*s.count += int64(n)
		if err == nil && len(b) < len(s.b) {
			err = upstream.ErrBudget
		}
		if err != nil {
			return err
		}
		s.to.SetWriteDeadline(time.Time{})
	}
	return nil
}

// end records what moved and why it ended.
func (p *passing) end(ctx context.Context, err error) {
	if p.lease != nil {
		p.lease.Close()
	}
	p.out.Sent = policy.SentAll
	switch {
	case p.out.Bytes == 0:
		p.out.Sent = policy.SentNone
	case err != nil:
		p.out.Sent = policy.SentSome
	}
	switch {
	case errors.Is(err, upstream.ErrBudget), errors.Is(context.Cause(ctx), errOver):
		p.out.Fault = policy.PassThroughOver
	case err != nil && !upstream.Reset(err):
		p.out.Fault = upstream.Fault(err)
	}
	p.x.Done(context.Background(), p.out)
}

// raw decides about a tunnel whose protocol is not read: it passes where the
// policy lets it pass unread, and is refused with a word in its own protocol
// anywhere else. In observe mode it passes, and its verdict says that it would
// not have.
func (o *Opening) raw(ctx context.Context, c net.Conn, f first) *passing {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.i.o.JudgeTimeout)
	defer cancel()
	x := o.i.o.Gateway.Begin(ctx, o.flow(f.speaks, "", o.dest), nil, inspect.Meta{Size: -1})
	observed := x.Step() == proxy.Read && o.i.o.Gateway.Mode() == proxy.Observe
	switch {
	case x.Step() == proxy.Unread:
	case observed:
		x.Judge(ctx)
	default:
		x.Fail(policy.ProtocolNotRead)
	}
	var p *passing
	if x.Step() == proxy.Refused {
		o.i.o.Gateway.Event(proxy.EventNotTLS)
		x.Judge(ctx)
		x.Done(ctx, policy.Outcome{Sent: policy.SentNone})
	} else if p, _ = o.pass(ctx, x, c, f); observed {
		x.Fail(policy.ProtocolNotRead)
	}
	if p == nil && x.Recorded() {
		farewell(c, f.speaks, firstCodeOf(x), x.ID())
	}
	return p
}

func firstCodeOf(x *proxy.Exchange) policy.Code {
	v := x.Judge(context.Background())
	return firstCode(&v)
}

// farewell tells the client of a refused tunnel why, in the words of its
// protocol: a mail or file server may end a session before it began, and a
// shell server may write lines before its version.
func farewell(c net.Conn, speaks sniff.Speaker, code policy.Code, record string) {
	form := "%s: %s (record=%s)\r\n"
	switch speaks {
	case sniff.SMTP:
		form = "554 5.7.1 %s: %s (record=%s)\r\n"
	case sniff.FTP:
		form = "421 %s: %s (record=%s)\r\n"
	}
	c.SetWriteDeadline(time.Now().Add(time.Second))
	io.WriteString(c, fmt.Sprintf(form, code, policy.Text(code, policy.English).Remedy, record))
}

// refuse records a tunnel that is not opened; nothing of it has left.
func (o *Opening) refuse(ctx context.Context, code policy.Code, speaks sniff.Speaker) {
	if code == policy.LeafRefused {
		o.i.o.Gateway.Event(proxy.EventLeafRefused)
	} else {
		o.i.o.Gateway.Event(proxy.EventNotTLS)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.i.o.JudgeTimeout)
	defer cancel()
	f := o.flow(speaks, "", policy.Destination{Host: o.s.Host, Port: o.s.Port})
	f.Refused = code
	x := o.i.o.Gateway.Begin(ctx, f, nil, inspect.Meta{Size: -1})
	x.Judge(ctx)
	x.Done(ctx, policy.Outcome{Sent: policy.SentNone})
}
