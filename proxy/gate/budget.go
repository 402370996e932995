package gate

import (
	"fmt"
	"net/netip"
	"sync"
)

// Limits bound what the gates may hold, in bytes. Zero takes the default.
type Limits struct {
	FlowMemory int64 // of one flow before it spills; 1 MiB
	FlowSpill  int64 // of one flow on disk before OVERSIZE; 256 MiB
	Memory     int64 // of all flows in memory; 256 MiB
	Spill      int64 // of all flows on disk; 8 GiB
	// ClientPercent of a process budget is the most that one client address
	// may hold, so that none can starve the others; 50.
	ClientPercent int64
}

// fill puts in the defaults and checks the result.
func (l *Limits) fill() error {
	set := func(p *int64, def int64) {
		if *p == 0 {
			*p = def
		}
	}
	set(&l.FlowMemory, 1<<20)
	set(&l.FlowSpill, 256<<20)
	set(&l.Memory, 256<<20)
	set(&l.Spill, 8<<30)
	set(&l.ClientPercent, 50)
	if l.FlowMemory < blockSize || l.FlowSpill < 0 || l.Memory < l.FlowMemory || l.Spill < l.FlowSpill ||
		l.ClientPercent < 1 || l.ClientPercent > 100 {
		return fmt.Errorf("gate: limits: need flow memory >= %d and each process budget at least as large as one flow's, client percent 1 to 100", blockSize)
	}
	return nil
}

// Budget is a number of bytes that all flows share. Admission is at once or
// not at all: waiting for space while holding some could wait for ever.
type Budget struct {
	mu     sync.Mutex
	max    int64
	share  int64
	used   int64
	client map[netip.Addr]int64
}

// NewBudget makes a budget of which one client may hold percent.
func NewBudget(max, percent int64) *Budget {
	return &Budget{max: max, share: max / 100 * percent, client: map[netip.Addr]int64{}}
}

// Take asks for n bytes for a client.
func (b *Budget) Take(client netip.Addr, n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used+n > b.max || b.client[client]+n > b.share {
		return false
	}
	b.used += n
	b.client[client] += n
	return true
}

// Give returns n bytes that Take granted.
func (b *Budget) Give(client netip.Addr, n int64) {
	if n == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= n
	if b.client[client] -= n; b.client[client] <= 0 {
		delete(b.client, client)
	}
}

// Used returns the bytes granted now.
func (b *Budget) Used() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}
