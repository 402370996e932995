package unpack_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode/utf32"
	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// decoded pushes s in pieces of n bytes.
func decoded(t interface{ Errorf(string, ...any) }, coding unpack.Coding, s string, n int) string {
	c := unpack.Charset{Coding: coding}
	var text []byte
	var spans []decode.Span
	for at := 0; at < len(s); at += n {
		text, spans = c.Append(text, spans, []byte(s[at:min(at+n, len(s))]), int64(at))
	}
	text, spans = c.Flush(text, spans)
	if len(text) != len(spans) {
		t.Errorf("%d bytes, %d spans", len(text), len(spans))
	}
	last := int64(0)
	for _, x := range spans {
		if x.From < 0 || x.From < last-8 || x.To <= x.From || x.To > int64(len(s)) {
			t.Errorf("span %v of %d bytes", x, len(s))
		}
		last = x.From
	}
	return string(text)
}

func TestCharset(t *testing.T) {
	tests := []struct {
		name   string
		coding unpack.Coding
		text   string
		want   string
	}{
		{"Big5", unpack.Big5, "a\xa8\xad\xa4\xc0\xc3\xd21", "a身分證1"},
		{"Big5 of two runes", unpack.Big5, "\x88\x62", "Ê̄"},
		{"Big5 broken by ASCII", unpack.Big5, "\xa8\n1\xff2", "\ufffd\n1\ufffd2"},
		{"Big5 cut off", unpack.Big5, "1\xa8", "1\ufffd"},
		{"GB 18030", unpack.GB18030, "\xc9\xed\xb7\xdd\xd6\xa4\x81\x39\xee\x391", "身份证\u34001"},
		{"UTF-32 with its mark", unpack.UTF32LE, "\xff\xfe\x00\x00\xc1\x8b\x00\x00\x31\x00\x00\x00", "证1"},
		{"UTF-32, no character", unpack.UTF32BE, "\x00\x11\x00\x00\x00\x00\x00\x31", "\ufffd1"},
		{"UTF-7 of RFC 2152", unpack.UTF7, "Hi Mom -+Jjo--!", "Hi Mom -☺-!"},
		{"UTF-7 of RFC 2152, Japanese", unpack.UTF7, "+ZeVnLIqe-", "日本語"},
		{"UTF-7, a plus sign", unpack.UTF7, "1 +- 1, +ADE 2+ADI", "1 + 1, 1 22"},
		{"UTF-7 beyond 16 bits", unpack.UTF7, "+2EDfYg-", "\U00020362"},
		{"HZ of RFC 1843", unpack.HZ, "This sentence is in ASCII.\nThe next sentence is in GB.~{<:Ky2;S{#,NpJ)l6HK!#~}Bye.", "This sentence is in ASCII.\nThe next sentence is in GB.己所不欲，勿施於人。Bye."},
		{"HZ, a tilde and a line", unpack.HZ, "~~1~\n2~{VP\n3", "~12中\n3"},
		{"ISO-2022-CN", unpack.ISO2022CN, "a\x1b$)A\x0e=;;;\x0f1\n2", "a交换1\n2"},
		{"GB 2312 by ESC $ A", unpack.ISO2022CN, "\x1b$A=;;;\x1b(B1", "交换1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1, 2, 3, 100} {
				if got := decoded(t, tt.coding, tt.text, n); got != tt.want {
					t.Errorf("in pieces of %d: got %q, want %q", n, got, tt.want)
				}
			}
		})
	}
}

// TestCharsetIsThatOfText holds Charset against the decoders as a whole.
func TestCharsetIsThatOfText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("证件號碼身分證１２3a \n\U00020021，。"))).Draw(t, "s")
		n := rapid.IntRange(1, 9).Draw(t, "n")
		gb, _ := simplifiedchinese.GB18030.NewEncoder().String(s)
		if got := decoded(t, unpack.GB18030, gb, n); got != s {
			t.Fatalf("GB 18030: got %q, want %q", got, s)
		}
		wide, _ := utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM).NewEncoder().String(s)
		if got := decoded(t, unpack.UTF32BE, wide, n); got != s {
			t.Fatalf("UTF-32: got %q, want %q", got, s)
		}
	})
}

