package synth

// Positives makes documents until n values of the class have a place in them
// that must be found. Templates take turns; other classes are labelled too.
func (m *Maker) Positives(class string, n int) []Corpus {
	return m.positives(m.templates(), class, n)
}

// Holdout is Positives from templates that stand apart: none of them served
// to write or tune a rule, so that they show what unknown senders would.
func (m *Maker) Holdout(class string, n int) []Corpus {
	if m.held == nil {
		m.held = load(true)
	}
	return m.positives(m.held, class, n)
}

func (m *Maker) positives(from []template, class string, n int) []Corpus {
	var fit []template
	for _, t := range from {
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
	for _, t := range m.templates() {
		out = append(out, m.fill(t))
	}
	return out
}
