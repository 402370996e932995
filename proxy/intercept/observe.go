package intercept

import (
	"context"
	"io"
	"net/http"
	"sync"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/message"
)

// watching reads along with the messages of an observed flow, which go on as
// they come. Its goroutine owns the exchange until end.
type watching struct {
	pipe *io.PipeWriter
	done chan struct{}
	once sync.Once
}

// watchParts starts to read along; read finds the messages in what is
// written, and what it cannot read is a gap that the late verdict says.
func (t *transfer) watchParts(read func(r io.Reader, part func(inspect.Meta, io.Reader) error) error) *watching {
	r, pipe := io.Pipe()
	w := &watching{pipe: pipe, done: make(chan struct{})}
	ctx := context.WithoutCancel(t.asked.Context())
	go func() {
		defer close(w.done)
		defer t.i.contain(func() {
			t.x.Fail(policy.ScanFailed)
			r.CloseWithError(errStopped)
		})
		err := read(r, func(m inspect.Meta, content io.Reader) error {
			m.Kind = inspect.Message
			p := t.x.Part(m)
			defer p.Close()
			err := p.Fill(ctx, content)
			t.x.JudgeParts(ctx, p)
			return err
		})
		if message.Fault(err) != nil {
			t.x.Fail(policy.MessageMalformed)
		}
		r.CloseWithError(errStopped) // the flow goes on without a reader
	}()
	return w
}

// Write takes what goes by; its end is not the flow's.
func (w *watching) Write(p []byte) (int, error) {
	w.pipe.Write(p)
	return len(p), nil
}

// end waits until all that was written is read.
func (w *watching) end() {
	w.once.Do(func() { w.pipe.Close() })
	<-w.done
}

// watchSocket reads along with the client's messages of an observed WebSocket.
func (t *transfer) watchSocket(asked, answered http.Header) {
	agreed, err := message.Accept(message.Offer(asked["Sec-Websocket-Extensions"]), answered["Sec-Websocket-Extensions"])
	if err != nil {
		t.x.Fail(policy.UpgradeNotRead)
		return
	}
	t.watcher = t.watchParts(func(r io.Reader, part func(inspect.Meta, io.Reader) error) error {
		in := message.NewReader(r, message.Client, agreed, message.Limits{Message: t.i.o.MaxBody}, func(message.Kind, []byte) error { return nil })
		for {
			h, err := in.Next()
			if err != nil {
				return err
			}
			if err := part(inspect.Meta{Size: h.Size}, in); err != nil {
				return err
			}
		}
	})
	t.swapped.seen = t.watcher
}

// watchCall reads along with the messages of an observed gRPC call.
func (t *transfer) watchCall(coding string, body io.ReadCloser) io.ReadCloser {
	again := func(w *watching) io.ReadCloser {
		return struct {
			io.Reader
			io.Closer
		}{io.TeeReader(body, w), body}
	}
	if t.watcher != nil { // a further attempt, before which nothing was read
		return again(t.watcher)
	}
	t.watcher = t.watchParts(func(r io.Reader, part func(inspect.Meta, io.Reader) error) error {
		in := message.NewStream(r, coding)
		for {
			p, err := in.Next()
			if err != nil {
				return err
			}
			m := inspect.Meta{Size: int64(p.Size)}
			if p.Compressed {
				m.ContentEncoding = coding
			}
			if err := part(m, in); err != nil {
				return err
			}
		}
	})
	return again(t.watcher)
}
