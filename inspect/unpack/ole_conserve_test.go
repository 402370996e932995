package unpack_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

func pptPacked(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// atom writes a record of slides.
func atom(instance, kind int, s string) string {
	return string(shorts(instance<<4, kind)) + string(words([]uint32{uint32(len(s))})) + s
}

// oleAt has the mark in UTF-16 at an offset that a function finds.
func oleAt(find func(b []byte) int) []byte {
	b := olePack(oleStream{name: "a", data: "x"}, oleStream{name: "b", data: strings.Repeat("y", 5000)})
	copy(b[find(b):], utf16le(officeMark))
	return b
}

// olePlaces are compound files with the mark in UTF-16 or in a coding at a
// place of each.
var olePlaces = []struct {
	name string
	b    []byte
}{
	{"a stream's name", olePack(oleStream{name: officeMark})},
	{"a storage's name", olePack(oleStream{officeMark, "a", ""})},
	{"a name behind the end of a name", oleAt(func(b []byte) int { return bytes.Index(b, []byte("a\x00\x00\x00")) + 10 })},
	{"an entry that is not used", oleAt(func(b []byte) int { return bytes.Index(b, []byte("b\x00\x00\x00")) + 128 })},
	{"an entry's class", oleAt(func(b []byte) int { return bytes.Index(b, []byte("a\x00\x00\x00")) + 80 })},
	{"behind a small stream", oleAt(func(b []byte) int { return bytes.Index(b, []byte("x\x00\x00\x00")) + 1 })},
	{"behind a large stream", oleAt(func(b []byte) int { return bytes.Index(b, []byte("yy\x00")) + 2 })},
	{"behind the last number of the FAT", oleAt(func(b []byte) int { return len(b) - 100 })},
	{"the list of the FAT", oleAt(func([]byte) int { return 200 })},
	{"behind the end", append(oleAt(func(b []byte) int { return len(b) }), utf16le(officeMark)...)},
	{"an unknown stream, at an odd offset", olePack(oleStream{name: "x", data: "\x01" + utf16le(officeMark)})},
	{"a long name in a table of names", olePack(oleStream{name: "x", data: "\x0b\x00" + utf16le(officeMark)})},
	{"deleted from slides", olePack(oleStream{name: "PowerPoint Document", data: atom(0, 0x7d0, utf16le(officeMark))})},
	{"an object in slides", olePack(oleStream{name: "PowerPoint Document", data: atom(1, 0x1011, "\x0b\x00\x00\x00"+pptPacked(officeMark))})},
	{"a metafile in slides", olePack(oleStream{name: "Pictures", data: atom(0x3d4, 0xf01a, strings.Repeat("\x01", 16+32)+"\x00\xfe"+pptPacked(utf16le(officeMark)))})},
	{"an object in slides that is cut", olePack(oleStream{name: "PowerPoint Document", data: atom(1, 0x1011, "\x0b\x00\x00\x00"+pptPacked(officeMark)[:9])})},
	{"a number among properties", olePack(oleStream{name: "\x05SummaryInformation", data: "\xfe\xff\x00\x00" + strings.Repeat("\x00", 20) + "\x01\x00\x00\x00" +
		strings.Repeat("\x00", 16) + "\x30\x00\x00\x00" + string(words([]uint32{32, 1, 4, 16, 5})) + float64le(13800138000)})},
	{"RTF that is cut", olePack(oleStream{name: "__substg1.0_10090102", data: "\x2d\x00\x00\x00\x2b\x00\x00\x00LZFu\xf1\xc5\xc7\xa7\x03"})},
	{"a module that does not begin as they do", olePack(oleStream{"VBA", "M", "\x05\x01" + string(shorts(0xb000|12)) + "\x00" + officeMark[:8] + "\x00" + officeMark[8:]})},
	{"a module that is cut", olePack(oleStream{"VBA", "M", "\x01" + string(shorts(0xb000|200)) + "\x00" + officeMark[:8]})},
	{"a Word text", olePack(wordOf(0, []string{"1380", "0138000\r"}, []bool{true, false})...)},
	{"a pivot table", olePack(oleStream{"_SX_DB_CUR", "0001", biff(0xc9, float64le(13800138000))})},
	{"a pivot table's text", olePack(oleStream{"_SX_DB_CUR", "0001", biff(0xcd, "\x0b\x00\x01", utf16le(officeMark))})},
}

// biffPlaces are records of a workbook.
var biffPlaces = []struct {
	name    string
	records string
}{
	{"a number", biff(0x203, "\x00\x00\x00\x00\x00\x00", float64le(13800138000))},
	{"behind a number", biff(0x203, "\x00\x00\x00\x00\x00\x00", float64le(1), utf16le(officeMark))},
	{"behind a text", biff(0x204, "\x00\x00\x00\x00\x00\x00", "\x01\x00\x00a", utf16le(officeMark))},
	{"a text over two records", biff(0x207, "\x0b\x00\x01", utf16le("1380")) + biff(0x3c, "\x000138000")},
	{"a note", biff(0x1b6, strings.Repeat("\x00", 10), "\x0b\x00", strings.Repeat("\x00", 6)) + biff(0x3c, "\x01", utf16le("1380")) + biff(0x3c, "\x000138000")},
	{"a note that is cut", biff(0x1b6, strings.Repeat("\x00", 10), "\x0b\x00", strings.Repeat("\x00", 6)) + biff(0x3c, "\x01", utf16le("1380"))},
	{"a sheet's name", biff(0x85, "\xff\xff\x00\x00\x00\x00\x0b\x01", utf16le(officeMark))},
	{"behind a sheet's name", biff(0x85, "\xff\xff\x00\x00\x00\x00\x01\x00a", utf16le(officeMark))},
	{"a header", biff(0x14, "\x0d\x00\x01", utf16le("&C"+officeMark))},
	{"a number in a formula", biff(0x06, strings.Repeat("\x00", 20), "\x09\x00\x1f", float64le(13800138000))},
	{"a number in a name", biff(0x18, strings.Repeat("\x00", 14), "x\x1f", float64le(13800138000))},
	{"another workbook's value", biff(0x5a, "\x00\x00\x00\x00\x01", float64le(13800138000))},
	{"behind the end of a formula", biff(0x06, strings.Repeat("\x00", 20), "\x00\x00", utf16le(officeMark))},
	{"how a string is spoken", biff(0xfc, "\x01\x00\x00\x00\x01\x00\x00\x00", "\x01\x00\x04\x16\x00\x00\x00a", utf16le(officeMark))},
	{"behind the last string", biff(0xfc, "\x01\x00\x00\x00\x01\x00\x00\x00", "\x01\x00\x00a", "\x0b\x00\x01", utf16le(officeMark))},
	{"a string that is cut", biff(0xfc, "\x01\x00\x00\x00\x01\x00\x00\x00", "\x0c\x00\x01", utf16le(officeMark))},
	{"more strings than there are", biff(0xfc, "\x01\x00\x00\x00\x09\x00\x00\x00", "\x0b\x00\x01", utf16le(officeMark))},
	{"a string that no cell shows", biff(0xfc, "\x01\x00\x00\x00\x01\x00\x00\x00", "\x0b\x00\x01", utf16le("1380")) + biff(0x3c, "\x000138000")},
	{"an unknown record", biff(0x999, "\x07", utf16le(officeMark))},
	{"what is no record", "\x01"},
	{"a record that is cut", "\x99\x09\xff\xff" + utf16le(officeMark)},
	{"a cell without its string", biff(0xfd, "\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00")},
}

func TestOLEKeepsEveryPlace(t *testing.T) {
	for _, tt := range olePlaces {
		if c := whole(unpack.OLE, tt.b, roomy); !c.keeps(officeMark) || len(c.misses) > 0 != strings.Contains(tt.name, "is cut") && tt.name != "the list of the FAT" {
			t.Errorf("%s: misses %v, parts %q", tt.name, c.misses, c.parts)
		}
	}
	for _, tt := range biffPlaces {
		if c := whole(unpack.OLE, excelOf(tt.records), roomy); !c.keeps(officeMark) && tt.name != "what is no record" {
			t.Errorf("%s: misses %v, parts %q", tt.name, c.misses, c.parts)
		}
	}
}

// TestOLEWordLooks has a number that deleted text and text that is not shown
// part.
func TestOLEWordLooks(t *testing.T) {
	s := wordOf(0, []string{"1380xy0138000z\r"}, []bool{false})
	head := append([]byte(s[0].data), make([]byte, 1024-len(s[0].data))...)
	page := make([]byte, 512)
	page[511] = 4
	copy(page, words([]uint32{0x200, 0x204, 0x205, 0x206, 0x20f}))
	page[20+1], page[20+2] = 100, 110
	copy(page[200:], "\x03\x00\x08\x01") // deleted
	copy(page[220:], "\x03\x3c\x08\x01") // hidden
	head = append(head, page...)
	table := s[1].data
	plc := string(words([]uint32{0x200, 0x20f, 2}))
	binary.LittleEndian.PutUint32(head[0xfa:], uint32(len(table)))
	binary.LittleEndian.PutUint32(head[0xfe:], uint32(len(plc)))
	c := whole(unpack.OLE, olePack(oleStream{name: "WordDocument", data: string(head)}, oleStream{name: "0Table", data: table + plc}), roomy)
	if got, _ := c.find("WordDocument"); got != "13800138000z\n" || !c.holds("1380xy0138000z\n") || len(c.misses) > 0 {
		t.Errorf("got %q, misses %v, parts %q", got, c.misses, c.parts)
	}
}

// short is a reader that ends too early.
type short []byte

func (s short) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(s).ReadAt(p, off)
}

