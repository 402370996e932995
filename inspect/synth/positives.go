package synth

import "bytes"

// Positives makes documents until n values of the class have a place in them
// that must be found. Templates take turns; other classes are labelled too.
func (m *Maker) Positives(class string, n int) []Corpus {
	var fit []template
	for _, t := range templates() {
		if t.holds(m, class) {
			fit = append(fit, t)
		}
	}
	var out []Corpus
	for i := 0; n > 0 && len(fit) > 0; i++ {
		c := m.fill(fit[i%len(fit)])
		for _, l := range c.Labels {
			if l.Class == class && !l.Optional {
				n--
			}
		}
		out = append(out, c)
	}
	return out
}

// Everything makes each template once.
func (m *Maker) Everything() []Corpus {
	var out []Corpus
	for _, t := range templates() {
		out = append(out, m.fill(t))
	}
	return out
}

// locate gives the labels of old corpora, made line by line, their offsets.
func (c *Corpus) locate() {
	at, line, from := 0, 1, 0
	for i := range c.Labels {
		l := &c.Labels[i]
		for line < l.Line {
			at += bytes.IndexByte(c.Data[at:], '\n') + 1
			line++
			from = at
		}
		if j := bytes.Index(c.Data[from:], []byte(l.Value)); j >= 0 {
			l.Offset = from + j
		}
	}
}
