package decode_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datacustoms/customs/inspect/decode"
)

func in16(s string, big bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// TestSniffWide wants UTF-16 without a mark to be known by any head, and text
// of 8 bits and random bytes not to be taken for it.
func TestSniffWide(t *testing.T) {
	texts := []string{
		"登记资料如下，请核对后保存。\n身份证号：110101199003072316\n以上内容由系统生成。\n", "身份證號碼 A123456(3)，姓名：陳大文；電話 13800138000", "机密★20年 登记资料如下，请核对后保存。",
		"户籍地址：北京市东城区长安街一号，邮编100000。联系电话及出生年月日", "姓名,李一,身份证号,110101199003072316\r\n", "110101199003072316,13800138000",
	}
	for _, s := range texts {
		for _, big := range []bool{false, true} {
			want := map[bool]decode.Format{false: decode.UTF16LE, true: decode.UTF16BE}[big]
			whole := in16(strings.Repeat(s, 5), big)
			for n := 24; n <= 264; n += 2 {
				if got := decode.Sniff(whole[:min(n, len(whole))]); got != want {
					t.Errorf("%d bytes of %q: %v, want %v", n, s, got, want)
				}
			}
		}
		gb, err := simplifiedchinese.GB18030.NewEncoder().String(strings.Repeat(s, 5))
		if err != nil {
			t.Fatal(err)
		}
		for n := 16; n < 128; n++ {
			if got := decode.Sniff([]byte(gb[:min(n, len(gb))])); got != decode.Plain {
				t.Errorf("%d bytes of %q in GB 18030: %v", n, s, got)
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for range 200_000 {
		b := make([]byte, 24)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		if decode.LooksUTF16(b, true) || decode.LooksUTF16(b, false) {
			taken++
		}
	}
	if taken > 2 {
		t.Errorf("%d of 200000 random heads look like UTF-16", taken)
	}
}

func FuzzLooksUTF16(f *testing.F) {
	f.Add(in16("身份证号：110101199003072316", true), true)
	f.Add([]byte{0xff, 0xfe, 1}, false)
	f.Fuzz(func(t *testing.T, b []byte, big bool) {
		if decode.LooksUTF16(b, big) && len(b) < 4 {
			t.Errorf("%d bytes are too few to tell", len(b))
		}
	})
}
