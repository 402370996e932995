package decode_test

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/decode"
)

// layered puts n layers of percent coding on each byte.
func layered(s string, n int) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteString("%" + strings.Repeat("25", n-1) + string(digits[c>>4]) + string(digits[c&15]))
	}
	return b.String()
}

func TestPercentLayers(t *testing.T) {
	const id, mobile = "310101199003072316", "13800138000"
	tests := []struct{ name, text, want string }{
		{"one layer", "a%41%20b", "aA b"},
		{"a sign alone", "100%25 of%25", "100% of%"},
		{"a sign escaped thrice, alone", "100%252525 of", "100% of"},
		{"cut off", "%252", "%2"},
		{"JSON twice", `%257B%2522id%2522%253A%2522` + id + `%2522%252C%2522m%2522%253A%2522` + mobile + `%2522%257D`, `{"id":"` + id + `","m":"` + mobile + `"}`},
		{"a blank before a number, twice", "tel%2520" + mobile, "tel " + mobile},
		{"one digit in two layers", "%2531" + mobile[1:], mobile},
		{"a digit within a number in two layers", "1380%25301" + "38000", "13800138000"},
		{"a sign before an identity number", "q=%25" + id + "%25", "q=%" + id + "%"},
		{"a sign before one that ends in X", "q=%2511010119900307231X%25", "q=%11010119900307231X%"},
		{"a sign before a telephone number", "q=%25" + mobile, "q=%" + mobile},
		{"Chinese in three layers", layered("姓名", 3), "姓名"},
	}
	for n := 1; n <= 10; n++ {
		tests = append(tests, struct{ name, text, want string }{string(rune('0'+n%10)) + " layers", layered(id, n), id})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for size := 1; size <= len(tt.text); size++ {
				if got, spans := unescape(decode.Escapes{}, []byte(tt.text), size); string(got) != tt.want {
					t.Fatalf("in pieces of %d: got %q, want %q", size, got, tt.want)
				} else {
					checkSpans(t, spans, len(tt.text))
				}
			}
		})
	}
}
