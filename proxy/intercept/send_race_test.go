package intercept_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/proxytest"
)

// recycled is a store whose gates use the same memory again and again. It
// guards no read, so that one after Close is a data race, and shows at the
// origin as another flow's bytes.
type recycled struct {
	// early is the fault: memory goes back when sending begins. Reads and
	// writes are then locked, or the race detector would be faster.
	early bool

	mu   sync.Mutex
	free [][]byte // guarded by mu
}

func (s *recycled) Gate(netip.Addr) proxy.Gate {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &recycledGate{s: s}
	if n := len(s.free); n > 0 {
		g.b, s.free = s.free[n-1][:0], s.free[:n-1]
	} else {
		g.b = make([]byte, 0, 256<<10)
	}
	return g
}

func (s *recycled) back(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, b)
}

func (s *recycled) locked(f func()) {
	if s.early {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	f()
}

type recycledGate struct {
	s    *recycled
	b    []byte
	once sync.Once
}

func (g *recycledGate) Write(p []byte) (int, error) {
	g.s.locked(func() { g.b = append(g.b, p...) })
	return len(p), nil
}

func (g *recycledGate) ReadAt(p []byte, off int64) (n int, err error) {
	// In small steps, so that a read is likely to be under way when a flow ends.
	for n < len(p) && off+int64(n) < int64(len(g.b)) {
		g.s.locked(func() { n += copy(p[n:min(len(p), n+512)], g.b[off+int64(n):]) })
		runtime.Gosched()
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

func (g *recycledGate) Size() int64 { return int64(len(g.b)) }

func (g *recycledGate) Drop(int64) {}

func (g *recycledGate) NewReader() io.ReadCloser {
	if g.s.early {
		g.Close()
	}
	return io.NopCloser(io.NewSectionReader(g, 0, int64(len(g.b))))
}

func (g *recycledGate) Close() { g.once.Do(func() { g.s.back(g.b) }) }

// crowd sends many bodies at once, each of one letter, and counts the bytes
// that reached the origin under another flow's name. Clients go away and the
// origin answers early or cuts, as the number of the flow says.
func crowd(t *testing.T, store *recycled, h1 bool, rounds int) (foreign int64) {
	var bad atomic.Int64
	var leaving sync.Map // of cancel functions by flow
	s := newStage(t, setup{house: proxytest.HouseOptions{Store: store}, origin: proxytest.OriginOptions{H1: h1, Handler: func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Flow")
		n, _ := strconv.Atoi(id)
		if n%5 == 1 { // gone while it is sent
			if cancel, ok := leaving.Load(id); ok {
				cancel.(context.CancelFunc)()
			}
		}
		buf, left := make([]byte, 8<<10), 1<<30
		switch n % 5 {
		case 2: // answered at once, and read on
			http.NewResponseController(w).EnableFullDuplex()
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
		case 3:
			left = 20 << 10
		case 4: // answered and not read
			left = 0
		}
		for left > 0 {
			k, err := r.Body.Read(buf[:min(len(buf), left)])
			bad.Add(int64(k - bytes.Count(buf[:k], []byte{letter(n)})))
			if left -= k; err != nil {
				break
			}
		}
		switch n % 5 {
		case 3:
			panic(http.ErrAbortHandler)
		case 4:
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	}}})
	var clients sync.WaitGroup
	for worker := range 12 {
		c := s.client(worker%2 == 0)
		clients.Go(func() {
			for round := range rounds {
				n := worker*1000 + round
				ctx, cancel := context.WithCancel(t.Context())
				leaving.Store(strconv.Itoa(n), cancel)
				r := request(t, "POST", s.url("/"), letters(n, 100<<10+worker*12<<10)).WithContext(ctx)
				r.Header.Set("X-Flow", strconv.Itoa(n))
				if n%3 == 0 {
					r.Header.Set("Idempotency-Key", "k")
				}
				if resp, err := c.Do(r); err == nil {
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
				cancel()
			}
		})
	}
	clients.Wait()
	return bad.Load()
}

func letter(n int) byte { return byte('a' + (n/1000*7+n%1000)%26) }

func letters(n, size int) io.Reader {
	return io.LimitReader(same(letter(n)), int64(size))
}

// same is an endless row of one byte.
type same byte

func (s same) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(s)
	}
	return len(p), nil
}

// Memory of a gate goes back only when nobody reads it any more (I11).
func TestMemoryOfOneFlowNeverReachesAnother(t *testing.T) {
	for _, h1 := range []bool{true, false} {
		t.Run(fmt.Sprintf("h1 %v", h1), func(t *testing.T) {
			t.Parallel()
			if n := crowd(t, &recycled{}, h1, 3**reps); n != 0 {
				t.Errorf("%d bytes of other flows reached the origin", n)
			}
		})
	}
}

// The twin gives memory back when sending begins: the test must see it.
func TestMemoryOfOneFlowNeverReachesAnotherTwin(t *testing.T) {
	t.Parallel()
	for range 10 {
		if crowd(t, &recycled{early: true}, true, 5) > 0 {
			return
		}
	}
	t.Error("memory was given back early, and nobody noticed")
}
