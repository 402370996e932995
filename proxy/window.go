package proxy

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

var (
	errBlocked = errors.New("proxy: the rest of the body was blocked")
	errGone    = errors.New("proxy: nobody sends the body any more")
)

// window is what lies between the goroutine that judges windows and the one
// that sends them.
type window struct {
	scan  inspect.Progressive
	piece []byte // to read with
	rest  []byte // that was read and found no room yet
	ended error  // of the client's bytes
	last  bool   // they came to their end

	mu    sync.Mutex
	moved sync.Cond
	to    int64 // what lies before it was released; guarded by mu
	sent  int64 // what lies before it was taken by the sender; guarded by mu
	err   error // that ends the body behind what was released; guarded by mu
	gone  bool  // the sender takes no more; guarded by mu
}

// Full reports whether Fill stopped because the body is larger than can be
// held; Windowed may take it back.
func (x *Exchange) Full() bool { return x.full }

// Windowed asks whether a body that cannot be held may leave in windows, by
// what was read of it until now, and takes it back if Fill gave it up as too
// large. If it may not, the exchange is refused.
func (x *Exchange) Windowed(ctx context.Context) bool {
	scan, ok := x.scan.(inspect.Progressive)
	if !ok || x.judged || x.g.o.Mode != Enforce || !x.full && (x.step != Read || x.failed != nil) {
		x.Fail(policy.Oversize)
		return false
	}
	if x.full {
		x.failed, x.step, x.full, x.intent.Stopped = nil, Read, false, ""
	}
	x.stream = &stream{how: policy.JudgedWindow}
	w := &x.stream.window
	w.moved.L, w.scan, w.rest, w.piece = &w.mu, scan, x.rest, make([]byte, pieceSize)
	x.rest = nil
	x.soFar()
	v := x.may(ctx)
	if !v.Action.Releases() {
		x.failed, x.step = &v, Refused
	}
	return v.Action.Releases()
}

// soFar takes the report of what was read until now, and tells up to where it
// is good.
func (x *Exchange) soFar() (to int64) {
	defer x.contain(policy.ScanFailed)
	x.stream.sofar, to = x.stream.window.scan.SoFar()
	return to
}

// may asks without reserving anything.
func (x *Exchange) may(ctx context.Context) (v policy.Verdict) {
	defer func() {
		if recover() != nil {
			x.g.Event(EventPanic)
			v = x.stop(policy.InternalFault)
		}
	}()
	if x.failed != nil {
		return *x.failed
	}
	x.report = x.stream.sofar
	x.together()
	x.stream.looked = true // not by the detector of splitting: it sees the first window
	defer func() { x.stream.looked = false }()
	c, code := x.gather(ctx, false)
	if code == "" {
		v, code = x.consult(ctx, c)
	}
	if code != "" {
		return x.stop(code)
	}
	return v
}

// FillWindow reads on until the next window is at hand, or the last one, after
// which the trailers are to be told. An error is one of reading from r, or
// says that the sender is gone; it ends the body as one that is not whole.
func (x *Exchange) FillWindow(ctx context.Context, r io.Reader) (last bool, err error) {
	w := &x.stream.window
	stop := context.AfterFunc(ctx, w.wake)
	defer stop()
	if w.last, err = x.readOn(ctx, r); err != nil {
		w.finish(err)
	}
	return w.last, err
}

// JudgeWindow brings what FillWindow read to its verdict, and lets it go to
// whoever reads Body in the meantime. more says that it was released and was
// not the last. The first call does what Judge does otherwise.
func (x *Exchange) JudgeWindow(ctx context.Context) (more bool) {
	w := &x.stream.window
	to := x.gate.Size()
	if w.last {
		x.closeScan()
		x.stream.sofar = x.report
	} else if x.failed == nil {
		to = x.soFar()
	}
	if x.judged {
		x.group(ctx, 1, to-w.to)
	} else if x.Judge(ctx); x.sendsOK {
		x.leave(ctx, 1, to)
	}
	if !x.verdict.Action.Releases() {
		w.finish(errBlocked)
		return false
	}
	w.release(to)
	if w.last {
		w.finish(io.EOF)
	}
	return !w.last
}

// readOn reads until a window is at hand, the body ended, or the exchange
// failed. It reads pieces of one size, however they come.
func (x *Exchange) readOn(ctx context.Context, r io.Reader) (last bool, err error) {
	defer x.contain(policy.ScanFailed)
	w, size := &x.stream.window, x.g.o.WindowBytes
	for x.failed == nil {
		if err := w.wait(ctx, func() bool { return w.to-w.sent <= size }); err != nil {
			return false, err
		}
		if len(w.rest) == 0 && w.scan.Settled()-w.to >= size {
			return false, nil
		}
		if err := w.read(r); err == io.EOF {
			return true, nil
		} else if err != nil {
			return false, err
		}
		full := x.put()
		if full == nil {
			continue
		}
		// The sender makes room. When it has nothing left to send, the window
		// is what there is.
		if sent := w.taken(); w.to > sent {
			if err := w.wait(ctx, func() bool { return w.sent > sent }); err != nil {
				return false, err
			}
		} else if x.soFar() > w.to {
			return false, nil
		} else if x.failed == nil {
			x.fail(full)
		}
	}
	return false, nil
}

// read makes sure that there is something to put, or tells how the body ended.
func (w *window) read(r io.Reader) error {
	if len(w.rest) > 0 {
		return nil
	}
	n := 0
	for n < len(w.piece) && w.ended == nil {
		var k int
		k, w.ended = r.Read(w.piece[n:])
		n += k
	}
	if w.rest = w.piece[:n]; n == 0 {
		return w.ended
	}
	return nil
}

// put holds and scans what was read, as much as there is room for.
func (x *Exchange) put() (full error) {
	w := &x.stream.window
	n, full := x.gate.Write(w.rest)
	if _, err := x.scan.Write(w.rest[:n]); err != nil {
		x.Fail(policy.ScanFailed)
	}
	w.rest = w.rest[n:]
	return full
}

// wait waits until something holds of what is guarded.
func (w *window) wait(ctx context.Context, holds func() bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case w.gone:
			return errGone
		case holds():
			return nil
		}
		w.moved.Wait()
	}
}

func (w *window) taken() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent
}

func (w *window) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moved.Broadcast()
}

// release lets the sender have what lies before an offset.
func (w *window) release(to int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.to = to
	w.moved.Broadcast()
}

// finish ends the body behind what was released.
func (w *window) finish(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
	w.moved.Broadcast()
}

// Cut ends a body in windows behind what was released.
func (x *Exchange) Cut() { x.stream.window.finish(errBlocked) }

func (w *window) body(g Gate) io.ReadCloser { return &windowBody{w, g, g.NewReader()} }

// windowBody reads what was released, waits for more, and drops what it read.
type windowBody struct {
	w    *window
	gate Gate
	r    io.ReadCloser
}

func (b *windowBody) Read(p []byte) (int, error) {
	w := b.w
	w.mu.Lock()
	for w.sent == w.to && w.err == nil && !w.gone {
		w.moved.Wait()
	}
	n := min(int64(len(p)), w.to-w.sent)
	err := w.err
	w.mu.Unlock()
	if n == 0 {
		return 0, err
	}
	k, err := b.r.Read(p[:n])
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent += int64(k)
	b.gate.Drop(w.sent)
	w.moved.Broadcast()
	return k, err
}

// Close says that nobody reads any more.
func (b *windowBody) Close() error {
	b.w.mu.Lock()
	defer b.w.mu.Unlock()
	b.w.gone = true
	b.w.moved.Broadcast()
	return nil
}
