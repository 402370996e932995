package synth

import "strings"

// neighbourKinds are papers of Hong Kong, Macao and Taiwan.
func neighbourKinds() []Kind {
	const hk, mo, tw = "pi.id.hkid", "pi.id.macao", "pi.id.taiwan"
	return []Kind{
		{"hkid", hk, true, func(m *Maker) string { s, c := m.hkid(); return s + "(" + c + ")" }},
		{"hkid.bare", hk, true, func(m *Maker) string { s, c := m.hkid(); return s + c }},
		{"hkid.wide", hk, true, func(m *Maker) string { s, c := m.hkid(); return s + "（" + c + "）" }},
		{"macaoid", mo, false, func(m *Maker) string { return pick(m.rnd, "1", "5", "7") + m.digits(6) + "(" + m.digits(1) + ")" }},
		{"macaoid.slash", mo, false, func(m *Maker) string { return pick(m.rnd, "1/", "5/", "7/") + m.digits(6) + "/" + m.digits(1) }},
		{"twid", tw, true, func(m *Maker) string { return m.taiwanID("1", "2") }},
		{"twid.resident", tw, true, func(m *Maker) string { return m.taiwanID("8", "9") }},
		{"twid.arc", tw, true, func(m *Maker) string { return m.taiwanID("A", "B", "C", "D") }},
	}
}

// hkid is letters and six digits, and apart from them the check character.
func (m *Maker) hkid() (body, check string) {
	body = pick(m.rnd, "A", "C", "G", "K", "P", "R", "Y", "Z", "WX", "XA") + m.digits(6)
	padded := body
	if len(padded) == 7 {
		padded = " " + padded
	}
	for c := range 11 {
		sum := c
		for i := range 8 {
			sum += (9 - i) * strings.IndexByte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ ", padded[i])
		}
		if sum%11 == 0 {
			return body, "0123456789A"[c : c+1]
		}
	}
	return body, "?"
}

// taiwanID tries last digits until the weighted sum is a multiple of ten.
func (m *Maker) taiwanID(second ...string) string {
	const order = "ABCDEFGHJKLMNPQRSTUVXYWZIO" // A is 10
	s := string(order[m.rnd.IntN(26)]) + pick(m.rnd, second...) + m.digits(7)
	for d := range 10 {
		t := s + string(rune('0'+d))
		area := strings.IndexByte(order, t[0]) + 10
		sum := area/10 + area%10*9
		for i := 1; i < 9; i++ {
			v := int(t[i] - '0')
			if t[i] >= 'A' {
				v = strings.IndexByte(order, t[i]) % 10
			}
			sum += v * (9 - i)
		}
		if (sum+d)%10 == 0 {
			return t
		}
	}
	return s
}
