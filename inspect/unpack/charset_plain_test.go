package unpack_test

import (
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/traditionalchinese"

	"github.com/datacustoms/customs/inspect/unpack"
)

func TestPlain(t *testing.T) {
	wide := func(s string, big bool) (out string) {
		for _, u := range utf16.Encode([]rune(s)) {
			if pair := string([]byte{byte(u), byte(u >> 8)}); big {
				out += pair[1:] + pair[:1]
			} else {
				out += pair
			}
		}
		return out
	}
	const text, old = "身份证号 110101199003072316", "身分證字號 A123456789，電話"
	for name, s := range map[string]string{"little": wide(text, false), "big": wide(text, true), "little with a mark": wide("\ufeff"+text, false), "digits": wide("110101199003072316", false)} {
		if got := string(unpack.Plain([]byte(s))); got != text && (name != "digits" || got != "110101199003072316") {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := string(unpack.Plain([]byte(encoded(t, old, "Big5")))); got != old {
		t.Errorf("Big5: %q", got)
	}
	for _, s := range []string{"", "a", text, old, "110101199003072316", "\xd6\xa4\xbc\xfe\xba\xc5\xc2\xeb 110101199003072316", "\x00\x00\x00\x00", "\xff\xfe", "0\x00"} {
		if got := unpack.Plain([]byte(s)); got != nil {
			t.Errorf("%q is given as %q", s, got)
		}
	}
}

// TestBig5Table holds every pair against the decoder it is made of.
func TestBig5Table(t *testing.T) {
	dec := traditionalchinese.Big5.NewDecoder()
	for i := 0x8140; i < 0xff00; i++ {
		pair := string([]byte{byte(i >> 8), byte(i)})
		if byte(i) < 0x40 || byte(i) == 0xff {
			continue
		}
		want, err := dec.String(pair)
		if err != nil {
			t.Fatal(err)
		}
		if want == "\ufffd" && byte(i) < 0x80 || len([]rune(want)) > 1 && want[0] == 0xef { // ASCII is never swallowed
			want = "\ufffd" + pair[1:]
		}
		for _, n := range []int{1, 2, 9} {
			if got := decoded(t, unpack.Big5, pair+"!", n); got != want+"!" && got != "\ufffd!" {
				t.Errorf("%x in pieces of %d: %q, want %q", pair, n, got, want)
			}
		}
	}
}

func FuzzPlain(f *testing.F) {
	f.Add([]byte("\xa9m\xa6W\xa1G\xb3\xaf\xa4j\xa4\xe5"))
	f.Add([]byte("1\x001\x000\x001\x000\x001\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := unpack.Plain(b); len(got) > 3*len(b) {
			t.Errorf("%d bytes of %d", len(got), len(b))
		}
	})
}
