package match

import "math/bits"

// How far before the place where a dump is known it may begin, and how far
// behind it a row may go on.
const (
	dumpLead = 40
	dumpTail = 24
)

// FindRuns makes the stream report candidates of Kind Run.
func (s *Stream) FindRuns() { s.runs = true }

// gate decides Run: what a reader of other alphabets has to see.
func (r *reader) gate(dst []Candidate, m *maps, i int) []Candidate {
	for x := m.runs[i]; x != 0; x &= x - 1 {
		e := trailing(x)
		if from := r.runFrom(m, i, e); from >= 0 {
			dst = append(dst, Candidate{Kind: Run, From: from, To: r.from + int64(e) + 1})
		}
	}
	if m.dumps[i] == 0 {
		return dst
	}
	// Seven pairs that end here, or among the first bytes of the next group.
	x, next := rows(paired(m, i))|row(paired4(m, i), 5), (rows(paired(m, i+1))|row(paired4(m, i+1), 5))&(1<<dumpTail-1)
	if x |= again(again(marked(m, i))); x != 0 || next != 0 {
		from, to := int64(trailing(x)), int64(bits.Len64(x))
		if next != 0 {
			to = groupLen + int64(bits.Len64(next))
			from = min(from, groupLen)
		}
		dst = append(dst, Candidate{Kind: Run, From: max(r.from+from-dumpLead, r.start), To: min(r.from+to+dumpTail, r.end)})
	}
	return dst
}

// runFrom returns where the piece of a run begins that ends at bit e, or -1 if
// nothing is to be reported. What goes on behind the group is left to the next
// one unless it has groupLen bytes. A longer run comes in pieces that adjoin.
func (r *reader) runFrom(m *maps, i, e int) int64 {
	x, p := m.inRun(i), m.inRun(i-1)
	n := leading(x<<(63-e) | p>>(e+1))
	if n < groupLen {
		open := e == groupLen-1 && m.inRun(i+1)&1 != 0
		if open || !r.hopeful(m, i, e, n) {
			return -1
		}
		return r.from + int64(e) + 1 - n
	}
	if n = leading(p); n == groupLen {
		return r.from
	}
	return r.from - n
}

// hopeful reports whether the run of n bytes that ends at bit e may be another
// alphabet. UUIDs, paths and names with underscores are not: they have not both
// cases, and no stretch without a sign that is long enough. What an escape
// lies in is looked at byte by byte.
func (r *reader) hopeful(m *maps, i, e int, n int64) bool {
	capital, letter := m.capital.ending(i, e), m.letter.ending(i, e)
	all := ^uint64(0) << (groupLen - n)
	if m.odd.ending(i, e)&all != 0 {
		to := r.from + int64(e) + 1
		return r.escaped(to-n, to)
	}
	if capital&all != 0 && letter&^capital&all != 0 {
		return true
	}
	a := (letter | m.digit.ending(i, e)) & all
	a16 := a & (a << 1)
	a16 &= a16 << 2
	a16 &= a16 << 4
	a16 &= a16 << 8
	if a16&(a16<<(minRun-16)) != 0 {
		return true
	}
	// Pairs joined by underscores, six in a row.
	t := a & (a << 1) &^ (a << 2)
	t &= t << 3
	t &= t << 6
	return t&(t<<6) != 0
}

// escaped reports whether a run is left where backslashes end it that are not
// the first bytes of an escaped character of a run, or of a byte as in "\x41"
// or "\101".
func (r *reader) escaped(from, to int64) bool {
	for k := from; k < to; k++ {
		if r.b(k) != '\\' || r.inside(k) {
			continue
		}
		if k-from >= minRun {
			return true
		}
		from = k + 1
	}
	return to-from >= minRun
}

// inside reports whether the backslash at an offset may stand within a run.
func (r *reader) inside(k int64) bool {
	switch r.b(k + 1) {
	case '/':
		return true
	case '0', '1', '2', '3':
		return r.b(k+2)&^7 == '0' && r.b(k+3)&^7 == '0'
	case 'x', 'X':
		return hex(r.b(k+2)) && hex(r.b(k+3))
	case 'u':
		a, b := r.b(k+4), r.b(k+5)|0x20
		return r.b(k+2) == '0' && r.b(k+3) == '0' && (a == '2' && (b == 'b' || b == 'f') || a == '3' && b == 'd')
	}
	return false
}
