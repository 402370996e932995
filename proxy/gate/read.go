package gate

import (
	"errors"
	"io"
)

var errDropped = errors.New("gate: these bytes were dropped")

// ReadAt reads held bytes.
func (g *Gate) ReadAt(p []byte, off int64) (int, error) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	switch {
	case g.closed:
		return 0, errClosed
	case off < 0:
		return 0, errors.New("negative offset")
	}
	n := 0
	var buf []byte
	for n < len(p) && off < g.size {
		b, err := g.at(off, &buf)
		if err != nil {
			return n, err
		}
		k := copy(p[n:], b)
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// at returns what is held of the block at an offset, from there on. buf is the
// memory of sealed blocks, kept by the caller from one to the next.
func (g *Gate) at(off int64, buf *[]byte) ([]byte, error) {
	i := off/blockSize - g.first
	if i < 0 {
		return nil, errDropped
	}
	b := &g.blocks[i]
	if b.mem != nil {
		return b.mem[off%blockSize:], nil
	}
	opened, err := g.spill.open(b.slot, *buf)
	if err != nil {
		return nil, err
	}
	*buf = opened
	return opened[off%blockSize:], nil
}

// NewReader reads the held bytes from the start. It follows the writer: at the
// end of what was written it answers io.EOF, and goes on when there is more.
func (g *Gate) NewReader() io.ReadCloser { return &reader{g: g} }

// reader reads a gate block by block, so that a sealed block is opened once.
type reader struct {
	g    *Gate
	off  int64
	rest []byte // of the opened block, from off on
	buf  []byte // memory of sealed blocks
}

func (r *reader) Read(p []byte) (int, error) {
	r.g.mu.RLock()
	defer r.g.mu.RUnlock()
	if r.g.closed {
		return 0, errClosed
	}
	if len(r.rest) == 0 {
		if r.off >= r.g.size {
			return 0, io.EOF
		}
		b, err := r.g.at(r.off, &r.buf)
		if err != nil {
			return 0, err
		}
		r.rest = b
	}
	n := copy(p, r.rest)
	r.off += int64(n)
	if r.rest = r.rest[n:]; !r.opened() {
		r.rest = nil // memory of the gate's: the writer may use it again
	}
	return n, nil
}

// opened reports whether what is left lies in memory of the reader's own.
func (r *reader) opened() bool {
	return len(r.rest) > 0 && len(r.buf) > 0 && &r.rest[len(r.rest)-1] == &r.buf[len(r.buf)-1]
}

func (r *reader) Close() error { return nil }