func TestOLEOfAShortReader(t *testing.T) {
	b := olePack(append(wordOf(0, []string{"13800138000"}, []bool{true}), oleStream{name: "a", data: strings.Repeat("x", 9000)})...)
	for n := 0; n < len(b); n += 64 {
		c := &collect{}
		if unpack.OLE(short(b[:n]), int64(len(b)), roomy, c); c.misses[inspect.GapBroken] == 0 {
			t.Fatalf("%d bytes of %d: misses %v", n, len(b), c.misses)
		}
	}
}

func TestOLEDamagedAnywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	word := append(wordOf(0, []string{"手机 1380", "0138000\r"}, []bool{true, false}), oleStream{"s", "a", utf16le("x 15900159000")})
	files := [][]byte{
		olePack(word...),
		excelOf(biff(0xfc, "\x01\x00\x00\x00\x01\x00\x00\x00", "\x09\x00\x01", utf16le("x 1590")) + biff(0x3c, "\x00159"+"000") +
			biff(0x203, "\x00\x00\x00\x00\x00\x00", float64le(13800138000)) + biff(0xfd, "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00")),
	}
	// Bytes that are the text, or say where in the stream it lies: changed, they
	// tell of another text.
	kept := [][]byte{[]byte(float64le(13800138000)), []byte("\x01\x02\x00ab\x02"), []byte(utf16le("1380") + "0138000"), []byte("\xfc\x00")}
	for _, file := range files {
		for range 400 {
			b := bytes.Clone(file)
			damage(rng, &b)
			c := whole(unpack.OLE, b, roomy)
			for _, k := range kept {
				at := bytes.Index(file, k)
				if end := min(at+64, len(b)); at >= 0 && !bytes.Equal(b[min(at, end):end], file[at:min(at+64, len(file))]) {
					c.Miss(inspect.GapBroken, 0)
				}
			}
			if !c.keeps("13800138000") {
				t.Fatalf("text is lost without a Miss: %q", c.parts)
			}
		}
	}
}
