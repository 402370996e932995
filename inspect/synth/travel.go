package synth

import "strings"

func travelKinds() []Kind {
	const passport = "pi.id.passport"
	return []Kind{
		{"passport", passport, false, from("E99999999", "EA9999999", "EB9999999", "EH9999999", "EJ9999999", "EM9999999", "G99999999")},
		{"passport.official", passport, false, from("SE9999999", "DE9999999", "PE9999999")},
		{"passport.old", passport, false, from("P9999999", "S9999999", "D9999999", "149999999", "159999999")},
		{"passport.sar", passport, false, from("K99999999", "H99999999", "KJ9999999", "M\\A9999999")},
		{"mrz", passport, true, (*Maker).mrz},
		{"permithkmo", "pi.id.permit.hkmo", false, from("C99999999", "CA9999999", "CB9999999", "CD9999999", "CF9999999", "W99999999")},
		{"permittw", "pi.id.permit.tw", false, from("L99999999", "T99999999")},
		{"homereturn", "pi.id.homereturn", false, from("H99999999", "M99999999", "H9999999999", "M9999999999")},
		{"twcompatriot", "pi.id.tw_compatriot", false, from("99999999", "9999999999")},
	}
}

// mrz is the two lines of a passport, of 44 characters each.
func (m *Maker) mrz() string {
	family := pick(m.rnd, "CESHI", "YANGLI", "SHIFAN", "MOUREN")
	given := pick(m.rnd, "XIAO", "DA", "WEN") + strings.ToUpper(m.letters(3))
	first := "P" + pick(m.rnd, "O", "<", "<") + "CHN" + family + "<<" + given
	first += strings.Repeat("<", 44-len(first))
	number := m.pattern("E" + pick(m.rnd, "9", "\\A", "\\J") + "9999999")
	born := m.born(18, 70).Format("060102")
	expiry := m.day.AddDate(m.rnd.IntN(9), 0, m.rnd.IntN(300)).Format("060102")
	spare := strings.Repeat("<", 14)
	second := number + digit731(number) + "CHN" + born + digit731(born) + pick(m.rnd, "M", "F") + expiry + digit731(expiry) + spare + digit731(spare)
	second += digit731(second[:10] + second[13:20] + second[21:43])
	return first + "\n" + second
}
