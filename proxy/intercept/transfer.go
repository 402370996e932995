package intercept

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/refuse"
	"github.com/datacustoms/customs/proxy/sniff"
)

// transfer is one request on its way. The goroutine of its handler owns it;
// the transport's goroutines reach only client, out and sending.
type transfer struct {
	i       *Interceptor
	tunnel  *tunnel
	asked   *http.Request // as the client sent it, for the language of a refusal
	w       *writer
	client  *clientBody
	x       *proxy.Exchange
	upgrade bool
	// What is judged in messages: a WebSocket, the calls of gRPC.
	socket, calls bool
	observed      bool // and only read along with
	call          *call
	watcher       *watching
	opened        bool           // the head of messages was judged
	ready         *http.Response // to be copied to the client
	windowed      bool           // the body leaves in windows
	feeder        *feeder

	out      outlet
	sending  sending
	in       *inBody
	swapped  *switched
	release  func() // of swapped
	status   int
	fault    policy.Code
	answered bool // the origin's head came
	cancel   context.CancelCauseFunc
	watch    *time.Timer
}

type transferKey struct{}

var errIdle = errors.New("intercept: no progress at the origin")

// serve walks one request through goproxy's handler.
func (i *Interceptor) serve(rw http.ResponseWriter, r *http.Request, tn *tunnel) {
	if !i.take() {
		panic(http.ErrAbortHandler)
	}
	defer i.flows.Done()
	rc := http.NewResponseController(rw)
	if r.ProtoMajor == 1 {
		// Without it a refusal waits for the end of a slow upload.
		rc.EnableFullDuplex()
	}
	t := &transfer{i: i, tunnel: tn, asked: r,
		w:      &writer{ResponseWriter: rw, rc: rc, idle: i.o.ResponseIdle, buffers: &i.buffers},
		client: &clientBody{Reader: r.Body, rc: rc, idle: i.o.BodyIdle}}
	if r.ContentLength == 0 { // HTTP/2 has a body to read all the same
		r.Body, t.client.err = http.NoBody, io.EOF
	}
	t.w.unread = func() bool { return r.ProtoMajor == 1 && t.client.ended() != io.EOF }
	t.out.alive = t.alive
	defer t.end()
	dest, code, ok := i.locate(r, tn)
	if !ok {
		i.record(t.w, r, tn.session, knownMethod(r.Method), code)
		return
	}
	t.begin(r, dest, code)
	if r.Method == http.MethodConnect { // goproxy would open a tunnel of its own
		t.x.Judge(r.Context())
		refuse.Write(t.w, r, t.refusal())
		return
	}
	next := r.WithContext(context.WithValue(r.Context(), transferKey{}, t))
	next.URL.Scheme, next.URL.Host = tn.scheme(), r.Host
	if r.Body != http.NoBody {
		next.Body = t.client
	}
	t.walk(next)
}

// begin opens the exchange on the head.
func (t *transfer) begin(r *http.Request, dest policy.Destination, code policy.Code) {
	s := t.tunnel.session
	said, bad := declared(r.Header, s.MayDeclare)
	if code == "" {
		code = bad
	}
	t.upgrade = stripRequest(r.Header)
	f := policy.Flow{Session: s, Direction: policy.Push, Protocol: "http/1.1", Method: knownMethod(r.Method),
		Scheme: t.tunnel.scheme(), Destination: dest, Declared: said, Refused: code}
	if r.ProtoMajor == 2 {
		f.Protocol = "h2"
	}
	// Which of several lines an origin goes by is not known, so all are told.
	meta := inspect.Meta{ContentType: strings.Join(r.Header["Content-Type"], ", "),
		ContentEncoding: strings.Join(r.Header["Content-Encoding"], ", "), Size: r.ContentLength}
	t.x = t.i.o.Gateway.Begin(r.Context(), f, sniff.HeadText(r.Method, r.URL.RequestURI(), r.Header), meta)
	enforced := t.i.o.Gateway.Mode() == proxy.Enforce && t.x.Step() == proxy.Read
	switch {
	case t.inMessages(r, enforced):
		t.x.Messages()
	case t.upgrade && enforced:
		t.x.Fail(policy.UpgradeNotRead)
	case enforced && t.i.o.MaxBody > 0 && r.ContentLength > t.i.o.MaxBody:
		t.windowed = t.inWindows(r)
	}
}

// admit brings the exchange to its verdict. It returns the answer to a
// refusal, or nil when the request may go.
func (t *transfer) admit(r *http.Request) *http.Response {
	if t.opened {
		return t.ready
	}
	enforced := t.i.o.Gateway.Mode() == proxy.Enforce
	if t.x.Step() == proxy.Read && enforced && r.Body != http.NoBody && !t.windowed {
		if err := t.x.Fill(r.Context(), r.Body); err != nil {
			t.x.Fail(t.clientFault(err))
		}
		t.x.Trailer(sniff.TrailerText(t.asked.Trailer))
		t.windowed = t.x.Full() && t.inWindows(r)
	}
	if t.windowed {
		return t.judgeFirst(r)
	}
	// A client that went away does not take the record with it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), t.i.o.JudgeTimeout)
	defer cancel()
	if v := t.x.Judge(ctx); !v.Action.Releases() {
		return t.refuse(t.refusal())
	}
	if t.upgrade && !t.socket && t.x.Step() == proxy.Read {
		t.x.Fail(policy.UpgradeNotRead) // observed: the messages go by unread
	}
	return nil
}

