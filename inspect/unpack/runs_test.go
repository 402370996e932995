package unpack_test

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// run is one run that was given out.
type run struct {
	kind string
	at   decode.Span
	text string
	done bool
}

// runsOf pushes s in pieces of n bytes.
func runsOf(s string, n int) (out []run) {
	open := false
	r := unpack.NewRuns(func(kind string, at decode.Span, b []byte, last bool) {
		if !open {
			out = append(out, run{kind: kind, at: at})
		}
		x := &out[len(out)-1]
		if x.kind != kind || x.at.To != at.From && open {
			panic("a run changed under way")
		}
		x.text += string(b)
		x.at.To = at.To
		x.done = last
		open = !last
	})
	for len(s) > 0 {
		k := min(n, len(s))
		r.Write([]byte(s[:k]))
		s = s[k:]
	}
	r.Close()
	return out
}

const secret = "证件 110101199003072316, mobile 13800138000"

func wrap(s string, n int, eol string) string {
	var b strings.Builder
	for len(s) > n {
		b.WriteString(s[:n] + eol)
		s = s[n:]
	}
	return b.String() + s
}

func each(s, format, sep string) string {
	var parts []string
	for _, c := range []byte(s) {
		parts = append(parts, fmt.Sprintf(format, c))
	}
	return strings.Join(parts, sep)
}

func TestRuns(t *testing.T) {
	std, url := base64.StdEncoding, base64.RawURLEncoding
	long := strings.Repeat(secret+"; ", 12)
	tests := []struct{ name, text, kind, want string }{
		{"base64 in JSON", `{"v":"` + std.EncodeToString([]byte(secret)) + `"}`, "base64", secret},
		{"base64 of a number alone", "x: " + std.EncodeToString([]byte("110101199003072316")), "base64", "110101199003072316"},
		{"base64url without padding", "?q=" + url.EncodeToString([]byte(secret+"~~~???")) + "&x=1", "base64url", secret + "~~~???"},
		{"mail lines", "a b\r\n\r\n" + wrap(std.EncodeToString([]byte(long)), 76, "\r\n") + "\r\n\r\nbye", "base64", long},
		{"PEM lines", "-----BEGIN X-----\n" + wrap(std.EncodeToString([]byte(long)), 64, "\n") + "\n-----END X-----\n", "base64", long},
		{"lines escaped in JSON", `{"k":"` + wrap(std.EncodeToString([]byte(long)), 76, `\n`) + `\n"}`, "base64", long},
		{"lines indented in YAML", "k: |\n    " + wrap(std.EncodeToString([]byte(long)), 60, "\n    ") + "\nz: 1\n", "base64", long},
		{"slashes escaped in JSON", `"` + strings.ReplaceAll(std.EncodeToString([]byte(secret+"???~~~???")), "/", `\/`) + `"`, "base64", secret + "???~~~???"},
		{"plus escaped in JSON", `"` + strings.ReplaceAll(std.EncodeToString([]byte(secret+"~>~>~>~>")), "+", `\u002B`) + `"`, "base64", secret + "~>~>~>~>"},
		{"in a path", "GET /api/v1/users/" + url.EncodeToString([]byte(secret)) + " HTTP/1.1", "base64url", secret},
		{"behind a name", "TOKEN_" + url.EncodeToString([]byte(secret)), "base64url", secret},
		{"behind a line that is a name", "ThisIsTheNameOfSomethingQuiteLong\n" + std.EncodeToString([]byte(secret)), "base64", secret},
		{"base64 of GB 18030", "v=" + std.EncodeToString([]byte("\xd6\xa4\xbc\xfe\xba\xc5\xc2\xeb 110101199003072316")), "base64", "\xd6\xa4\xbc\xfe\xba\xc5\xc2\xeb 110101199003072316"},
		{"base64 of UTF-16", "v=" + std.EncodeToString([]byte(each("110101199003072316", "%c\x00", ""))), "base64", each("110101199003072316", "%c\x00", "")},
		{"base64 of gzip", "v=" + std.EncodeToString([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x33\x34\x34\x80\x11\x22")), "base64", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x33\x34\x34\x80\x11\x22"},
		{"base64 of a zip", "v=" + std.EncodeToString([]byte("PK\x03\x04\x14\x00\x08\x00\x08\x00\xa3\xb4\xc5\xd6\xe7\xf8\x99\x88\x77\x66\x55")), "base64", "PK\x03\x04\x14\x00\x08\x00\x08\x00\xa3\xb4\xc5\xd6\xe7\xf8\x99\x88\x77\x66\x55"},
		{"base64 of protobuf", "v=" + std.EncodeToString([]byte("\x0a\x12110101199003072316\x12\x0b13800138000")), "base64", "\x0a\x12110101199003072316\x12\x0b13800138000"},
		{"base32", "v=" + base32.StdEncoding.EncodeToString([]byte(secret)), "base32", secret},
		{"base32 in small letters", "v=" + strings.ToLower(base32.StdEncoding.EncodeToString([]byte(secret))), "base32", secret},
		{"base32hex", "v=" + base32.HexEncoding.EncodeToString([]byte(secret)), "base32hex", secret},
		{"hexadecimal", "v=" + hex.EncodeToString([]byte(secret)), "hex", secret},
		{"hexadecimal of a telephone number", "v=" + hex.EncodeToString([]byte("13800138000")), "hex", "13800138000"},
		{"hexadecimal in capitals", "v=" + strings.ToUpper(hex.EncodeToString([]byte(secret))), "hex", secret},
		{"hexadecimal behind 0x", "v=0x" + hex.EncodeToString([]byte(secret)), "hex", secret},
		{"bytea", `v=\x` + hex.EncodeToString([]byte(secret)), "hex", secret},
		{"xxd -p", "\n" + wrap(hex.EncodeToString([]byte(long)), 60, "\n") + "\n", "hex", long},
		{"pairs with blanks", "dump: " + each(secret, "%02x", " ") + " end.", "hex", secret},
		{"pairs with colons", "dump: " + each(secret, "%02X", ":"), "hex", secret},
		{"pairs with hyphens", "dump: " + each(secret, "%02X", "-"), "hex", secret},
		{"pairs in lines", "dump:\n" + wrap(each(secret, "%02x", " "), 48, "\n"), "hex", secret},
		{"escapes of C", `s = "` + each(secret, `\x%02x`, "") + `"`, "hex", secret},
		{"an array of C", "{" + each(secret, "0x%02x", ",") + "}", "hex", secret},
		{"an array of C with blanks", "{ " + each(secret, "0x%02X", ", ") + " }", "hex", secret},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1, 7, 100, 1 << 20} {
				text := "some text before it, and then " + tt.text
				ok := false
				for _, got := range runsOf(text, n) {
					ok = ok || got.kind == tt.kind && strings.HasPrefix(got.text, tt.want) && len(got.text) < len(tt.want)+3 && got.done
				}
				if !ok {
					t.Fatalf("in pieces of %d: %+v", n, runsOf(text, n))
				}
			}
		})
	}
}

