package unpack_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

const (
	traditional = "本公司同意將客戶之個人資料，傳輸至境外伺服器。戶籍地址：臺北市信義區市府路一號。請於期限內提出申請，逾期不予受理。"
	simplified  = "本公司同意将客户的个人信息，传输至境外服务器。户籍地址：北京市东城区长安街一号。请在期限内提出申请，逾期不予受理。"
)

func encoded(t testing.TB, s, name string) string {
	t.Helper()
	var err error
	switch name {
	case "Big5":
		s, err = traditionalchinese.Big5.NewEncoder().String(s)
	case "GBK":
		s, err = simplifiedchinese.GBK.NewEncoder().String(s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// judged pushes s in pieces.
func judged(s string, n int) (big5, sure bool, first int64) {
	var j unpack.Big5Judge
	for p := s; len(p) > 0; p = p[min(n, len(p)):] {
		j.Write([]byte(p[:min(n, len(p))]))
	}
	at, _ := j.First()
	return j.Big5(), j.Sure(), at
}

func TestBig5Judge(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	binary := make([]byte, 9000)
	for i := range binary {
		binary[i] = byte(rnd.Uint32())
	}
	ascii := strings.Repeat(`{"id":1,"name":"x"}`, 900)
	tests := []struct {
		name, text string
		want       bool
	}{
		{"Big5", encoded(t, traditional, "Big5"), true},
		{"a name in Big5 behind much ASCII", ascii + encoded(t, "姓名：陳大文，身分證字號", "Big5"), true},
		{"long Big5", strings.Repeat(encoded(t, traditional, "Big5")+"\n", 90), true},
		{"Big5 with a broken byte", strings.Repeat(encoded(t, traditional, "Big5")+"\xff\n", 9), true},
		{"simplified in GBK", strings.Repeat(encoded(t, simplified, "GBK"), 90), false},
		{"traditional in GBK", encoded(t, traditional, "GBK"), false},
		{"traditional in UTF-8", traditional, false},
		{"French in UTF-8", strings.Repeat("à côté de la forêt, où l'été dure. ", 50), false},
		{"French in Latin-1", strings.Repeat("\xe0 c\xf4t\xe9 de la for\xeat, o\xf9 l'\xe9t\xe9 dure. ", 50), false},
		{"ASCII", ascii, false},
		{"random bytes", string(binary), false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1, 7, 1 << 20} {
				got, _, first := judged(tt.text, n)
				if want := int64(strings.IndexFunc(tt.text, func(r rune) bool { return r >= 0x80 })); got != tt.want || first != want {
					t.Errorf("in pieces of %d: %v from %d, want %v from %d", n, got, first, tt.want, want)
				}
			}
		})
	}
	if _, sure, _ := judged(strings.Repeat(traditional, 90), 100); !sure {
		t.Error("not sure of UTF-8")
	}
}

func TestBig5JudgeOnMachineCode(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	taken, all := 0, 0
	for ; len(b) > 64<<10 && all < 200; b = b[64<<10:] {
		if all++; unpackIsBig5(string(b[:64<<10])) {
			taken++
		}
	}
	if taken > all/20 {
		t.Errorf("%d of %d pieces are taken for Big5", taken, all)
	}
}

func unpackIsBig5(s string) bool { ok, _, _ := judged(s, 4096); return ok }

func FuzzBig5Judge(f *testing.F) {
	f.Add([]byte("\xa9m\xa6W\xa1G\xb3\xaf\xa4j\xa4\xe5"), uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, n uint8) {
		a, sureA, firstA := judged(string(b), len(b)+1)
		c, sureC, firstC := judged(string(b), int(n)+1)
		if a != c || sureA != sureC || firstA != firstC {
			t.Errorf("%v %v %d, in pieces of %d: %v %v %d", a, sureA, firstA, n+1, c, sureC, firstC)
		}
	})
}

func BenchmarkBig5(b *testing.B) {
	ascii := []byte(strings.Repeat(`{"id":1,"name":"x"}`, 800))
	b.Run("judge of ASCII", func(b *testing.B) {
		b.SetBytes(int64(len(ascii)))
		var j unpack.Big5Judge
		for b.Loop() {
			j.Write(ascii)
		}
	})
	text := []byte(strings.Repeat(encoded(b, traditional, "Big5"), 100))
	b.Run("decoding", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		c := unpack.Charset{Coding: unpack.Big5}
		var dst []byte
		var spans []decode.Span
		for b.Loop() {
			dst, spans = c.Append(dst[:0], spans[:0], text, 0)
		}
	})
}
