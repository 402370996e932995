package synth

import (
	"strings"
	"time"
)

func identityKinds() []Kind {
	const resident, pr = "pi.id.resident", "pi.id.foreign_pr"
	return []Kind{
		{"id18", resident, true, (*Maker).id18},
		{"id18lower", resident, true, (*Maker).id18X},
		{"id18spaced", resident, true, func(m *Maker) string {
			s := m.id18()
			return s[:6] + " " + s[6:14] + " " + s[14:]
		}},
		{"id18wide", resident, true, func(m *Maker) string { return wide(m.id18()) }},
		{"id15", resident, false, (*Maker).id15},
		{"hmtpermit", resident, true, (*Maker).residencePermit},
		{"pr2023", pr, true, (*Maker).prCard},
		{"pr15", pr, false, func(m *Maker) string {
			return pick(m.rnd, "USA", "JPN", "DEU", "FRA", "KOR", "GBR", "CAN") + pick(m.rnd, "1199", "3199", "4499") +
				m.born(30, 60).Format("060102") + m.digits(2)
		}},
		{"military", "pi.id.military", false, func(m *Maker) string {
			return pick(m.rnd, "军", "南", "北", "沈", "兰", "成", "济", "广", "海", "空", "政", "后", "装") + "字第" + m.digits(7+m.rnd.IntN(2)) + "号"
		}},
		{"military.police", "pi.id.military", false, func(m *Maker) string { return "武字第" + m.digits(7) + "号" }},
	}
}

// born is a day on which a person of from to to years was born.
func (m *Maker) born(from, to int) time.Time {
	return m.day.AddDate(-from-m.rnd.IntN(to-from), 0, -1-m.rnd.IntN(360))
}

func (m *Maker) id18() string { return m.residentID(m.born(18, 75)) }

// id18X is an ID whose check character is a small x.
func (m *Maker) id18X() string {
	for {
		if s := m.id18(); s[17] == 'X' {
			return s[:17] + "x"
		}
	}
}

// id15 is the notation in use until 1999, of someone who was grown up then.
func (m *Maker) id15() string {
	return pick(m.rnd, "11", "31", "33", "44", "50", "51") + "9999" + m.born(46, 80).Format("060102") + m.digits(3)
}

func (m *Maker) residencePermit() string {
	s := pick(m.rnd, "810000", "820000", "830000") + m.born(20, 60).Format("20060102") + m.digits(3)
	return s + string(isoCheck(s))
}

// prCard is the card for foreigners of 2023: 9, province, country, birth,
// number, check.
func (m *Maker) prCard() string {
	s := "9" + pick(m.rnd, "11", "31", "44", "33") + pick(m.rnd, "124", "840", "276", "392", "250", "826") +
		m.born(25, 60).Format("20060102") + m.digits(3)
	return s + string(isoCheck(s))
}

// digit731 is the check digit of machine readable papers.
func digit731(s string) string {
	sum := 0
	for i, c := range s {
		v := strings.IndexRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", c)
		sum += max(v, 0) * [3]int{7, 3, 1}[i%3]
	}
	return string(rune('0' + sum%10))
}
