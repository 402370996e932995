package decode

import (
	"compress/bzip2"
	"errors"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"github.com/datacustoms/customs/inspect"
)

// Why decoding stops. Any other error of a library is a broken stream, and so
// is an end that comes too early.
var (
	errStopped = errors.New("decode: no more is wanted")
	errMemory  = errors.New("decode: more memory than is allowed")
	errUnknown = errors.New("decode: a method or dictionary that is not known")
	errBroken  = errors.New("decode: not what the format says")
)

func reason(err error) inspect.GapReason {
	switch err {
	case errMemory:
		return inspect.GapLimitBytes
	case errUnknown:
		return inspect.GapUnknownFormat
	}
	return inspect.GapBroken
}

// decode reads the source to its end.
func (d *Inflate) decode() error {
	switch d.format {
	case Gzip, Zlib, RawDeflate:
		return d.deflate()
	case Brotli:
		return d.brotli()
	case Zstd, LZ4:
		return d.frames()
	case Bzip2:
		return d.bzip2()
	case XZ:
		return (&xz{d: d}).decode()
	}
	return errUnknown
}

// deflates are the decoders of the three formats around deflate.
type deflates struct {
	gzip  *gzip.Reader
	zlib  io.ReadCloser
	flate io.ReadCloser
}

var deflatePool = sync.Pool{New: func() any { return new(deflates) }}

func (d *Inflate) deflate() error {
	t := deflatePool.Get().(*deflates)
	r, err := t.open(d.format, d.desk.source)
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	if err == nil {
		err = d.drain(r)
	}
	deflatePool.Put(t) // not reached by a decoder that panics
	return err
}

// open resets the reader for a format, or makes the first one.
func (t *deflates) open(format Format, source io.Reader) (io.Reader, error) {
	var err error
	switch format {
	case Gzip:
		if t.gzip == nil {
			t.gzip = new(gzip.Reader)
		}
		return t.gzip, t.gzip.Reset(source)
	case Zlib:
		if t.zlib == nil {
			t.zlib, err = zlib.NewReader(source)
			return t.zlib, err
		}
		return t.zlib, t.zlib.(zlib.Resetter).Reset(source, nil)
	}
	if t.flate == nil {
		t.flate = flate.NewReader(source)
		return t.flate, nil
	}
	return t.flate, t.flate.(flate.Resetter).Reset(source, nil)
}

var brotliPool = sync.Pool{New: func() any { return brotli.NewReader(nil) }}

// brotliBase is what a decoder holds besides its window.
const brotliBase = 256 << 10

func (d *Inflate) brotli() error {
	head, err := d.desk.source.Peek(1)
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	if err := d.hold(1<<brotliWindow(head[0]) + brotliBase); err != nil {
		return err
	}
	r := brotliPool.Get().(*brotli.Reader)
	if err = r.Reset(sips{d.desk.source}); err == nil {
		err = d.drain(r)
	}
	if err := r.Reset(nil); err == nil {
		brotliPool.Put(r)
	}
	return err
}

// brotliWindow is the logarithm of the window that the first byte of a stream
// asks for (RFC 7932 section 9.1).
func brotliWindow(c byte) int {
	switch n := int(c) >> 1 & 7; {
	case c&1 == 0:
		return 16
	case n > 0:
		return 17 + n
	}
	if n := int(c) >> 4 & 7; n > 0 {
		return 8 + n
	}
	return 17
}

// sips are short reads, so that a library which reads ahead says closely
// enough where it is. What it made of the last one is lost when the stream
// turns out to be broken.
type sips struct{ source io.Reader }

func (s sips) Read(p []byte) (int, error) { return s.source.Read(p[:min(len(p), 256)]) }

// bzip2Size is what a decoder holds for blocks of 900 kB.
const bzip2Size = 4 << 20

func (d *Inflate) bzip2() error {
	if err := d.hold(bzip2Size); err != nil {
		return err
	}
	head, err := d.desk.source.Peek(1)
	if len(head) == 0 || err != nil {
		return io.ErrUnexpectedEOF
	}
	return d.drain(bzip2.NewReader(d.desk.source))
}
