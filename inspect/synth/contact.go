package synth

import "fmt"

func contactKinds() []Kind {
	const mobile, landline = "pi.contact.mobile", "pi.contact.landline"
	grouped := func(sep string) func(*Maker) string {
		return func(m *Maker) string { s := m.cell(); return s[:3] + sep + s[3:7] + sep + s[7:] }
	}
	return []Kind{
		{"mobile", mobile, false, (*Maker).cell},
		{"mobilegroup.space", mobile, false, grouped(" ")},
		{"mobilegroup.hyphen", mobile, false, grouped("-")},
		{"mobile86", mobile, false, func(m *Maker) string { return pick(m.rnd, "+86", "+86 ", "+86-", "0086", "(+86)") + m.cell() }},
		{"mobilewide", mobile, false, func(m *Maker) string { return wide(m.cell()) }},
		{"phonehk", mobile, false, from("+852 6999 9999", "+852 \\9999 9999", "+852-59999999", "+85269999999")},
		{"phonemo", mobile, false, from("+853 6699 9999", "+853-66999999", "+85366999999")},
		{"phonetw", mobile, false, from("+886 \\999999999", "+886-\\999999999", "+886\\999999999")},
		{"landline", landline, false, from("010-89999999", "021-59999999", "0755-29999999", "0571-89999999", "020-39999999", "028-69999999")},
		{"landline.paren", landline, false, from("(010)89999999", "(0755)29999999", "（021）59999999")},
		{"landline.ext", landline, false, from("010-69999999-999", "0512-69999999转9999", "021 69999999")},
		{"email", "pi.contact.email", false, (*Maker).mail},
		{"wechat", "pi.contact.wechat", false, from("aaaaa_9999", "aaaaaa9999", "wx-aaaa99", "Aaaaaaaa")},
		{"wechat.wxid", "pi.contact.wechat", false, from("wxid_haahaa9haahaa99")},
		{"openid", "pi.contact.wechat", false, func(m *Maker) string { return "o" + m.base64url(27) }},
		{"qq", "pi.contact.qq", false, func(m *Maker) string { return pick(m.rnd, "1", "2", "3", "5", "8", "9") + m.digits(5+m.rnd.IntN(5)) }},
	}
}

// cell is a mobile number of the mainland, from all allocated ranges.
func (m *Maker) cell() string {
	return pick(m.rnd, "130", "131", "135", "136", "137", "138", "139", "145", "147", "149", "150", "151", "152", "153", "155", "157", "158",
		"159", "166", "167", "171", "173", "175", "176", "177", "178", "180", "181", "182", "183", "185", "187", "188", "189", "190", "191",
		"193", "195", "197", "198", "199") + m.digits(8)
}

func (m *Maker) mail() string {
	local := m.letters(4+m.rnd.IntN(5)) + pick(m.rnd, "", "."+m.letters(3), "_"+m.letters(4), m.digits(3))
	return fmt.Sprintf("%s@%s", local, pick(m.rnd, "example.com", "example.cn", "mail.example.net", "corp.example.com.cn", "example.org"))
}

// base64url is n characters of an identifier as services draw them.
func (m *Maker) base64url(n int) string {
	const set = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	b := make([]byte, n)
	for i := range b {
		b[i] = set[m.rnd.IntN(len(set))]
	}
	return string(b)
}
