package unpack_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/ulikunitz/xz/lzma"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// lzma2Of is s in LZMA2.
func lzma2Of(t *testing.T, s string) string {
	var b bytes.Buffer
	w, err := lzma.Writer2Config{DictCap: 1 << 16}.NewWriter2(&b)
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

// lzmaOf is s in LZMA as it stands in 7z, without a head.
func lzmaOf(t *testing.T, s string) string {
	var b bytes.Buffer
	w, err := lzma.WriterConfig{DictCap: 1 << 16, SizeInHeader: true, Size: int64(len(s))}.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(s))
	w.Close()
	return b.String()[13:]
}

// sevenFiles is a header of one folder with those sizes and files with these
// names and further properties.
func sevenFiles(packed, unpacked int, coder, names string, props ...string) []byte {
	num := func(b []byte, n int) []byte { return binary.LittleEndian.AppendUint64(append(b, 0xff), uint64(n)) }
	b := append(num([]byte{1, 4, 6, 0, 1, 9}, packed), 0, 7, 0x0b, 1, 0, 1)
	b = append(num(append(append(b, coder...), 0x0c), unpacked), 0, 0, 5, 1, 0x11)
	b = append(append(num(b, len(names)+1), 0), names...)
	return append(append(b, strings.Join(props, "")...), 0, 0)
}

func TestSevenZipConserves(t *testing.T) {
	text := strings.Repeat("some words and ", 9) + mark
	short := "\x01\x00"
	two, one := lzma2Of(t, text), lzmaOf(t, text)
	lzma2, lzma1 := "\x21\x21\x01\x10", "\x23\x03\x01\x01\x05\x5d\x00\x00\x01\x00"
	name := wide("a\x00")
	seven := func(packed string, unpacked int, coder, names string, props ...string) []byte {
		return sevenOf(packed, sevenFiles(len(packed), unpacked, coder, names, props...)...)
	}
	times := string(append([]byte{0x14, 22}, wide("13800138000")...))
	tests := []struct {
		name string
		data []byte
		want string
		gap  inspect.GapReason
	}{
		{"copied", seven(mark, len(mark), short, name), mark, ""},
		{"copied, told to be shorter", seven(mark, 3, short, name), mark[3:], inspect.GapBroken},
		{"LZMA2", seven(two, len(text), lzma2, name), mark, ""},
		{"LZMA2, told to be shorter", seven(two, 5, lzma2, name), mark, inspect.GapBroken},
		{"LZMA2, bytes behind its end", seven(two+wide(mark), len(text), lzma2, name), wide(mark), inspect.GapBroken},
		{"LZMA", seven(one, len(text), lzma1, name), mark, ""},
		{"LZMA, told to be shorter", seven(one, 5, lzma1, name), "", inspect.GapBroken},
		{"LZMA, bytes behind its end", seven(one+wide(mark), len(text), lzma1, name), wide(mark)[8:], inspect.GapBroken},
		{"name", seven("x", 1, short, wide(mark+"\x00")), mark, ""},
		{"name of no file", seven("x", 1, short, name+wide(mark+"\x00")), wide(mark), ""},
		{"names told twice", seven("x", 1, short, name, "\x11\x1b\x00"+wide(mark+"\x00")), wide(mark), ""},
		{"comment", seven("x", 1, short, name, "\x16\x18"+wide(mark)), wide(mark), ""},
		{"text in the place of times", seven("x", 1, short, name, times), wide("13800138000"), ""},
		{"stream of no folder", sevenOf(two+"x", slices.Concat([]byte{1, 4, 6, byte(len(two)), 1, 9, 1}, sevenHeaderOf(1, 1, 1, 0)[7:])...), two, inspect.GapBroken},
		{"filter in front of another coder", sevenOf("abcd", sevenTwo(4, "\x21\x03\x01\x00", "\x01\x00")...), "", inspect.GapUnknownFormat},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.SevenZip, tt.data, roomy)
			if tt.want != "" && !c.holds(tt.want) {
				t.Errorf("%.30q was not given out: %v", tt.want, c.parts)
			}
			if tt.gap == "" && len(c.misses) > 0 || tt.gap != "" && c.misses[tt.gap] == 0 {
				t.Errorf("gaps %v, want %q", c.misses, tt.gap)
			}
		})
	}
}

// sevenTwo is a header of one folder whose first coder feeds the second.
func sevenTwo(n byte, first, second string) []byte {
	b := slices.Concat([]byte{1, 4, 6, 0, 1, 9, n, 0, 7, 0x0b, 1, 0, 2}, []byte(first), []byte(second), []byte{1, 0, 0x0c, n, n, 0, 0})
	return append(b, 5, 1, 0x11, 5, 0, 'a', 0, 0, 0, 0, 0)
}

func TestSevenZipEndsWhereFiltersDoNot(t *testing.T) {
	// A header and a file that are said to be longer than their bytes, behind delta.
	file := sevenOf("abcd", sevenHeaderOf(4, 100, 0x21, 3, 1, 0)...)
	packed := slices.Concat([]byte{0x17}, sevenHeaderOf(4, 100, 0x21, 3, 1, 0)[2:])
	for _, b := range [][]byte{file, sevenOf("abcd", packed...)} {
		if c := whole(unpack.SevenZip, b, roomy); c.misses[inspect.GapBroken] == 0 {
			t.Errorf("gaps %v", c.misses)
		}
	}
}

func TestSevenZipSurvivesChanges(t *testing.T) {
	changed{swap: true}.try(t, unpack.SevenZip, unbase64(t, sevenPlain), mark)
}
