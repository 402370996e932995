package unpack_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

func rtfHexed(s string) string { return fmt.Sprintf("%x", s) }

func TestRTF(t *testing.T) {
	const head = `{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset134 \'cb\'ce\'cc\'e5;}{\f2\fcharset136 Ming;}}`
	tests := []struct {
		name, body, want string
		miss             inspect.GapReason
	}{
		{"plain", `tel 13800138000`, "tel 13800138000", ""},
		{"runs", `{\b 138}{\i\fs24 001}\b0 38` + "\r\n" + `000`, "13800138000", ""},
		{"GBK", `\f1\'d5\'c5\b\'c8\'fd`, "张三", ""},
		{"a character in two runs", `\f1{\b\'d5}{\*\bkmkstart a}\'c5`, "张", ""},
		{"a second byte that is plain", `\f1\'81@`, "丂", ""},
		{"Big5", `\f2\'b1\'69`, "張", ""},
		{"1252", `\'e9t\'e9`, "été", ""},
		{"font given back", `{\f1 \'d5\'c5}\'e9`, "张é", ""},
		{"Unicode", `\u24352?\uc2\u19977\'c8\'fd x`, "张三 x", ""},
		{"negative and a pair", `\u-10179?\u-8704?`, "\U0001F600", ""},
		{"no fallback", `{\uc0\u24352 1}2`, "张12", ""},
		{"a control word as fallback", `\u24352\b0 X`, "张X", ""},
		{"a big uc", `\uc9999\u65 123413800138000`, "13800138000", ""},
		{"lines", `a\par b\line c\cell d\tab e\row f`, "a\nb\nc\td\te\nf", ""},
		{"signs", `1\~2\_3\-4\{\\\}`, `1 2-34{\}`, ""},
		{"hidden", `{\v 13800}{\deleted 138000}`, "13800138000", ""},
		{"a footnote does not part", `138{\footnote note {\b 1}2}00138000`, "13800138000", ""},
		{"a footnote", `138{\footnote note {\b 1}2}00138000`, "note 12\n", ""},
		{"unknown", `x{\*\what 1\b 2}y`, "12\n", ""},
		{"a field", `{\field{\*\fldinst HYPERLINK "tel:1{\b 2}"}{\fldrslt 3}}`, `HYPERLINK "tel:12"`, ""},
		{"font name", ``, "宋体", ""},
		{"picture", `{\*\shppict{\pict\picw10 ` + rtfHexed("GIF89a 13800138000") + `}}`, "GIF89a 13800138000", ""},
		{"object", `{\object{\*\objdata ` + rtfHexed("abc") + "\r\n{\\b}" + rtfHexed("def") + `}}`, "def", ""},
		{"hex of an unknown one", `{\*\what ` + rtfHexed("13800138000 13800138000") + `}`, "13800138000 13800138000", ""},
		{"bin", `{\pict\bin5 a}{\\b}`, `a}{\\`, ""},
		{"bin in an object", `{\pict 6162{\*\x\bin3 xyz}63646566}`, "xyz", ""},
		{"bin too long", `\bin99 abc`, "abc", inspect.GapBroken},
		{"no hex", `{\pict xyz\b 1}`, "xyz1", inspect.GapBroken},
		{"a group too many", `a}b\'e9{`, "bé", ""},
		{"not closed", `{{a{\*\x b`, "b", inspect.GapBroken},
		{"deep", strings.Repeat("{", 3000) + "x" + strings.Repeat("}", 3000) + "y", "xy", inspect.GapLimitDepth},
		{"behind", `a} tel 13800138000 {`, " tel 13800138000", ""},
		{"unknown code page", `\ansicpg12345\'e9{\b}`, "é", inspect.GapUnknownFormat},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.RTF, []byte(head+tt.body+"}"), roomy)
			if !c.holds(tt.want) || len(c.misses) > 0 != (tt.miss != "") || tt.miss != "" && c.misses[tt.miss] == 0 {
				t.Errorf("got %q, misses %v, want %q and %q", c.parts, c.misses, tt.want, tt.miss)
			}
		})
	}
}

// TestRTFDamaged cuts a document everywhere: what is lost must be told.
func TestRTFDamaged(t *testing.T) {
	b := `{\rtf1\ansi\ansicpg936 {\info{\author \u24352?m}}{\header \'d5\'c5}{\pict 6162}\u26446?end}`
	for n := range len(b) {
		if c := whole(unpack.RTF, []byte(b[:n]), roomy); len(c.misses) == 0 {
			t.Errorf("%q: no Miss", b[:n])
		}
	}
}

func FuzzRTF(f *testing.F) {
	f.Add([]byte(`{\rtf1{\fonttbl{\f0\fcharset134 a;}}\f0\'d5\'c5\u-3?{\*\x 1{\pict 6{\*\objdata 61}1\bin3 abc}}\par}x\b`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 0 {
			keepsBudget(t, unpack.RTF, b)
		}
	})
}
