package synth

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"time"
)

func numericCSV(m *Maker, b *bytes.Buffer, i int) {
	if i%500 == 0 {
		b.WriteString("ts_ms,sensor,temperature,pressure,flow,counter,price,volume,checksum\n")
	}
	fmt.Fprintf(b, "%d,%s,%s.%s,%s.%s,-%s.%s,%s,%s.%s,%s,%s\n", m.day.UnixMilli()+int64(i)*1000, m.digits(4), m.digits(2), m.digits(4), m.digits(4), m.digits(3),
		m.digits(1), m.digits(12), m.digits(11), m.digits(3), m.digits(2), m.digits(9), m.digits(1+m.rnd.IntN(19)))
}

func orderCSV(m *Maker, b *bytes.Buffer, i int) {
	if i%500 == 0 {
		b.WriteString("订单号,流水号,商品编码,条形码,数量,单价,运单号,下单时间\n")
	}
	at := m.recent()
	fmt.Fprintf(b, "%s%s,%s,%s,69%s,%d,%s.%s,%s,%s\n", at.Format("20060102150405"), m.digits(6), m.snowflake(at), m.digits(8), m.digits(11), 1+m.rnd.IntN(99), m.digits(3), m.digits(2),
		pick(m.rnd, "SF"+m.digits(13), "YT"+m.digits(13), "7"+m.digits(14), m.digits(12)), at.Format(time.DateTime))
}

func orderJSON(m *Maker, b *bytes.Buffer, _ int) {
	at := m.recent()
	fmt.Fprintf(b, `{"order_no":"%s%s","trade_no":"%s22001%s","item_id":%s,"sku_id":%s,"tracking_no":"%s","warehouse":"WH%s","amount":%s.%s,"created":%d,"status":"%s","sign":"%s"}`+"\n",
		at.Format("20060102"), m.digits(10), at.Format("20060102"), m.digits(15), m.digits(12), m.digits(13), pick(m.rnd, "JD"+m.digits(13), "SF"+m.digits(13), "43"+m.digits(13), m.digits(11)),
		m.digits(4), m.digits(3), m.digits(2), at.UnixMilli(), m.letters(6), m.hex(32))
}

func numberArrays(m *Maker, b *bytes.Buffer, i int) {
	fmt.Fprintf(b, `{"series":"%s","values":[`, m.letters(5))
	for j := range 24 {
		if j > 0 {
			b.WriteByte(',')
		}
		switch i % 4 {
		case 0:
			fmt.Fprintf(b, "%s%d.%s", pick(m.rnd, "", "-"), m.rnd.IntN(1000), m.digits(1+m.rnd.IntN(12)))
		case 1:
			b.WriteString("1" + m.digits(3+m.rnd.IntN(12)))
		case 2:
			fmt.Fprintf(b, "[%d,%d]", m.rnd.IntN(4096), m.rnd.IntN(4096))
		case 3:
			fmt.Fprintf(b, "%d", m.day.Unix()+int64(j)*60)
		}
	}
	b.WriteString("]}\n")
}

func sqlNumbers(m *Maker, b *bytes.Buffer, i int) {
	if i%50 == 0 {
		b.WriteString("INSERT INTO `t_stock_flow` (`id`,`batch_no`,`sku`,`qty`,`amount`,`serial_no`,`ctime`) VALUES\n")
	}
	end := ","
	if i%50 == 49 {
		end = ";"
	}
	fmt.Fprintf(b, "(%d,'%s%s',%s,%d,%s.%s,'%s','%s')%s\n", 100000+i, m.recent().Format("20060102"), m.digits(6), m.digits(10), m.rnd.IntN(900), m.digits(4), m.digits(2), m.digits(16), m.recent().Format(time.DateTime), end)
}

func base64Lines(m *Maker, b *bytes.Buffer, _ int) {
	b.WriteString(base64.StdEncoding.EncodeToString([]byte(m.bytes(57))) + "\n")
}

func hexLines(m *Maker, b *bytes.Buffer, i int) {
	switch i % 3 {
	case 0:
		b.WriteString(m.hex(64) + "  " + m.letters(6) + ".tar.gz\n")
	case 1:
		fmt.Fprintf(b, "%08x: %s %s %s %s %s %s %s %s\n", i*16, m.hex(4), m.hex(4), m.hex(4), m.hex(4), m.hex(4), m.hex(4), m.hex(4), m.hex(4))
	case 2:
		b.WriteString(m.hex(32) + m.hex(32) + m.hex(32) + "\n")
	}
}
