package unpack_test

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// randomBytes makes bytes that are neither text nor of a known format.
func randomBytes(n int) string {
	rnd := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rnd.Uint32())
	}
	b[0] = 0xee
	return string(b)
}

func TestRunsGivesOutWhatIsLong(t *testing.T) {
	std, url, hexed := base64.StdEncoding.EncodeToString, base64.RawURLEncoding.EncodeToString, hex.EncodeToString
	data := randomBytes(3000)
	b64 := std([]byte(data))
	zeros := strings.Repeat("\x00", 2304)
	tests := []struct{ name, text, kind, want string }{
		{"base64 in JSON", `{"v":"` + b64 + `"}`, "base64", data},
		{"base64 of just that length", `{"v":"` + b64[:2048] + `"}`, "base64", data[:1536]},
		{"mail lines", "\n" + wrap(b64, 76, "\r\n") + "\n", "base64", data},
		{"lines escaped in JSON", `{"v":"` + wrap(b64, 60, `\n`) + `\n"}`, "base64", data},
		{"slashes escaped in JSON", `"` + strings.ReplaceAll(b64, "/", `\/`) + `"`, "base64", data},
		{"base64url", "?v=" + url([]byte(data)) + "&x=1", "base64url", data},
		{"hexadecimal", "v=" + hexed([]byte(data)) + ";", "hex", data},
		{"hexadecimal in lines", "\n" + wrap(hexed([]byte(data)), 76, "\n") + "\n", "hex", data},
		{"base32", "v=" + base32.StdEncoding.EncodeToString([]byte(data)), "base32", data},
		{"behind zeros", "v=" + std([]byte(zeros+data)), "base64", data},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1, 100, 1 << 20} {
				got := runsOf("some text before it, and then "+tt.text, n)
				if len(got) != 1 || got[0].kind != tt.kind || !strings.Contains(got[0].text, tt.want) || !got[0].done {
					t.Fatalf("in pieces of %d: %d runs of %d bytes", n, len(got), len(tt.want))
				}
			}
		})
	}
}

func TestRunsRefusesKeysAndFiller(t *testing.T) {
	std := base64.StdEncoding.EncodeToString
	for name, text := range map[string]string{
		"a signature":       std([]byte(randomBytes(512))),
		"a longer one":      wrap(std([]byte(randomBytes(1500))), 64, "\n"),
		"a key in hex":      hex.EncodeToString([]byte(randomBytes(1024))),
		"letters":           strings.Repeat("GATTACAtgtg", 900),
		"digits":            strings.Repeat("31415926535", 900),
		"dashes":            strings.Repeat("-", 9000),
		"sums in lines":     wrap(hex.EncodeToString([]byte(randomBytes(32*90))), 64, "\n"),
		"sums with names":   strings.Repeat(hex.EncodeToString([]byte(randomBytes(32)))+"  file\n", 90),
		"sums of a lock":    strings.Repeat(`    "integrity": "sha512-`+std([]byte(randomBytes(64)))+"\",\n", 90),
		"paths in lines":    strings.Repeat("/usr/share/doc/packages/something/examples/of/things.html\n", 90),
		"names that adjoin": strings.Repeat("ThisIsTheNameOfSomethingQuiteLong1\n", 90),
	} {
		t.Run(name, func(t *testing.T) {
			if got := runsOf(text, 4096); len(got) > 0 {
				t.Errorf("took %d runs, the first %s at %v", len(got), got[0].kind, got[0].at)
			}
		})
	}
}

func TestRunsFindsTextBehindALineThatWasRefused(t *testing.T) {
	line := base64.StdEncoding.EncodeToString([]byte(secret))
	for name, before := range map[string]string{"a sum": hex.EncodeToString([]byte(randomBytes(32))), "noise": wrap(base64.StdEncoding.EncodeToString([]byte(randomBytes(900))), 60, "\n")} {
		if got := runsOf(before+"\n"+line+"\n", 50); len(got) != 1 || got[0].text != secret {
			t.Errorf("behind %s: %+v", name, got)
		}
	}
}

func TestRunsWokenAgain(t *testing.T) {
	var got []run
	r := unpack.NewRuns(func(kind string, at decode.Span, b []byte, last bool) {
		got = append(got, run{kind, at, string(b), last})
	})
	r.Write([]byte("AbCdEfGh" + base64.StdEncoding.EncodeToString([]byte(randomBytes(1000)))))
	if r.Idle() {
		t.Error("idle within a long run")
	}
	r.Reset(1 << 40)
	if !r.Idle() {
		t.Error("not idle after Reset")
	}
	line := base64.StdEncoding.EncodeToString([]byte(secret + "."))
	r.Write([]byte(line + `"` + strings.Repeat(" ", unpack.RunAhead)))
	if !r.Idle() {
		t.Error("not idle behind what was read")
	}
	want := run{"base64", decode.Span{From: 1 << 40, To: 1<<40 + int64(len(strings.TrimRight(line, "=")))}, secret + ".", true}
	if len(got) != 1 || got[0] != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
