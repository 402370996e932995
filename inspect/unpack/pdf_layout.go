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
func (t *pdfText) place(w float64) {
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
	if r.size == 0 {
		r.size = 1
	}
	r.to = r.from + w*length
	if len(t.buf) == 0 {
		return
	}
	if n := len(t.runs); n > 0 {
		last := &t.runs[n-1]
		if last.line(&r) {
			gap := (r.from - last.to) / max(r.size, last.size)
			switch {
			case bytes.Equal(last.text, t.buf) && math.Abs(r.from-last.from) < 0.1*r.size:
				return // drawn twice to look bold
			case gap > -0.3 && gap < pdfWord:
				last.text = append(last.text, t.buf...)
				last.to = r.to
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
	}
	t.runs, t.room = t.runs[:0], t.doc.l.Memory/8
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