func TestLooksBig5(t *testing.T) {
	traditional := []string{"姓名：陳大文，身分證字號", "本公司同意將客戶之個人資料，傳輸至境外伺服器。", "戶籍地址：臺北市信義區市府路一號", "聯絡電話及出生年月日", "請於期限內提出申請，逾期不予受理。"}
	simplified := []string{"姓名：陈大文，身份证号码", "本公司同意将客户的个人信息，传输至境外服务器。", "户籍地址：北京市东城区长安街一号", "联系电话及出生年月日", "请在期限内提出申请，逾期不予受理。"}
	big5, gbk := traditionalchinese.Big5.NewEncoder(), simplifiedchinese.GBK.NewEncoder()
	for _, s := range traditional {
		b, err := big5.String(s)
		if err != nil {
			t.Fatal(err)
		}
		if !unpack.LooksBig5([]byte(b)) {
			t.Errorf("%s in Big5 is not seen", s)
		}
		b, _ = gbk.String(s)
		if unpack.LooksBig5([]byte(b)) {
			t.Errorf("%s in GBK is seen as Big5", s)
		}
	}
	for _, s := range simplified {
		b, _ := gbk.String(s)
		if unpack.LooksBig5([]byte(b)) || unpack.LooksBig5([]byte(s)) {
			t.Errorf("%s is seen as Big5", s)
		}
	}
	for _, s := range []string{"", "ascii", "\xff\xfe", strings.Repeat("\x80", 9), "\xa4"} {
		if unpack.LooksBig5([]byte(s)) {
			t.Errorf("%q is seen as Big5", s)
		}
	}
}

func TestSniffCharset(t *testing.T) {
	tests := []struct {
		name, head string
		want       unpack.Coding
		ok         bool
	}{
		{"Big5", "\xa9m\xa6W\xa1G\xb3\xaf\xa4j\xa4\xe5", unpack.Big5, true},
		{"HZ", "name ~{<:Ky2;S{~} 1", unpack.HZ, true},
		{"ISO-2022-CN", "a\x1b$)A\x0e=;;;\x0f1", unpack.ISO2022CN, true},
		{"UTF-32 with its mark", "\xff\xfe\x00\x00\xc1\x8b\x00\x00", unpack.UTF32LE, true},
		{"UTF-32 without", "\x00\x00\x00a\x00\x00\x8b\xc1\x00\x00\x00b\x00\x00\x00c", unpack.UTF32BE, true},
		{"UTF-7 of Chinese", "name: +i6RO/Q-, 1", unpack.UTF7, true},
		{"UTF-7 of digits", "+ADEAMQAwADEAMAAx-", unpack.UTF7, true},
		{"sums and links", "1+1=2, a+b+cdef-g, tel +8613800138000, https://x/?q=a+bcd+efgh", 0, false},
		{"UTF-8", "姓名：陈大文", 0, false},
		{"a home directory", "~{a,b}", 0, false},
		{"nothing", "", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := unpack.SniffCharset([]byte(tt.head)); got != tt.want || ok != tt.ok {
				t.Errorf("got %v, %v", got, ok)
			}
		})
	}
}

func FuzzCharset(f *testing.F) {
	f.Add(uint8(4), []byte("+2EDfYg-+ADE"), uint8(1))
	f.Add(uint8(5), []byte("~{VP~}~"), uint8(2))
	f.Add(uint8(6), []byte("\x1b$)A\x0e=;;;\x0f"), uint8(3))
	f.Fuzz(func(t *testing.T, coding uint8, b []byte, n uint8) {
		c := unpack.Coding(coding % 7)
		whole := decoded(t, c, string(b), len(b)+1)
		if got := decoded(t, c, string(b), int(n)+1); got != whole {
			t.Errorf("%s in pieces: %q, whole %q", c, got, whole)
		}
		if len(whole) > 3*len(b)+4 {
			t.Errorf("%d bytes of %d", len(whole), len(b))
		}
	})
}
