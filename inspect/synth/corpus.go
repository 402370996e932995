package synth

import (
	"bytes"
	"fmt"
	"time"
)

// Label says what a document holds and where.
type Label struct {
	Line     int    // from 1
	Class    string // as in package inspect
	Value    string // as it stands
	Kind     string // name of the notation
	Offset   int    // of the value in Data
	Checked  bool   // a check digit or a binding structure proves it
	Optional bool   // may be found and need not be
}

// Corpus is a document with the truth about it.
type Corpus struct {
	Name   string
	Type   string // content type its sender claims, or empty
	Data   []byte
	Labels []Label
}

// APILog is a log of an interface as JSON lines, one line in twenty with a
// person.
func (m *Maker) APILog(lines int) Corpus {
	c := Corpus{Name: "api log"}
	var b bytes.Buffer
	for i := range lines {
		at := m.day.Add(time.Duration(i) * 137 * time.Millisecond)
		fmt.Fprintf(&b, `{"time":"%s","level":"info","trace_id":"%s","path":"/v2/orders/%s","status":200,"cost_ms":%d.%s`,
			at.Format(time.RFC3339Nano), m.uuid(), m.letters(8), m.rnd.IntN(900), m.digits(3))
		if i%20 == 7 {
			p := m.Adult()
			fmt.Fprintf(&b, `,"user":{"idNo":"%s","mobile":"%s"}`, p.ResidentID, p.Mobile)
			c.Labels = append(c.Labels, Label{Line: i + 1, Class: "pi.id.resident", Value: p.ResidentID}, Label{Line: i + 1, Class: "pi.contact.mobile", Value: p.Mobile})
		}
		b.WriteString("}\n")
	}
	c.Data = b.Bytes()
	return c
}

// Prose is Chinese text, one line in ten with a person.
func (m *Maker) Prose(lines int) Corpus {
	c := Corpus{Name: "chinese prose"}
	var b bytes.Buffer
	for i := range lines {
		b.WriteString(pick(m.rnd, "本季度样本数据整理工作已经完成，", "根据会议安排，请各部门按时提交材料，", "经过讨论，大家一致同意调整计划，"))
		if i%10 == 3 {
			p := m.Adult()
			fmt.Fprintf(&b, "联系人%s，手机%s，身份证号%s，", p.Name, p.Mobile, p.ResidentID)
			c.Labels = append(c.Labels, Label{Line: i + 1, Class: "pi.contact.mobile", Value: p.Mobile}, Label{Line: i + 1, Class: "pi.id.resident", Value: p.ResidentID})
		}
		fmt.Fprintf(&b, "预计%d月%d日前结束。\n", 1+m.rnd.IntN(12), 1+m.rnd.IntN(28))
	}
	c.Data = b.Bytes()
	return c
}

// Table is a CSV of persons.
func (m *Maker) Table(rows int) Corpus {
	people := m.Adults(rows)
	c := Corpus{Name: "csv", Data: CSV(people)}
	for i, p := range people {
		c.Labels = append(c.Labels, Label{Line: i + 2, Class: "pi.id.resident", Value: p.ResidentID}, Label{Line: i + 2, Class: "pi.contact.mobile", Value: p.Mobile},
			Label{Line: i + 2, Class: "pi.contact.email", Value: p.Email}, Label{Line: i + 2, Class: "pi.finance.bankcard", Value: p.BankCard})
	}
	return c
}

// Negatives is text full of numbers and names that are nobody's: UUIDs,
// hashes, timestamps, versions, decimals, order numbers.
func (m *Maker) Negatives(lines int) Corpus {
	var b bytes.Buffer
	for i := range lines {
		switch i % 7 {
		case 0:
			fmt.Fprintf(&b, "uuid=%s etag=%s%s\n", m.uuid(), m.hex(16), m.hex(16))
		case 1:
			fmt.Fprintf(&b, "%d %s.%s 0.%s -%s.%s\n", m.day.UnixMilli()+int64(i), m.digits(3), m.digits(11), m.digits(16), m.digits(2), m.digits(13))
		case 2:
			fmt.Fprintf(&b, `{"order_no":"1%s","trace_id":"%s%s"}`+"\n", m.digits(10), m.hex(8), m.hex(8))
		case 3:
			fmt.Fprintf(&b, "require lib/%s@v%d.%d.%d-2026%s-%s\n", m.letters(6), m.rnd.IntN(9), m.rnd.IntN(99), m.rnd.IntN(99), m.digits(10), m.hex(12))
		case 4:
			fmt.Fprintf(&b, "git@host:%s/%s.git logo@2x.png %s@localhost\n", m.letters(4), m.letters(5), m.letters(4))
		case 5:
			fmt.Fprintf(&b, "保守秘密是义务，商业秘密★受保护，秘密花园第%d章，**机密**\n", i)
		case 6:
			fmt.Fprintf(&b, "订单号：1%s，流水号 4%s\n", m.digits(10), m.digits(15))
		}
	}
	return Corpus{Name: "hard negatives", Data: b.Bytes()}
}

// Clean is a document of n lines without anything to find.
func (m *Maker) Clean(lines int) []byte {
	var b bytes.Buffer
	for range lines {
		fmt.Fprintf(&b, `{"sensor":"%s","reading":%d.%d,"unit":"kPa","ok":true}`+"\n", m.letters(6), m.rnd.IntN(100), m.rnd.IntN(10))
	}
	return b.Bytes()
}

func (m *Maker) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdef"[m.rnd.IntN(16)]
	}
	return string(b)
}

func (m *Maker) uuid() string {
	return m.hex(8) + "-" + m.hex(4) + "-4" + m.hex(3) + "-a" + m.hex(3) + "-" + m.hex(12)
}
