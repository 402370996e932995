package match

import "golang.org/x/sys/cpu"

// best is the highest level that the processor has and for which the system
// keeps the registers.
var best = func() level {
	c := &cpu.X86
	switch {
	case !c.HasAVX2 || !c.HasBMI1 || !c.HasBMI2 || !c.HasPOPCNT:
		return inGo
	case c.HasAVX512F && c.HasAVX512BW && c.HasAVX512DQ && c.HasAVX512VL && c.HasAVX512VBMI && c.HasAVX512VBMI2 && c.HasAVX512GFNI:
		return inAVX512
	}
	return inAVX2
}()

func (s *Stream) fill(m *maps, at int, src []byte, n int) {
	if n == 0 {
		return
	}
	_ = src[n*groupLen+3]
	switch s.level {
	case inAVX512:
		classifyAVX512(m, at, &src[0], n, &tables)
	case inAVX2:
		classifyAVX2(m, at, &src[0], n, &vectors)
	default:
		classifyGo(m, at, src, n)
	}
}

func (s *Stream) combine(m *maps, n int) {
	switch s.level {
	case inAVX512:
		combineAVX512(m, n)
	case inAVX2:
		combineAVX2(m, n)
	default:
		combineGo(m, n)
	}
}

func (f *filter) table(b *bitmap, t *table) {
	_ = f.src[f.n*groupLen+Lookahead-1]
	switch f.level {
	case inAVX512:
		filterAVX512(b, &f.m.keyed, &f.src[0], f.n, t)
	case inAVX2:
		filterAVX2(b, &f.m.keyed, &f.src[0], f.n, t)
	default:
		t.filter(b, &f.m.keyed, f.src, f.n)
	}
}

func (f *filter) sieve(b *bitmap, s *sieve) {
	_ = f.src[f.n*groupLen+3]
	switch f.level {
	case inAVX512:
		keepAVX512(b, &f.src[0], f.n, s)
	case inAVX2:
		keepAVX2(b, &f.src[0], f.n, s)
	default:
		s.keep(b, f.src, f.n)
	}
}

// classifyAVX2 is classifyGo. It reads up to three bytes behind the groups.
//
//go:noescape
func classifyAVX2(m *maps, at int, src *byte, n int, v *[vectorCount][32]byte)

// classifyAVX512 is classifyAVX2.
//
//go:noescape
func classifyAVX512(m *maps, at int, src *byte, n int, t *classTables)

// combineAVX512 is combineGo for eight groups at a time: it may fill up to seven
// places behind n.
//
//go:noescape
func combineAVX512(m *maps, n int)

// combineAVX2 is combineGo for four groups at a time: it may fill up to three
// places behind n.
//
//go:noescape
func combineAVX2(m *maps, n int)

// filterAVX2 is table.filter. It reads up to 64 bytes behind the groups.
//
//go:noescape
func filterAVX2(b, keyed *bitmap, src *byte, n int, t *table)

// filterAVX512 is filterAVX2.
//
//go:noescape
func filterAVX512(b, keyed *bitmap, src *byte, n int, t *table)

// keepAVX2 is sieve.keep. It reads three bytes behind the groups.
//
//go:noescape
func keepAVX2(b *bitmap, src *byte, n int, s *sieve)

// keepAVX512 is keepAVX2.
//
//go:noescape
func keepAVX512(b *bitmap, src *byte, n int, s *sieve)
