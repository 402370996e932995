package unpack_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

func sheetPack(rows, strings string) []byte {
	return officePack(
		officeFile{"xl/workbook.xml", `<workbook><sheets><sheet name="客户" state="hidden"/></sheets><definedNames><definedName name="x">"13900139000"</definedName></definedNames></workbook>`},
		officeFile{"xl/worksheets/sheet1.xml", `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`},
		officeFile{"xl/sharedStrings.xml", `<sst>` + strings + `</sst>`},
	)
}

func TestSheet(t *testing.T) {
	tests := []struct{ name, rows, want string }{
		{"shared strings in their places", `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>`, "姓名\t手机号\n"},
		{"empty cells keep their columns", `<row><c r="A1"><v>1</v></c><c r="D1"><v>4</v></c></row>`, "1\t\t\t4\n"},
		{"a row that begins late", `<row><c r="C1"><v>3</v></c></row>`, "\t\t3\n"},
		{"cells without a reference", `<row><c><v>1</v></c><c/><c><v>3</v></c></row>`, "1\t\t3\n"},
		{"a number in scientific form", `<row><c r="A1"><v>1.3800138E10</v></c></row>`, "13800138000\n"},
		{"a number with more zeros", `<row><c r="A1"><v>1.38E+10</v></c><c><v>13800138000.0</v></c></row>`, "13800000000\t13800138000\n"},
		{"a small number stays", `<row><c r="A1"><v>1.5E-7</v></c><c><v>0.25</v></c><c><v>44197</v></c></row>`, "1.5E-7\t0.25\t44197\n"},
		{"an inline string of runs", `<row><c t="inlineStr"><is><r><t>1380</t></r><r><t>0138000</t></r></is></c></row>`, "13800138000\n"},
		{"a formula's value", `<row><c t="str"><f>"138"&amp;"00138000"</f><v>13800138000</v></c></row>`, "13800138000\n"},
		{"a line end in a cell", "<row><c t=\"str\"><v>a\nb\tc</v></c></row>", "a b c\n"},
		{"empty rows", `<row r="1"/><row r="2"><c r="A2"/></row><row r="3"><c r="A3"><v>1</v></c></row>`, "1\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Xlsx, sheetPack(tt.rows, `<si><t>姓名</t></si><si><r><t>手机</t></r><rPh><t>ignored</t></rPh><r><t>号</t></r></si>`), roomy)
			if got, _ := c.find("xl/worksheets/sheet1.xml"); got != tt.want || len(c.misses) > 0 {
				t.Errorf("got %q, misses %v, want %q", got, c.misses, tt.want)
			}
		})
	}
}

func TestSheetKeepsEverything(t *testing.T) {
	c := whole(unpack.Xlsx, sheetPack(`<row><c t="s"><v>1</v></c></row><x>15900159000</x>`, `<si><t>13800138000</t></si><si><t>b</t></si>`), roomy)
	for _, want := range []string{"13800138000", "13900139000", "15900159000", "客户"} {
		if !c.holds(want) {
			t.Errorf("%s is not given out", want)
		}
	}
}

func TestSheetBounds(t *testing.T) {
	wide := strings.Repeat(`<row><c r="XFD1"><v>1</v></c></row>`, 20000)
	c := whole(unpack.Xlsx, sheetPack(wide, ""), roomy)
	if c.total > 4<<20 || len(c.misses) > 0 {
		t.Errorf("%d bytes of a sheet of few, misses %v", c.total, c.misses)
	}
	text := strings.Repeat("<si><t>"+strings.Repeat("x", 1000)+"</t></si>", 2000)
	c = whole(unpack.Xlsx, sheetPack(`<row><c t="s"><v>0</v></c></row>`, text), unpack.Limits{Entries: 10, Memory: 1 << 20, Bytes: 16 << 20})
	if c.misses[inspect.GapLimitBytes] == 0 {
		t.Errorf("strings beyond the memory are no gap: %v", c.misses)
	}
}

