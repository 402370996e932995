package match

// minRun is how many characters make a Run.
const minRun = 22

// inRun returns the bytes of place i that may stand in a run of base64, base32
// or hexadecimal, and the backslash that JSON puts before some of them.
func (m *maps) inRun(i int) uint64 {
	return m.word[i] | m.sign[i]&^m.join[i] | m.mark[i]&m.join[i]
}

// combineRuns finds where runs end, words of 17 to 19 bytes within them, and
// where delimited hexadecimal may be: in one group four words that end three
// bytes apart, or four, or five, or three that begin with a digit and a letter. That is half of
// what makes a dump, for it may lie in two groups.
func combineRuns(m *maps, i int) {
	r := two{m.inRun(i), m.inRun(i - 1)}
	r16 := r.more(1).more(2).more(4).more(8)
	m.runs[i] = r16.x & r16.left(minRun-16).x &^ (r.x >> 1)

	w := pair(&m.word, i)
	ends := w.x &^ right(w.x, m.word[i+1], 1)
	m.words[i] = ends & r16.more(1).x &^ (w.left(17).x & w.left(18).x & w.left(19).x)
	e2 := ends & (ends << 3)
	z := marked(m, i)
	z &= z - 1
	e4, e5 := ends&(ends<<4), ends&(ends<<5)
	m.dumps[i] = e2&(e2<<6) | e4&(e4<<8) | e5&(e5<<10) | z&(z-1)
	m.gates[i] = m.runs[i] | m.dumps[i]
}

// marked returns where words of a group begin with a digit and a letter, as
// 0x41 does.
func marked(m *maps, i int) uint64 { return m.digit[i] & (m.letter[i] >> 1) &^ (m.word[i] << 1) }

// paired returns the last bytes of words of two bytes, and of the group before
// those that are not among its first.
func paired(m *maps, i int) two {
	w := pair(&m.word, i)
	t := w.and(w.left(1))
	before, behind := w.left(2), w.right()
	behind.x = right(w.x, m.word[i+1], 1)
	return two{t.x &^ before.x &^ behind.x, t.p &^ before.p &^ behind.p}
}

// rows returns where seven pairs in a row end, three to five bytes apart.
func rows(t two) uint64 { return row(t, 3) | row(t, 4) | row(t, 5) }

func row(t two, step uint) uint64 {
	t = t.more(step).more(2 * step)
	return t.x & t.left(3*step).x
}

// paired4 returns the last bytes of words of four bytes, as paired does.
func paired4(m *maps, i int) two {
	w := pair(&m.word, i)
	t := w.more(1).more(2)
	before, behind := w.left(4), w.right()
	behind.x = right(w.x, m.word[i+1], 1)
	return two{t.x &^ before.x &^ behind.x, t.p &^ before.p &^ behind.p}
}

// again keeps what stands five to seven bits behind another.
func again(x uint64) uint64 { return x & (x<<5 | x<<6 | x<<7) }
