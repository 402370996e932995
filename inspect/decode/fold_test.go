package decode_test

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/decode"
)

// Pieces are what each byte of the text stands for, with | between them.
var foldTests = []struct{ name, pieces, want string }{
	{"hex escape", `1|\x32|3`, "123"},
	{"bytes of a full-width digit", `\xEF\xBC\x91|%EF%BC%92|` + "\xef" + `\xbc%93`, "123"},
	{"a space printed as a character", `138|\xa0|0013`, "138 0013"},
	{"a soft hyphen printed as a character", `138|\xad0|013`, "1380013"},
	{"references", `&#49;|&#x32;|&#X33;|&#0052;|&#53|&#x36`, "123456"},
	{"named references", `a|&commat;|b|&period;|c|&amp;|&lt;`, "a@b.c&<"},
	{"references to separators", `138|&nbsp;|0013|&#8211;|8000|&middot;|1`, "138 0013-8000-1"},
	{"references to nothing", `13|&ZeroWidthSpace;8|&zwnj;&shy;0`, "1380"},
	{"full-width", "１|３|８|＠|．|ａ|－|　|｝", "138@.a- }"},
	{"escaped full-width", `\uFF11|\uff13|&#65304;|%EF%BC%90`, "1380"},
	{"spaces", "1|\u00a0|2|\u2007|3|\u202f|4|\u2009|5|\u205f|6", "1 2 3 4 5 6"},
	{"dashes", "1|\u2010|2|\u2011|3|–|4|—|5|―|6|−|7|﹣|8", "1-2-3-4-5-6-7-8"},
	{"dots between digits", "1|·|2|•|3|・|４|･|５|ー|6", "1-2-3-4-5-6"},
	{"invisible", "1|\u200b3|\ufeff\u20608|\ufe0f\u20e30|\u202d0|\u00ad1", "138001"},
	{"invisible at the start", "\ufeff1|2", "12"},
	{"invisible and a letter of many bytes", "1|\u200b\xe6|\x89|\x8b", "1手"},
	{"invisible and full-width", "\u200b１|\u200d３", "13"},
	{"numerals", "一|三|八|〇|零|幺|三|八|○|零|九", "13800138009"},
	{"formal numerals", "壹|贰|叁|肆|伍|陆|柒|捌|玖|零", "1234567890"},
	{"traditional numerals", "壹|貳|參|肆|伍|陸|柒|捌|玖|零", "1234567890"},
	{"numerals with something invisible", "一|二|\u200b三|四|五|六|七|八", "12345678"},
	{"escaped numerals", `\u4e00|\u4e8c|三|四|&#20116;|六|七|%E5%85%AB`, "12345678"},
	{"GB18030 full-width", "\xa3\xb1|\xa3\xb3|\xa3\xb8|\xa1\xa1|\xa3\xb0|\xa3\xc1", "138 0A"},
	{"GB18030 full-width, percent", "%A3%B1|%A3%B3|\\xa3\\xb8", "138"},
	{"GB18030 full-width behind a trail byte C2", "\xb0|\xc2|\xa3\xb0|\xa3\xb1", "\xb0\xc201"},
	{"GB18030 letter behind a trail byte", "\xd5|\xd5|\xa3\xc5|\xa3\xb1|\xa3\xb2", "\xd5\xd5E12"},
	{"GB18030 full-width behind a trail byte A3", "\xb0|\xa3|\xa3\xb1|\xa3\xb3", "\xb0\xa313"},
	{"GB18030 full-width behind what begins as UTF-8", "\xef|\xbc|\xa3\xb1|\xa3\xb2", "\xef\xbc12"},
	{"GB18030 numerals", "\xd2\xbb|\xb6\xfe|\xc8\xfd|\xcb\xc4|\xce\xe5|\xc1\xf9|\xc6\xdf|\xb0\xcb|\xbe\xc5|\xc1\xe3", "1234567890"},
	{"GB18030 numerals behind a trail byte", "\xb5|\xc4|\xb6\xfe|\xb6\xfe|\xc8\xfd|\xcb\xc4|\xce\xe5|\xc1\xf9|\xc6\xdf|\xb0\xcb", "\xb5\xc422345678"},
}

