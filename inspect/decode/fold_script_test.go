package decode_test

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/datacustoms/customs/inspect/decode"
)

func folded(s string) string {
	got, _ := unescape(decode.Escapes{}, []byte(s), 3)
	return string(got)
}

func TestFoldScripts(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"Arabic", "هاتف ١٣٨٠٠١٣٨٠٠٠.", "هاتف 13800138000."},
		{"scripts mixed", "1३٨߀๐১᠓𝟠⓪０₀", "13800138000"},
		{"one alone", "佟\xd9\xa1 \xd9\xa1佟", "佟\xd9\xa1 \xd9\xa1佟"},
		{"in circles", "⓪①②③④⑤⑥⑦⑧⑨⓿❶➁➌⓸🄌", "0123456789012340"},
		{"with a full stop", "⒈⒉⒊ ⑴⑵⑶ 🄁", "123 123 0"},
		{"above and below", "¹³⁸⁰₀₁", "138001"},
		{"Roman", "Ⅰⅲ", "13"},
		{"merchants' numerals", "〡〣〨〇〇〡〣〨〇〇〇 〩", "13800138000 9"},
		{"the last of an identity number", "1Х 1х 1Χ 1χ 1× 1✕ 1Ⅹ 1ⅹ", "1X 1X 1X 1X 1X 1X 1X 1X"},
		{"a product and a word", "1920×1080 Харьков 3Х4", "1920×1080 Харьков 3Х4"},
		{"mathematical letters", "𝐚𝔟𝓬@𝗲𝚡.ℂ𝐍", "abc@ex.CN"},
		{"letters in circles", "ⓐⒷ⒞🄰🅑🅲", "aBcABC"},
		{"struck through", "1\u03363\u0336\u03358\u20dd0\ufe0f\u20e30\ufe2f1", "138001"},
		{"marks on Chinese letters stay", "手\u0336机", "手\u0336机"},
		{"marks within words of other scripts", "नमस्ते", "नमस्ते"},
		{"directions", "1\u202d3\u202e8\u20660\u20690\u061c1\u180e3\u200e8", "13800138"},
		{"tags and selectors", "1\U000e00313\U000e01008", "138"},
		{"letters that show nothing", "1\u31643\u11608\u2800\u034f0\uffa00", "13800"},
		{"a line end of Unicode", "1\u20282", "1\n2"},
		{"escaped", `\u0661&#1635;%D9%A8`, "138"},
		{"a surname in GB18030 that is UTF-8 too", "\xc2\xb3\xd1\xb8 \xcc\xa8\xb1\xb1", "\xc2\xb3\xd1\xb8 \xcc\xa8\xb1\xb1"},
	} {
		if got := folded(tt.in); got != tt.want {
			t.Errorf("%s: %q became %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

// TestFoldEveryDigit wants what the Unicode tables call a digit folded, to what
// they say it is worth where they do.
func TestFoldEveryDigit(t *testing.T) {
	zero := rune(0)
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if !unicode.IsDigit(r) {
			continue
		}
		got := strings.TrimPrefix(folded("7"+string(r)), "7")
		if len(got) != 1 || got[0] < '0' || got[0] > '9' {
			t.Errorf("%U became %q", r, got)
			continue
		}
		if got == "0" {
			zero = r
		}
		if r-zero != rune(got[0]-'0') {
			t.Errorf("%U became %q, with its zero at %U", r, got, zero)
		}
	}
}

// TestFoldAgreesWithCompatibility wants of a character that is folded and has a
// compatibility form the same as that form, but for its brackets and dots.
func TestFoldAgreesWithCompatibility(t *testing.T) {
	roman := map[string]string{"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6", "VII": "7", "VIII": "8", "IX": "9", "X": "X"}
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		form := strings.Trim(norm.NFKD.String(string(r)), "(),.")
		got := strings.TrimPrefix(folded("7"+string(r)), "7")
		if unicode.Is(unicode.No, r) && len(form) == 1 && form[0] >= '0' && form[0] <= '9' && got != form {
			t.Errorf("%U %c became %q, want %q", r, r, got, form)
		}
		if len(got) != 1 || len(form) == 0 || form[0] >= 0x80 || strings.Contains("()., -", got) {
			continue
		}
		if want, ok := roman[strings.ToUpper(form)]; ok && unicode.Is(unicode.Nl, r) {
			form = want
		}
		if got != form {
			t.Errorf("%U %c became %q, want %q", r, r, got, form)
		}
	}
}
