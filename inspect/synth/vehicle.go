package synth

import "strings"

func vehicleKinds() []Kind {
	const plate = "vehicle.plate"
	return []Kind{
		{"plate", plate, false, func(m *Maker) string { return m.plateHead() + m.serial(5) }},
		{"platedot", plate, false, func(m *Maker) string { return m.plateHead() + "·" + m.serial(5) }},
		{"plateev", plate, false, func(m *Maker) string { return m.plateHead() + pick(m.rnd, "D", "F") + m.serial(1) + m.digits(4) }},
		{"plateev.dot", plate, false, func(m *Maker) string { return m.plateHead() + "·" + pick(m.rnd, "D", "F") + m.digits(5) }},
		{"plateev.truck", plate, false, func(m *Maker) string { return m.plateHead() + m.digits(5) + pick(m.rnd, "D", "F") }},
		{"platespecial", plate, false, func(m *Maker) string {
			return pick(m.rnd, m.plateHead()+m.serial(4)+pick(m.rnd, "挂", "学", "警"), "粤Z"+m.serial(4)+pick(m.rnd, "港", "澳"))
		}},
		{"vin", "vehicle.vin", true, (*Maker).vin},
	}
}

func (m *Maker) plateHead() string {
	provinces := []rune("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼")
	return string(provinces[m.rnd.IntN(len(provinces))]) + m.pattern(pick(m.rnd, "\\A", "B", "C", "A"))
}

// serial has no more than two letters, as the numbers that are handed out.
func (m *Maker) serial(n int) string {
	b := []byte(m.digits(n))
	for range m.rnd.IntN(3) {
		b[m.rnd.IntN(n)] = m.pattern("A")[0]
	}
	return string(b)
}

// vin is a vehicle of a maker in China; the ninth character closes the sum.
func (m *Maker) vin() string {
	const set = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
	b := []byte(pick(m.rnd, "LSV", "LFV", "LVS", "LHG", "LGX", "LRW", "LBV", "LVG") + "0000000000" + m.digits(4))
	for i := 3; i < 13; i++ {
		b[i] = set[m.rnd.IntN(len(set))]
	}
	const years = "ABCDEFGHJKLMNPRSTVWXY123456789" // no U, Z or 0
	b[9] = years[m.rnd.IntN(len(years))]
	for _, c := range "0123456789X" {
		b[8] = byte(c)
		if vinSum(b) == strings.IndexRune("0123456789X", c) {
			break
		}
	}
	return string(b)
}

func vinSum(b []byte) int {
	// The letters under their digits: A and J stand for 1, B, K and S for 2.
	const rows = "0.......1AJ.....2BKS....3CLT....4DMU....5ENV....6FW.....7GPX....8HY.....9RZ....."
	sum := 0
	for i, w := range []int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2} {
		sum += strings.IndexByte(rows, b[i]) / 8 * w
	}
	return sum % 11
}
