package match

import (
	"encoding/binary"
	"math/bits"
)

func trailing(x uint64) int { return bits.TrailingZeros64(x) }

// build makes the tables.
func (w *Words) build(sets *[spots][]place) {
	w.starts = newTable(sets[atStart], layout{n: 4, tests: steps{0, 2, 3, 0}})
	w.shorts = newTable(sets[atShort], layout{n: 3, tests: steps{1, 0, 2, 1}})
	w.hans = newTable(sets[atHan], layout{skip: 1, n: 4, cased: true, tests: steps{5, 1, 2, 4}})
	w.pairs = newTable(sets[atPair], layout{n: 4, sieved: true, tests: steps{1, 0, 2, 3}})
	w.rare = newTable(sets[atRare], layout{n: 2, sieved: true, tests: steps{1, 0, 2, 1}})
}

// probe leaves in the maps of anchors those where a word may be.
func (w *Words) probe(f *filter) {
	m, n := f.m, f.n
	clear(m.keyed[1 : n+1])
	f.probe(&m.starts, w.starts)
	f.probe(&m.shorts, w.shorts)
	if !m.high.some(n) {
		return // and keys does not look at the other maps
	}
	f.probe(&m.hans, w.hans)
	f.probe(&m.pairs, w.pairs)
	if w.rare != nil {
		m.rare = m.high
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

// filter is what the bitmaps of a batch are filtered with: n groups, of which
// src begins with the first.
type filter struct {
	m     *maps
	src   []byte
	n     int
	level level
}

// probe filters anchors and notes the groups that have some left.
func (f *filter) probe(b *bitmap, t *table) {
	switch {
	case t == nil:
		return
	case f.level < inAVX512: // which has a better way
		if !b.some(f.n) {
			return
		}
		if t.sieve != nil {
			f.sieve(b, t.sieve)
		}
	}
	f.table(b, t)
}

// keys decides Key.
func (w *Words) keys(dst []Candidate, m *maps, i int, r *reader) []Candidate {
	dst = w.at(dst, m.starts[i], w.starts, r)
	dst = w.at(dst, m.shorts[i], w.shorts, r)
	if m.high[i] == 0 {
		return dst
	}
	dst = w.at(dst, m.hans[i], w.hans, r)
	dst = w.at(dst, m.pairs[i], w.pairs, r)
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
		links := t.with(t.print(text))
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
	switch {
	case e.sure:
	case e.exact:
		if string(text) != e.text {
			return false
		}
	default:
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
