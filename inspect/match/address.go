package match

import "math/bits"

// addresses decides At in the group at place i. An address may be open from
// the group before; then its domain goes on with the first byte.
func (s *Stream) addresses(dst []Candidate, m *maps, i int, r *reader) []Candidate {
	domain := m.domain(i)
	next := 0 // the bit where the open domain goes on
	for signs := m.at[i]; ; signs &= signs - 1 {
		if s.at >= 0 {
			dst = s.domain(dst, domain, m.domain(i+1), next, r.from)
		}
		if signs == 0 {
			return dst
		}
		k := bits.TrailingZeros64(signs)
		next = k + 1
		if n := r.local(m, i, k); n > 0 && n <= MaxLocal {
			s.sign = r.from + int64(next)
			s.at = s.sign - 1 - n
		}
	}
}

// domain reads on in the open domain from bit k and closes it where it ends.
func (s *Stream) domain(dst []Candidate, domain, behind uint64, k int, base int64) []Candidate {
	n := bits.TrailingZeros64(^(domain >> k)) // zeros came in, so it ends at bit 64
	to := base + int64(k+n)
	if limit := s.sign + MaxDomain; to >= limit {
		to = limit
	} else if k+n == groupLen && behind&1 != 0 {
		return dst
	}
	if to-s.sign > 2 {
		dst = append(dst, Candidate{Kind: At, From: s.at, To: to})
	}
	s.at = -1
	return dst
}

// domain returns the bytes of place i that may stand in a domain.
func (m *maps) domain(i int) uint64 {
	return m.letter[i] | m.digit[i] | (m.sign[i]|m.mark[i])&m.join[i]
}

// local returns how many bytes of a local part stand before bit k, up to one
// more than there may be.
func (r *reader) local(m *maps, i, k int) int64 {
	x := m.word[i] | (m.sign[i]|m.mark[i])&m.join[i]
	p := m.word[i-1] | (m.sign[i-1]|m.mark[i-1])&m.join[i-1]
	n := leading(x<<(63-k)<<1 | p>>k)
	at := r.from + int64(k)
	if n < groupLen && r.b(at-n-1) != '+' {
		return n
	}
	for n <= MaxLocal && local(r.b(at-n-1)) {
		n++
	}
	return n
}

func local(c byte) bool { return word(c) || c == '.' || c == '-' || c == '+' }
