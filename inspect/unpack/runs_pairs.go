package unpack

import "bytes"

// pairStyle is how delimited hexadecimal is written.
type pairStyle struct {
	mark  byte           // what stands before a pair: 0, '\\' for \x, '0' for 0x; 'o' for \ooo in octal
	twice bool           // two pairs adjoin, as xxd writes them
	gap   [pairGaps]byte // what stands behind it
	gaps  int            // how many of them
	step  int            // from one pair to the next
}

const (
	pairsLen = 14 // bytes that show the style
	pairGaps = 3  // delimiters that may follow a pair

	// pairsAhead is how far ahead a pair is read: to the next row of a dump.
	pairsAhead = 96
)

// styleOf tells the style of the delimited hexadecimal that p begins with.
func styleOf(p []byte) (s pairStyle, ok bool) {
	if len(p) < 8 {
		return s, false
	}
	switch {
	case p[0] == '\\' && isOctal(p):
		return pairStyle{mark: 'o', step: 4}, isOctal(p[4:])
	case p[0] == '\\':
		ok = isMarked(p, '\\') && isMarked(p[4:], '\\')
		return pairStyle{mark: '\\', step: 4}, ok
	case p[0] == '0' && p[1]|0x20 == 'x':
		if !isMarked(p, '0') {
			return s, false
		}
		n := 4
		for n < 4+pairGaps && n < len(p) && runClass[p[n]]&isGap != 0 {
			n++
		}
		return pairStyle{mark: '0', step: n}, n+4 <= len(p) && isMarked(p[n:], '0')
	case !isHexPair(p):
		return s, false
	}
	for s.gaps < pairGaps && runClass[p[2+s.gaps]]&isGap != 0 {
		s.gap[s.gaps] = p[2+s.gaps]
		s.gaps++
	}
	s.step = 2 + s.gaps
	if s.gaps > 0 {
		return s, s.again(p[s.step:]) && s.step*2+2 <= len(p) && isHexPair(p[2*s.step:])
	}
	s = pairStyle{twice: true, gap: [pairGaps]byte{' '}, gaps: 1, step: 5}
	return s, len(p) >= 12 && isHexPair(p[2:]) && p[4] == ' ' && isHexPair(p[5:]) && isHexPair(p[7:]) && p[9] == ' ' && isHexPair(p[10:])
}

// again reports whether a pair stands there with the gap of the style.
func (s *pairStyle) again(p []byte) bool {
	return len(p) >= s.step && isHexPair(p) && bytes.Equal(p[2:s.step], s.gap[:s.gaps])
}

// within reports whether the pair at place i is the end of a longer number.
func (s *pairStyle) within(p []byte, i int) bool {
	return s.mark == 0 && runClass[p[i-1]]&isHex != 0
}

// row is how many pairs the first line must have.
func (s *pairStyle) row() int {
	switch {
	case bytes.IndexByte(s.gap[:s.gaps], '\n') >= 0:
		return 1
	case s.mark != 0:
		return 6
	}
	return 8
}

func isHexPair(p []byte) bool { return hexNibble[p[0]] < 16 && hexNibble[p[1]] < 16 }

// pairsWithin returns where delimited hexadecimal begins behind a sign in the
// first n bytes, or with the last of them. It returns n if it does not.
func pairsWithin(p []byte, n int) int {
	for k := 1; k < n; k++ {
		if runClass[p[k-1]]&isSign == 0 && k != n-4 && k != n-2 {
			continue
		}
		if s, ok := styleOf(p[k:]); ok && !s.within(p, k) {
			return k
		}
	}
	return n
}

// isMarked reports whether p begins with \xHH or 0xHH.
func isMarked(p []byte, mark byte) bool {
	return p[0] == mark && p[1]|0x20 == 'x' && isHexPair(p[2:])
}

// isOctal reports whether p begins with a byte in octal, as C writes it.
func isOctal(p []byte) bool {
	return p[0] == '\\' && p[1] >= '0' && p[1] <= '3' && p[2]&^7 == '0' && p[3]&^7 == '0'
}

// findPairs looks whether delimited hexadecimal passes through place k, and
// where it begins, not before i.
func findPairs(p []byte, i, k int) (int, bool) {
	for at := max(i, k-5); at <= k; at++ {
		s, ok := styleOf(p[at:])
		if !ok || at > i && s.within(p, at) {
			continue
		}
		for at-s.step >= i {
			if before, ok := styleOf(p[at-s.step:]); !ok || before != s || at-s.step > i && s.within(p, at-s.step) {
				break
			}
			at -= s.step
		}
		return at, true
	}
	return 0, false
}

// startPairs judges the delimited hexadecimal that begins at i. What stands
// behind the next runAhead bytes is not looked at.
func (r *Runs) startPairs(p []byte, i int) int {
	r.style, _ = styleOf(p[i:])
	p = p[:min(i+runAhead, len(p))]
	var head [runHead / 2]byte
	n, at, row := 0, i, 0
	for n < len(head) {
		c, next := r.pair(p, at)
		if next <= at {
			break
		}
		if row == 0 && bytes.ContainsAny(p[at:next], "\r\n") {
			row = n + 1
		}
		head[n], at = c, next
		n++
	}
	if row == 0 {
		row = n
	}
	if n*2 >= runMin && row >= r.style.row() && plausible(head[:n]) {
		return r.begin(runPairs, runHex, i)
	}
	return max(at, i+1)
}

// pairs decodes delimited hexadecimal from i on.
func (r *Runs) pairs(p []byte, i int, end bool) int {
	for i < len(p) {
		if len(p)-i < pairsAhead && !end {
			return ^i
		}
		c, next := r.pair(p[:min(i+pairsAhead, len(p))], i)
		if next <= i {
			r.finish(r.off + int64(i))
			return i
		}
		i = next
		r.put(c, r.off+int64(i))
	}
	return i
}
