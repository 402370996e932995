package explicit

import (
	"bufio"
	"context"
	"io"
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

const established = "HTTP/1.1 200 Connection Established\r\n\r\n"

// connect opens a tunnel: to the interceptor, or past it where the verdict on
// the name alone is to pass unread.
func (d *Door) connect(w http.ResponseWriter, r *http.Request, s policy.Session) {
	if !d.enter() {
		refuse.Write(w, r, refuse.Refusal{Verdict: policy.Refuse(policy.Draining)})
		return
	}
	defer d.tunnels.Done()
	var err error
	// The target as it was sent: a parsed URL would have lost its oddities.
	if s.Host, s.Port, err = sniff.HostPort(r.RequestURI, 0); err != nil {
		refuse.Write(w, r, refuse.Refusal{Verdict: policy.Refuse(policy.BadRequest)})
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), d.o.JudgeTimeout)
	defer cancel()
	f := policy.Flow{Session: &s, Direction: policy.Push, Protocol: "tcp", Method: http.MethodConnect,
		Destination: policy.Destination{Host: s.Host, Port: s.Port}}
	x := d.o.Gateway.Begin(ctx, f, nil, inspect.Meta{Size: -1})
	if x.Step() == proxy.Unread {
		d.unread(ctx, w, r, x)
		return
	}
	x.Close() // refused or read: the requests inside are asked about one by one
	c, early, err := hijack(w)
	if err != nil {
		return
	}
	if _, err := io.WriteString(c, established); err != nil {
		c.Close()
		return
	}
	d.o.Interceptor.Tunnel(d.open, c, early, s)
}

// unread records the flow, then passes the tunnel without reading it.
func (d *Door) unread(ctx context.Context, w http.ResponseWriter, r *http.Request, x *proxy.Exchange) {
	out := policy.Outcome{Sent: policy.SentNone}
	defer func() { x.Done(ctx, out) }()
	v := x.Judge(ctx)
	answer := refuse.Refusal{Verdict: v, Ticket: x.Ticket()}
	if x.Recorded() {
		answer.RecordID = x.ID()
	}
	if !v.Action.Releases() {
		refuse.Write(w, r, answer)
		return
	}
	dest := x.Flow().Destination
	origin, err := upstream.Dial(ctx, netip.AddrPortFrom(dest.Addr, dest.Port), d.o.DialTimeout)
	if err != nil {
		out.Fault = upstream.Fault(err)
		answer.Verdict = policy.Refuse(out.Fault)
		refuse.Write(w, r, answer)
		return
	}
	out.Attempts = 1
	c, early, err := hijack(w)
	if err != nil {
		origin.Close()
		out.Fault = policy.ClientGone
		return
	}
	defer c.Close()
	d.pass(c, origin, early, &out)
}

// pass answers the CONNECT and moves bytes until both sides are done.
func (d *Door) pass(c net.Conn, origin *net.TCPConn, early []byte, out *policy.Outcome) {
	bare, ok := c.(*slot)
	if !ok {
		origin.Close()
		out.Fault = policy.InternalFault
		return
	}
	if _, err := io.WriteString(c, established); err != nil {
		origin.Close()
		out.Fault = policy.ClientGone
		return
	}
	n, err := origin.Write(early)
	out.Bytes = int64(n)
	if err == nil {
		var sent int64
		sent, out.Received, err = upstream.Splice(d.live, bare.TCPConn, origin, d.o.Splice, d.drain)
		out.Bytes += sent
	} else {
		origin.Close()
	}
	switch {
	case out.Bytes == 0:
	case err != nil:
		out.Sent = policy.SentSome
	default:
		out.Sent = policy.SentAll
	}
	if err != nil && !upstream.Reset(err) {
		out.Fault = upstream.Fault(err)
	}
}

// hijack takes the connection from the server, with what it read too much.
func hijack(w http.ResponseWriter) (net.Conn, []byte, error) {
	var rw *bufio.ReadWriter
	c, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, err := rw.Reader.Peek(rw.Reader.Buffered())
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	return c, append([]byte(nil), early...), nil
}
