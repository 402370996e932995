package engine_test

import (
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
)

// evasion is one way to hide a value. Where elsewhere is set, it is no matter
// of one scan, and that says whose.
type evasion struct {
	group, name string
	meta        inspect.Meta
	data        string
	class       inspect.Class
	elsewhere   string
}

// holes are the rows that look clean, and why that stays: what would find them
// finds too much in honest text. Of each group other rows hold.
var holes = map[string]string{
	"base64, with blanks in it":         "a letter and a blank, over and over, is the look of drawn text, tables and game boards",
	"base64, reversed":                  "a cipher, if a poor one",
	"hexadecimal, as %08b ":             "bits stand in much honest output",
	"hexadecimal, as %d,":               "lists of small numbers are data of every kind",
	"hexadecimal, as %d ":               "lists of small numbers are data of every kind",
	"homoglyph, letters for digits":     "words and product codes are full of these letters",
	"query splitting, over values":      "each piece is a number as any other",
	"column split, in three columns":    "each piece is a number as any other",
	"column split, a JSON array":        "each piece is a number as any other",
	"separated, each digit by a hyphen": "single digits in a row are scores, ranks and choices",
	"separated, by line breaks":         "a number at the end of one line and one at the start of the next are two, in every table",

	"compressed body, deflate, nobody declares it": "a few bytes without a head; from 128 bytes on they look random",
	"compressed body, br, nobody declares it":      "a few bytes without a head; from 128 bytes on they look random",
}

// TestEvasion wants each value found, or the report to say that something was
// not read. Nothing may look clean.
func TestEvasion(t *testing.T) {
	e := open(t)
	rows := append(append(codedEvasions(t), formEvasions(t)...), writtenEvasions()...)
	groups := map[string]bool{}
	found, told, elsewhere := 0, 0, 0
	var clean []string
	for _, tt := range rows {
		t.Run(tt.group+", "+tt.name, func(t *testing.T) {
			if tt.elsewhere != "" {
				elsewhere++
				groups[tt.group] = true
				return
			}
			r := scan(t, e, tt.meta, []byte(tt.data), 0)
			switch {
			case r.Count(tt.class, inspect.Medium) > 0:
				found++
				groups[tt.group] = true
			case r.Coverage.State != inspect.Full:
				told++
				groups[tt.group] = true
			case holes[tt.group+", "+tt.name] != "":
				clean = append(clean, tt.group+", "+tt.name)
			default:
				t.Errorf("looks clean: %+v", r.Tallies)
			}
		})
	}
	for hole := range holes {
		if !slices.Contains(clean, hole) {
			t.Errorf("%s is no hole any more", hole)
		}
	}
	t.Logf("%d rows in %d groups: %d found, %d told, %d holes, %d elsewhere", len(rows), len(groups), found, told, len(clean), elsewhere)
	for _, group := range []string{"base64", "base32", "hexadecimal", "URL encoding", "mixed chain", "JSON key", "JSON escape", "form name", "multipart file name",
		"part header", "transfer coding", "spoofed type", "missing boundary", "compressed body", "header split", "zero width", "homoglyph", "full width",
		"combining mark", "subdomain labels", "query splitting", "WebSocket", "drip", "names in a charset", "Chinese numerals", "separated", "15 digits",
		"column split", "nested zip", "shared strings", "gzip in multipart", "part boundary"} {
		if !groups[group] {
			t.Errorf("nothing holds of %s", group)
		}
	}
}

// idText is long enough that no compression leaves it as it is.
const idText = "请核对登记资料并保存，请核对登记资料并保存，请核对登记资料并保存。身份证号 " + otherID + " 手机 " + phoneA + " 请核对登记资料并保存。"

// again applies f n times.
func again(n int, s string, f func(string) string) string {
	for range n {
		s = f(s)
	}
	return s
}

func each(s, format, between string) string { return string(eachByte(format, between)([]byte(s))) }
