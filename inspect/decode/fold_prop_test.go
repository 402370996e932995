package decode_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/decode"
)

// foldPieces are what texts are made of that come near every branch.
var foldPieces = []string{
	"1", "8", "a", " ", "%", "%25", "%2525", "25", "%25110101", "x", "\\", "&", "+", "\\u", "x", "u", "#", ";", "%E4", "\\xA3", "\\xa0", "\\xB1", "&#65297;", "&shy;", "&#49", `\u200b`, `\uff11`, `\ud83d\ude00`, `\u4e00`,
	"１", "，", "　", "一", "二", "三", "〇", "中", "文", "·", "・", "–", "é", "£", "😀", "\u200b", "\u00ad", "\ufeff", "\ufe0f",
	"\xa3", "\xb1", "\xa3\xb1", "\xa3\xc1", "\xa1\xa1", "\xa1\xaa", "\xd2\xbb", "\xb6\xfe", "\xb0\xcb", "\xc2", "\xe2", "\x80", "\x8b", "\xef", "\xbc", "\xe4", "\xff", "\xf0",
	"٣", "۹", "३", "𝟑", "𝐚", "①", "⒈", "³", "〡", "Х", "×", "Ⅹ", "ㅤ", "\u0336", "\u20dd", "\u202d", "\u061c", "\u180e", "\U000e0031", "\u2028", `\u0336`, "%CC%B6", "&#1633;", "\xcc", "\xd9", "\xd9\xa3", "\xf0\x9d",
	"\xd2\xbb\xb6\xfe\xc8\xfd\xcb\xc4\xce\xe5\xc1\xf9\xc6\xdf", "一二三四五六七",
}

// checkFold holds whatever stands in p, and wherever it is cut.
func checkFold(t *testing.T, p []byte, plus bool, sizes func(rest int) int) {
	t.Helper()
	whole, spans := unescape(decode.Escapes{Plus: plus}, p, max(len(p), 1))
	checkSpans(t, spans, len(p))
	if len(whole) != len(spans) || len(whole) > len(p) {
		t.Fatalf("%q: %d bytes and %d spans", p, len(whole), len(spans))
	}
	for i, s := range spans {
		if s.To-s.From > 80 || i > 0 && s.To < spans[i-1].To {
			t.Fatalf("%q: byte %d stands for [%d, %d)", p, i, s.From, s.To)
		}
	}
	e := decode.Escapes{Plus: plus}
	var got []byte
	var cut []decode.Span
	for at, begun := 0, int64(0); at < len(p); {
		n, seen := sizes(len(p)-at), len(cut)
		got, cut = e.Append(got, cut, p[at:at+n], int64(at))
		if len(cut) > seen && cut[seen].From < begun {
			t.Fatalf("%q: [%d, %d) after begun at %d", p, cut[seen].From, cut[seen].To, begun)
		}
		at += n
		var ok bool
		if begun, ok = e.Begun(); !ok {
			begun = int64(at)
		}
		if int64(at)-begun > 512 {
			t.Fatalf("%q: begun at %d", p[:at], begun)
		}
	}
	if got, cut = e.Flush(got, cut); !bytes.Equal(got, whole) || !equalSpans(cut, spans) {
		t.Fatalf("%q in pieces: %q %v, whole %q %v", p, got, cut, whole, spans)
	}
}

func TestFoldInPieces(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := []byte(strings.Join(rapid.SliceOfN(rapid.SampledFrom(foldPieces), 0, 40).Draw(rt, "text"), ""))
		most := rapid.SampledFrom([]int{1, 3, 8, 40}).Draw(rt, "most")
		checkFold(t, p, rapid.Bool().Draw(rt, "plus"), func(rest int) int {
			return rapid.IntRange(1, min(most, rest)).Draw(rt, "size")
		})
	})
}

func FuzzFold(f *testing.F) {
	f.Add([]byte(strings.Join(foldPieces, "")), uint8(1))
	for _, tt := range foldTests {
		f.Add([]byte(strings.ReplaceAll(tt.pieces, "|", "")), uint8(7))
	}
	f.Fuzz(func(t *testing.T, p []byte, seed uint8) {
		x := uint32(seed)
		checkFold(t, p, seed%2 == 1, func(rest int) int {
			x = x*1664525 + 1013904223
			return min(rest, 1+int(x>>24)%9)
		})
	})
}
