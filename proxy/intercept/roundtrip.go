package intercept

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/refuse"
	"github.com/datacustoms/customs/proxy/upstream"
)

// roundTrip sends a released request to its origin and returns the response,
// or the answer that tells why there is none.
func (t *transfer) roundTrip(r *http.Request) *http.Response {
	ctx, cancel := context.WithCancelCause(r.Context())
	t.cancel = cancel
	t.watch = time.AfterFunc(t.i.o.ResponseIdle, func() { cancel(errIdle) })
	resp, err := t.send(ctx, r)
	t.w.answering()
	if err == nil && resp.StatusCode < 200 && !t.switches(resp) {
		resp.Body.Close()
		err = errNoAnswer
	}
	if err != nil {
		t.fault = t.originFault(ctx, err)
		answer := refuse.Refusal{Verdict: policy.Refuse(t.fault)}
		if t.x.Recorded() {
			answer.RecordID = t.x.ID()
		}
		return t.refuse(answer)
	}
	t.answered, t.status = true, resp.StatusCode
	t.receive(resp)
	return resp
}

var errNoAnswer = errors.New("intercept: origin sent a final status below 200")

// switches reports whether a response switches protocols as it was asked to.
// Any other 101 would turn a judged request into a tunnel that nobody judged.
func (t *transfer) switches(resp *http.Response) bool {
	_, both := resp.Body.(io.ReadWriteCloser)
	return resp.StatusCode == http.StatusSwitchingProtocols && t.upgrade && both
}

func (t *transfer) send(ctx context.Context, r *http.Request) (*http.Response, error) {
	f := t.x.Flow()
	d := f.Destination
	if !d.Addr.IsValid() { // its name holds a finding, and was kept from the resolver until now
		a, err := t.i.o.Resolver.Resolve(ctx, d.Host, d.Port)
		if err != nil {
			return nil, err
		}
		d.Addr = a
	}
	key := upstream.Key{Addr: netip.AddrPortFrom(d.Addr, d.Port), Host: d.Host,
		Scheme: f.Scheme, Exporter: f.Session.Exporter.USCC, Link: f.Declared.Link}
	if logsIn(r.Header) {
		t.tunnel.bound.Store(true)
	}
	if t.tunnel.bound.Load() {
		key.Session = f.Session.ID
	}
	return t.i.o.Pool.Transport(key).RoundTrip(t.outgoing(ctx, r))
}

// outgoing is the request as the origin gets it: the client's head without
// what does not travel, and the judged bytes with the length it stated.
func (t *transfer) outgoing(ctx context.Context, r *http.Request) *http.Request {
	d := t.x.Flow().Destination
	u := *r.URL
	u.Host = net.JoinHostPort(d.Host, strconv.Itoa(int(d.Port)))
	out := (&http.Request{Method: r.Method, URL: &u, Host: r.Host, Header: r.Header,
		ContentLength: r.ContentLength, TransferEncoding: r.TransferEncoding, Trailer: t.asked.Trailer,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(httptrace.WithClientTrace(ctx, t.trace()))
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header["User-Agent"] = nil // or the transport names itself
	}
	if r.Body == http.NoBody {
		out.Body, out.Trailer = http.NoBody, nil // HTTP/2 would announce them all the same
		return out
	}
	if len(out.Trailer) > 0 {
		out.ContentLength = -1 // only a chunked body has trailers
	}
	switch {
	case t.x.Step() == proxy.Unread:
		out.Body = t.out.body(t.client)
	case t.i.o.Gateway.Mode() == proxy.Observe:
		out.Body = t.out.body(t.x.Tee(t.client))
	default:
		out.GetBody = func() (io.ReadCloser, error) { return t.out.body(t.x.Body()), nil }
		out.Body = t.out.body(t.x.Body())
	}
	return out
}

func (t *transfer) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { t.attempts.Add(1) },
		Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			if code != http.StatusContinue && code != http.StatusSwitchingProtocols && t.asked.ProtoAtLeast(1, 1) {
				stripResponse(http.Header(h), false)
				t.w.informational(code, http.Header(h))
			}
			return nil
		},
	}
}

func (t *transfer) originFault(ctx context.Context, err error) policy.Code {
	switch {
	case context.Cause(ctx) == errIdle:
		return policy.OriginTimeout
	case t.asked.Context().Err() != nil:
		return policy.ClientGone
	}
	if t.client.ended() != nil && t.client.ended() != io.EOF {
		return policy.ClientGone
	}
	return upstream.Fault(err)
}

// receive prepares a response for the client.
func (t *transfer) receive(resp *http.Response) {
	swap := t.switches(resp)
	stripResponse(resp.Header, swap)
	if swap {
		// goproxy copies both ways only for what it takes for a WebSocket; the
		// writer puts the protocol's own name back.
		t.w.protocol = resp.Header.Get("Upgrade")
		resp.Header.Set("Upgrade", "websocket")
		rw := resp.Body.(io.ReadWriteCloser)
		t.release = t.i.upgrade(rw)
		t.swapped = &switched{ReadWriteCloser: rw, alive: t.alive, sent: &t.out.sent}
		resp.Body = t.swapped
		return
	}
	t.watch.Stop()
	t.in = &inBody{ReadCloser: resp.Body, alive: t.alive, rest: func() { t.watch.Stop() }}
	resp.Body = t.in
	// With a length the server sends no trailers over HTTP/1.1; those of gRPC
	// come unannounced.
	if len(resp.Trailer) > 0 || strings.HasPrefix(resp.Header.Get("Content-Type"), "application/grpc") {
		resp.Header.Del("Content-Length")
	}
}

// refuse makes a response of a refusal, for goproxy to copy.
func (t *transfer) refuse(f refuse.Refusal) *http.Response {
	c := &captured{header: http.Header{}, code: http.StatusForbidden}
	refuse.Write(c, t.asked, f)
	return &http.Response{StatusCode: c.code, ProtoMajor: 1, ProtoMinor: 1, Header: c.header,
		Body: io.NopCloser(&c.body), ContentLength: int64(c.body.Len()), Request: t.asked}
}

// captured is a small response in memory.
type captured struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (c *captured) Header() http.Header         { return c.header }
func (c *captured) WriteHeader(code int)        { c.code = code }
func (c *captured) Write(p []byte) (int, error) { return c.body.Write(p) }
