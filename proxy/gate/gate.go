// Package gate holds back the bytes of a part until its verdict: in memory up
// to a limit, then in an encrypted spill file that has no name, then it
// refuses with OVERSIZE. All gates of a process share two budgets, one of
// memory and one of disk, of which one client may hold only a share; a flow
// that finds no room is refused with BUDGET_EXHAUSTED and never waits.
package gate

import (
	"errors"
	"io"
	"net/netip"
	"sync"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// blockSize is the unit in which a gate holds bytes: one memory block, one
// sealed block of the spill file.
const blockSize = 64 << 10

// Gate holds the bytes of one part. One goroutine writes; afterwards any
// number may read.
//
// Its memory is never pooled, so bytes that a transport still reads after the
// flow closed cannot become another flow's (I11).
type Gate struct {
	limits Limits
	client netip.Addr
	memory *Budget
	spills *Budget
	dir    string

	blocks [][]byte // each blockSize long but the last
	spill  *spillFile
	tail   []byte // the unsealed last block of the spill
	size   int64
	took   int64 // of memory

	// reading lets Close wait for reads in flight; what they returned stays
	// theirs, for no block is ever used again (I11).
	reading sync.RWMutex
	closed  bool
}

var errClosed = errors.New("gate is closed")

// Write takes the next bytes. Over a limit it returns a *proxy.RefusedError and has
// taken nothing of p that matters: the flow is refused.
func (g *Gate) Write(p []byte) (int, error) {
	if g.closed {
		return 0, errClosed
	}
	n := len(p)
	for len(p) > 0 {
		room, err := g.room()
		if err != nil {
			return 0, err
		}
		k := min(len(p), cap(*room)-len(*room))
		*room = append(*room, p[:k]...)
		g.size += int64(k)
		p = p[k:]
		if g.spill != nil && len(g.tail) == blockSize {
			if err := g.spill.seal(g.tail); err != nil {
				return 0, &proxy.RefusedError{Code: policy.BudgetExhausted, Err: err}
			}
			g.tail = g.tail[:0]
		}
	}
	return n, nil
}

// room returns the block that the next byte goes to, with space in it.
func (g *Gate) room() (*[]byte, error) {
	if n := len(g.blocks); g.spill == nil && n > 0 && len(g.blocks[n-1]) < cap(g.blocks[n-1]) {
		return &g.blocks[n-1], nil
	}
	if g.spill == nil && g.size < g.limits.FlowMemory {
		size := int64(blockSize)
		if g.size == 0 {
			size = 4 << 10 // most bodies are small
		} else if g.size < blockSize {
			return g.grow()
		}
		if !g.memory.Take(g.client, size) {
			return nil, &proxy.RefusedError{Code: policy.BudgetExhausted}
		}
		g.took += size
		g.blocks = append(g.blocks, make([]byte, 0, size))
		return &g.blocks[len(g.blocks)-1], nil
	}
	return g.spillRoom()
}

// grow turns the small first block into a full one.
func (g *Gate) grow() (*[]byte, error) {
	more := int64(blockSize - cap(g.blocks[0]))
	if !g.memory.Take(g.client, more) {
		return nil, &proxy.RefusedError{Code: policy.BudgetExhausted}
	}
	g.took += more
	full := make([]byte, len(g.blocks[0]), blockSize)
	copy(full, g.blocks[0])
	g.blocks[0] = full
	return &g.blocks[0], nil
}

func (g *Gate) spillRoom() (*[]byte, error) {
	if g.spill == nil {
		if !g.memory.Take(g.client, blockSize) { // the tail
			return nil, &proxy.RefusedError{Code: policy.BudgetExhausted}
		}
		g.took += blockSize
		f, err := openSpill(g.dir)
		if err != nil {
			return nil, &proxy.RefusedError{Code: policy.BudgetExhausted, Err: err}
		}
		g.spill, g.tail = f, make([]byte, 0, blockSize)
	}
	if len(g.tail) == 0 {
		if g.spill.bytes()+blockSize > g.limits.FlowSpill {
			return nil, &proxy.RefusedError{Code: policy.Oversize}
		}
		if !g.spills.Take(g.client, blockSize) {
			return nil, &proxy.RefusedError{Code: policy.BudgetExhausted}
		}
		g.spill.took += blockSize
	}
	return &g.tail, nil
}

// Size returns how many bytes are held.
func (g *Gate) Size() int64 { return g.size }

// ReadAt reads held bytes. Once writing ended it is safe for concurrent use,
// also with Close.
func (g *Gate) ReadAt(p []byte, off int64) (int, error) {
	g.reading.RLock()
	defer g.reading.RUnlock()
	if g.closed {
		return 0, errClosed
	}
	if off < 0 {
		return 0, errors.New("negative offset")
	}
	n := 0
	var buf []byte
	for n < len(p) && off < g.size {
		block, from, err := g.at(off, &buf)
		if err != nil {
			return n, err
		}
		k := copy(p[n:], block[from:])
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// at returns the block that holds off and the place in it. buf is the memory
// of sealed blocks, kept by the caller from one to the next.
func (g *Gate) at(off int64, buf *[]byte) (block []byte, from int, err error) {
	inMemory := int64(0)
	if n := len(g.blocks); n > 0 {
		inMemory = int64(n-1)*blockSize + int64(len(g.blocks[n-1]))
	}
	if off < inMemory {
		return g.blocks[off/blockSize], int(off % blockSize), nil
	}
	off -= inMemory
	i := off / blockSize
	if i == g.spill.blocks {
		return g.tail, int(off % blockSize), nil
	}
	block, err = g.spill.open(i, *buf)
	if cap(block) > cap(*buf) {
		*buf = block
	}
	return block, int(off % blockSize), err
}

// NewReader reads the held bytes from the start.
func (g *Gate) NewReader() io.ReadCloser { return &reader{g: g} }

// reader reads a gate block by block, so that a sealed block is opened once.
type reader struct {
	g     *Gate
	off   int64
	block []byte // what is left of the block at off
	buf   []byte // memory of sealed blocks
}

func (r *reader) Read(p []byte) (int, error) {
	r.g.reading.RLock()
	defer r.g.reading.RUnlock()
	if r.g.closed {
		return 0, errClosed
	}
	if len(r.block) == 0 {
		if r.off >= r.g.size {
			return 0, io.EOF
		}
		block, from, err := r.g.at(r.off, &r.buf)
		if err != nil {
			return 0, err
		}
		r.block = block[from:]
	}
	n := copy(p, r.block)
	r.block, r.off = r.block[n:], r.off+int64(n)
	return n, nil
}

func (r *reader) Close() error { return nil }

// Close gives everything back. Reads after it fail.
func (g *Gate) Close() {
	g.reading.Lock()
	defer g.reading.Unlock()
	if g.closed {
		return
	}
	g.closed = true
	g.memory.Give(g.client, g.took)
	if g.spill != nil {
		g.spills.Give(g.client, g.spill.took)
		g.spill.close()
	}
	g.blocks, g.tail = nil, nil
}
