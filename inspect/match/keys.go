package match

import (
	"encoding/binary"
	"math/bits"
)

func trailing(x uint64) int { return bits.TrailingZeros64(x) }

// build makes the tables.
func (w *Words) build(sets *[spots][]place) {
	w.starts = newTable(sets[atStart], 4)
	w.shorts = newTable(sets[atShort], 3)
	w.hans = newTable(sets[atHan], 6)
	w.single = newTable(sets[atSingle], 3)
	w.pairs = newTable(sets[atPair], 4)
	w.halves = newTable(sets[atHalf], 2)
	w.rare = newTable(sets[atRare], 2)
	w.sieve = newSieve(sets[atRare])
}

// probe leaves in the maps of anchors those where a word may be, of n groups.
// Src begins with the first of them.
func (w *Words) probe(m *maps, n int, src []byte, plain bool) {
	clear(m.keyed[1 : n+1])
	f := filter{m: m, src: src, n: n, plain: plain}
	f.probe(&m.starts, w.starts)
	f.probe(&m.shorts, w.shorts)
	if !m.high.some(n) {
		return // and keys does not look at the other maps
	}
	f.copy(&m.single, &m.hans, w.single)
	f.copy(&m.halves, &m.pairs, w.halves)
	f.probe(&m.hans, w.hans)
	f.probe(&m.pairs, w.pairs)
	if w.rare != nil {
		m.rare = m.high
		f.sieve(&m.rare, w.sieve)
		f.probe(&m.rare, w.rare)
	}
}

// some reports whether a bit is set in n groups.
func (b *bitmap) some(n int) bool {
	x := uint64(0)
	for _, y := range b[1 : n+1] {
		x |= y
	}
	return x != 0
}

// filter is what the anchors of a batch are filtered with.
type filter struct {
	m     *maps
	src   []byte
	n     int
	plain bool
}

// copy filters a copy of anchors.
func (f *filter) copy(b, from *bitmap, t *table) {
	if t != nil {
		*b = *from
		f.probe(b, t)
	}
}

// probe filters anchors and notes the groups that have some left.
func (f *filter) probe(b *bitmap, t *table) {
	switch {
	case t == nil || !b.some(f.n):
	case f.plain:
		t.filter(b, &f.m.keyed, f.src, f.n)
	default:
		t.filterFast(b, &f.m.keyed, f.src, f.n)
	}
}

func (f *filter) sieve(b *bitmap, s *sieve) {
	if f.plain {
		s.keep(b, f.src, f.n)
	} else {
		s.keepFast(b, f.src, f.n)
	}
}

// keys decides Key.
func (w *Words) keys(dst []Candidate, m *maps, i int, r *reader) []Candidate {
	dst = w.at(dst, m.starts[i], w.starts, r)
	dst = w.at(dst, m.shorts[i], w.shorts, r)
	if m.high[i] == 0 {
		return dst
	}
	dst = w.at(dst, m.hans[i], w.hans, r)
	dst = w.at(dst, m.single[i], w.single, r)
	dst = w.at(dst, m.pairs[i], w.pairs, r)
	dst = w.at(dst, m.halves[i], w.halves, r)
	return w.at(dst, m.rare[i], w.rare, r)
}

// at looks for the words of a table at the anchors x.
func (w *Words) at(dst []Candidate, x uint64, t *table, r *reader) []Candidate {
	if t == nil {
		return dst
	}
	for ; x != 0; x &= x - 1 {
		at := r.from + int64(trailing(x))
		text := r.win[at-r.base:]
		head := binary.LittleEndian.Uint64(text)
		_, low := t.print(head)
		links := t.with(low)
		head |= caseless
		for k := range links {
			l := &links[k]
			if !l.meets(head, text) {
				continue
			}
			if e := &w.list[l.key]; r.is(at-int64(e.anchor), e) {
				from := at - int64(e.anchor)
				dst = append(dst, Candidate{Kind: Key, Key: l.key, From: from, To: from + int64(len(e.text))})
			}
		}
	}
	return dst
}

// is reports whether a word stands at an offset, and not inside a longer one. An
// open word may begin a longer one, as the prefix of a key does.
func (r *reader) is(from int64, e *entry) bool {
	n := int64(len(e.text))
	if from < r.start || from+n > r.end {
		return false
	}
	text := r.win[from-r.base:]
	text = text[:n]
	if e.exact {
		if string(text) != e.text {
			return false
		}
	} else {
		for i := range len(e.text) {
			if fold(text[i]) != e.text[i] {
				return false
			}
		}
	}
	if alpha(text[0]) && !border(r.b(from-1), text[0]) {
		return false
	}
	return e.open || !alpha(text[n-1]) || border(text[n-1], r.b(from+n))
}
