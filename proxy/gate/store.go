package gate

import (
	"net/netip"

	"github.com/datacustoms/customs/proxy"
)

// Store makes the gates of a process. It is safe for concurrent use.
type Store struct {
	limits Limits
	dir    string
	memory *Budget
	spills *Budget
}

var _ proxy.Store = (*Store)(nil)

// New makes a store whose spill files are made, and unlinked at once, in dir.
func New(dir string, l Limits) (*Store, error) {
	if err := l.fill(); err != nil {
		return nil, err
	}
	return &Store{limits: l, dir: dir,
		memory: NewBudget(l.Memory, l.ClientPercent), spills: NewBudget(l.Spill, l.ClientPercent)}, nil
}

// Gate returns an empty gate whose bytes are charged to the client.
func (s *Store) Gate(client netip.Addr) proxy.Gate {
	return &Gate{limits: s.limits, client: client, memory: s.memory, spills: s.spills, dir: s.dir}
}

// Held returns the bytes that all gates hold now, in memory and on disk.
func (s *Store) Held() (memory, spill int64) { return s.memory.Used(), s.spills.Used() }
