package match

import "slices"

// sieve knows roughly which bytes begin a word: those for which one bit is set
// in low, by the lower four bits, and in high of all. The assembly knows its
// layout.
type sieve struct {
	low, high [sieveLen][16]byte
}

// sieveLen is how many bytes a sieve looks at.
const sieveLen = 4

// newSieve makes a sieve of words by their first n bytes.
func newSieve(places []place, n int) *sieve {
	var heads []string
	for _, p := range places {
		heads = append(heads, p.text[:min(n, len(p.text))])
	}
	slices.Sort(heads)
	heads = slices.Compact(heads)
	var s sieve
	for i, h := range heads {
		for k := range sieveLen {
			if bit := byte(1) << (i * 8 / len(heads)); k < len(h) {
				s.put(bit, k, h[k:k+1])
			} else {
				s.pass(bit, k)
			}
		}
	}
	return &s
}

// put lets a set of bytes through by a bit at place k, letters in either case.
func (s *sieve) put(bit byte, k int, set string) {
	for _, c := range []byte(set) {
		s.low[k][c&15] |= bit
		s.high[k][c>>4] |= bit
		if alpha(c) {
			s.high[k][c>>4^2] |= bit
		}
	}
}

// pass lets all bytes through by a bit at place k.
func (s *sieve) pass(bit byte, k int) {
	for x := range 16 {
		s.low[k][x] |= bit
		s.high[k][x] |= bit
	}
}

// lets reports whether the sieve lets through what begins a text.
func (s *sieve) lets(text []byte) bool {
	bits := byte(255)
	for k, c := range text[:sieveLen] {
		bits &= s.low[k][c&15] & s.high[k][c>>4]
	}
	return bits != 0
}

// keep keeps those bits of n groups from src on whose bytes the sieve lets
// through.
func (s *sieve) keep(b *bitmap, src []byte, n int) {
	for i := range n {
		kept := uint64(0)
		for x := b[i+1]; x != 0; x &= x - 1 {
			if k := trailing(x); s.lets(src[i*groupLen+k:]) {
				kept |= 1 << k
			}
		}
		b[i+1] = kept
	}
}
