package unpack_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/unpack"
)

// quoted writes s in quoted-printable, in lines that are broken softly.
func quoted(s, end string) string {
	var b strings.Builder
	width := 0
	for _, c := range []byte(s) {
		out := string(c)
		if c >= 0x80 || c == '=' {
			out = fmt.Sprintf("=%02X", c)
		}
		if width += len(out); width > 75 {
			b.WriteString("=" + end)
			width = len(out)
		}
		b.WriteString(out)
		if c == '\n' {
			width = 0
		}
	}
	return b.String()
}

func TestQuoted(t *testing.T) {
	for name, s := range map[string]string{
		"UTF-8":    strings.Repeat("姓名：张三，身份证号11010119900307234X，手机=13800138000。\n", 200),
		"GB 18030": strings.Repeat("\xD0\xD5\xC3\xFB\xA3\xBA\xD5\xC5\xC8\xFD 13800138000\n", 9),
	} {
		for _, end := range []string{"\n", "\r\n"} {
			b := quoted(s, end)
			if !unpack.LooksQuoted([]byte(b[:264])) {
				t.Errorf("%s is not known", name)
			}
			if c := flow(unpack.Quoted, []byte(b), roomy); !c.holds(s) || len(c.misses) > 0 {
				t.Errorf("%s: %d bytes, misses %v", name, c.total, c.misses)
			}
		}
	}
	for _, s := range []string{"", "plain text\n", "a=1&b=%E5%A7%93", "if (a == b) x = 0xE5A7;\n", "url?k=E5A793E5908D&k=E5A7\n", "姓名=E5=A7=93=E5=90=8D", "c2VjcmV0IHBhc3N3b3Jk==\n", strings.Repeat("x", 90) + "=E5=A7=93=E5=90=8D"} {
		if unpack.LooksQuoted([]byte(s)) {
			t.Errorf("%q taken for quoted-printable", s)
		}
	}
}

func FuzzQuoted(f *testing.F) {
	f.Add([]byte("=E5=A7=93=E5=\n=90=8D 13800138000"))
	f.Fuzz(func(t *testing.T, b []byte) {
		unpack.LooksQuoted(b)
		if c := flow(unpack.Quoted, b, roomy); c.total > int64(len(b)) {
			t.Errorf("%d bytes of %d", c.total, len(b))
		}
	})
}
