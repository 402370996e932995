package unpack_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// dbfOf is a table of dBase; a column is its kind, its width and its name.
func dbfOf(version byte, columns []string, rows ...string) []byte {
	var told []byte
	width := 1
	for _, c := range columns {
		kind, rest := c[0], c[1:]
		var n int
		name := strings.TrimLeft(rest, "0123456789")
		fmt.Sscan(rest[:len(rest)-len(name)], &n)
		d := make([]byte, 32)
		copy(d, name)
		d[11], d[16] = kind, byte(n)
		if kind == 'C' {
			d[17] = byte(n >> 8)
		}
		told, width = append(told, d...), width+n
	}
	b := append([]byte{version, 124, 11, 22}, binary.LittleEndian.AppendUint32(nil, uint32(len(rows)))...)
	b = binary.LittleEndian.AppendUint16(b, uint16(32+len(told)+1))
	b = append(binary.LittleEndian.AppendUint16(b, uint16(width)), make([]byte, 20)...)
	b = append(append(b, told...), '\r')
	for _, r := range rows {
		b = append(b, r+strings.Repeat(" ", width-len(r))...)
	}
	return append(b, 0x1a)
}

func TestDBF(t *testing.T) {
	fixed := func(v uint64) string { return string(binary.LittleEndian.AppendUint64(nil, v)) }
	text := []string{"C8name", "C18id", "N11tel"}
	sound := dbfOf(3, text, " \xD5\xC5\xC8\xFD    11010119900307234213800138000", "*\xC0\xEE\xCB\xC4    11010119900307242X13900139000")
	tests := []struct {
		name, want string
		b          []byte
		miss       inspect.GapReason
	}{
		{"rows, one of them deleted", "name\tid\ttel\n\xD5\xC5\xC8\xFD\t110101199003072342\t13800138000\n\xC0\xEE\xCB\xC4\t11010119900307242X\t13900139000\n", sound, ""},
		{"a money", "1380013.0005", dbfOf(0x30, []string{"Y8m"}, " "+fixed(13800130005)), ""},
		{"a negative money", "-1.5000", dbfOf(0x30, []string{"Y8m"}, " "+fixed(uint64(math.MaxUint64-14999))), ""},
		{"a double", "13800138000", dbfOf(0x30, []string{"B8d"}, " "+fixed(math.Float64bits(13800138000))), ""},
		{"an integer", "-7", dbfOf(0x30, []string{"I4i"}, " \xf9\xff\xff\xff"), ""},
		{"a text that is shorter than its place", "k\n13800138000\n", dbfOf(0x32, []string{"V20k"}, " 13800138000\x00\x00\x00\x00\x00\x00\x00\x00\x0b"), ""},
		{"a long text", strings.Repeat("x", 299) + "y", dbfOf(0x30, []string{"C300t"}, " "+strings.Repeat("x", 299)+"y"), ""},
		{"bytes", zlibbed("hidden"), dbfOf(0x30, []string{"W40w"}, " "+zlibbed("hidden")), ""},
		{"a zero before a row", "x\n13800138000\n", dbfOf(3, []string{"C11x"}, "\x0013800138000"), ""},
		{"more rows than the head says", "13900139000", append(dbfOf(3, []string{"C11x"}, " 13800138000")[:77], " 13900139000"...), ""},
		{"bytes behind the rows", "\x01\x02tel 13800138000", append(sound, "\x01\x02tel 13800138000"...), ""},
		{"too few rows", "13800138000", sound[:170], inspect.GapBroken},
		{"columns that do not fill a row", "13800138000", append(append(append([]byte{}, sound[:10]...), 99, 0), sound[12:]...), inspect.GapBroken},
		{"no columns", "tel", append(make([]byte, 40), "tel"...), inspect.GapBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.DBF, tt.b, roomy)
			if !c.holds(tt.want) || len(c.misses) > 0 != (tt.miss != "") || tt.miss != "" && c.misses[tt.miss] == 0 {
				t.Errorf("got %q, misses %v, want %q and %q", c.parts, c.misses, tt.want, tt.miss)
			}
		})
	}
}

// TestDBFDamaged cuts a file and changes bytes of its structure.
func TestDBFDamaged(t *testing.T) {
	marks := []string(nil)
	rows, own := []string(nil), []string{"C\x00\x00\x00\x00\x08", "C\x00\x00\x00\x00\x09", "B\x00\x00\x00\x00\x08"}
	for i := range 20 {
		own = append(own, string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(float64(13800138000+i)))))
		rows = append(rows, fmt.Sprintf(" mark%02da mark%02db  %s", i, i, own[len(own)-1]))
		marks = append(marks, fmt.Sprintf("mark%02da", i), fmt.Sprintf("mark%02db", i), fmt.Sprint(13800138000+i))
	}
	damaged(t, unpack.DBF, dbfOf(0x30, []string{"C8a", "C9b", "B8c"}, rows...), marks, own)
}

func TestLooksDBF(t *testing.T) {
	b := dbfOf(3, []string{"C8name", "C18id", "N11tel"}, " x")
	if !unpack.LooksDBF(b[:min(len(b), 264)]) || !unpack.LooksDBF(b[:100]) {
		t.Error("a table is not known")
	}
	for _, s := range []string{"", "\x03", strings.Repeat("\x03\x00\x01\x01", 40), "\x030001\n" + strings.Repeat("a,b\n", 40), "C" + strings.Repeat("\x00", 200), string(b[:63])} {
		if unpack.LooksDBF([]byte(s)) {
			t.Errorf("%q taken for a table", s)
		}
	}
	wrong := append([]byte{}, b...)
	if wrong[10]++; unpack.LooksDBF(wrong) {
		t.Error("columns that do not fill a row are taken for a table")
	}
}

func FuzzDBF(f *testing.F) {
	f.Add(dbfOf(0x30, []string{"C8a", "Y8b", "W4c", "I4d", "V9e"}, " x", "*y"))
	f.Fuzz(func(t *testing.T, b []byte) {
		unpack.LooksDBF(b)
		keepsBudget(t, unpack.DBF, b)
	})
}
