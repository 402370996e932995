package proxy

import (
	"context"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Step returns what the front door does next.
func (x *Exchange) Step() Step { return x.step }

// Flow returns the flow with what Begin found out about it.
func (x *Exchange) Flow() *policy.Flow { return &x.flow }

// ID returns the flow's id, under which its record is found.
func (x *Exchange) ID() string { return x.flow.ID }

// Recorded reports whether an entry of the flow is durable, so that its id
// may be shown.
func (x *Exchange) Recorded() bool { return x.receipt.Hash != "" }

// Ticket returns what a held flow is asked for again with.
func (x *Exchange) Ticket() string {
	if x.verdict.Action != policy.Hold {
		return ""
	}
	return x.intent.Ticket
}

// Persons returns how many distinct persons were found, once it was judged.
func (x *Exchange) Persons() int { return x.intent.Persons.Total }

// Fill reads a body to its end into the gate and the scan. When it returns,
// Judge can be called; an error is one of reading from r, and the caller says
// with Fail what it means. A refusal found on the way stops the reading and
// is no error.
func (x *Exchange) Fill(ctx context.Context, r io.Reader) (err error) {
	if x.step != Read || r == nil {
		return nil
	}
	defer x.contain(policy.ScanFailed)
	return pour(ctx, r, x.take)
}

// pieceSize is how much of a body is read at a time.
const pieceSize = 32 << 10

// pour gives what comes from r to take, until that wants no more.
func pour(ctx context.Context, r io.Reader, take func(p []byte) bool) error {
	buf := make([]byte, pieceSize)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(buf)
		if n > 0 && !take(buf[:n]) {
			return nil
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// take holds and scans some bytes and reports whether to go on.
func (x *Exchange) take(p []byte) bool {
	n, err := x.gate.Write(p)
	if err != nil {
		x.rest = append(x.rest, p[n:]...)
		x.fail(err)
		x.full = x.failed.Has(policy.Oversize)
	}
	if _, err := x.scan.Write(p[:n]); err != nil {
		x.full = false
		x.Fail(policy.ScanFailed)
		return false
	}
	return err == nil
}

// Trailer scans the trailers that came after the body.
func (x *Exchange) Trailer(text []byte) {
	if len(text) == 0 || x.step == Refused {
		return
	}
	defer x.contain(policy.ScanFailed)
	report, err := x.scanHead(text)
	if err != nil {
		x.fail(err)
		return
	}
	x.tell(report, text)
}

// Tee lets an observed body go on to upstream while the scan reads along.
// The scan's faults end the scan, never the body.
func (x *Exchange) Tee(r io.ReadCloser) io.ReadCloser {
	if x.step != Read || x.scan == nil {
		return r
	}
	return &teeBody{ReadCloser: r, x: x}
}

type teeBody struct {
	io.ReadCloser
	x    *Exchange
	deaf bool // the scan came to its end
}

func (t *teeBody) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	if n > 0 && !t.deaf {
		t.watch(p[:n])
	}
	return n, err
}

func (t *teeBody) watch(p []byte) {
	defer t.x.contain(policy.ScanFailed)
	t.deaf = true // also after a panic
	if _, err := t.x.scan.Write(p); err != nil {
		t.x.Fail(policy.ScanFailed)
		return
	}
	t.deaf = false
}

// Body returns the held bytes from the start, as often as it is asked; those
// of windows once, and it waits for them. It gives nothing unless the verdict
// releases and its entry is durable.
func (x *Exchange) Body() io.ReadCloser {
	switch {
	case !x.sendsOK || x.gate == nil:
		return io.NopCloser(eofReader{})
	case x.stream != nil:
		return x.stream.window.body(x.gate)
	}
	return x.gate.NewReader()
}

// Size returns how many body bytes are held.
func (x *Exchange) Size() int64 {
	if x.gate == nil {
		return 0
	}
	return x.gate.Size()
}

type eofReader struct{}

func (eofReader) Read([]byte) (int, error) { return 0, io.EOF }

// Close drops an exchange that was not judged, and frees what a done one
// held. It is safe to call twice.
func (x *Exchange) Close() {
	if x.scan != nil {
		x.closeScan()
	}
	if x.stream != nil {
		x.stream.window.finish(io.ErrClosedPipe)
	}
	if x.gate != nil {
		x.gate.Close()
	}
}

// closeScan ends the scan once; a scan that cannot be ended read nothing.
func (x *Exchange) closeScan() {
	defer x.contain(policy.ScanFailed)
	scan := x.scan
	x.scan = nil
	r, err := scan.Close()
	if err != nil {
		x.Fail(policy.ScanFailed)
		r = inspect.Report{}
	}
	x.report = r
}
