package intercept

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"

	"github.com/datacustoms/customs/proxy"
)

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
	case t.call != nil:
		out.Body, out.ContentLength = t.out.body(t.call.out), -1
	case t.feeder != nil:
		out.Body, out.Trailer = t.feeder.body(out.Trailer)
	case t.x.Step() == proxy.Unread:
		out.Body = t.out.body(t.client)
	case t.calls:
		out.Body = t.out.body(t.watchCall(r.Header.Get("Grpc-Encoding"), t.client))
	case t.i.o.Gateway.Mode() == proxy.Observe:
		out.Body = t.out.body(t.x.Tee(t.client))
	default:
		out.GetBody = func() (io.ReadCloser, error) { return t.out.body(t.x.Body()), nil }
		out.Body = t.out.body(t.x.Body())
	}
	return out
}