func TestFold(t *testing.T) {
	for _, tt := range foldTests {
		t.Run(tt.name, func(t *testing.T) {
			pieces := strings.Split(tt.pieces, "|")
			in := strings.Join(pieces, "")
			var want []decode.Span
			for i, at := 0, int64(0); i < len(pieces); i++ {
				p := pieces[i]
				if plain(p) {
					for range len(p) {
						want = append(want, decode.Span{From: at, To: at + 1})
						at++
					}
					continue
				}
				want = append(want, decode.Span{From: at, To: at + int64(len(p))})
				at += int64(len(p))
			}
			for _, n := range []int{1, 2, 3, 5, 1000} {
				got, spans := unescape(decode.Escapes{}, []byte(in), n)
				if string(got) != tt.want || !equalSpans(spans, want) {
					t.Errorf("in pieces of %d: %q %v, want %q %v", n, got, spans, tt.want, want)
				}
			}
		})
	}
}

// plain reports whether a piece is ASCII letters and digits, which stand for
// themselves one by one.
func plain(p string) bool {
	return strings.Trim(p, "0123456789abcdefghijklmnopqrstuvwxyz") == ""
}

func TestFoldLeavesAlone(t *testing.T) {
	for name, in := range map[string]string{
		"plain":                          "a plain line, 100% of it & more; a=1&b=2&c\n",
		"Chinese":                        "手机号码为空。请一次填写两个、三个或四个。",
		"a name with a dot":              "买买提·艾力 1·艾 力·1",
		"katakana":                       "データ・センター",
		"seven numerals":                 "一二三四五六七个",
		"European":                       "Ça coûte 5 £, ã£Ã, où est l’été ?",
		"Cyrillic":                       "привет һ мир",
		"emoji":                          "😀👍",
		"half-width katakana":            "ｱｲｳ",
		"unknown references":             "&foo; &; &#; &#x; &#xg; &#0; &#55296; &#1114112; &#00000000000000049; &copy &amp",
		"halves":                         `\x \x4 \xg1 %4 %g1 \u12 \`,
		"one GB18030 full-width form":    "\xa3\xac\xb5\xc4 \xa3\xba1",
		"GB18030 text":                   "\xca\xd6\xbb\xfa\xba\xc5\xc2\xeb\xa1\xa1\xa1\xaa\xa1\xaa",
		"an ideograph with A3 B0 A3":     "\xf0\xa3\xb0\xa3\xe4\xb8\xad",
		"rubbish":                        "\xff\xfe\xe2\x80 \xef\xbc \xc2",
		"something invisible at the end": "ab\u200b",
	} {
		for _, n := range []int{1, 2, 3, 5, 1000} {
			got, spans := unescape(decode.Escapes{}, []byte(in), n)
			if string(got) != in {
				t.Errorf("%s, in pieces of %d: %q became %q", name, n, in, got)
			}
			checkSpans(t, spans, len(in))
		}
	}
}

func TestInvisibleRunIsBounded(t *testing.T) {
	in := "1" + strings.Repeat("\u200b", 1000) + "2"
	got, spans := unescape(decode.Escapes{}, []byte(in), 100)
	if len(got) > len(in)/10 {
		t.Errorf("%d bytes stay of %d", len(got), len(in))
	}
	checkSpans(t, spans, len(in))
	for _, s := range spans {
		if s.To-s.From > 80 {
			t.Errorf("a byte stands for [%d, %d)", s.From, s.To)
		}
	}
}

func TestBegun(t *testing.T) {
	for in, want := range map[string]int64{
		`ab\u00`: 2, "ab\xef\xbc": 2, "ab一二三": 2, "1·": 1, "ab\u200b": 2, "ab\u200b\\u": 2, "ab\xa3\xb1\xa3": 2, "ab&am": 2,
		"ab": -1, "ab一二 ": -1, "ab１": -1,
	} {
		for _, n := range []int{1, 100} {
			var e decode.Escapes
			for at := 0; at < len(in); at += n {
				e.Append(nil, nil, []byte(in[at:min(at+n, len(in))]), int64(at))
			}
			at, ok := e.Begun()
			if !ok {
				at = -1
			}
			if at != want {
				t.Errorf("%q in pieces of %d: begun at %d, want %d", in, n, at, want)
			}
		}
	}
}
