package decode_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"go.uber.org/goleak"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func pack(t testing.TB, f decode.Format, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch f {
	case decode.Gzip:
		w = gzip.NewWriter(&b)
	case decode.Zlib:
		w = zlib.NewWriter(&b)
	default:
		fw, err := flate.NewWriter(&b, 6)
		if err != nil {
			t.Fatal(err)
		}
		w = fw
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type run struct {
	out    []byte
	spans  []decode.Span
	reason inspect.GapReason
	rest   int64
}

func inflate(f decode.Format, l decode.Limits, p []byte, n int) (r run) {
	d := decode.NewInflate(f, &decode.Budget{Limits: l.WithDefaults()})
	emit := func(b []byte, s decode.Span) {
		r.out = append(r.out, b...)
		for range b {
			r.spans = append(r.spans, s)
		}
	}
	for rest := p; len(rest) > 0; {
		k := min(max(n, 1), len(rest))
		d.Write(rest[:k], emit)
		rest = rest[k:]
	}
	r.reason, r.rest = d.Close(int64(len(p)), emit)
	return r
}

func TestInflate(t *testing.T) {
	text := []byte(strings.Repeat("some text, not all of it the same; ", 3000) + "end")
	for _, f := range []decode.Format{decode.Gzip, decode.Zlib, decode.RawDeflate} {
		p := pack(t, f, text)
		whole := inflate(f, decode.Limits{}, p, len(p))
		if !bytes.Equal(whole.out, text) || whole.reason != "" || whole.rest != 0 {
			t.Fatalf("%v: %d bytes, %q, %d left", f, len(whole.out), whole.reason, whole.rest)
		}
		for _, n := range []int{1, 2, 7, 64} {
			if r := inflate(f, decode.Limits{}, p, n); !bytes.Equal(r.out, text) || !equalSpans(r.spans, whole.spans) {
				t.Errorf("%v in pieces of %d differs", f, n)
			}
		}
		if r := inflate(f, decode.Limits{}, p[:len(p)/2], 5); r.reason != inspect.GapBroken {
			t.Errorf("%v cut off: %q", f, r.reason)
		}
		if r := inflate(f, decode.Limits{}, append(bytes.Clone(p), "more"...), 5); r.reason != inspect.GapBroken || !bytes.Equal(r.out, text) {
			t.Errorf("%v with bytes behind: %q", f, r.reason)
		}
	}
}

func equalSpans(a, b []decode.Span) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestLimits(t *testing.T) {
	zeros := pack(t, decode.Gzip, make([]byte, 8<<20))
	if r := inflate(decode.Gzip, decode.Limits{}, zeros, 512); r.reason != inspect.GapLimitRatio || len(r.out) > 2<<20 {
		t.Errorf("ratio: %q after %d bytes", r.reason, len(r.out))
	}
	if r := inflate(decode.Gzip, decode.Limits{Bytes: 64 << 10, Ratio: 1 << 20}, zeros, 512); r.reason != inspect.GapLimitBytes || len(r.out) > 70<<10 {
		t.Errorf("bytes: %q after %d bytes", r.reason, len(r.out))
	}
}

func TestClosedEarlyLeavesNoGoroutine(t *testing.T) {
	d := decode.NewInflate(decode.Gzip, &decode.Budget{Limits: decode.Limits{}.WithDefaults()})
	d.Write([]byte{0x1f, 0x8b, 8}, func([]byte, decode.Span) {})
	if reason, _ := d.Close(3, func([]byte, decode.Span) {}); reason != inspect.GapBroken {
		t.Errorf("reason %q", reason)
	}
}

func unescape(e decode.Escapes, p []byte, n int) (out []byte, spans []decode.Span) {
	for at := 0; at < len(p); {
		k := min(n, len(p)-at)
		out, spans = e.Append(out, spans, p[at:at+k], int64(at))
		at += k
	}
	return e.Flush(out, spans)
}

func TestEscapes(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain", "plain"}, {`a\u0031b`, "a1b"}, {`\u673a\u5bc6`, "机密"}, {`\ud83d\ude00`, "😀"}, {`\ud83dx`, "\ufffdx"},
		{`\ud83d\u0041`, "\ufffdA"}, {`\n\t\"\\\/`, "\n\t\"\\/"}, {`\x`, `\x`}, {`\u12`, `\u12`}, {`\u12zz`, `\u12zz`},
		{"%31%3", "1%3"}, {"100%", "100%"}, {"%%31", "%1"}, {"%zz%41", "%zzA"}, {"a+b", "a b"}, {`\`, `\`}, {`\\u0031`, `\u0031`},
		{`\ud83d\`, `\ud83d\`}, {`\ud83d%41`, "\ufffdA"},
	}
	for _, tt := range tests {
		for _, n := range []int{1, 2, 3, 100} {
			got, spans := unescape(decode.Escapes{Plus: true}, []byte(tt.in), n)
			if string(got) != tt.want || len(spans) != len(got) {
				t.Errorf("%q in pieces of %d: %q with %d spans, want %q", tt.in, n, got, len(spans), tt.want)
			}
		}
	}
}

// checkSpans wants spans that rise, stay inside and leave no byte out.
func checkSpans(t *testing.T, spans []decode.Span, size int) {
	t.Helper()
	end := int64(0)
	for i, s := range spans {
		if s.From >= s.To || s.From > end || i > 0 && s.From < spans[i-1].From {
			t.Fatalf("span %d is [%d, %d) after %d", i, s.From, s.To, end)
		}
		end = max(end, s.To)
	}
	if end != int64(size) {
		t.Fatalf("spans end at %d of %d", end, size)
	}
}

func FuzzEscapes(f *testing.F) {
	for _, s := range []string{`\u673a`, "%31+", `\ud83d\ude00`, `\ud83d\ud83d\u`, "%%%"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		whole, spans := unescape(decode.Escapes{}, p, max(len(p), 1))
		checkSpans(t, spans, len(p))
		for _, n := range []int{1, 3} {
			if got, s := unescape(decode.Escapes{}, p, n); !bytes.Equal(got, whole) || !equalSpans(s, spans) {
				t.Fatalf("in pieces of %d: %q, whole %q", n, got, whole)
			}
		}
	})
}

func FuzzInflate(f *testing.F) {
	f.Add(uint8(1), []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x03\x00"))
	f.Add(uint8(3), []byte("\x03\x00"))
	f.Fuzz(func(t *testing.T, kind uint8, p []byte) {
		format := decode.Gzip + decode.Format(kind%3)
		l := decode.Limits{Bytes: 1 << 20}
		whole := inflate(format, l, p, len(p))
		if cut := inflate(format, l, p, 1); !bytes.Equal(cut.out, whole.out) || cut.reason != whole.reason || !equalSpans(cut.spans, whole.spans) {
			t.Fatalf("in pieces %q with %d bytes, whole %q with %d", cut.reason, len(cut.out), whole.reason, len(whole.out))
		}
	})
}

func TestUTF16(t *testing.T) {
	text := "手机 13800138000 😀 end"
	for _, big := range []bool{false, true} {
		var p []byte
		for _, u := range utf16.Encode([]rune(text)) {
			if big {
				p = append(p, byte(u>>8), byte(u))
			} else {
				p = append(p, byte(u), byte(u>>8))
			}
		}
		for _, n := range []int{1, 2, 3, 100} {
			u := decode.UTF16{Big: big}
			var out []byte
			var spans []decode.Span
			for at := 0; at < len(p); at += n {
				out, spans = u.Append(out, spans, p[at:min(at+n, len(p))], int64(at))
			}
			if string(out) != text {
				t.Errorf("big %v in pieces of %d: %q", big, n, out)
			}
			checkSpans(t, spans, len(p))
		}
	}
	u := decode.UTF16{}
	if out, _ := u.Append(nil, nil, []byte{0x3d, 0xd8, 0x41, 0, 0, 0xdc, 0x42, 0}, 0); string(out) != "\ufffdA\ufffdB" {
		t.Errorf("lone surrogates: %q", out)
	}
}

func TestSniff(t *testing.T) {
	tests := []struct {
		name, head string
		want       decode.Format
	}{
		{"text", "hello, world", decode.Plain}, {"gzip", "\x1f\x8b\x08\x00", decode.Gzip}, {"zip", "PK\x03\x04", decode.Opaque},
		{"pdf", "%PDF-1.7", decode.Opaque}, {"ole", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", decode.Opaque},
		{"zstd", "\x28\xb5\x2f\xfd", decode.Zstd}, {"xz", "\xfd7zXZ\x00", decode.XZ}, {"7z", "7z\xbc\xaf\x27\x1c", decode.Opaque},
		{"rar", "Rar!\x1a\x07\x01", decode.Opaque}, {"bz2", "BZh9", decode.Opaque},
		{"utf-16 by mark", "\xff\xfeh\x00", decode.UTF16LE}, {"utf-16be by mark", "\xfe\xff\x00h", decode.UTF16BE},
		{"utf-16 by NUL", "{\x00\"\x00a\x00\"\x00:\x001\x00", decode.UTF16LE}, {"utf-16be by NUL", "\x00{\x00\"\x00a\x00\"\x00:\x001", decode.UTF16BE},
		{"zeros", strings.Repeat("\x00", 64), decode.Plain}, {"nothing", "", decode.Plain},
	}
	for _, tt := range tests {
		if got := decode.Sniff([]byte(tt.head)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if got := decode.Codings(" gzip , identity, BR"); len(got) != 2 || got[0] != "br" || got[1] != "gzip" {
		t.Errorf("codings %q", got)
	}
	for text, want := range map[string]bool{"a=1&b=2": true, "a=1": false, "a b=1&c": false, `{"a=1&":2}`: false, "": false} {
		if got := decode.IsForm([]byte(text)); got != want {
			t.Errorf("IsForm(%q) = %v", text, got)
		}
	}
}

// TestLeads compares the search for leads with a look at every place.
func TestLeads(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"%", "\\", "+", "u", "n", "4", "aF", "x", "%41", `\u0031`, " ", "\xff"}
	for range 3000 {
		var p []byte
		for range r.IntN(12) {
			p = append(p, pieces[r.IntN(len(pieces))]...)
		}
		e := decode.Escapes{Plus: r.IntN(2) == 0}
		first, last := len(p), -1
		for i := range p {
			if e.Lead(p[i:]) == 0 {
				first, last = min(first, i), i
			}
		}
		if e.Lead(p) != first || e.LastLead(p) != last {
			t.Fatalf("%q: leads %d and %d, want %d and %d", p, e.Lead(p), e.LastLead(p), first, last)
		}
		// Whatever is decoded begins at a lead.
		text, spans := e.Append(nil, nil, p, 0)
		_, spans = e.Flush(text, spans)
		for _, s := range spans {
			if s.To-s.From > 1 && e.Lead(p[s.From:]) != 0 {
				t.Fatalf("%q: an escape at %d has no lead", p, s.From)
			}
		}
	}
}

func TestIsJSON(t *testing.T) {
	for text, want := range map[string]bool{
		`{"a":1}`: true, "{}": true, "[]": true, "[1,2]": true, "[-1.5e3 ]": true, `["a"]`: true, "[[1]]": true, "\xef\xbb\xbf [ true,": true, "[": true, "[12": true,
		"[2026-11-22 10:00] x": false, "[INFO] x": false, "[12:30:01]": false, "{x}": false, "a": false, "": false, "[nul]": false,
	} {
		if got := decode.IsJSON([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
