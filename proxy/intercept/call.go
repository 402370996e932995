package intercept

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/message"
	"github.com/datacustoms/customs/proxy/refuse"
)

// firstMessage is how long a call waits for its first message before it goes
// to the origin without one: most calls have it at once, and a refusal of it
// then reaches no origin; a client may also wait for the origin's head.
const firstMessage = 100 * time.Millisecond

// longestCall is how long a client may be silent in a call.
const longestCall = 24 * time.Hour

// call is a gRPC call whose messages are judged and sent on one by one while
// the client still sends and the origin already answers. The pump's goroutine
// owns the exchange from the judged head to the end of the pump.
type call struct {
	t     *transfer
	buf   *bufio.Reader // over the client
	in    *message.Stream
	parts parts
	// coding is what compressed messages are compressed with.
	coding string

	out   *io.PipeReader // what the transport sends
	pipe  *io.PipeWriter
	ready chan struct{} // closed when the first message was released, or none will be
	once  sync.Once
	done  chan struct{} // closed when the pump ended

	mu      sync.Mutex
	refused *refuse.Refusal // guarded by mu
	cancel  context.CancelCauseFunc

	answered atomic.Bool // the origin's head came

	// Of the handler's goroutine.
	resp  *http.Response
	place message.Boundary // in the response
}

var errRefused = errors.New("intercept: a message was refused")

// opensCall reports whether a request's body is messages of gRPC. What comes
// with a coding of its own or with trailers is read as a whole.
func opensCall(r *http.Request) bool {
	h := r.Header
	_, ok := message.GRPC(h.Get("Content-Type"))
	return ok && r.ProtoMajor == 2 && r.Method == http.MethodPost && r.Body != http.NoBody && len(r.Trailer) == 0 &&
		len(h["Content-Type"]) == 1 && len(h["Content-Encoding"]) == 0 && len(h["Grpc-Encoding"]) <= 1
}

// serveCall judges the head, starts the pump, and lets the request go to the
// origin with the messages as they are released.
func (t *transfer) serveCall(r *http.Request) {
	if t.ready = t.judgeHead(r); t.ready != nil {
		t.i.chain.ServeHTTP(t.w, r)
		return
	}
	c := &call{t: t, buf: bufio.NewReaderSize(t.client, 16<<10), ready: make(chan struct{}), done: make(chan struct{})}
	// A stream may have nothing to say for hours: once it is open on both sides
	// the pings of HTTP/2 tell whether they live.
	t.client.idle = longestCall
	t.out.alive = c.alive
	c.coding = r.Header.Get("Grpc-Encoding")
	c.in = message.NewStream(c.buf, c.coding)
	c.out, c.pipe = io.Pipe()
	c.parts = parts{t: t, small: c.small}
	ctx, cancel := context.WithCancelCause(r.Context())
	c.cancel, t.call = cancel, c
	go c.pump(ctx)
	wait := time.NewTimer(firstMessage)
	defer wait.Stop()
	select {
	case <-c.ready:
	case <-wait.C:
	case <-ctx.Done():
	}
	if f := c.refusal(); f != nil {
		t.ready = t.refuse(*f)
	}
	t.i.chain.ServeHTTP(t.w, r.WithContext(ctx))
}

// pump reads, judges and releases messages until the client's end.
func (c *call) pump(ctx context.Context) {
	defer close(c.done)
	defer c.goOn()
	defer c.parts.close()
	defer c.t.i.contain(func() { c.stop(policy.Refuse(policy.InternalFault)) })
	for {
		v, err := c.parts.judge(ctx, c.next)
		if err == nil && !v.Action.Releases() {
			c.stop(v)
			return
		}
		c.goOn()
		if sent := c.parts.send(c.send); sent != nil {
			return // the origin takes no more; its answer says why
		}
		switch f := message.Fault(err); {
		case err == nil:
		case err == io.EOF:
			c.pipe.Close()
			return
		case f != nil:
			c.stop(c.parts.fail(ctx, policy.MessageMalformed))
			return
		default:
			c.pipe.CloseWithError(err)
			return
		}
	}
}

func (c *call) goOn() { c.once.Do(func() { close(c.ready) }) }

// stop ends the call with a refusal: nothing more leaves.
func (c *call) stop(v policy.Verdict) {
	c.mu.Lock()
	c.refused = &refuse.Refusal{Verdict: v, RecordID: c.t.recordID(), Persons: c.t.x.Persons()}
	c.mu.Unlock()
	c.pipe.CloseWithError(errRefused)
	c.cancel(errRefused)
}

func (c *call) refusal() *refuse.Refusal {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refused
}

// next finds the next message.
func (c *call) next() (unit, error) {
	p, err := c.in.Next()
	u := unit{size: int64(p.Size), prefix: p, content: c.in}
	if p.Compressed {
		u.meta.ContentEncoding = c.coding
	}
	return u, err
}

// small reports whether a small message is here in full.
func (c *call) small() bool {
	b, _ := c.buf.Peek(c.buf.Buffered())
	return message.SmallGRPC(b)
}

// send hands a judged message to the transport as it came.
func (c *call) send(u unit, open func() io.ReadCloser, _ int64) error {
	body := open()
	defer body.Close()
	_, err := io.Copy(c.pipe, io.MultiReader(bytes.NewReader(u.prefix.Bytes()), body))
	return err
}

// end stops the pump and waits for it.
func (c *call) end() {
	c.cancel(context.Canceled)
	c.out.CloseWithError(errStopped)
	<-c.done
}

// alive tells the watch that the client's messages move, while it waits for
// the origin's head.
func (c *call) alive() {
	if !c.answered.Load() {
		c.t.alive()
	}
}

// response is the response's body: where the call was refused after its head
// had gone, and between two messages, it ends with the refusal's status
// instead of an error.
func (c *call) response(resp *http.Response) {
	c.resp = resp
	c.answered.Store(true)
	resp.Body = &callBody{ReadCloser: resp.Body, c: c}
}

type callBody struct {
	io.ReadCloser
	c *call
}

func (b *callBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.c.place.Write(p[:n])
	if err == nil || err == io.EOF {
		return n, err
	}
	if f := b.c.refusal(); f != nil && b.c.place.Between() {
		b.c.t.fault = f.Verdict.Reasons[0].Code
		b.c.resp.Trailer = refuse.GRPCTrailer(*f)
		return n, io.EOF
	}
	return n, err
}
