package unpack_test

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// piecesOf returns each piece that is given out, when a text is pushed in
// pieces of the lengths that cut returns.
func piecesOf(s []byte, cut func() int) (out []run) {
	r := unpack.NewRuns(func(kind string, at decode.Span, b []byte, last bool) {
		out = append(out, run{kind, at, string(b), last})
	})
	for len(s) > 0 {
		k := min(cut(), len(s))
		r.Write(s[:k])
		s = s[k:]
	}
	r.Close()
	return out
}

// samePieces holds pieces of any size against the text as a whole.
func samePieces(t testing.TB, s []byte, cuts map[string]func() int) {
	t.Helper()
	want := piecesOf(s, func() int { return len(s) })
	for name, cut := range cuts {
		got := piecesOf(s, cut)
		if slices.Equal(got, want) {
			continue
		}
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Fatalf("%s: piece %d of %d, %d: %+v\nof %q", name, i, len(got), len(want), append(got[min(i, len(got)):min(i+1, len(got))], want[min(i, len(want)):min(i+1, len(want))]...), s)
			}
		}
	}
}

// codedText makes a text of what is found and what looks like it.
func codedText(r *rand.Rand) []byte {
	var b bytes.Buffer
	for range 1 + r.IntN(10) {
		data := randomBytes(1 + r.IntN(120))
		switch r.IntN(5) {
		case 0:
			data = randomBytes(1500 + r.IntN(1900))
		case 1, 2, 3:
			data = strings.Repeat(secret+"; ", 20)[:20+r.IntN(30)*r.IntN(30)]
		}
		p := []byte(data)
		std, hexed, b32 := base64.StdEncoding.EncodeToString(p), hex.EncodeToString(p), base32.StdEncoding.WithPadding(-1).EncodeToString(p)
		forms := []string{
			std, hexed, b32, strings.ToLower(b32), base64.RawURLEncoding.EncodeToString(p), wrap(std, 76, "\r\n"), wrap(std, 60, `\n`), wrap(std, 50, "\n     "),
			wrap(std, 30, "\n"), wrap(std, 32, "\" +\n    \""), wrap(std, 40, `' . '`), wrap(std, 64, " "), wrap(strings.ToLower(b32), 60, "."), wrap(hexed, 62, "."),
			strings.ReplaceAll(std, "/", `\/`), strings.ReplaceAll(std, "+", `\u002b`), url.QueryEscape("x=" + wrap(std, 76, "\r\n")),
			url.QueryEscape(url.QueryEscape(std)), strings.ReplaceAll(std, "+", "&#43;"), `v\n` + std, wrap(hexed, 64, "\n"), dump(p, "od"), dump(p, "xxd"), dump(p, "hexdump"),
			each(data, "%02x", " "), each(data, "%02X", ":"), each(data, "%02x", ", "), each(data, "%02x", "\n"), each(data, "%02x", " : "), wrap(each(data, "%02x", " "), 48, "\n"),
			each(data, `\x%02x`, ""), each(data, `\%03o`, ""), each(data, "0x%02x", ","), wrap(each(data, "0x%02X", ", "), 72, "\n  "),
			"f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "/usr/share/doc/some/Thing/", "some_long_identifier_name_", data,
		}
		b.WriteString(forms[r.IntN(len(forms))])
		b.WriteString([]string{" ", "", `"`, "\n", "\n\n", ", ", ".", strings.Repeat(" ", r.IntN(150)), `","`, "/", "\\", "=", "x: '"}[r.IntN(13)])
	}
	return b.Bytes()
}

// dump writes bytes as od -An, xxd and hexdump -C would.
func dump(p []byte, style string) string {
	var b strings.Builder
	for i := 0; i < len(p); i += 16 {
		row := p[i:min(i+16, len(p))]
		text := strings.Map(func(r rune) rune {
			if r < ' ' || r > '~' {
				return '.'
			}
			return r
		}, string(row))
		switch style {
		case "od":
			fmt.Fprintf(&b, "%07o % x\n", i, row)
		case "hexdump":
			fmt.Fprintf(&b, "%08x  % x  % x  |%.16s|\n", i, row[:min(8, len(row))], row[min(8, len(row)):], text)
		case "xxd":
			fmt.Fprintf(&b, "%08x:", i)
			for k := 0; k < len(row); k += 2 {
				fmt.Fprintf(&b, " %x", row[k:min(k+2, len(row))])
			}
			fmt.Fprintf(&b, "  %.16s\n", text)
		}
	}
	return b.String()
}

