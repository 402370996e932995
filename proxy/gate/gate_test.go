package gate_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/gate"
	"pgregory.net/rapid"
)

const block = 64 << 10

var client = netip.MustParseAddr("10.0.0.1")

func open(t testing.TB, dir string, l gate.Limits) *gate.Store {
	t.Helper()
	s, err := gate.New(dir, l)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// code returns the reason of a refusal, or "".
func code(err error) policy.Code {
	var r *proxy.RefusedError
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

func content(n int, seed uint64) []byte {
	b := make([]byte, n)
	src := rand.NewChaCha8([32]byte{byte(seed)})
	src.Read(b)
	return b
}

func TestGateGivesBackWhatItTook(t *testing.T) {
	l := gate.Limits{FlowMemory: 2 * block, FlowSpill: 8 * block, Memory: 8 * block, Spill: 8 * block, ClientPercent: 100}
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		s := open(t, dir, l)
		g := s.Gate(client)
		size := rapid.IntRange(0, 9*block).Draw(r, "size")
		want := content(size, 1)
		for rest := want; len(rest) > 0; {
			k := min(len(rest), rapid.IntRange(1, 3*block).Draw(r, "write"))
			if n, err := g.Write(rest[:k]); err != nil || n != k {
				r.Fatalf("Write = %d, %v", n, err)
			}
			rest = rest[k:]
		}
		for range 2 {
			got, err := io.ReadAll(g.NewReader())
			if err != nil || !bytes.Equal(got, want) {
				r.Fatalf("read back %d bytes, %v; want %d equal ones", len(got), err, len(want))
			}
		}
		if size > 0 {
			off := rapid.IntRange(0, size-1).Draw(r, "off")
			p := make([]byte, min(size-off, rapid.IntRange(1, 2*block).Draw(r, "len")))
			if n, err := g.ReadAt(p, int64(off)); n != len(p) || err != nil || !bytes.Equal(p, want[off:off+n]) {
				r.Fatalf("ReadAt(%d) = %d, %v", off, n, err)
			}
		}
		g.Close()
		g.Close()
		if m, d := s.Held(); m != 0 || d != 0 {
			r.Fatalf("after Close %d bytes of memory and %d of spill are still taken", m, d)
		}
		if _, err := g.NewReader().Read(make([]byte, 1)); err == nil {
			r.Fatal("a closed gate still gives bytes")
		}
	})
}

func TestGateRefusesAtEachLimit(t *testing.T) {
	flow := gate.Limits{FlowMemory: block, FlowSpill: block, Memory: 64 * block, Spill: 64 * block, ClientPercent: 100}
	tests := []struct {
		name   string
		limits gate.Limits
		others int // gates that are already full
		want   policy.Code
	}{
		{"a flow over its limits is oversize", flow, 0, policy.Oversize},
		{"no memory left in the process", gate.Limits{FlowMemory: block, FlowSpill: 9 * block, Memory: 2 * block, Spill: 90 * block, ClientPercent: 100}, 1, policy.BudgetExhausted},
		{"no spill left in the process", gate.Limits{FlowMemory: block, FlowSpill: 9 * block, Memory: 90 * block, Spill: 9 * block, ClientPercent: 100}, 1, policy.BudgetExhausted},
		{"a client over its share", gate.Limits{FlowMemory: block, FlowSpill: 9 * block, Memory: 90 * block, Spill: 20 * block, ClientPercent: 50}, 1, policy.BudgetExhausted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, t.TempDir(), tt.limits)
			for range tt.others {
				other := s.Gate(client)
				defer other.Close()
				for range 9 {
					other.Write(make([]byte, block))
				}
			}
			g := s.Gate(client)
			defer g.Close()
			var err error
			for i := 0; i < 20 && err == nil; i++ {
				_, err = g.Write(make([]byte, block))
			}
			if got := code(err); got != tt.want {
				t.Errorf("refused with %q (%v), want %q", got, err, tt.want)
			}
		})
	}
}

func TestSharesLeaveRoomForOtherClients(t *testing.T) {
	s := open(t, t.TempDir(), gate.Limits{FlowMemory: block, FlowSpill: 4 * block, Memory: 8 * block, Spill: 8 * block, ClientPercent: 50})
	for range 4 {
		g := s.Gate(client)
		defer g.Close()
		g.Write(make([]byte, block))
	}
	greedy := s.Gate(client)
	defer greedy.Close()
	if _, err := greedy.Write(make([]byte, block)); code(err) != policy.BudgetExhausted {
		t.Fatalf("a client above its share got %v", err)
	}
	other := s.Gate(netip.MustParseAddr("10.0.0.2"))
	defer other.Close()
	if _, err := other.Write(make([]byte, block)); err != nil {
		t.Fatalf("another client was refused: %v", err)
	}
}

// The spill file has no name and holds no plain byte: both are looked for in
// the directory and through the descriptor.
func TestSpillIsUnlinkedAndSealed(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, gate.Limits{FlowMemory: block, FlowSpill: 4 * block, Memory: 8 * block, Spill: 8 * block})
	g := s.Gate(client)
	defer g.Close()
	marked := bytes.Repeat([]byte("11010519491231002X"), 3*block/18)
	if _, err := g.Write(marked); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 0 {
		t.Fatalf("spill directory holds %v, %v", names, err)
	}
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc to look through:", err)
	}
	seen := false
	for _, fd := range fds {
		target, err := os.Readlink("/proc/self/fd/" + fd.Name())
		if err != nil || !bytes.HasPrefix([]byte(target), []byte(dir)) {
			continue
		}
		raw, err := os.ReadFile("/proc/self/fd/" + fd.Name())
		if err != nil {
			t.Fatal(err)
		}
		seen = seen || len(raw) > 0
		if bytes.Contains(raw, []byte("11010519491231002X")) {
			t.Fatal("the spill file holds plain bytes")
		}
	}
	if !seen {
		t.Fatal("no open spill file was found: the test looked at nothing")
	}
}

func TestReadsRaceWithClose(t *testing.T) {
	s := open(t, t.TempDir(), gate.Limits{})
	g := s.Gate(client)
	g.Write(content(3<<20, 2))
	done := make(chan error)
	for range 4 {
		go func() {
			_, err := io.Copy(io.Discard, g.NewReader())
			done <- err
		}()
	}
	g.Close()
	for range 4 {
		<-done // either whole or refused; the race detector is the judge
	}
}

func BenchmarkGate(b *testing.B) {
	for _, size := range []int{1 << 10, 1 << 20, 8 << 20} {
		b.Run(byteName(size), func(b *testing.B) {
			s := open(b, b.TempDir(), gate.Limits{})
			data := content(size, 3)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				g := s.Gate(client)
				for rest := data; len(rest) > 0; {
					k := min(len(rest), 32<<10)
					g.Write(rest[:k])
					rest = rest[k:]
				}
				io.Copy(io.Discard, g.NewReader())
				g.Close()
			}
		})
	}
}

func byteName(n int) string {
	if n >= 1<<20 {
		return string(rune('0'+n>>20)) + "MiB"
	}
	return "1KiB"
}
