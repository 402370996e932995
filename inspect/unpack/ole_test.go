package unpack_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

func TestOLEStreams(t *testing.T) {
	large := strings.Repeat("large 13800138000\n", 1000)
	b := olePack(oleStream{name: "a", data: "small 13900139000"}, oleStream{"sub", "b", large}, oleStream{name: "c", data: "\x00" + utf16le("宽 15900159000")})
	b = append(b, "behind the end"...)
	c := whole(unpack.OLE, b, roomy)
	for name, want := range map[string]string{"a": "small 13900139000", "sub/b": large} {
		if got, ok := c.find(name); !ok || got != want {
			t.Errorf("stream %q has %d bytes, want %d", name, len(got), len(want))
		}
	}
	if !c.holds("宽 15900159000\n") || !c.holds("behind the end") || len(c.misses) > 0 {
		t.Errorf("misses %v, parts %q", c.misses, c.parts)
	}
}

func TestOLEWord(t *testing.T) {
	tests := []struct {
		name   string
		pieces []string
		wide   []bool
		want   string
	}{
		{"a number over two pieces", []string{"手机 1380", "0138000\r"}, []bool{true, false}, "手机 13800138000\n"},
		{"a table", []string{"a\ab\a\ac\ad\a\a"}, []bool{true}, "a\tb\nc\td\n"},
		{"a field shows its result", []string{"x \x13HYPERLINK y\x1413800138000\x15\r"}, []bool{false}, "x 13800138000\n"},
		{"western bytes", []string{"caf\xe9\x1e1\r"}, []bool{false}, "café-1\n"},
		{"a character in two halves", []string{"𠀀x\r"}, []bool{true}, "𠀀x\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.OLE, olePack(wordOf(0, tt.pieces, tt.wide)...), roomy)
			if got, _ := c.find("WordDocument"); got != tt.want || len(c.misses) > 0 {
				t.Errorf("got %q, misses %v, want %q", got, c.misses, tt.want)
			}
			if !c.holds("deleted 13900139000\n") {
				t.Error("text in no piece is not given out")
			}
		})
	}
}

// TestOLEWordRows has a table with empty cells and two paragraphs in one.
func TestOLEWordRows(t *testing.T) {
	s := wordOf(0, []string{"a\rb\a\a\ac\r"}, []bool{false})
	head := []byte(s[0].data)
	head = append(head, make([]byte, 1024-len(head))...)
	page := make([]byte, 512)
	page[511] = 3
	copy(page, words([]uint32{0x200, 0x205, 0x206, 0x208})) // in the table; the mark of its end; the rest
	page[16], page[16+13] = 50, 60
	copy(page[100:], "\x03\x00\x00\x16\x24\x01")
	copy(page[120:], "\x05\x00\x00\x16\x24\x01\x17\x24\x01")
	head = append(head, page...)
	table := s[1].data
	plc := string(words([]uint32{0x200, 0x208, 2}))
	copy(head[0x102:], words([]uint32{uint32(len(table)), uint32(len(plc))}))
	c := whole(unpack.OLE, olePack(oleStream{name: "WordDocument", data: string(head)}, oleStream{name: "0Table", data: table + plc}), roomy)
	if got, _ := c.find("WordDocument"); got != "a b\nc\n" || len(c.misses) > 0 {
		t.Errorf("got %q, misses %v", got, c.misses)
	}
}

func excelOf(records ...string) []byte {
	return olePack(oleStream{name: "Workbook", data: biff(0x809, "\x00\x06\x05\x00") + strings.Join(records, "") + biff(0x0a)})
}

