package unpack

// pairStyle is how delimited hexadecimal is written.
type pairStyle struct {
	mark byte // what stands before a pair: 0, '\\' for \x, '0' for 0x
	gap  byte // what stands behind it, 0 for nothing
	step int  // from one pair to the next
}

// pairsLen is how many bytes show the style.
const pairsLen = 14

// pairGaps is how many delimiters may follow a pair with a mark.
const pairGaps = 3

// styleOf tells the style of the delimited hexadecimal that p begins with.
func styleOf(p []byte) (s pairStyle, ok bool) {
	if len(p) < 8 {
		return s, false
	}
	switch {
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
	}
	g := p[2]
	ok = runClass[g]&isGap != 0 && p[5] == g && isHexPair(p) && isHexPair(p[3:]) && isHexPair(p[6:])
	return pairStyle{gap: g, step: 3}, ok
}

func isHexPair(p []byte) bool { return hexNibble[p[0]] < 16 && hexNibble[p[1]] < 16 }

// isMarked reports whether p begins with \xHH or 0xHH.
func isMarked(p []byte, mark byte) bool {
	return p[0] == mark && p[1]|0x20 == 'x' && isHexPair(p[2:])
}

// findPairs looks whether delimited hexadecimal passes through place k, and
// where it begins, not before i.
func findPairs(p []byte, i, k int) (int, bool) {
	for at := max(i, k-5); at <= k; at++ {
		s, ok := styleOf(p[at:])
		if !ok {
			continue
		}
		for at-s.step >= i {
			if before, ok := styleOf(p[at-s.step:]); !ok || before != s {
				break
			}
			at -= s.step
		}
		return at, true
	}
	return 0, false
}

// startPairs judges the delimited hexadecimal that begins at i.
func (r *Runs) startPairs(p []byte, i int) int {
	r.style, _ = styleOf(p[i:])
	var head [runHead / 4]byte
	n, at := 0, i
	for n < len(head) {
		c, next := r.pair(p, at)
		if next <= at {
			break
		}
		head[n], at = c, next
		n++
	}
	if n*2 >= runMin && plausible(head[:n]) {
		return r.begin(runPairs, runHex, i)
	}
	return max(at, i+1)
}

// pair reads the pair at place i, and says where the next one may stand: at i
// if there is none here.
func (r *Runs) pair(p []byte, i int) (c byte, next int) {
	at := i
	if r.style.mark != 0 {
		if len(p)-at < 4 || !isMarked(p[at:], r.style.mark) {
			return 0, i
		}
		at += 2
	} else if len(p)-at < 2 || !isHexPair(p[at:]) {
		return 0, i
	}
	c = hexNibble[p[at]]<<4 | hexNibble[p[at+1]]
	at += 2
	switch {
	case r.style.mark == '0':
		for k := 0; k < pairGaps && at < len(p) && runClass[p[at]]&isGap != 0; k++ {
			at++
		}
	case r.style.mark == 0 && at < len(p) && p[at] == r.style.gap:
		at++
	case r.style.mark == 0 && at < len(p) && runClass[p[at]]&isRun != 0:
		return 0, i // a longer number
	}
	if at < len(p) && (p[at] == '\n' || p[at] == '\r') {
		for k := 0; k < maxIndent && at < len(p) && (p[at] == '\n' || p[at] == '\r' || p[at] == ' ' || p[at] == '\t'); k++ {
			at++
		}
	}
	return c, at
}

// pairs decodes delimited hexadecimal from i on.
func (r *Runs) pairs(p []byte, i int, end bool) int {
	for i < len(p) {
		if len(p)-i < maxIndent+pairsLen && !end {
			return ^i
		}
		c, next := r.pair(p, i)
		if next <= i {
			r.finish(r.off + int64(i))
			return i
		}
		i = next
		r.put(c, r.off+int64(i))
	}
	return i
}
