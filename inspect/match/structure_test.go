package match

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestStructureTwin(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 5))
	const set = "\"\\{}[]\nab \x5b\x7b\x02\x22\xdb\xfd"
	for range 200 {
		p := make([]byte, 64*rnd.IntN(9)+rnd.IntN(64))
		for i := range p {
			if p[i] = set[rnd.IntN(len(set))]; rnd.IntN(3) == 0 {
				p[i] = byte(rnd.Uint32())
			}
		}
		got, want := make([]Marks, len(p)/64), make([]Marks, len(p)/64)
		if n := Structure(got, p); n != len(got) {
			t.Fatalf("%d groups told of %d", n, len(got))
		}
		structureGo(want, p)
		if !slices.Equal(got, want) {
			t.Fatalf("the twins disagree on %q", p)
		}
	}
}

func BenchmarkStructure(b *testing.B) {
	p := make([]byte, 4096)
	for i := range p {
		p[i] = `{"key":"value"},`[i%16]
	}
	var m [64]Marks
	b.SetBytes(int64(len(p)))
	for b.Loop() {
		Structure(m[:], p)
	}
}
