package intercept

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/textproto"
	"strings"
	"sync/atomic"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/upstream"
)

// maxAttempts is how often one request is sent at most.
const maxAttempts = 3

// pauses are the waits before the second and the third attempt.
var pauses = [maxAttempts - 1]time.Duration{20 * time.Millisecond, 150 * time.Millisecond}

// sending is what the attempts to send one request have in common.
type sending struct {
	attempts  atomic.Int32
	answering atomic.Bool    // a byte of a response came
	origin    *policy.Origin // what the origin showed of itself last
}

// send sends a released request, again where that is safe: as long as no byte
// of a response came, and the origin either did nothing with it or may get it
// twice. Each attempt is counted and carries the same judged bytes.
func (t *transfer) send(ctx context.Context, r *http.Request) (*http.Response, error) {
	key, err := t.key(ctx, r)
	if err != nil {
		return nil, err
	}
	for {
		resp, again, err := t.attempt(ctx, key, r)
		if err == nil {
			if bindsConnection(resp.Header["Www-Authenticate"]) {
				t.i.o.Pool.Bind(t.x.Flow().Session.ID)
			}
			return resp, nil
		}
		if !again || !t.pause(ctx) || !t.valid() {
			return nil, err
		}
	}
}

// key is what other flows must agree in to share the connection.
func (t *transfer) key(ctx context.Context, r *http.Request) (upstream.Key, error) {
	f := t.x.Flow()
	d := f.Destination
	if !d.Addr.IsValid() { // its name holds a finding, and was kept from the resolver until now
		a, err := t.i.o.Resolver.Resolve(ctx, d.Host, d.Port)
		if err != nil {
			return upstream.Key{}, err
		}
		d.Addr = a
	}
	key := upstream.Key{Addr: netip.AddrPortFrom(d.Addr, d.Port), Host: d.Host,
		Scheme: f.Scheme, Exporter: f.Session.Exporter.USCC, Link: f.Declared.Link}
	if bindsConnection(r.Header["Authorization"]) {
		t.i.o.Pool.Bind(f.Session.ID)
	}
	if t.i.o.Pool.Bound(f.Session.ID) || t.upgrade { // both need HTTP/1.1
		key.Session = f.Session.ID
	}
	return key, nil
}

// attempt sends the request once, and reports after an error whether it may
// be sent again.
func (t *transfer) attempt(ctx context.Context, key upstream.Key, r *http.Request) (resp *http.Response, again bool, err error) {
	conn, err := t.i.o.Pool.Get(ctx, key)
	if err != nil {
		var handshake *upstream.HandshakeError
		if errors.As(err, &handshake) {
			t.sending.origin = handshake.Origin
		}
		return nil, false, err
	}
	t.sending.origin = conn.Origin()
	t.sending.attempts.Add(1)
	out := t.outgoing(ctx, r)
	body := &sentBody{ReadCloser: out.Body}
	if out.Body != http.NoBody {
		out.Body = body
	}
	if resp, err = conn.RoundTrip(out); err == nil {
		return resp, false, nil
	}
	loss := upstream.LossOf(err)
	switch {
	case t.sending.answering.Load(), body.failed.Load(), ctx.Err() != nil:
	case !t.repeats(out, body):
	case loss == upstream.Unprocessed, loss == upstream.Cut && upstream.Idempotent(r):
		again = true
	}
	return nil, again, err
}

// repeats reports whether a further attempt would carry the same bytes: there
// are none, the gate holds them all, or nobody took one of them yet. What is
// released in windows or messages is never sent again.
func (t *transfer) repeats(out *http.Request, body *sentBody) bool {
	if out.Body == http.NoBody || out.GetBody != nil {
		return true
	}
	passing := t.x.Step() == proxy.Unread || t.i.o.Gateway.Mode() == proxy.Observe
	return passing && !body.touched.Load()
}

// pause waits before the next attempt, and reports whether there is one.
func (t *transfer) pause(ctx context.Context) bool {
	n := t.sending.attempts.Load()
	if n >= maxAttempts {
		return false
	}
	wait := time.NewTimer(pauses[n-1])
	defer wait.Stop()
	select {
	case <-wait.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// valid reports whether the verdict still holds.
func (t *transfer) valid() bool {
	until := t.x.Judge(t.asked.Context()).ValidUntil
	return until.IsZero() || t.i.o.Gateway.Now().Before(until)
}

// sentBody sees whether an attempt took of its body, and whether that failed.
type sentBody struct {
	io.ReadCloser
	touched, failed atomic.Bool
}

func (b *sentBody) Read(p []byte) (int, error) {
	b.touched.Store(true)
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		b.failed.Store(true)
	}
	return n, err
}

// bindsConnection reports whether credentials or challenges are of a scheme
// that logs a connection in, and not only a request.
func bindsConnection(values []string) bool {
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			scheme, _, _ := strings.Cut(strings.TrimSpace(part), " ")
			if strings.EqualFold(scheme, "NTLM") || strings.EqualFold(scheme, "Negotiate") {
				return true
			}
		}
	}
	return false
}

func (t *transfer) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotFirstResponseByte: func() { t.sending.answering.Store(true) },
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
