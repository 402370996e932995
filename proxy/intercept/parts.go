package intercept

import (
	"context"
	"io"
	"net/http"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/message"
)

// inMessages reports whether a request that is read comes in messages. Where
// verdicts are enforced each is judged before it leaves.
func (t *transfer) inMessages(r *http.Request, enforced bool) bool {
	if t.x.Step() != proxy.Read {
		return false
	}
	t.observed = !enforced
	if t.upgrade {
		t.socket = opensSocket(r)
	} else {
		t.calls = opensCall(r)
	}
	if t.socket && enforced {
		narrowOffer(r.Header)
	}
	return t.socket || t.calls
}

// walk hands a request with its exchange to what serves its kind.
func (t *transfer) walk(r *http.Request) {
	switch {
	case t.socket && !t.observed:
		t.serveSocket(r)
	case t.calls && !t.observed:
		t.serveCall(r)
	default:
		t.i.chain.ServeHTTP(t.w, r)
	}
}

// judgeHead brings the head of messages to its verdict, and returns the
// answer to a refusal.
func (t *transfer) judgeHead(r *http.Request) *http.Response {
	t.opened = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), t.i.o.JudgeTimeout)
	defer cancel()
	if v := t.x.Judge(ctx); !v.Action.Releases() {
		return t.refuse(t.refusal())
	}
	return nil
}

// contain keeps a panic from ending the program: it ends one flow.
func (i *Interceptor) contain(end func()) {
	if recover() != nil {
		i.o.Gateway.Event(proxy.EventPanic)
		end()
	}
}

// maxGroup is how many small messages are judged together at most.
const maxGroup = 64

// unit is one message as it was found, before its content is read.
type unit struct {
	size    int64 // -1 when unknown
	meta    inspect.Meta
	head    message.Head   // of a WebSocket
	prefix  message.Prefix // of gRPC
	content io.Reader
}

// parts brings messages to their verdict: one in which something was found by
// itself, others together with those that came meanwhile. One goroutine uses
// it.
type parts struct {
	t     *transfer
	small func() bool // a small message is here in full
	batch []held
	carry []held // the next batch
}

// held is a message that was read and waits for its verdict, or was judged
// and waits to leave.
type held struct {
	unit
	part *proxy.Part
}

// judge waits for a message and judges it. An error of reading means that no
// more messages come; those before it were judged all the same.
func (b *parts) judge(ctx context.Context, next func() (unit, error)) (policy.Verdict, error) {
	err := b.collect(ctx, next)
	if len(b.batch) == 0 {
		return policy.Verdict{Action: policy.Pass}, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.t.i.o.JudgeTimeout)
	defer cancel()
	together := make([]*proxy.Part, len(b.batch))
	for i, h := range b.batch {
		together[i] = h.part
	}
	v := b.t.x.JudgeParts(ctx, together...)
	if !v.Action.Releases() {
		err = nil
	}
	return v, err
}

// collect reads the messages of the next batch.
func (b *parts) collect(ctx context.Context, next func() (unit, error)) error {
	if b.batch, b.carry = append(b.batch, b.carry...), b.carry[:0]; len(b.batch) > 0 {
		return nil
	}
	for len(b.batch) < maxGroup {
		u, err := next()
		if err != nil {
			return err
		}
		u.meta.Kind, u.meta.Size = inspect.Message, u.size
		p := b.t.x.Part(u.meta)
		if err := p.Fill(ctx, u.content); err != nil {
			p.Close()
			return err
		}
		b.batch = append(b.batch, held{u, p})
		if !p.Clean() {
			if last := len(b.batch) - 1; last > 0 { // it must not take the others with it
				b.carry = append(b.carry, b.batch[last])
				b.batch = b.batch[:last]
			}
			return nil
		}
		if p.Size() > message.Small || !b.small() {
			return nil
		}
	}
	return nil
}

// send hands what was judged on, in order, and frees it.
func (b *parts) send(send func(u unit, open func() io.ReadCloser, size int64) error) error {
	defer b.free()
	for _, h := range b.batch {
		if err := send(h.unit, h.part.Body, h.part.Size()); err != nil {
			return err
		}
	}
	return nil
}

// fail refuses the flow for a reason that no policy is asked about.
func (b *parts) fail(ctx context.Context, code policy.Code) policy.Verdict {
	b.close()
	p := b.t.x.Part(inspect.Meta{Kind: inspect.Message})
	defer p.Close()
	p.Fail(code)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.t.i.o.JudgeTimeout)
	defer cancel()
	return b.t.x.JudgeParts(ctx, p)
}

// free frees what was judged.
func (b *parts) free() {
	for _, h := range b.batch {
		h.part.Close()
	}
	b.batch = b.batch[:0]
}

// close frees all that was not sent.
func (b *parts) close() {
	b.free()
	b.batch, b.carry = b.carry, nil
	b.free()
}
