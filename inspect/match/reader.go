package match

import "math/bits"

// reader looks at the text around the group that begins at from.
type reader struct {
	win         []byte
	base, start int64 // of the window and of the stream
	from        int64
	end         int64 // of the text
}

// b returns the byte at an offset, 0 outside of the text.
func (r *reader) b(i int64) byte {
	if i < r.start || uint64(i-r.base) >= uint64(len(r.win)) {
		return 0
	}
	return r.win[i-r.base]
}

// run returns how many bytes of a kind, at most limit, end before i.
func (r *reader) run(i int64, is func(byte) bool, limit int64) (n int64) {
	for n < limit && is(r.b(i-1-n)) {
		n++
	}
	return n
}

// ip4 returns where four short numbers joined by dots begin that end at an
// offset, or that offset.
func (r *reader) ip4(end int64) int64 {
	at := end
	for k := range 4 {
		n := r.run(at, digit, 4)
		if n < 1 || n > 3 {
			return end
		}
		if at -= n; k < 3 {
			if r.b(at-1) != '.' {
				return end
			}
			at--
		}
	}
	return at
}

const macLen = 17

// mac reports whether the first six pairs of a chain end at an offset.
func (r *reader) mac(end int64) bool {
	sign := r.b(end - 3)
	for k := range int64(5) {
		if at := end - 3 - 3*k; r.b(at) != sign || !r.pairs(at) {
			return false
		}
	}
	return r.b(end-macLen-1) != sign || !r.pairs(end-macLen-1)
}

// pairs reports whether two hexadecimal digits stand on both sides of a byte.
func (r *reader) pairs(at int64) bool {
	return hex(r.b(at-2)) && hex(r.b(at-1)) && hex(r.b(at+1)) && hex(r.b(at+2))
}

// iban reports whether an account number may go on at an offset.
func (r *reader) iban(at int64) bool {
	for k := range int64(8) {
		if !word(r.b(at + k)) {
			return k == 0 && r.b(at) == ' ' && r.four(at+1) && r.b(at+5) == ' ' && r.four(at+6)
		}
	}
	return true
}

func (r *reader) four(at int64) bool {
	return word(r.b(at)) && word(r.b(at+1)) && word(r.b(at+2)) && word(r.b(at+3))
}

// maxIP6 is the length of the longest notation of an address.
const maxIP6 = 45

func inIP6(c byte) bool { return hex(c) || c == ':' || c == '.' }

// ip6s decides IP6: the runs that end in the group at place i.
func (s *Stream) ip6s(dst []Candidate, m *maps, i int, r *reader) []Candidate {
	for k := i - 1; k <= i; k++ {
		base := r.from + int64(k-i)*groupLen
		for x := m.ip6s[k]; x != 0; x &= x - 1 {
			to := base + int64(bits.TrailingZeros64(x)) + 1
			if to <= s.ip6 {
				continue
			}
			n := int64(1)
			for n <= maxIP6 && inIP6(r.b(to)) {
				to, n = to+1, n+1
			}
			if n > maxIP6 || to <= r.from || to > r.from+groupLen {
				continue
			}
			s.ip6 = to
			if from := r.ip6(to); from < to {
				dst = append(dst, Candidate{Kind: IP6, From: from, To: to})
			}
		}
	}
	return dst
}

// ip6 returns where the address begins that ends at an offset, or that offset.
func (r *reader) ip6(end int64) int64 {
	if word(r.b(end)) {
		return end
	}
	n := r.run(end, inIP6, maxIP6+1)
	from := end - n
	if n > maxIP6 || word(r.b(from-1)) && r.b(from-2) < 0x80 {
		return end
	}
	chain, gap := 0, int64(0) // colons with one to four digits between, and digits since the last
	var double, digits, six bool
	for i := from; i < end; i++ {
		switch c := r.b(i); {
		case c == '.':
			chain, gap = 0, 0
		case c != ':':
			digits = true
			gap++
		default:
			double = double || i > from && r.b(i-1) == ':'
			if gap == 0 || gap > 4 && chain > 0 {
				chain = 0
			}
			if gap > 0 && hex(r.b(i+1)) {
				chain++
			}
			six = six || chain >= 6
			gap = 0
		}
	}
	if digits && (double || six) {
		return from
	}
	return end
}