func TestSheetOfManyRows(t *testing.T) {
	var rows, strs strings.Builder
	const n = 100000
	for i := range n {
		fmt.Fprintf(&rows, `<row r="%d" spans="1:4"><c r="A%d" s="1" t="s"><v>%d</v></c><c r="B%d"><v>%d</v></c><c r="C%d" t="s"><v>%d</v></c><c r="D%d"><v>0.25</v></c></row>`, i+1, i+1, i, i+1, 13800000000+i, i+1, i, i+1)
		fmt.Fprintf(&strs, `<si><t>人%d</t></si>`, i)
	}
	b := sheetPack(rows.String(), strs.String())
	start := time.Now()
	c := whole(unpack.Xlsx, b, unpack.Limits{Entries: 100, Memory: 64 << 20, Bytes: 256 << 20})
	t.Logf("%d MB of XML, %d KB packed: %v", (rows.Len()+strs.Len())>>20, len(b)>>10, time.Since(start))
	got, _ := c.find("xl/worksheets/sheet1.xml")
	if lines := strings.Count(got, "\n"); lines != n || len(c.misses) > 0 {
		t.Errorf("%d lines, misses %v, want %d", lines, c.misses, n)
	}
	if want := "人99999\t13800099999\t人99999\t0.25\n"; !strings.HasSuffix(got, want) {
		t.Errorf("last row %q, want %q", got[max(0, len(got)-60):], want)
	}
}

// brt writes a record of a binary workbook.
func brt(id int, body ...string) string {
	head, data := "", strings.Join(body, "")
	if head = string([]byte{byte(id)}); id > 127 {
		head = string([]byte{byte(id) | 0x80, byte(id >> 7)})
	}
	return head + string([]byte{byte(len(data))}) + data
}

func TestBinarySheet(t *testing.T) {
	text := func(s string) string { return string(words([]uint32{uint32(len(utf16le(s)) / 2)})) + utf16le(s) }
	at := func(col uint32) string { return string(words([]uint32{col, 0})) }
	sst := brt(159, "\x01\x00\x00\x00\x01\x00\x00\x00") + brt(19, "\x00", text("姓名")) + brt(19, "\x00", text("13900139000"))
	sheet := brt(129) + brt(0, "xxxx") + brt(7, at(0), "\x00\x00\x00\x00") + brt(13, "ssss", string(words([]uint32{12345<<2 | 2}))) +
		brt(5, at(3), float64le(13800138000)) + brt(0, "xxxx") + brt(6, at(1), text("张三")) + brt(9, at(2), float64le(7), "\x00\x00\x1f", float64le(15900159000)) +
		brt(500, text("机密"))
	c := whole(unpack.Xlsx, officePack(officeFile{"xl/sharedStrings.bin", sst}, officeFile{"xl/worksheets/sheet1.bin", sheet}), roomy)
	if got, _ := c.find("xl/worksheets/sheet1.bin"); got != "姓名\t12345\t\t13800138000\n\t张三\t7\n" || len(c.misses) > 0 {
		t.Errorf("got %q, misses %v", got, c.misses)
	}
	for _, want := range []string{"13900139000\n", "15900159000\n", "机密\n"} {
		if !c.holds(want) {
			t.Errorf("no %q in %q", want, c.parts)
		}
	}
	for name, sheet := range map[string]string{"a string that is not there": brt(129) + brt(7, at(0), "\x09\x00\x00\x00"), "a record that is cut": brt(129) + "\x05\x70x"} {
		if c := whole(unpack.Xlsx, officePack(officeFile{"xl/worksheets/sheet1.bin", sheet}), roomy); c.misses[inspect.GapBroken] == 0 {
			t.Errorf("%s: misses %v", name, c.misses)
		}
	}
}

// TestOfficeBudget has a budget that is used up.
func TestOfficeBudget(t *testing.T) {
	rows := strings.Repeat(`<row><c t="s"><v>0</v></c><c><v>1</v></c></row>`, 20000)
	b := sheetPack(rows, "<si><t>"+strings.Repeat("x", 4<<20)+"</t></si>")
	for want, l := range map[inspect.GapReason]decode.Limits{
		inspect.GapLimitEntries: {Parts: 1}, inspect.GapLimitTime: {Time: 1e6, Pace: 1}, inspect.GapLimitBytes: {Hold: 2 << 20},
	} {
		budget := &decode.Budget{Limits: l.WithDefaults()}
		c := whole(unpack.Xlsx, b, unpack.Limits{Entries: 100, Memory: 64 << 20, Bytes: 64 << 20, Budget: budget})
		if c.misses[want] == 0 {
			t.Errorf("misses %v, want %s", c.misses, want)
		}
		if left := budget.Left(); left != budget.Limits.Hold {
			t.Errorf("%s: %d bytes stay held", want, budget.Limits.Hold-left)
		}
	}
}