func TestOLEExcel(t *testing.T) {
	at := func(row, col int) string { return string(shorts(row, col, 0)) }
	sst := biff(0xfc, "\x02\x00\x00\x00\x02\x00\x00\x00", "\x03\x00\x00abc", "\x04\x00\x01", utf16le("手机"))
	tests := []struct {
		name    string
		records []string
		want    string
	}{
		{"numbers in all their forms", []string{
			biff(0x203, at(0, 0), float64le(13800138000)), biff(0x27e, at(0, 1), string(words([]uint32{12345<<2 | 2}))),
			biff(0x27e, at(0, 2), string(words([]uint32{12345<<2 | 3}))), biff(0xbd, "\x01\x00\x00\x00", "\x00\x00"+string(words([]uint32{7<<2 | 2})), "\x00\x00"+string(words([]uint32{8<<2 | 2})), "\x01\x00"),
		}, "13800138000\t12345\t123.45\n7\t8\n"},
		{"shared strings, cut in the middle", []string{
			sst, biff(0x3c, "\x00ab"), biff(0xfd, at(0, 0), "\x01\x00\x00\x00"), biff(0xfd, at(0, 2), "\x00\x00\x00\x00"),
		}, "手机ab\t\tabc\n"},
		{"text in the cell", []string{biff(0x204, at(3, 1), "\x02\x00\x01", utf16le("张三"))}, "\t张三\n"},
		{"a formula's value", []string{
			biff(0x06, at(0, 0), float64le(7), "\x00\x00\x00\x00\x00\x00"),
			biff(0x06, at(0, 1), "\x00\x00\x00\x00\x00\x00\xff\xff", "\x00\x00\x00\x00\x00\x00"), biff(0x207, "\x02\x00\x00hi"),
		}, "7\thi\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.OLE, excelOf(tt.records...), roomy)
			if got, _ := c.find("Workbook"); got != tt.want || len(c.misses) > 0 {
				t.Errorf("got %q, misses %v, want %q", got, c.misses, tt.want)
			}
		})
	}
	c := whole(unpack.OLE, excelOf(sst, biff(0x3c, "\x00ab"), biff(0x14, "\x0b\x00\x0013900139000")), roomy)
	if !c.holds("手机ab\n") || !c.holds("13900139000") {
		t.Errorf("unused strings or other records are not given out: %q", c.parts)
	}
}

func TestOLEExcelOfManyRows(t *testing.T) {
	var b strings.Builder
	for i := range 10000 {
		b.WriteString(biff(0x203, string(shorts(i, 0, 0)), float64le(float64(13800000000+i))))
	}
	c := whole(unpack.OLE, excelOf(b.String()), roomy)
	if got, _ := c.find("Workbook"); strings.Count(got, "\n") != 10000 || !strings.HasSuffix(got, "\n13800009999\n") {
		t.Errorf("%d lines, misses %v", strings.Count(got, "\n"), c.misses)
	}
}

func TestOLEOthers(t *testing.T) {
	atom := func(kind int, s string) string {
		return string(shorts(0, kind)) + string(words([]uint32{uint32(len(s))})) + s
	}
	slides := "\x0f\x00\xe8\x03\x00\x00\x00\x00" + atom(0xfa0, utf16le("张三\r138")) + atom(0xfa8, "13800138000") + atom(0x7d0, "15900159000")
	props := "\xfe\xff\x00\x00" + strings.Repeat("\x00", 20) + "\x01\x00\x00\x00" + strings.Repeat("\x00", 16) + "\x30\x00\x00\x00" +
		string(words([]uint32{60, 2, 4, 24, 2, 40})) + string(words([]uint32{30, 4})) + "Ann\x00\x00\x00\x00\x00" + string(words([]uint32{31, 3})) + utf16le("题目\x00") + "\x00\x00"
	native := "\x30\x00\x00\x00\x02\x00a.zip\x00C:\\a.zip\x00\x00\x00\x03\x00\x03\x00\x00\x00C:\x00\x09\x00\x00\x00PK\x03\x04 file tail"
	tests := []struct{ name, stream, data, want string }{
		{"slides", "PowerPoint Document", slides, "张三\n138\n13800138000\n"},
		{"other atoms of slides", "PowerPoint Document", slides, "15900159000"},
		{"properties", "\x05SummaryInformation", props, "author: Ann\ntitle: 题目\n"},
		{"subject of a mail", "__substg1.0_0037001F", utf16le("你好"), "subject: 你好"},
		{"bytes of a mail", "__substg1.0_1000001E", "\xc4\xe3\xba\xc3", "body: \xc4\xe3\xba\xc3"},
		{"an attachment", "__substg1.0_37010102", "%PDF-1.4", "%PDF-1.4"},
		{"RTF that is not packed", "__substg1.0_10090102", "\x10\x00\x00\x00\x04\x00\x00\x00MELA\x00\x00\x00\x00{\\b}", "{\\b}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.OLE, olePack(oleStream{name: tt.stream, data: tt.data}), roomy)
			if !c.holds(tt.want) || len(c.misses) > 0 {
				t.Errorf("no %q in %q, misses %v", tt.want, c.parts, c.misses)
			}
		})
	}
	c := whole(unpack.OLE, olePack(oleStream{name: "\x01Ole10Native", data: native}), roomy)
	if got, _ := c.find("a.zip"); got != "PK\x03\x04 file" {
		t.Errorf("embedded file: %q", c.parts)
	}
}

