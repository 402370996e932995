package decode

import (
	"bufio"
	"io"
	"iter"
	"sync"

	"github.com/datacustoms/customs/inspect"
)

// outLen is how much comes out at once.
const outLen = 4096

// desk is what every decoder works with.
type desk struct {
	source *bufio.Reader
	out    [outLen]byte
}

var desks = sync.Pool{New: func() any { return &desk{source: bufio.NewReaderSize(nil, 4096)} }}

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

	rest  []byte // what Write brought and the library has not taken
	given int64  // bytes the library has taken
	eof   bool
	yield func([]byte) bool
	desk  *desk
	held  int64 // bytes of memory that were taken from Limits.Live

	out   int64 // bytes that came out
	start int64 // source offset from which output to come is made
	from  int64 // source offset up to which the last output had read
	gap   inspect.GapReason
	done  bool
}

// NewInflate makes a decoder for one of the compressed formats: Gzip, Zlib,
// RawDeflate, Brotli, Zstd, Bzip2, XZ or LZ4.
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
// last byte read may have bits left, and a block comes out in pieces.
func (d *Inflate) Settled() int64 { return d.start }

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
			d.settle()
			return
		}
		if len(b) == 0 {
			d.settle()
			return // the library wants more than there is
		}
		// A library that has read nothing since is still giving out what it
		// made of the same bytes.
		if at := d.at(); at != d.from {
			d.settle()
			d.from = at
		}
		d.out += int64(len(b))
		emit(b, Span{d.start, d.from})
		if d.gap = d.budget.spend(len(b), d.from, d.out); d.gap != "" {
			d.done = true
		}
	}
}

// settle says that what was made of the bytes before has all come out.
func (d *Inflate) settle() { d.start = max(d.from-1, 0) }

// at is the source offset up to which the library has read.
func (d *Inflate) at() int64 { return d.given - int64(d.desk.source.Buffered()) }

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
	d.yield, d.desk = yield, desks.Get().(*desk)
	d.desk.source.Reset(d)
	defer d.leave()
	switch err := d.decode(); err {
	case nil:
		d.from = d.at()
	case errStopped:
	default:
		d.gap = reason(err)
	}
}

// leave gives back what the coroutine worked with.
func (d *Inflate) leave() {
	d.desk.source.Reset(nil)
	desks.Put(d.desk)
	d.budget.Limits.Live.give(d.held)
	d.held = 0
}

// drain gives out what a library makes.
func (d *Inflate) drain(r io.Reader) error {
	for {
		n, err := r.Read(d.desk.out[:])
		if n > 0 && !d.yield(d.desk.out[:n]) {
			return errStopped
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// sink gives out blocks, piece by piece.
type sink struct{ d *Inflate }

func (s sink) Write(p []byte) (int, error) {
	for i := 0; i < len(p); i += outLen {
		if !s.d.yield(p[i:min(i+outLen, len(p))]) {
			return i, errStopped
		}
	}
	return len(p), nil
}
