package synth

import "strings"

// Kind is one notation of one class: a resident ID of 18 digits and one of 15
// are two kinds.
type Kind struct {
	Name    string // as the templates call it
	Class   string // as in package inspect; empty for what identifies nobody
	Checked bool   // a check digit or a binding structure proves it

	make func(*Maker) string
}

// Kinds lists everything the Maker can make, in a fixed order.
func Kinds() []Kind {
	var all []Kind
	for _, family := range [][]Kind{identityKinds(), travelKinds(), neighbourKinds(), contactKinds(), deviceKinds(),
		orgKinds(), vehicleKinds(), financeKinds(), healthKinds(), genomeKinds(), geoKinds(), trackKinds(), surveyKinds(),
		markKinds(), secretKinds(), tradeKinds(), personKinds(), noiseKinds()} {
		all = append(all, family...)
	}
	return all
}

// Classes lists the classes that have a kind, in the order of Kinds.
func Classes() []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, k := range Kinds() {
		if !seen[k.Class] {
			seen[k.Class] = true
			out = append(out, k.Class)
		}
	}
	return out
}

// Value makes a value of a class, or of a kind by its name. It is empty when
// there is neither.
func (m *Maker) Value(of string) string {
	var fit []Kind
	for _, k := range m.kinds() {
		if k.Class == of && of != "" || k.Name == of {
			fit = append(fit, k)
		}
	}
	if len(fit) == 0 {
		return ""
	}
	return fit[m.rnd.IntN(len(fit))].make(m)
}

// kinds is the table, made once for each Maker.
func (m *Maker) kinds() []Kind {
	if m.table == nil {
		m.table = Kinds()
	}
	return m.table
}

// among returns the kinds a placeholder stands for: the kind of that name, or
// all whose names begin with it and a dot.
func (m *Maker) among(name string) []Kind {
	if fit, ok := m.fits[name]; ok {
		return fit
	}
	var fit []Kind
	for _, k := range m.kinds() {
		if k.Name == name || strings.HasPrefix(k.Name, name+".") {
			fit = append(fit, k)
		}
	}
	if m.fits == nil {
		m.fits = map[string][]Kind{}
	}
	m.fits[name] = fit
	return fit
}

// pattern makes text from a pattern: 9 a digit, A a letter of travel papers
// (no I, no O), a a lower-case letter, h a lower-case hex digit; all else
// stands for itself, also what follows a backslash.
func (m *Maker) pattern(p string) string {
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '9':
			b.WriteByte(byte('0' + m.rnd.IntN(10)))
		case 'A':
			b.WriteByte("ABCDEFGHJKLMNPQRSTUVWXYZ"[m.rnd.IntN(24)])
		case 'a':
			b.WriteByte(byte('a' + m.rnd.IntN(26)))
		case 'h':
			b.WriteByte("0123456789abcdef"[m.rnd.IntN(16)])
		case '\\':
			i++
			b.WriteByte(p[i])
		default:
			b.WriteByte(p[i])
		}
	}
	return b.String()
}

// from makes text from one of the patterns.
func from(patterns ...string) func(*Maker) string {
	return func(m *Maker) string { return m.pattern(pick(m.rnd, patterns...)) }
}

// one picks one of the texts.
func one(of ...string) func(*Maker) string {
	return func(m *Maker) string { return pick(m.rnd, of...) }
}

// wide is text with full-width digits and letters.
func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0
		}
		return r
	}, s)
}
