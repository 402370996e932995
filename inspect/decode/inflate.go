package decode

import (
	"bufio"
	"io"
	"iter"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"github.com/datacustoms/customs/inspect"
)

// outLen is how much comes out at once.
const outLen = 4096

// tools are the parts of a decoder that are worth keeping.
type tools struct {
	source *bufio.Reader
	out    [outLen]byte
	gzip   *gzip.Reader
	zlib   io.ReadCloser
	flate  io.ReadCloser
}

var pool = sync.Pool{New: func() any { return &tools{source: bufio.NewReaderSize(nil, 4096)} }}

// Emit takes decoded bytes and the source bytes they came from. It must not
// keep b.
type Emit func(b []byte, from Span)

// Inflate decompresses a stream that is pushed into it. The library pulls, so
// it runs as a coroutine that is entered only from Write and Close and stands
// still in between; Close must be called to end it.
type Inflate struct {
	format Format
	budget *Budget
	next   func() ([]byte, bool)
	stop   func()

	rest   []byte // what Write brought and the library has not taken
	given  int64  // bytes the library has taken
	eof    bool
	yield  func([]byte) bool
	source *bufio.Reader

	out  int64 // bytes that came out
	from int64 // source offset up to which the last output had read
	gap  inspect.GapReason
	done bool
}

// NewInflate makes a decoder for Gzip, Zlib or RawDeflate.
func NewInflate(format Format, budget *Budget) *Inflate {
	d := &Inflate{format: format, budget: budget}
	d.next, d.stop = iter.Pull(d.run)
	return d
}

// Write decodes the next bytes of the source.
func (d *Inflate) Write(p []byte, emit Emit) {
	d.rest = p
	d.pump(emit)
	d.rest = nil
}

// Settled returns the source offset from which bytes to come are made: the
// last byte read may have bits left.
func (d *Inflate) Settled() int64 { return max(d.from-1, 0) }

// Done reports whether no more bytes will come.
func (d *Inflate) Done() bool { return d.done }

// Close ends the source, of which total bytes were written, and the
// coroutine. It returns why decoding stopped early, if it did, and how many
// source bytes were not decoded.
func (d *Inflate) Close(total int64, emit Emit) (inspect.GapReason, int64) {
	d.eof = true
	d.pump(emit)
	d.stop()
	if d.gap == "" && d.from < total {
		d.gap = inspect.GapBroken // bytes behind the end of the coding
	}
	if d.gap == "" {
		return "", 0
	}
	return d.gap, max(total-d.from, 0)
}

func (d *Inflate) pump(emit Emit) {
	for !d.done {
		b, ok := d.resume()
		if !ok {
			d.done = true
			return
		}
		if len(b) == 0 {
			return // the library wants more than there is
		}
		span := Span{d.Settled(), d.given - int64(d.source.Buffered())}
		d.from = span.To
		d.out += int64(len(b))
		emit(b, span)
		if d.gap = d.budget.spend(len(b), span.To, d.out); d.gap != "" {
			d.done = true
		}
	}
}

// resume enters the coroutine. A panic of the library surfaces here.
func (d *Inflate) resume() (b []byte, ok bool) {
	defer func() {
		if recover() != nil {
			d.gap, b, ok = inspect.GapBroken, nil, false
		}
	}()
	return d.next()
}

// Read hands the library what was written, and suspends it when that is used
// up. It is called inside the coroutine only.
func (d *Inflate) Read(p []byte) (int, error) {
	for len(d.rest) == 0 {
		if d.eof || !d.yield(nil) {
			return 0, io.EOF
		}
	}
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	d.given += int64(n)
	return n, nil
}

// run is the coroutine.
func (d *Inflate) run(yield func([]byte) bool) {
	t := pool.Get().(*tools)
	d.yield, d.source = yield, t.source
	t.source.Reset(d)
	r, err := t.open(d.format)
	for err == nil {
		var n int
		n, err = r.Read(t.out[:])
		if n > 0 && !yield(t.out[:n]) {
			return
		}
	}
	if err != io.EOF {
		d.gap = inspect.GapBroken
	} else {
		d.from = d.given - int64(t.source.Buffered())
	}
	t.source.Reset(nil)
	pool.Put(t)
}

// open resets the reader for a format, or makes the first one.
func (t *tools) open(format Format) (io.Reader, error) {
	var err error
	switch format {
	case Gzip:
		if t.gzip == nil {
			t.gzip = new(gzip.Reader)
		}
		return t.gzip, t.gzip.Reset(t.source)
	case Zlib:
		if t.zlib == nil {
			t.zlib, err = zlib.NewReader(t.source)
			return t.zlib, err
		}
		return t.zlib, t.zlib.(zlib.Resetter).Reset(t.source, nil)
	}
	if t.flate == nil {
		t.flate = flate.NewReader(t.source)
		return t.flate, nil
	}
	return t.flate, t.flate.(flate.Resetter).Reset(t.source, nil)
}
