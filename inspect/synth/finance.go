package synth

import (
	"fmt"
	"strings"
)

func financeKinds() []Kind {
	const card, stock, social = "pi.finance.bankcard", "pi.finance.securities", "pi.social.security"
	return []Kind{
		{"card", card, true, (*Maker).card},
		{"card16", card, true, func(m *Maker) string { return luhn(pick(m.rnd, "625957", "622155", "628201", "622588") + m.digits(9)) }},
		{"cardspaced", card, true, func(m *Maker) string { return inFours(m.card(), " ") }},
		{"cardintl", card, true, (*Maker).foreignCard},
		{"track2", card, true, func(m *Maker) string {
			return ";" + m.card() + "=" + m.day.AddDate(2, m.rnd.IntN(12), 0).Format("0601") + "220" + m.digits(8) + "?"
		}},
		{"iban", "pi.finance.iban", true, (*Maker).iban},
		{"ibanspaced", "pi.finance.iban", true, func(m *Maker) string { return inFours(m.iban(), " ") }},
		{"stocksh", stock, false, from("\\A999999999", "C999999999", "F999999999")},
		{"stocksz", stock, false, from("0\\099999999", "0199999999")},
		{"stockone", stock, false, from("18\\0999999999", "1\\9\\0999999999")},
		{"socialcard", social, false, from("A99999999", "B99999999", "C99999999")},
		{"socialno", social, false, from("9999999999", "99999999999", "999999999999")},
	}
}

// foreignCard is a card of the networks abroad, of 16 digits.
func (m *Maker) foreignCard() string {
	return luhn(pick(m.rnd, "4539", "4716", "5105", "5425", "3528") + m.digits(11))
}

func inFours(s, sep string) string {
	var parts []string
	for ; len(s) > 4; s = s[4:] {
		parts = append(parts, s[:4])
	}
	return strings.Join(append(parts, s), sep)
}

// iban tries check digits until the number is 1 mod 97.
func (m *Maker) iban() string {
	country, account := "DE", m.digits(18)
	switch m.rnd.IntN(4) {
	case 1:
		country, account = "GB", strings.ToUpper(m.letters(4))+m.digits(14)
	case 2:
		country, account = "FR", m.digits(23)
	case 3:
		country, account = "NL", strings.ToUpper(m.letters(4))+m.digits(10)
	}
	for c := range 97 {
		check := fmt.Sprintf("%02d", c+2)
		if mod97(account+country+check) == 1 {
			return country + check + account
		}
	}
	return ""
}

func mod97(s string) (r int) {
	for _, c := range s {
		if c >= 'A' {
			r = (r*100 + int(c-'A') + 10) % 97
		} else {
			r = (r*10 + int(c-'0')) % 97
		}
	}
	return r
}
