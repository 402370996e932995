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

// plistOf is a property list of objects, the first of which is the top. A gap
// stands behind the last.
func plistOf(gap string, objects ...string) []byte {
	b, table := []byte("bplist00"), []byte(nil)
	for _, o := range objects {
		table = binary.BigEndian.AppendUint16(table, uint16(len(b)))
		b = append(b, o...)
	}
	b = append(b, gap...)
	at := len(b)
	b = append(append(b, table...), 0, 0, 0, 0, 0, 0, 2, 1)
	b = binary.BigEndian.AppendUint64(b, uint64(len(objects)))
	b = binary.BigEndian.AppendUint64(b, 0)
	return binary.BigEndian.AppendUint64(b, uint64(at))
}

// plistHead is the head of an object of n units.
func plistHead(kind byte, n int) string {
	if n < 15 {
		return string([]byte{kind<<4 | byte(n)})
	}
	return string([]byte{kind<<4 | 15, 0x11, byte(n >> 8), byte(n)})
}

func plistStr(s string) string { return plistHead(5, len(s)) + s }

func plistWide(s string) string {
	b := []byte(nil)
	for _, r := range s {
		b = binary.BigEndian.AppendUint16(b, uint16(r))
	}
	return plistHead(6, len(b)/2) + string(b)
}

func plistRefs(kind byte, n int, refs ...byte) string { return plistHead(kind, n) + string(refs) }

func plistInt(v uint64) string { return "\x13" + string(binary.BigEndian.AppendUint64(nil, v)) }

func TestPlist(t *testing.T) {
	double := "\x23" + string(binary.BigEndian.AppendUint64(nil, math.Float64bits(13800138000)))
	tests := []struct {
		name, want string
		b          []byte
		miss       inspect.GapReason
	}{
		{"a map", "姓名: 张三\ttel: 13800138000\n", plistOf("", plistRefs(13, 2, 1, 2, 3, 4), plistWide("姓名"), plistStr("tel"), plistWide("张三"), plistInt(13800138000)), ""},
		{"rows", "a\tb\nc\td\n", plistOf("", plistRefs(10, 2, 1, 2), plistRefs(10, 2, 3, 4), plistRefs(10, 2, 5, 6), plistStr("a"), plistStr("b"), plistStr("c"), plistStr("d")), ""},
		{"a real number", "13800138000", plistOf("", double), ""},
		{"a date", "2001-01-02 00:00:00", plistOf("", "\x33"+string(binary.BigEndian.AppendUint64(nil, math.Float64bits(86400)))), ""},
		{"a long text", strings.Repeat("李", 300), plistOf("", plistWide(strings.Repeat("李", 300))), ""},
		{"data", zlibbed("x"), plistOf("", plistHead(4, len(zlibbed("x")))+zlibbed("x")), ""},
		{"data that is text", "tel 13800138000", plistOf("", plistHead(4, 15)+"tel 13800138000"), ""},
		{"a set", "x\ty\n", plistOf("", plistRefs(12, 2, 1, 2), plistStr("x"), plistStr("y")), ""},
		{"an object to which nothing leads", "loose", plistOf("", plistStr("top"), plistWide("loose")), ""},
		{"what is no object", "\x01\x02gap", plistOf("\x01\x02gap", plistStr("top")), inspect.GapBroken},
		{"a list in itself", "x", plistOf("", plistRefs(10, 2, 0, 1), plistStr("x")), ""},
		{"a list that is referred to again", "x", plistOf("", plistRefs(10, 2, 2, 1), plistStr("z"), plistRefs(13, 2, 3, 4, 5, 5), plistStr("b"), plistStr("a"), plistRefs(10, 1, 6), plistStr("x")), ""},
		{"an archive", "name: 张三", plistOf("", plistRefs(13, 1, 1, 2), plistStr("$objects"), plistRefs(10, 3, 3, 4, 5), plistStr("$null"),
			plistRefs(13, 1, 6, 7), plistWide("张三"), plistStr("name"), "\x80\x02"), ""},
		{"a reference to no object", "tel 13800138000", plistOf("", plistRefs(10, 2, 1, 99), plistStr("tel 13800138000")), inspect.GapBroken},
		{"one of the newer formats", "tel 13800138000", []byte("bplist17 tel 13800138000"), inspect.GapUnknownFormat},
		{"only its head", "tel 13800138000", []byte("bplist00 tel 13800138000"), inspect.GapBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Plist, tt.b, roomy)
			if !c.holds(tt.want) || len(c.misses) > 0 != (tt.miss != "") || tt.miss != "" && c.misses[tt.miss] == 0 {
				t.Errorf("got %q, misses %v, want %q and %q", c.parts, c.misses, tt.want, tt.miss)
			}
		})
	}
}

// plistPeople is a list of people with marks, and the marks.
func plistPeople() (b []byte, marks, own []string) {
	objects := []string{"", plistStr("name"), plistStr("raw"), plistStr("no")}
	var people []byte
	for i := range 8 {
		n := byte(len(objects))
		people = append(people, n)
		objects = append(objects, plistRefs(13, 3, 1, 2, 3, n+1, n+2, n+3), plistWide(fmt.Sprint("mark", i, "姓")), plistHead(4, 7)+fmt.Sprint("\x00mark", i, "b"), plistInt(13800138000+uint64(i)))
		own = append(own, plistWide(fmt.Sprint("mark", i, "姓"))[1:], plistInt(13800138000 + uint64(i))[1:])
		marks = append(marks, fmt.Sprint("mark", i, "姓"), fmt.Sprint("mark", i, "b"), fmt.Sprint(13800138000+i))
	}
	objects[0] = plistRefs(10, len(people), people...)
	return plistOf("", objects...), marks, own
}

// TestPlistDamaged cuts a file and changes bytes of its structure.
func TestPlistDamaged(t *testing.T) {
	b, marks, own := plistPeople()
	damaged(t, unpack.Plist, b, marks, own)
}

// TestPlistBounded holds that references that lead in circles, or to long texts
// again and again, cost no more than the file is long.
func TestPlistBounded(t *testing.T) {
	var all []byte
	objects := []string{plistStr(strings.Repeat("x", 1<<10))}
	for range 200 {
		all = append(all, byte(len(all)))
		objects = append([]string{""}, objects...)
	}
	for i := range 200 {
		objects[i] = plistRefs(10, 201, append(all, 200)...)
	}
	b := plistOf("", objects...)
	if c := whole(unpack.Plist, b, roomy); c.total > int64(2*len(b)) || len(c.misses) > 0 {
		t.Errorf("%d bytes of %d, misses %v", c.total, len(b), c.misses)
	}
}

func FuzzPlist(f *testing.F) {
	b, _, _ := plistPeople()
	f.Add(b)
	f.Add(plistOf("gap", plistRefs(13, 1, 1, 2), plistStr("$objects"), plistRefs(10, 2, 1, 3), plistRefs(10, 1, 4), "\x80\x01"))
	f.Fuzz(func(t *testing.T, b []byte) { keepsBudget(t, unpack.Plist, b) })
}