func cutsOf(r *rand.Rand) map[string]func() int {
	return map[string]func() int{
		"bytes": func() int { return 1 }, "two": func() int { return 2 }, "63": func() int { return 63 }, "191": func() int { return 191 }, "4096": func() int { return 4096 },
		"any": func() int { return 1 + r.IntN(300) }, "many": func() int { return 1 + r.IntN(1+r.IntN(3000)) },
	}
}

// TestRunsSameInPieces holds each piece, with its place and its end, to be the
// same however the text is cut.
func TestRunsSameInPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 100 {
		samePieces(t, codedText(r), cutsOf(r))
	}
}

// TestRunsInOtherWriting wants a text to come out in one piece, however its
// base64 or hexadecimal is written.
func TestRunsInOtherWriting(t *testing.T) {
	long := strings.Repeat(secret+"; ", 9)
	std, hexed := base64.StdEncoding.EncodeToString([]byte(long)), hex.EncodeToString([]byte(long))
	b32 := strings.ToLower(base32.StdEncoding.WithPadding(-1).EncodeToString([]byte(long)))
	tests := []struct{ name, text string }{
		{"strings that are added", `v = "` + wrap(std, 32, "\" +\n    \"") + `"`},
		{"strings behind each other", "char *v = '" + wrap(std, 60, "'\n\t'") + "';"},
		{"strings with dots", "$v = '" + wrap(std, 24, "'.'") + "';"},
		{"labels of a host", wrap(b32, 60, ".") + ".t.example.com"},
		{"labels of a host in hexadecimal", wrap(hexed, 62, ".") + ".t.example.com"},
		{"labels and nothing else", wrap(b32, 63, ".")},
		{"lines on one line", "v: " + wrap(std, 64, " ") + "\n"},
		{"lines on one line, and no more", "v: " + wrap(std, 76, " ")},
		{"percent", "v=" + url.QueryEscape(std) + "&w=1"},
		{"percent, with a quote before it", "v=" + url.QueryEscape(`"`+wrap(std, 76, "\r\n")+`"`)},
		{"percent of percent", "v=" + url.QueryEscape(url.QueryEscape("{"+std))},
		{"references", "<p>" + strings.ReplaceAll(std, "+", "&#43;") + "</p>"},
		{"behind an escaped line break", `"v:\n` + std + `"`},
		{"behind an escaped quote", `"\u0022` + std + `\u0022"`},
		{"pairs with a comma and a blank", "v = [" + each(long, "%02x", ", ") + "]"},
		{"pairs on lines of their own", each(long, "%02x", "\n")},
		{"pairs with colons between blanks", each(long, "%02X", " : ")},
		{"pairs with plus signs", each(long, "%02X", "+")},
		{"octal", `v = "` + each(long, `\%03o`, "") + `"`},
		{"od", dump([]byte(long), "od")},
		{"xxd", dump([]byte(long), "xxd")},
		{"hexdump", dump([]byte(long), "hexdump")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runsOf("so: "+tt.text, 4096)
			if len(got) != 1 || !strings.HasPrefix(got[0].text, long) || len(got[0].text) > len(long)+2 {
				t.Errorf("%d runs: %.300q", len(got), fmt.Sprint(got))
			}
		})
	}
}

// TestRunsInOtherCharsets wants each short text to be taken.
func TestRunsInOtherCharsets(t *testing.T) {
	text := "身分證字號：A123456789，電話 0912345678"
	for name, s := range map[string]string{"Big5": encoded(t, text, "Big5"), "UTF-16LE": string(in16(text)), "a name in UTF-16LE": string(in16("姓名：李小测，部门：销售"))} {
		for form, coded := range map[string]string{"base64": base64.StdEncoding.EncodeToString([]byte(s)), "base32": base32.StdEncoding.EncodeToString([]byte(s)), "hex": hex.EncodeToString([]byte(s)), "pairs": each(s, "%02x", " ")} {
			if got := runsOf("v: "+coded+"\n", 99); len(got) != 1 || !strings.HasPrefix(got[0].text, s) {
				t.Errorf("%s in %s: %+v", name, form, got)
			}
		}
	}
}

// in16 is a text in UTF-16, lower halves first.
func in16(s string) (out []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}