func TestRunsOfAToken(t *testing.T) {
	part := base64.RawURLEncoding.EncodeToString
	sig := make([]byte, 32)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range sig {
		sig[i] = byte(rnd.Uint32())
	}
	head, body := `{"alg":"HS256","typ":"JWT"}`, `{"sub":"110101199003072316","iat":1516239022}`
	token := "Authorization: Bearer " + part([]byte(head)) + "." + part([]byte(body)) + "." + part(sig)
	got := runsOf(token, 1<<20)
	if len(got) != 2 || got[0].text != head || got[1].text != body {
		t.Fatalf("got %+v", got)
	}
	if s := token[got[1].at.From:got[1].at.To]; s != part([]byte(body)) {
		t.Errorf("the span is %q", s)
	}
}

func TestRunsRefuse(t *testing.T) {
	tests := []struct{ name, text string }{
		{"prose", strings.Repeat("The quick brown fox jumps over the lazy dog, internationalization notwithstanding. ", 20)},
		{"identifiers", "getInternationalizationConfigurationFactoryBean AbstractSingletonProxyFactoryBean some_long_identifier_name_for_testing"},
		{"UUIDs", strings.Repeat("f81d4fae-7dec-11d0-a765-00a0c91e6bf6 ", 20)},
		{"a SHA-1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		{"a SHA-256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"a hash of a lock file", "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="},
		{"a fingerprint", "2B:6F:1A:9C:44:E0:7D:13:88:5A:F2:9B:C1:0E:77:D4:3F:A8:65:B2"},
		{"numbers in columns", strings.Repeat("10 20 05 11 19 08 01 02 03 04 90 91 ", 20)},
		{"paths", "/usr/share/doc/packages/someLibrary/Examples/internationalization/index.html"},
		{"escaped slashes", strings.Repeat(`\/`, 300) + strings.Repeat(`\u002b`, 100)},
		{"filler", strings.Repeat("A", 5000) + strings.Repeat("=", 200) + strings.Repeat("0", 3000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := runsOf(tt.text, 1<<20); len(got) > 0 {
				t.Errorf("took %+v", got)
			}
		})
	}
}

