package intercept

import (
	"context"
	"io"
	"net/http"

	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/sniff"
)

// feeder judges the windows of a body while the transport sends those that
// were released. Until it ended, its goroutine owns the exchange.
type feeder struct {
	t      *transfer
	cancel context.CancelFunc
	done   chan struct{}
}

// inWindows asks whether a body that cannot be held may leave in windows.
func (t *transfer) inWindows(r *http.Request) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), t.i.o.JudgeTimeout)
	defer cancel()
	return t.x.Windowed(ctx)
}

// judgeFirst reads and judges the first window, and has the others judged
// while it is on its way. It returns the answer to a refusal.
func (t *transfer) judgeFirst(r *http.Request) *http.Response {
	more, err := t.nextWindow(r.Context())
	if err != nil {
		t.x.Fail(t.clientFault(err))
	}
	if v := t.x.Judge(context.WithoutCancel(r.Context())); !v.Action.Releases() {
		return t.refuse(t.refusal())
	}
	ctx, cancel := context.WithCancel(r.Context())
	t.feeder = &feeder{t: t, cancel: cancel, done: make(chan struct{})}
	go t.feeder.run(ctx, more)
	return nil
}

// nextWindow reads and judges one window; more says that another is due.
func (t *transfer) nextWindow(ctx context.Context) (more bool, err error) {
	last, err := t.x.FillWindow(ctx, t.client)
	if err != nil {
		return false, err
	}
	if last {
		t.x.Trailer(sniff.TrailerText(t.asked.Trailer))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.i.o.JudgeTimeout)
	defer cancel()
	return t.x.JudgeWindow(ctx), nil
}

func (f *feeder) run(ctx context.Context, more bool) {
	defer close(f.done)
	defer func() {
		if recover() != nil {
			f.t.i.o.Gateway.Event(proxy.EventPanic)
			f.t.x.Cut()
		}
	}()
	for more {
		more, _ = f.t.nextWindow(ctx) // the body ends with the error
	}
}

// end lets no more be read, and waits. It comes before the exchange is used
// again by anybody else.
func (f *feeder) end() {
	if f == nil {
		return
	}
	f.cancel()
	f.t.client.stop(f.t.i.o.LeftoverTimeout)
	<-f.done
}

// blocked reports whether a body that was not sent whole ended with a window
// that was refused.
func (f *feeder) blocked() bool {
	if f == nil {
		return false
	}
	f.end()
	return !f.t.x.Judge(f.t.asked.Context()).Action.Releases()
}

// body is what the transport sends. It gets the trailers it announced when
// they were judged, which is at the end.
func (f *feeder) body(announced http.Header) (io.ReadCloser, http.Header) {
	var trailer http.Header
	if len(announced) > 0 {
		trailer = http.Header{}
		for name := range announced {
			trailer[name] = nil
		}
	}
	return f.t.out.body(&fedBody{f.t.x.Body(), f.t.asked, trailer}), trailer
}

type fedBody struct {
	io.ReadCloser
	asked   *http.Request
	trailer http.Header
}

func (b *fedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		for name := range b.trailer {
			b.trailer[name] = b.asked.Trailer[name]
		}
	}
	return n, err
}
