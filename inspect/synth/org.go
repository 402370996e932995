package synth

import "strings"

func orgKinds() []Kind {
	return []Kind{
		{"uscc", "org.uscc", true, (*Maker).anyUSCC},
		{"usccsole", "org.uscc", true, func(m *Maker) string { return m.uscc("92") }},
		{"orgcode", "org.code", true, func(m *Maker) string { s := m.orgCode(); return s[:8] + "-" + s[8:] }},
		{"orgcodebare", "org.code", true, (*Maker).orgCode},
	}
}

func (m *Maker) anyUSCC() string { return m.uscc(pick(m.rnd, "91", "91", "91", "12", "51", "93")) }

func (m *Maker) orgCode() string {
	s := pick(m.rnd, "MA"+m.pattern("9A9")+m.digits(3), m.digits(8), m.digits(8))
	return s + orgCheck(s)
}

// uscc makes a code whose last character closes the sum mod 31, and whose
// organisation code inside has its own check.
func (m *Maker) uscc(kind string) string {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	for {
		s := kind + pick(m.rnd, "119999", "319999", "449999", "339999") + m.orgCode()
		if strings.Trim(s, alphabet) != "" {
			continue
		}
		sum, weight := 0, 1
		for i := range len(s) {
			sum += strings.IndexByte(alphabet, s[i]) * weight
			weight = weight * 3 % 31
		}
		return s + string(alphabet[(31-sum%31)%31])
	}
}
