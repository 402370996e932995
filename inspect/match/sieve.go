package match

import "slices"

// sieve knows roughly which two bytes begin a word: those for which one bit is
// set in low, by the lower four bits, and in high of both.
type sieve struct {
	low, high [2][32]byte // twice the same 16
}

// newSieve makes a sieve of words.
func newSieve(places []place) *sieve {
	if places == nil {
		return nil
	}
	var heads []string
	for _, p := range places {
		heads = append(heads, p.text[:2])
	}
	slices.Sort(heads)
	heads = slices.Compact(heads)
	var s sieve
	for i, h := range heads {
		bit := byte(1) << (i * 8 / len(heads))
		for k := range s.low {
			for x := range 32 {
				if int(h[k]&15) == x&15 {
					s.low[k][x] |= bit
				}
				if int(h[k]>>4) == x&15 || alpha(h[k]) && int(h[k]>>4)^2 == x&15 {
					s.high[k][x] |= bit
				}
			}
		}
	}
	return &s
}

// keep keeps those bits of n groups from src on whose bytes the sieve lets
// through.
func (s *sieve) keep(b *bitmap, src []byte, n int) {
	for i := range n {
		kept := uint64(0)
		for x := b[i+1]; x != 0; x &= x - 1 {
			k := trailing(x)
			p, q := src[i*groupLen+k], src[i*groupLen+k+1]
			if s.low[0][p&15]&s.high[0][p>>4]&s.low[1][q&15]&s.high[1][q>>4] != 0 {
				kept |= 1 << k
			}
		}
		b[i+1] = kept
	}
}