// TestPackedRTF is the example of MS-OXRTFCP 3.2.
func TestPackedRTF(t *testing.T) {
	packed := "\x2d\x00\x00\x00\x2b\x00\x00\x00LZFu\xf1\xc5\xc7\xa7\x03\x00\x0a\x00rcpg125\x42\x32\x0a\xf3 hel\x09\x00 bw\x05\xb0ld}\x0a\x80\x0f\xa0"
	c := whole(unpack.OLE, olePack(oleStream{name: "__substg1.0_10090102", data: packed}), roomy)
	if want := "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"; !c.holds(want) {
		t.Errorf("got %q, want %q", c.parts, want)
	}
}

// TestMacros has the example of MS-OVBA 3.2.2, and a module of literals.
func TestMacros(t *testing.T) {
	dir := "\x01\x2f\xb0\x00#aaabcde\x82f\x00pagh" + "ij\x018\bakl\x000mnop\x06q\x02p\x04\x10rstuv\x10wxyz\x00<"
	text := "\x00Attribut\x00e 138001\x0038000"
	module := "code\x01" + string(shorts(0xb000|len(text)-1)) + text
	c := whole(unpack.OLE, olePack(oleStream{"VBA", "dir", dir}, oleStream{"VBA", "Module1", module}), roomy)
	if got, _ := c.find("VBA/dir#source"); got != "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa" {
		t.Errorf("dir: got %q", got)
	}
	if got, _ := c.find("VBA/Module1#source"); got != "Attribute 13800138000" {
		t.Errorf("module: got %q", got)
	}
}

func TestOLEMisses(t *testing.T) {
	good := olePack(oleStream{name: "a", data: strings.Repeat("x", 9000)})
	loop := bytes.Clone(good)
	copy(loop[len(loop)-512+4:], "\x00\x00\x00\x00") // the second sector leads to the first
	tests := []struct {
		name string
		b    []byte
		want inspect.GapReason
	}{
		{"nothing", nil, inspect.GapBroken},
		{"a head only", good[:512], inspect.GapBroken},
		{"a chain that goes round", loop, inspect.GapBroken},
		{"an encrypted package", olePack(oleStream{name: "EncryptionInfo", data: "x"}, oleStream{name: "EncryptedPackage", data: "y"}), inspect.GapEncrypted},
		{"an encrypted Word document", olePack(wordOf(0x100, []string{"x"}, []bool{false})...), inspect.GapEncrypted},
		{"an encrypted workbook", excelOf(biff(0x2f, "\x01\x00")), inspect.GapEncrypted},
		{"encrypted slides", olePack(oleStream{name: "PowerPoint Document", data: "\x0f\x00\x14\x2f\x00\x00\x00\x00"}), inspect.GapEncrypted},
		{"a Word document that is none", olePack(oleStream{name: "WordDocument", data: "rubbish"}), inspect.GapUnknownFormat},
		{"a workbook that is none", olePack(oleStream{name: "Workbook", data: "rubbish"}), inspect.GapUnknownFormat},
		{"a drawing of Visio", olePack(oleStream{name: "VisioDocument", data: "x"}), inspect.GapUnknownFormat},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if c := whole(unpack.OLE, tt.b, roomy); c.misses[tt.want] == 0 {
				t.Errorf("misses %v, want %s, parts %q", c.misses, tt.want, fmt.Sprint(len(c.parts)))
			}
		})
	}
}

func FuzzOLE(f *testing.F) {
	f.Add(olePack(wordOf(0, []string{"a\ab\a\a\x13x\x14y\x15\r"}, []bool{true})...))
	f.Add(excelOf(biff(0xfc, "\x01\x00\x00\x00\x01\x00\x00\x00", "\x03\x00\x00abc"), biff(0xfd, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")))
	f.Add(olePack(oleStream{name: "__substg1.0_10090102", data: "\x10\x00\x00\x00\x04\x00\x00\x00LZFu\x00\x00\x00\x00abcdefghi"}))
	f.Add(olePack(oleStream{name: "\x05SummaryInformation", data: strings.Repeat("\x00", 60)}, oleStream{"s", "\x01Ole10Native", "x"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := unpack.Limits{Entries: 50, Memory: 1 << 20, Bytes: 1 << 18}
		if c := whole(unpack.OLE, b, l); c.total > l.Bytes || len(c.parts) > l.Entries || c.late > 0 {
			t.Errorf("%d bytes, %d parts, %d late", c.total, len(c.parts), c.late)
		}
	})
}