// clientFault says what an error of reading the client means.
func (t *transfer) clientFault(err error) policy.Code {
	var network *net.OpError
	switch {
	case isTimeout(err):
		t.i.o.Gateway.Event(proxy.EventTimeout)
	case t.asked.Context().Err() == nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.As(err, &network):
		return policy.BadRequest // its framing makes no sense
	}
	return policy.ClientGone
}

func (t *transfer) refusal() refuse.Refusal {
	f := refuse.Refusal{Verdict: t.x.Judge(t.asked.Context()), Ticket: t.x.Ticket(), Persons: t.x.Persons()}
	if t.x.Recorded() {
		f.RecordID = t.x.ID()
	}
	return f
}

// alive tells the watch that something moved.
func (t *transfer) alive() {
	if t.watch != nil {
		t.watch.Reset(t.i.o.ResponseIdle)
	}
}

// end settles the exchange whatever happened, and makes sure that a client
// cannot take half a response for a whole one.
func (t *transfer) end() {
	fault := recover()
	broken := fault != nil || t.w.err != nil || t.in != nil && t.in.err != nil && t.in.err != io.EOF
	if fault != nil && fault != http.ErrAbortHandler {
		t.i.o.Gateway.Event(proxy.EventPanic)
		broken = t.contain()
	}
	if !broken && t.swapped == nil {
		t.w.rc.Flush() // the client waits neither for its own upload nor for the log
	}
	t.settle(broken)
	if broken {
		panic(http.ErrAbortHandler) // the server's own word for: cut the stream
	}
}

// contain answers for a panic where nothing was answered yet, and reports
// whether the stream must be cut.
func (t *transfer) contain() bool {
	if t.w.headed() {
		return true
	}
	f := refuse.Refusal{Verdict: policy.Refuse(policy.InternalFault)}
	if t.x != nil {
		t.x.Fail(policy.InternalFault)
		t.x.Judge(context.WithoutCancel(t.asked.Context()))
		if t.x.Recorded() {
			f.RecordID = t.x.ID()
		}
	}
	refuse.Write(t.w, t.asked, f)
	return false
}

// brokenBy says who ended a response before its end.
func (t *transfer) brokenBy() policy.Code {
	switch {
	case t.w.err != nil, t.asked.Context().Err() != nil:
		return policy.ClientGone
	case t.in != nil && errors.Is(t.in.err, errIdle):
		return policy.OriginTimeout
	}
	return policy.OriginCut
}

// settle stops everything that may still read, then ends the exchange.
func (t *transfer) settle(broken bool) {
	if t.watch != nil {
		t.watch.Stop()
	}
	if t.cancel != nil {
		t.cancel(context.Canceled)
	}
	if t.swapped != nil {
		t.swapped.Close()
		t.release()
		t.w.closeHijacked()
	}
	t.client.stop(t.i.o.LeftoverTimeout)
	t.feeder.end()
	if t.call != nil {
		t.call.end()
	}
	t.out.stop()
	if t.watcher != nil {
		t.watcher.end()
	}
	if t.x == nil {
		return
	}
	ctx := context.WithoutCancel(t.asked.Context())
	t.x.Judge(ctx) // it has, unless a panic came first
	if t.i.o.Gateway.Mode() == proxy.Observe {
		t.x.Trailer(sniff.TrailerText(t.asked.Trailer))
	}
	t.x.Done(ctx, t.outcome(broken))
}

// outcome says what left. In doubt it says more: an attempt that got a
// connection may have sent the head.
func (t *transfer) outcome(broken bool) policy.Outcome {
	out := policy.Outcome{Sent: policy.SentNone, Bytes: t.out.sent.Load(), Status: t.status,
		Attempts: int(t.sending.attempts.Load()), Origin: t.sending.origin, Fault: t.fault}
	if t.in != nil {
		out.Received = t.in.received
	}
	if t.swapped != nil {
		out.Received = t.swapped.received.Load()
	}
	bodiless := t.asked.Body == http.NoBody
	switch {
	case out.Attempts == 0:
	case t.socket && out.Fault != "":
		out.Sent = policy.SentSome
	case t.answered && (bodiless || t.out.whole.Load()):
		out.Sent = policy.SentAll
	default:
		out.Sent = policy.SentSome
	}
	if out.Fault == "" && broken {
		out.Fault = t.brokenBy()
	}
	return out
}
