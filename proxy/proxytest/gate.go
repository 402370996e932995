package proxytest

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"sync"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// Gate holds bytes in memory.
func (h *House) Gate(netip.Addr) proxy.Gate { return &memory{limit: h.o.Limit} }

type memory struct {
	limit int64

	mu     sync.RWMutex
	b      []byte // guarded by mu
	base   int64  // what lies before it was dropped; guarded by mu
	closed bool   // guarded by mu
}

var errClosed = errors.New("gate was read after it was closed, or where it was dropped")

func (m *memory) Write(p []byte) (n int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n = min(len(p), int(m.limit)-len(m.b)); n < len(p) {
		err = &proxy.RefusedError{Code: policy.Oversize}
	}
	m.b = append(m.b, p[:n]...)
	return n, err
}

func (m *memory) ReadAt(p []byte, off int64) (int, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed || off < m.base {
		return 0, errClosed
	}
	return bytes.NewReader(m.b).ReadAt(p, off-m.base)
}

func (m *memory) Size() int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.base + int64(len(m.b))
}

func (m *memory) NewReader() io.ReadCloser {
	return io.NopCloser(io.NewSectionReader(m, 0, 1<<40))
}

// Drop overwrites the bytes before an offset.
func (m *memory) Drop(to int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := to - m.base; n > 0 {
		clear(m.b[:n])
		m.b, m.base = append([]byte(nil), m.b[n:]...), to
	}
}

// Close overwrites the bytes, so that a later reader is found out.
func (m *memory) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	clear(m.b)
}
