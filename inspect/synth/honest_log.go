package synth

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

func logLine(m *Maker, b *bytes.Buffer, i int) {
	at := m.day.Add(time.Duration(i) * 137 * time.Millisecond)
	switch i % 6 {
	case 0:
		fmt.Fprintf(b, "%s INFO [%s,%s,%s] c.s.%s.Worker - job %s took %dms\n", at.Format("2006-01-02 15:04:05.000"), m.letters(6), m.hex(16), m.hex(16), m.letters(5), m.uuid(), m.rnd.IntN(9000))
	case 1:
		fmt.Fprintf(b, `{"ts":%d,"trace_id":"%s","span_id":"%s","request_id":"%s","elapsed":%d.%s}`+"\n", at.UnixMilli(), m.hex(32), m.hex(16), m.uuid(), m.rnd.IntN(900), m.digits(3))
	case 2:
		fmt.Fprintf(b, "%d %s commit %s tree %s parent %s\n", at.UnixNano(), m.letters(5), m.hex(40), m.hex(40), m.hex(40))
	case 3:
		fmt.Fprintf(b, "%s kernel: [%s.%s] %s: flags 0x%s addr 0x%s len %s\n", at.Format(time.RFC3339Nano), m.digits(6), m.digits(6), m.letters(4), m.hex(8), m.hex(16), m.digits(5))
	case 4:
		fmt.Fprintf(b, "%d\t%d\t%s\tseq=%s\toffset=%s\tpid=%s\n", at.Unix(), at.UnixMicro(), m.uuid(), m.digits(12), m.digits(14), m.digits(5))
	case 5:
		fmt.Fprintf(b, "[%s] snowflake id %s batch %s%s done\n", at.Format("20060102150405"), m.snowflake(at), at.Format("20060102150405"), m.digits(6))
	}
}

// snowflake is an identifier of 19 digits as services count them out: time,
// machine, sequence.
func (m *Maker) snowflake(at time.Time) string {
	v := (at.UnixMilli()-1288834974657)<<22 | int64(m.rnd.IntN(1<<22))
	return strconv.FormatInt(v, 10)
}

func prometheus(m *Maker, b *bytes.Buffer, i int) {
	name := "app_" + m.letters(5) + "_" + m.letters(6)
	if i%5 == 0 {
		fmt.Fprintf(b, "# HELP %s_total Number of %s.\n# TYPE %s_total counter\n", name, m.letters(6), name)
	}
	fmt.Fprintf(b, "%s_bucket{handler=\"/v1/%s\",code=\"%d\",le=\"0.%s\"} %s\n", name, m.letters(5), 200+m.rnd.IntN(300), m.digits(3), m.digits(1+m.rnd.IntN(12)))
	fmt.Fprintf(b, "%s_sum{instance=\"%s:9100\"} %s.%s\n", name, m.letters(6), m.digits(6), m.digits(1+m.rnd.IntN(12)))
	fmt.Fprintf(b, "%s_created 1.7%se+09\n", name, m.digits(9))
}

func versionLines(m *Maker, b *bytes.Buffer, i int) {
	n := m.rnd.IntN
	switch i % 5 {
	case 0:
		fmt.Fprintf(b, "%s (%d.%d.%d-%dubuntu%d.%d) stable; urgency=medium\n", m.letters(6), n(9), n(30), n(40), n(9), n(4), n(20))
	case 1:
		fmt.Fprintf(b, "version: %d.%d.%d.%d\nbuild: %s\n", n(20), n(40), n(9999), n(9), m.digits(8))
	case 2:
		fmt.Fprintf(b, "lib%s.so.%d.%d.%d => /usr/lib/x86_64-linux-gnu/lib%s.so.%d (0x0000%s)\n", m.letters(5), n(9), n(20), n(9), m.letters(5), n(9), m.hex(12))
	case 3:
		fmt.Fprintf(b, "%s@%d.%d.%d %s@npm:%d.%d.%d logo@2x.png git@host:%s/%s.git\n", m.letters(6), n(9), n(30), n(40), m.letters(6), n(9), n(30), n(40), m.letters(5), m.letters(5))
	case 4:
		fmt.Fprintf(b, "FileVersion %d.0.%d.%d, ProductVersion=%d.%d.%d.%d\n", n(12), n(30000), n(9000), n(20), n(20), n(3000), n(200))
	}
}

func configLines(m *Maker, b *bytes.Buffer, i int) {
	m.rotate(b, i,
		"[%s]\nname = %s\nport = %d\ntimeout = %ds",
		"server:\n  address: 0.0.0.0:8%d\n  name: %s\n  max-connections: %d\n",
		"spring.datasource.password=${DB_PASSWORD}\nspring.datasource.username=%s\nspring.application.name=%s",
		"  - name: %s\n    image: registry.%s.internal/%s:v%d.%d\n    env:\n      - name: SECRET_KEY\n        valueFrom: {secretKeyRef: {name: %s, key: token}}",
		"listen 127.0.0.1:9%d;\nproxy_pass http://%s/;\nproxy_set_header X-Real-IP $remote_addr;",
		"{\"name\": \"%s\", \"private\": true, \"phone\": null, \"email\": \"\", \"retry\": %d}",
		"mail.from=noreply@localhost\nlog.path=/var/log/%s/%s.log\ncard.prefix=%d",
		"<property name=\"%s\" value=\"%d\"/>\n<bean id=\"%s\" class=\"cn.sample.%s.Address\"/>")
}
