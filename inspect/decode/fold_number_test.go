package decode_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/decode"
)

// digitForms are the ways to write one ASCII digit c.
var digitForms = []func(c byte) string{
	func(c byte) string { return string(rune(c)) },
	func(c byte) string { return fmt.Sprintf(`\x%02x`, c) },
	func(c byte) string { return fmt.Sprintf(`\u%04X`, c) },
	func(c byte) string { return fmt.Sprintf("%%%02X", c) },
	func(c byte) string { return fmt.Sprintf("&#%d;", c) },
	func(c byte) string { return fmt.Sprintf("&#x%x;", c) },
	func(c byte) string { return string(wide(c)) },
	func(c byte) string { return fmt.Sprintf(`\u%04x`, wide(c)) },
	func(c byte) string { return fmt.Sprintf("&#x%X;", wide(c)) },
	func(c byte) string { return strings.ReplaceAll(fmt.Sprintf(" % X", string(wide(c))), " ", "%") },
	func(c byte) string { return strings.ReplaceAll(fmt.Sprintf(" % x", string(wide(c))), " ", `\x`) },
}

func wide(c byte) rune { return 0xff10 + rune(c-'0') }

func TestEveryNotationOfANumber(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		digits := rapid.StringMatching(`[0-9]{11,18}`).Draw(rt, "digits")
		in := rapid.SampledFrom([]string{"", "a", "号码：", "é", "\xb0\xa1", "\xe7"}).Draw(rt, "before")
		for i := range len(digits) {
			form := rapid.SampledFrom(digitForms).Draw(rt, "form")(digits[i])
			if hidden := rapid.SampledFrom([]string{"", "", "\u200b", `\u200d`, "&shy;", "\u2060\ufeff"}).Draw(rt, "hidden"); i > 0 {
				form = hidden + form
			}
			in += form
		}
		wantDigits(rt, []byte(in), digits)
	})
}

func TestNumbersInGB18030(t *testing.T) {
	numerals := [10][]string{
		{"\xc1\xe3", "\xa9\x96", "\xa1\xf0"}, {"\xd2\xbb", "\xd2\xbc", "\xe7\xdb"}, {"\xb6\xfe", "\xb7\xa1"}, {"\xc8\xfd", "\xc8\xfe"}, {"\xcb\xc4", "\xcb\xc1"},
		{"\xce\xe5", "\xce\xe9"}, {"\xc1\xf9", "\xc2\xbd"}, {"\xc6\xdf", "\xc6\xe2"}, {"\xb0\xcb", "\xb0\xc6"}, {"\xbe\xc5", "\xbe\xc1"},
	}
	rapid.Check(t, func(rt *rapid.T) {
		digits := rapid.StringMatching(`[0-9]{8,18}`).Draw(rt, "digits")
		words := func(name string) (b []byte) { // GB 2312 Chinese characters
			for range rapid.IntRange(0, 6).Draw(rt, name) {
				b = append(b, rapid.ByteRange(0xb0, 0xf7).Draw(rt, "lead"), rapid.ByteRange(0xa1, 0xfe).Draw(rt, "trail"))
			}
			return b
		}
		in := words("before")
		if bytes.Count(in, []byte{0xa3}) > 1 || bytes.Contains(in, []byte{0xef}) {
			rt.Skip() // may read as full-width digits one byte off, or as UTF-8 with what follows
		}
		wideForms := rapid.Bool().Draw(rt, "full-width")
		for _, c := range []byte(digits) {
			if wideForms {
				in = append(in, 0xa3, c+0x80)
			} else {
				in = append(in, rapid.SampledFrom(numerals[c-'0']).Draw(rt, "numeral")...)
			}
		}
		wantDigits(rt, append(in, words("behind")...), digits)
	})
}

func wantDigits(t *rapid.T, in []byte, digits string) {
	got, _ := unescape(decode.Escapes{}, in, 7)
	if !bytes.Contains(got, []byte(digits)) {
		t.Fatalf("%q became %q, without %s", in, got, digits)
	}
}
