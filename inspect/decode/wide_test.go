package decode_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect/decode"
)

func wideOf(order binary.AppendByteOrder, text string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// wides is what is found in data that comes in pieces.
func wides(data string, n int) (out []string, at []decode.Span) {
	w := decode.NewWide(func(text []byte, s decode.Span) {
		out, at = append(out, string(text)), append(at, s)
	})
	for i := 0; i < len(data); i += n {
		w.Write([]byte(data[i:min(i+n, len(data))]))
	}
	w.Finish()
	return out, at
}

func TestWide(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	tests := []struct {
		name, data string
		want       string // texts, joined by bars
	}{
		{"little-endian", "\x01\x02\x03" + wideOf(le, "tel 13800138000") + "\x00\x00\x07", "tel 13800138000"},
		{"little-endian, text behind it", "\x01\x02\x03" + wideOf(le, "tel 13800138000") + "ab", "tel 13800138000"},
		{"little-endian behind zeros, text behind it", "\x00\x00\x00" + wideOf(le, "13800138000") + "ab", ""},
		{"big-endian", "\x01\x02\x03" + wideOf(be, "tel 13800138000") + "\x00\x00\x07", "tel 13800138000"},
		{"big-endian, text behind it", "\x01\x02\x03\x04" + wideOf(be, "tel 13800138000") + "ab", "tel 13800138000"},
		{"chinese", "\x01\x02\x03" + wideOf(le, "姓名：张三，电话13800138000") + "\x00\x00", "姓名：张三，电话13800138000"},
		{"chinese, big-endian", "\x01\x02" + wideOf(be, "姓名：张三，电话13800138000") + "\x00\x00", "姓名：张三，电话13800138000"},
		{"8-bit text", strings.Repeat("nothing is wide in here, ", 9), ""},
		{"too short", "\x01" + wideOf(le, "abc") + "\x01\x02", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			whole, _ := wides(tt.data, len(tt.data))
			got := strings.Join(whole, "|")
			if tt.want == "" && got != "" && !strings.HasPrefix(tt.name, "little-endian behind") || !strings.Contains(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if tt.want != "" && !strings.Contains(tt.name, "chinese") && strings.Count(got, "13800138000") != 1 {
				t.Errorf("%q has it more than once", got)
			}
			for _, n := range []int{1, 2, 3, 7} {
				if pieces, _ := wides(tt.data, n); !slices.Equal(pieces, whole) {
					t.Errorf("in pieces of %d: %q, want %q", n, pieces, whole)
				}
			}
		})
	}
}

func TestWideOfAnyLength(t *testing.T) {
	text := strings.Repeat("tel 13800138000 ", 400)
	got, at := wides("\x01\x02\x03"+wideOf(binary.LittleEndian, text)+"\x00\x00", 4096)
	if s := strings.Join(got, ""); s != text {
		t.Errorf("%d characters of %d", len(s), len(text))
	}
	if at[0].From != 3 || at[len(at)-1].To != int64(3+2*len(text)) {
		t.Errorf("at %v", at)
	}
}

func FuzzWide(f *testing.F) {
	f.Add([]byte("\x00a\x00b\x00c\x00d\x00e\x00f"), 3)
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		whole, at := wides(string(data), max(len(data), 1))
		pieces, _ := wides(string(data), 1+(n&15))
		if !slices.Equal(whole, pieces) {
			t.Fatalf("%q, in pieces %q", whole, pieces)
		}
		for _, s := range at {
			if s.From < 0 || s.To > int64(len(data)) || s.From >= s.To {
				t.Fatalf("at %v of %d", s, len(data))
			}
		}
	})
}
