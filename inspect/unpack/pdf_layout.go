package unpack

import (
	"bytes"
	"math"
	"sort"
)

// pdfRun is text that stands together on the page: u runs along its line, v
// across it.
type pdfRun struct {
	from, to, v, size float64
	turn              int8 // which way the line runs
	n, head, tail     int  // of its glyphs; of those before a first and behind a last new place in it
	cell              bool // it stands close behind the one before and may be another cell
	text              []byte
}

// The gaps, in parts of the letters' size, that part two words and two cells,
// and the step across that begins a line.
const (
	pdfWord = 0.18
	pdfCell = 1.3
	pdfLine = 0.45
)

// place puts the text in t.buf on the page; w is its width in text space.
func (t *pdfText) place(w float64, glyphs int) {
	m := t.tm.times(t.ctm)
	length := math.Hypot(m[0], m[1])
	if length == 0 || math.IsNaN(length) || math.IsInf(length, 0) {
		length, m = 1, pdfUnit
	}
	cos, sin := m[0]/length, m[1]/length
	r := pdfRun{
		from: m[4]*cos + m[5]*sin,
		v:    m[5]*cos - m[4]*sin + t.rise,
		size: math.Abs(t.size) * math.Hypot(m[2], m[3]),
		turn: int8(math.Round(cos*2) + 8*math.Round(sin*2)),
	}
	if r.size == 0 || math.IsNaN(r.size) || math.IsInf(r.size, 0) {
		r.size = 1
	}
	r.n, r.head, r.tail = glyphs, glyphs, glyphs
	r.to = r.from + w*length
	if len(t.buf) == 0 {
		return
	}
	moved := t.moved
	t.moved = false
	if n := len(t.runs); n > 0 {
		last := &t.runs[n-1]
		if last.line(&r) {
			gap := (r.from - last.to) / max(r.size, last.size)
			r.cell = moved && gap > -0.3 && gap < pdfWord && last.parted(t.buf)
			switch {
			case r.cell:
			case bytes.Equal(last.text, t.buf) && math.Abs(r.from-last.from) < 0.1*r.size:
				return // drawn twice to look bold
			case gap > -0.3 && gap < pdfWord, (gap < 0 || last.tail < 4) && last.keeps(&r, t.buf):
				last.text = append(last.text, t.buf...)
				last.grow(&r, moved)
				return
			}
		}
	}
	if t.room -= int64(len(t.buf)) + 96; t.room < 0 {
		t.flush()
	}
	r.text = bytes.Clone(t.buf)
	t.runs = append(t.runs, r)
}

// grow makes next the end of r.
func (r *pdfRun) grow(next *pdfRun, moved bool) {
	switch {
	case moved:
		r.tail = next.n
	case r.head == r.n:
		r.head += next.n
		r.tail += next.n
	default:
		r.tail += next.n
	}
	r.to, r.n = next.to, r.n+next.n
}

// parted tells numbers of some length that stand side by side: a full column
// leaves no room before the next. How long the second is comes out later.
func (r *pdfRun) parted(text []byte) bool {
	last := r.text[len(r.text)-1]
	return r.tail >= 4 && (last >= '0' && last <= '9' || last == 'X') && text[0] >= '0' && text[0] <= '9'
}

// keeps tells whether a number goes on with text, at the step that its digits
// have had so far: where the widths of a font are wrong, gaps are too.
func (r *pdfRun) keeps(next *pdfRun, text []byte) bool {
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	if len(r.text) == 0 || !digit(r.text[len(r.text)-1]) || len(text) == 0 || !digit(text[0]) && text[0] != 'X' {
		return false
	}
	step := (next.from - r.from) / float64(max(1, r.n)) / max(r.size, next.size)
	return step > 0.3 && step < 0.7
}

// line tells whether both stand on one line.
func (r *pdfRun) line(n *pdfRun) bool {
	return r.turn == n.turn && math.Abs(r.v-n.v) < pdfLine*min(max(r.size, n.size), 3*min(r.size, n.size))
}

// flush writes the text of the page: first as it was drawn, then again those
// lines that were not drawn from left to right in one go.
func (t *pdfText) flush() {
	order := make([]int, len(t.runs))
	for i := range order {
		order[i] = i
	}
	t.write(order)
	t.chains()
	sort.SliceStable(order, func(i, j int) bool {
		a, b := &t.runs[order[i]], &t.runs[order[j]]
		if a.turn != b.turn {
			return a.turn < b.turn
		}
		return a.v > b.v
	})
	for len(order) > 0 {
		n := 1
		for n < len(order) && t.runs[order[0]].line(&t.runs[order[n]]) {
			n++
		}
		line := order[:n]
		order = order[n:]
		sort.SliceStable(line, func(i, j int) bool { return t.runs[line[i]].from < t.runs[line[j]].from })
		for i := 1; i < n; i++ {
			if line[i] != line[i-1]+1 {
				t.write(line)
				break
			}
		}
		t.comb(line)
	}
	t.runs, t.room = t.runs[:0], t.doc.l.Memory/8
}

// chains writes as one word the cells that may be pieces of one number.
func (t *pdfText) chains() {
	var out []byte
	full := false
	for i := range t.runs {
		if !t.runs[i].cell {
			continue
		}
		full = full || t.runs[i].head >= 4
		if i == 0 || !t.runs[i-1].cell {
			out = append(append(out, '\n'), t.runs[max(0, i-1)].text...)
		}
		out = append(out, t.runs[i].text...)
	}
	if full {
		t.doc.m.Write(append(out[1:], '\n'))
	}
}

// comb writes as one word what stands in boxes of one width: eight and more
// runs of a character each, at equal steps.
func (t *pdfText) comb(line []int) {
	single := func(i int) bool { return i < len(line) && t.runs[line[i]].n == 1 }
	for i := 0; i < len(line); i++ {
		if !single(i) || !single(i+1) {
			continue
		}
		first, second := &t.runs[line[i]], &t.runs[line[i+1]]
		step := second.from - first.from
		j := i + 1
		for single(j+1) && math.Abs(t.runs[line[j+1]].from-t.runs[line[j]].from-step) < 0.15*step {
			j++
		}
		if j-i >= 7 && step < 4*first.size {
			var out []byte
			for _, at := range line[i : j+1] {
				out = append(out, t.runs[at].text...)
			}
			t.doc.m.Write(append(out, '\n'))
		}
		i = j - 1
	}
}

// write gives out runs in the order given.
func (t *pdfText) write(order []int) {
	var out []byte
	for i, at := range order {
		r := &t.runs[at]
		if i > 0 {
			last := &t.runs[order[i-1]]
			gap := (r.from - last.to) / max(r.size, last.size)
			switch {
			case r.cell && r.head >= 4 && order[i-1] == at-1:
				out = append(out, '\t')
			case !last.line(r) || gap < -0.3:
				out = append(out, '\n')
			case gap > pdfCell:
				out = append(out, '\t')
			case gap >= pdfWord:
				out = append(out, ' ')
			}
		}
		out = append(out, r.text...)
		if len(out) > chunk {
			if !t.doc.m.Write(out) {
				return
			}
			out = out[:0]
		}
	}
	if len(order) > 0 {
		t.doc.m.Write(append(out, '\n'))
	}
}
