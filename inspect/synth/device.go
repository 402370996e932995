package synth

import (
	"fmt"
	"strconv"
	"strings"
)

func deviceKinds() []Kind {
	const mac, ip = "pi.device.mac", "pi.net.ip"
	return []Kind{
		{"imei", "pi.device.imei", true, func(m *Maker) string {
			return luhn(pick(m.rnd, "35", "86", "01") + m.digits(12))
		}},
		{"imsi", "pi.device.imsi", false, func(m *Maker) string {
			return "460" + pick(m.rnd, "00", "01", "02", "03", "06", "07", "08", "09", "11", "15") + m.digits(10)
		}},
		{"iccid", "pi.device.iccid", false, func(m *Maker) string {
			return "8986" + pick(m.rnd, "00", "01", "02", "03", "06", "07", "09", "11", "15") + m.digits(14)
		}},
		{"mac", mac, false, func(m *Maker) string { return m.mac(":") }},
		{"machyphen", mac, false, func(m *Maker) string { return strings.ToUpper(m.mac("-")) }},
		{"mac.upper", mac, false, func(m *Maker) string { return strings.ToUpper(m.mac(":")) }},
		{"macbare", mac, false, func(m *Maker) string { return strings.ToUpper(m.mac("")) }},
		{"macdots", mac, false, func(m *Maker) string { s := m.mac(""); return s[:4] + "." + s[4:8] + "." + s[8:] }},
		{"ip4", ip, false, (*Maker).ip4},
		{"ip6", ip, false, func(m *Maker) string {
			return m.pattern(pick(m.rnd, "2001:db8:hhhh:hhhh:hhhh:hhhh:hhhh:hhhh", "2001:db8:hhhh:1::hhhh", "2001:db8::hhhh:hhhh", "240\\9:8\\9\\5\\5:hhhh:hhhh:hhhh:hhhh:hhhh:hhhh"))
		}},
	}
}

// mac is an address of a registered maker: the bits for group and local
// addresses are zero.
func (m *Maker) mac(sep string) string {
	var b strings.Builder
	for i := range 6 {
		v := m.rnd.IntN(256)
		if i == 0 {
			v = v&^3 | 8
		} else {
			b.WriteString(sep)
		}
		fmt.Fprintf(&b, "%02x", v)
	}
	return b.String()
}

// ip4 is an address of a documentation net or any other public one.
func (m *Maker) ip4() string {
	if m.rnd.IntN(2) == 0 {
		return pick(m.rnd, "203.0.113.", "198.51.100.", "192.0.2.") + strconv.Itoa(1+m.rnd.IntN(254))
	}
	first := []int{36, 58, 61, 101, 112, 117, 121, 180, 202, 218, 222}
	return fmt.Sprintf("%d.%d.%d.%d", first[m.rnd.IntN(len(first))], m.rnd.IntN(256), m.rnd.IntN(256), 1+m.rnd.IntN(254))
}

// luhn appends the digit that makes the Luhn sum a multiple of ten.
func luhn(s string) string {
	for d := range 10 {
		if t := s + strconv.Itoa(d); passesLuhn(t) {
			return t
		}
	}
	return s
}
