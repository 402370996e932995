// Package gate holds back the bytes of a part until its verdict: in memory up
// to a limit, then in an encrypted spill file that has no name, then it
// refuses with OVERSIZE. All gates of a process share two budgets, one of
// memory and one of disk, of which one client may hold only a share; a flow
// that finds no room is refused with BUDGET_EXHAUSTED and never waits. What
// was dropped makes room again, in memory first.
package gate

import (
	"errors"
	"net/netip"
	"sync"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// blockSize is the unit in which a gate holds bytes: one memory block, one
// sealed block of the spill file.
const blockSize = 64 << 10

// firstSize is the size of the first block, which grows to a whole one: most
// bodies are small.
const firstSize = 4 << 10

// Gate holds the bytes of one part. One goroutine writes, and any number may
// read and drop at the same time.
//
// Its memory is never pooled, so bytes that a transport still reads after the
// flow closed cannot become another flow's (I11).
type Gate struct {
	limits Limits
	client netip.Addr
	memory *Budget
	spills *Budget
	dir    string

	// mu is write-held while the blocks change. Close waits for reads in
	// flight; what they returned stays theirs.
	mu     sync.RWMutex
	blocks []block    // that are held; the last may have room
	first  int64      // number of blocks[0]: it begins at first*blockSize
	size   int64      // of all that was written
	spill  *spillFile // nil while nothing lies there
	tail   []byte     // memory of the last block where that is going to be spilled
	took   int64      // of memory
	closed bool
}

// block is blockSize bytes, less in the last one.
type block struct {
	mem    []byte // nil where it was spilled
	slot   int64  // its place in the spill file
	spills bool   // it is, or is going to be, spilled
}

var errClosed = errors.New("gate is closed")

// Write takes the next bytes, as many as there is room for. Over a limit the
// rest is refused with a *proxy.RefusedError.
func (g *Gate) Write(p []byte) (n int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return 0, errClosed
	}
	for n < len(p) {
		if err := g.room(); err != nil {
			return n, err
		}
		b := &g.blocks[len(g.blocks)-1]
		k := min(len(p)-n, cap(b.mem)-len(b.mem))
		b.mem = append(b.mem, p[n:n+k]...)
		n, g.size = n+k, g.size+int64(k)
	}
	return n, nil
}

// room makes sure that the last block has space in it.
func (g *Gate) room() error {
	if n := len(g.blocks); n > 0 {
		b := &g.blocks[n-1]
		switch {
		case len(b.mem) < cap(b.mem):
			return nil
		case b.mem != nil && cap(b.mem) < blockSize:
			return g.grow(b)
		case b.mem != nil && b.spills:
			if err := g.seal(b); err != nil {
				return err
			}
		}
	}
	size := int64(blockSize)
	if g.size == 0 {
		size = firstSize
	}
	switch {
	case g.inMemory()+blockSize > g.limits.FlowMemory:
		return g.spillRoom()
	case !g.take(size):
		return &proxy.RefusedError{Code: policy.BudgetExhausted}
	}
	g.blocks = append(g.blocks, block{mem: make([]byte, 0, size)})
	return nil
}

// inMemory is what the blocks take that are not spilled.
func (g *Gate) inMemory() int64 {
	n := g.took
	if g.tail != nil {
		n -= blockSize
	}
	return n
}

func (g *Gate) take(n int64) bool {
	if !g.memory.Take(g.client, n) {
		return false
	}
	g.took += n
	return true
}

func (g *Gate) give(n int64) {
	g.memory.Give(g.client, n)
	g.took -= n
}

// grow turns the small first block into a full one.
func (g *Gate) grow(b *block) error {
	if !g.take(blockSize - firstSize) {
		return &proxy.RefusedError{Code: policy.BudgetExhausted}
	}
	full := make([]byte, len(b.mem), blockSize)
	copy(full, b.mem)
	b.mem = full
	return nil
}

// spillRoom begins a block that is going to be spilled when it is full.
func (g *Gate) spillRoom() error {
	if g.spill.bytes()+blockSize > g.limits.FlowSpill {
		return &proxy.RefusedError{Code: policy.Oversize}
	}
	if g.tail == nil {
		if !g.take(blockSize) {
			return &proxy.RefusedError{Code: policy.BudgetExhausted}
		}
		g.tail = make([]byte, 0, blockSize)
	}
	if g.spill == nil {
		f, err := openSpill(g.dir)
		if err != nil {
			return &proxy.RefusedError{Code: policy.BudgetExhausted, Err: err}
		}
		g.spill = f
	}
	if !g.spills.Take(g.client, blockSize) {
		return &proxy.RefusedError{Code: policy.BudgetExhausted}
	}
	slot := g.spill.reserve()
	g.blocks = append(g.blocks, block{mem: g.tail[:0], slot: slot, spills: true})
	return nil
}

// seal moves a full block to the spill file. Its memory is the next one's.
func (g *Gate) seal(b *block) error {
	if err := g.spill.seal(b.slot, b.mem); err != nil {
		return &proxy.RefusedError{Code: policy.BudgetExhausted, Err: err}
	}
	b.mem = nil
	return nil
}

// Drop gives back the blocks that lie before an offset as a whole. They are
// not read again.
func (g *Gate) Drop(to int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return
	}
	to = min(to, g.size)
	n := 0
	for n < len(g.blocks) && (g.first+int64(n)+1)*blockSize <= to {
		g.free(&g.blocks[n])
		n++
	}
	if n == 0 {
		return
	}
	g.first += int64(n)
	rest := copy(g.blocks, g.blocks[n:])
	clear(g.blocks[rest:])
	g.blocks = g.blocks[:rest]
	if g.spill != nil && g.spill.bytes() == 0 {
		g.endSpill()
	}
}

// free gives back what one block takes.
func (g *Gate) free(b *block) {
	if b.spills {
		g.spill.release(b.slot)
		g.spills.Give(g.client, blockSize)
		return
	}
	g.give(int64(cap(b.mem)))
}

// endSpill goes back to memory alone.
func (g *Gate) endSpill() {
	g.spill.close()
	g.spill = nil
	if g.tail != nil {
		g.tail = nil
		g.give(blockSize)
	}
}

// Size returns how many bytes were written.
func (g *Gate) Size() int64 {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.size
}

// Close gives everything back. Reads after it fail.
func (g *Gate) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return
	}
	g.closed = true
	g.memory.Give(g.client, g.took)
	if g.spill != nil {
		g.spills.Give(g.client, g.spill.bytes())
		g.spill.close()
	}
	g.blocks, g.tail, g.spill = nil, nil, nil
}
