package match

// combineGo fills the maps of the places 1 to n in which candidates may be.
// Runs are found by doubling: what has two in a row, four, eight. Beside each
// word goes the one before it, of which only the upper bits are right.
func combineGo(m *maps, n int) {
	for i := 1; i <= n; i++ {
		combineNumbers(m, i)
		combineWords(m, i)
		combineMarks(m, i)
		combineHigh(m, i)
		combineRuns(m, i)
		m.any[i] = m.digits[i] | m.words[i] | m.serials[i] | m.macs[i] | m.ip4s[i] | m.ip6s[i] |
			m.ibans[i] | m.plates[i] | m.letters[i] | m.at[i]
	}
}

// two is a word of a bitmap and the one before it.
type two struct{ x, p uint64 }

func pair(b *bitmap, i int) two { return two{b[i], b[i-1]} }

func (t two) left(k uint) two { return two{left(t.x, t.p, k), t.p << k} }
func (t two) and(u two) two   { return two{t.x & u.x, t.p & u.p} }
func (t two) or(u two) two    { return two{t.x | u.x, t.p | u.p} }
func (t two) more(k uint) two { return t.and(t.left(k)) }
func (t two) right() (u two)  { return two{0, right(t.p, t.x, 1)} }
func (t two) beside(b *bitmap, i int) two { // t between two bytes of b
	d := pair(b, i)
	r := d.right()
	r.x = right(b[i], b[i+1], 1)
	return t.and(d.left(1)).and(r)
}

// combineNumbers finds 11 digits joined, and four numbers with dots.
func combineNumbers(m *maps, i int) {
	d := pair(&m.digit, i)
	ends := d.x &^ right(d.x, m.digit[i+1], 1)
	j := pair(&m.join, i).beside(&m.digit, i)
	joined := d.or(j)
	m.digits[i] = ends & joined.more(1).more(2).more(4).and(joined.more(1).more(2).more(4).left(3)).x
	f := j.and(pair(&m.sign, i))
	f2 := f.and(f.left(2).or(f.left(3)).or(f.left(4).and(d.left(2))))
	f3 := f.and(f2.left(2).or(f2.left(3)).or(f2.left(4).and(d.left(2))))
	m.ip4s[i] = ends & f3.left(1).or(f3.left(2)).or(f3.left(3)).x
}

// combineWords finds serial numbers, account numbers, long runs of letters, and where words begin.
func combineWords(m *maps, i int) {
	w, d, l, u := pair(&m.word, i), pair(&m.digit, i), pair(&m.letter, i), pair(&m.capital, i)
	ends := w.x &^ right(w.x, m.word[i+1], 1)
	l16 := l.more(1).more(2).more(4).more(8)
	m.letters[i] = l.x &^ right(l.x, m.letter[i+1], 1) & l16.x & l16.left(16).x & l16.left(32).x

	d2 := d.more(1)
	d6 := d2.more(2).and(d2.left(4))
	s := d.and(l.left(1)) // a digit behind a letter
	s = s.or(s.left(1))
	s = s.or(s.left(2)).left(5)
	m.serials[i] = ends & d6.x & s.x

	m.ibans[i] = u.x &^ w.left(1).x & right(u.x, m.capital[i+1], 1) &
		right(d.x, m.digit[i+1], 2) & right(d.x, m.digit[i+1], 3)

	free := func(l, u two) uint64 { return ^l.left(1).x | u.x&^u.left(1).x }
	here := ^l.x | free(l, u)
	next := ^m.letter[i+1] | free(two{m.letter[i+1], l.x}, two{m.capital[i+1], u.x})
	starts := l.x & free(l, u)
	m.shorts[i] = starts & (right(here, next, 2) | right(here, next, 3))
	ln := m.letter[i+1]
	m.starts[i] = starts & right(l.x, ln, 1) & right(l.x, ln, 2) & right(l.x, ln, 3)
}

// combineMarks finds addresses and pairs joined by colons or hyphens.
func combineMarks(m *maps, i int) {
	u := pair(&m.mark, i).beside(&m.word, i)
	u2 := u.more(3)
	m.macs[i] = u2.more(6).and(u.left(12)).left(2).x

	j := pair(&m.join, i)
	d, dn := m.domain(i), m.domain(i+1)
	m.at[i] &= right(d, dn, 1) & right(d, dn, 2) & right(d, dn, 3)

	c := pair(&m.mark, i)
	c.x, c.p = c.x&^j.x, c.p&^j.p
	k := u.and(c)
	k2 := k.and(k.left(2).or(k.left(3)).or(k.left(4)).or(k.left(5)))
	k3 := k.and(k2.left(2).or(k2.left(3)).or(k2.left(4)).or(k2.left(5)))
	m.ip6s[i] = c.more(1).x | k3.x
}

// combineHigh finds what has to do with bytes above 0x7f.
func combineHigh(m *maps, i int) {
	m.odds[i] = m.odd[i]
	m.plates[i], m.hans[i], m.pairs[i] = 0, 0, 0
	if m.high[i-1]|m.high[i]|m.high[i+1] == 0 {
		return
	}
	h, w := pair(&m.high, i), m.word[i]
	next := m.word[i+1]
	w2, n2 := w&right(w, next, 1), next&(next>>1)
	w4, n4 := w2&right(w2, n2, 2), n2&(n2>>2)
	z := right(w4, n4, 1) | right(w4, n4, 2) | right(w4, n4, 3) | right(w4, n4, 4)
	m.plates[i] = m.capital[i] & h.left(1).x & z

	d, o := pair(&m.digit, i), pair(&m.odd, i)
	dn, on := m.digit[i+1], m.odd[i+1]
	m.odds[i] |= m.near[i] & (d.left(1).x | right(d.x, dn, 2) | right(d.x, dn, 3) |
		o.left(3).x | right(o.x, on, 2) | right(o.x, on, 3))
	q := pair(&m.numeral, i).more(3).more(6).x
	qn := two{m.numeral[i+1], m.numeral[i]}.more(3).more(6).x
	m.odds[i] |= q | right(q, qn, 3) | right(q, qn, 6) | right(q, qn, 9)

	hn := m.high[i+1]
	m.hans[i] = m.han[i] & right(h.x, hn, 1) & right(h.x, hn, 2)
	t, tn := m.tell[i], m.tell[i+1]
	m.pairs[i] = h.x & (t | right(t, tn, 1) | right(t, tn, 2) | right(t, tn, 3))
}
