package engine_test

import (
	"math/rand/v2"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
)

const mib = 1 << 20

// fill repeats data to about n bytes.
func fill(data []byte, n int) []byte {
	out := make([]byte, 0, n+len(data))
	for len(out) < n {
		out = append(out, data...)
	}
	return out
}

func random(n int) []byte {
	r := rand.NewChaCha8([32]byte{1})
	out := make([]byte, n)
	_, _ = r.Read(out) // never fails
	return out
}

func BenchmarkScan(b *testing.B) {
	m := synth.New(3, day)
	corpora := []struct {
		name string
		data []byte
	}{
		{"json", fill(m.APILog(4000).Data, mib)},
		{"chinese-csv", fill(m.Table(2000).Data, mib)},
		{"chinese-prose", fill(m.Prose(4000).Data, mib)},
		{"multipart", append([]byte("--b\r\nContent-Type: application/json\r\n\r\n"), fill(m.APILog(4000).Data, mib)...)},
		{"random", random(mib)},
	}
	for _, c := range corpora {
		b.Run(c.name, func(b *testing.B) {
			e := open(b)
			b.SetBytes(int64(len(c.data)))
			b.ReportAllocs()
			for b.Loop() {
				s, err := e.Open(inspect.Meta{Time: day}, nil)
				if err != nil {
					b.Fatal(err)
				}
				for p := c.data; len(p) > 0; {
					n := min(len(p), 32<<10)
					if _, err := s.Write(p[:n]); err != nil {
						b.Fatal(err)
					}
					p = p[n:]
				}
				if _, err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestNoAllocationPerChunk(t *testing.T) {
	e := open(t)
	s, err := e.Open(inspect.Meta{Time: day}, nil)
	if err != nil {
		t.Fatal(err)
	}
	chunk := fill(synth.New(9, day).Clean(200), 16<<10)
	got := testing.AllocsPerRun(50, func() {
		if _, err := s.Write(chunk); err != nil {
			t.Fatal(err)
		}
	})
	if got != 0 {
		t.Errorf("a chunk without findings costs %v allocations, want 0", got)
	}
	if _, err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRandomBinaryFindsNothing(t *testing.T) {
	r := scan(t, open(t), inspect.Meta{}, random(4*mib), 1<<20)
	for _, c := range r.Tallies {
		if n := c.At(inspect.Medium); n > 0 {
			t.Errorf("%d of %s in random bytes", n, c.Class)
		}
	}
}
