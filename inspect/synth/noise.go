package synth

import (
	"strconv"
	"time"
)

// noiseKinds identify nobody and have no class: what stands around values.
func noiseKinds() []Kind {
	return []Kind{
		{"#uuid", "", false, (*Maker).uuid},
		{"#container", "", false, (*Maker).container},
		{"#hex16", "", false, func(m *Maker) string { return m.hex(16) }},
		{"#hex32", "", false, func(m *Maker) string { return m.hex(32) }},
		{"#d1", "", false, number(1)},
		{"#d2", "", false, number(2)},
		{"#d3", "", false, number(3)},
		{"#d4", "", false, number(4)},
		{"#d6", "", false, number(6)},
		{"#d8", "", false, number(8)},
		{"#order", "", false, func(m *Maker) string { return m.day.Format("20060102") + m.digits(8) }},
		{"#tracking", "", false, func(m *Maker) string { return "SF" + m.digits(13) }},
		{"#price", "", false, func(m *Maker) string { return strconv.Itoa(1+m.rnd.IntN(900)) + "." + m.digits(2) }},
		{"#age", "", false, func(m *Maker) string { return strconv.Itoa(18 + m.rnd.IntN(60)) }},
		{"#word", "", false, func(m *Maker) string { return m.letters(3 + m.rnd.IntN(6)) }},
		{"#flight", "", false, func(m *Maker) string { return pick(m.rnd, "CA", "MU", "CZ", "HU") + m.digits(4) }},
		{"#date", "", false, func(m *Maker) string { return m.recent().Format(time.DateOnly) }},
		{"#time", "", false, func(m *Maker) string { return m.recent().Format(time.DateTime) }},
		{"#iso", "", false, func(m *Maker) string { return m.recent().Format(time.RFC3339) }},
		{"#ms", "", false, func(m *Maker) string { return strconv.FormatInt(m.recent().UnixMilli()+int64(m.rnd.IntN(1000)), 10) }},
		{"#ymd", "", false, func(m *Maker) string { return m.recent().Format("20060102") }},
		{"#zhdate", "", false, func(m *Maker) string { return m.recent().Format("2006年1月2日") }},
		{"#sex", "", false, one("男", "女")},
		{"#dept", "", false, one("内科", "骨科", "心内科", "急诊科", "呼吸科")},
		{"#goods", "", false, one("蓝牙耳机", "运动鞋", "保温杯", "收纳箱", "洗衣液")},
		{"#nation", "", false, one("汉族", "回族", "壮族", "满族")},
		{"#company", "", false, one("示例科技有限公司", "样本贸易有限公司", "虚构电子有限公司", "假想物流有限公司")},
		{"#pinyin", "", false, one("CESHI/XIAOMING", "YANGLI/DAWEI", "SHIFAN/WENWEN")},
	}
}

// number makes a number of n digits.
func number(n int) func(*Maker) string {
	return func(m *Maker) string { return strconv.Itoa(1+m.rnd.IntN(9)) + m.digits(n-1) }
}

// recent is a moment of the last year.
func (m *Maker) recent() time.Time {
	return m.day.Add(-time.Duration(m.rnd.IntN(365*86400)) * time.Second)
}