func TestRunsWithinWhatWasRefused(t *testing.T) {
	noise := make([]byte, 3000)
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	inner := strings.Repeat(secret+"\n", 40)
	text := base64.StdEncoding.EncodeToString(append(noise, inner...))
	all := ""
	for _, r := range runsOf(text, 4096) {
		all += r.text
	}
	if !strings.Contains(all, strings.Repeat(secret+"\n", 30)) {
		t.Errorf("text behind noise was lost: %d bytes", len(all))
	}
}

func TestStillEscaped(t *testing.T) {
	for text, want := range map[string]bool{"": false, "100%": false, "100% of": false, "%41": true, "a%2541": true, "%zz%4": false, "50% %e4": true} {
		if got := unpack.StillEscaped([]byte(text)); got != want {
			t.Errorf("StillEscaped(%q) = %v", text, got)
		}
	}
}

func FuzzRuns(f *testing.F) {
	f.Add([]byte(base64.StdEncoding.EncodeToString([]byte(secret))), uint8(7))
	f.Add([]byte(each(secret, "0x%02x", ", ")), uint8(3))
	f.Add([]byte(wrap(hex.EncodeToString([]byte(strings.Repeat(secret, 9))), 60, `\r\n`)), uint8(50))
	f.Add([]byte(strings.Repeat(`\/`, 200)+"\\u002bAAAA"), uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, n uint8) {
		whole, pieces := runsOf(string(b), len(b)+1), runsOf(string(b), int(n)+1)
		if fmt.Sprint(whole) != fmt.Sprint(pieces) {
			t.Errorf("%+v\nin pieces of %d: %+v", whole, n+1, pieces)
		}
		samePieces(t, b, map[string]func() int{"pieces": func() int { return int(n) + 1 }})
		for _, r := range whole {
			if r.at.From < 0 || r.at.To > int64(len(b)) || r.at.From > r.at.To || !r.done || len(r.text) > len(b) {
				t.Errorf("%v of %d", r, len(b))
			}
		}
	})
}

func BenchmarkRuns(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 768<<10)
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	var js bytes.Buffer
	for js.Len() < 1<<20 {
		fmt.Fprintf(&js, `{"id":"%08x-%04x-4%03x-8%03x-%012x","userName":"user%d","createdAt":"2026-11-22T07:55:12Z","amount":%d.%02d,"tags":["internal","export"],"note":"the order was shipped to the warehouse on time"},`,
			rnd.Uint32(), rnd.Uint32()&0xffff, rnd.Uint32()&0xfff, rnd.Uint32()&0xfff, rnd.Uint64()&0xffffffffffff, rnd.Uint32(), rnd.Uint32()%10000, rnd.Uint32()%100)
	}
	noise64 := base64.StdEncoding.EncodeToString(noise)
	for _, bb := range []struct{ name, text string }{
		{"json", js.String()}, {"random", noise64}, {"random in lines", wrap(noise64, 76, "\r\n")}, {"hex digests", wrap(hex.EncodeToString(noise), 64, "\n")},
		{"text in base64", base64.StdEncoding.EncodeToString([]byte(strings.Repeat(secret, 20000)))}, {"blanks and digits", strings.Repeat("12 34 56 7", 100000)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			n := 0
			text := []byte(bb.text)
			r := unpack.NewRuns(func(_ string, _ decode.Span, p []byte, _ bool) { n += len(p) })
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				for i := 0; i < len(text); i += 64 << 10 {
					r.Write(text[i:min(i+64<<10, len(text))])
				}
			}
			b.ReportMetric(float64(n)/float64(b.N)/float64(len(text)), "out/in")
		})
	}
}
