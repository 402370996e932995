package unpack_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// cmapOf maps the bytes of from to those of to.
func cmapOf(from, to string) string {
	s := "begincmap 1 begincodespacerange <00> <FF> endcodespacerange 10 beginbfchar "
	for i := range len(from) {
		s += fmt.Sprintf("<%02X> <%04X> ", from[i], to[i])
	}
	return s + "endbfchar endcmap"
}

const mappedFont = "<</Subtype/TrueType/BaseFont/X/FontDescriptor<</Flags 4/FontFile2 99 0 R>>/ToUnicode 6 0 R>>"

// TestPDFVersions changes what a font means, and looks for the text by each
// meaning that a reader may find.
func TestPDFVersions(t *testing.T) {
	base := func() []byte {
		f := pagePDF(mappedFont, "", "BT /F1 9 Tf (abcdefghij) Tj ET")
		f.stream("", cmapOf("abcdefghij", "1380013800"))
		return f.bytes()
	}
	object := func(num int, s string) string {
		return fmt.Sprintf("\n%d 0 obj<</Length %d>>stream\n%s\nendstream endobj\n", num, len(s), s)
	}
	other := object(6, cmapOf("abcdefghij", "9999999999"))
	old := base()
	tests := []struct {
		name string
		file []byte
	}{
		{"a newer version that no table names", append(base(), other...)},
		{"an older version", append([]byte("%PDF-1.7\n"+other), old...)},
		{"a newer version with a table", append(base(), fmt.Sprintf("%sxref\n6 1\n%010d 00000 n \ntrailer<</Root 1 0 R/Prev %d>>startxref\n%d\n%%%%EOF",
			other, len(old)+1, bytes.LastIndex(old, []byte("xref\n0")), len(old)+len(other))...)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := textOf(whole(unpack.PDF, tt.file, roomy))
			for _, want := range []string{"1380013800", "9999999999"} {
				if !strings.Contains(text, want) {
					t.Errorf("text %q, want %s in it", text, want)
				}
			}
		})
	}
}

func TestPDFSecondMeaning(t *testing.T) {
	lying := strings.Replace(helvetica, ">>", "/ToUnicode 6 0 R>>", 1)
	f := pagePDF(lying, "", "BT /F1 9 Tf (13800) Tj (138000) Tj ET")
	f.stream("", cmapOf("0138", "xxxx"))
	if text := textOf(whole(unpack.PDF, f.bytes(), roomy)); !strings.Contains(text, pdfMark) || !strings.Contains(text, "xxxxxxxxxxx") {
		t.Errorf("text %q, want it by both meanings", text)
	}
}

func TestPDFLayout(t *testing.T) {
	comb, column := "BT /F1 9 Tf ", "BT /F1 9 Tf "
	for i, c := range "11010519491231002X" {
		comb += fmt.Sprintf("1 0 0 1 %d 100 Tm (%c) Tj ", 50+18*i, c)
		column += fmt.Sprintf("1 0 0 1 %d 100 Tm (%c) Tj ", 50+18*i+i%3*7, c)
	}
	tests := []struct {
		name, content, want, not string
	}{
		{"characters in boxes", comb + "ET", "11010519491231002X\n", ""},
		{"characters at no equal steps", column + "ET", "1\t1", "110105"},
		{"digits of a font whose widths are wrong", "BT /F2 10 Tf 1 0 0 1 10 10 Tm (13) Tj 1 0 0 1 20 10 Tm (80) Tj 1 0 0 1 30 10 Tm (0) Tj ET", "13800", ""},
		{"columns", "BT /F1 10 Tf 1 0 0 1 10 10 Tm (13800) Tj 1 0 0 1 90 10 Tm (138000) Tj ET", "13800\t138000", pdfMark},
		{"columns in one operator", "BT /F1 10 Tf [(13800)-4000(138000)] TJ ET", "13800\t138000", pdfMark},
		{"columns that are full", "BT /F1 10 Tf 10 10 Td (13800138000) Tj ET BT /F1 10 Tf 71.2 10 Td (11010519491231002X) Tj ET", "13800138000\t11010519491231002X\n13800138000110105", ""},
		{"full columns with kerning", "BT /F1 10 Tf 10 10 Td [(13)-3(800)-3(138000)] TJ ET BT /F1 10 Tf 71.2 10 Td [(1)-3(1)-3(01051949)] TJ ET", "13800138000\t1101051949\n", ""},
		{"digits at places of their own", "BT /F1 10 Tf 10 10 Td (1) Tj 5.56 0 Td (3) Tj 5.56 0 Td (8) Tj 5.56 0 Td (0) Tj 5.56 0 Td (0) Tj 5.56 0 Td (1) Tj 5.56 0 Td (3) Tj 5.56 0 Td (8) Tj ET", "13800138\n", "0\t"},
		{"a number in two pieces", "BT /F1 10 Tf 10 10 Td (13800) Tj ET BT /F1 10 Tf 37.8 10 Td (138000) Tj ET", pdfMark, ""},
		{"lines", "BT /F1 10 Tf 1 0 0 1 10 30 Tm (13800) Tj 1 0 0 1 10 10 Tm (138000) Tj ET", "13800\n138000", pdfMark},
	}
	wide := "<</Subtype/Type0/Encoding/GBK-EUC-H/DescendantFonts[<</DW 1000/W[1 95 1000]/CIDSystemInfo<</Ordering(GB1)>>>>]>>"
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := pagePDF(helvetica, "", tt.content)
			f.objs[1] = strings.Replace(f.objs[1], "/F1 4 0 R", "/F1 4 0 R/F2 "+wide, 1)
			got := textOf(whole(unpack.PDF, f.bytes(), roomy))
			if !strings.Contains(got, tt.want) || tt.not != "" && strings.Contains(got, tt.not) {
				t.Errorf("text %q, want %q in it and not %q", got, tt.want, tt.not)
			}
		})
	}
}

func TestPDFStrings(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"UTF-16 with marks of the language", "<FEFF001B007A0068001B5F20001B0065006E001B4E09>", "张三"},
		{"UTF-16, little end first", "<FFFE205F094E>", "张三"},
		{"UTF-16 without a mark", "<00310033003800300030>", "13800"},
		{"UTF-8", "<EFBBBFE5BCA0E4B889>", "张三"},
		{"GBK", "<D5C5C8FD>", "\xD5\xC5\xC8\xFD"},
		{"PDFDocEncoding", "<3133388530303133>", "138–0013"},
		{"octal", `(\061\63\070 \101)`, "138 A"},
		{"a line that goes on", "(13\\\n8)", "138"},
		{"hex with an odd digit and blanks", "<31 33\n3>", "130"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if c := whole(unpack.PDF, packedPDF("20 0 ", "<</Title "+tt.value+">>"), roomy); !c.holds(tt.want) {
				t.Errorf("parts %v, want %q", c.parts, tt.want)
			}
		})
	}
}

func TestPDFStructure(t *testing.T) {
	f := pagePDF(helvetica, "/Filter/FlateDecode", zlibbed("BT /F1 12 Tf (page) Tj ET"))
	file := f.bytes()
	shifted := append([]byte("some bytes\nbefore\n"), file...)
	cut := bytes.Replace(file, []byte("%%EOF"), nil, 1)
	budget := &decode.Budget{Limits: decode.Limits{Hold: 100, Time: 1 << 40, Parts: 100}.WithDefaults()}
	tight := roomy
	tight.Budget = budget
	tests := []struct {
		name string
		r    io.ReaderAt
		size int
		l    unpack.Limits
		want inspect.GapReason
	}{
		{"as it was written", bytes.NewReader(file), len(file), roomy, ""},
		{"its head not at the start", bytes.NewReader(shifted), len(shifted), roomy, ""},
		{"a reader that is shorter than the file", bytes.NewReader(file[:200]), len(file), roomy, inspect.GapBroken},
		{"a file without an end", bytes.NewReader(cut), len(cut), roomy, inspect.GapBroken},
		{"no memory to hold it", bytes.NewReader(file), len(file), tight, inspect.GapLimitBytes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &collect{}
			unpack.PDF(tt.r, int64(tt.size), tt.l, c)
			if tt.want == "" && (len(c.misses) > 0 || !c.holds("page")) || tt.want != "" && c.misses[tt.want] == 0 {
				t.Errorf("misses %v, parts %v; want %q", c.misses, c.parts, tt.want)
			}
		})
	}
	if budget.Left() != 100 {
		t.Errorf("%d bytes may be held in the end, want 100", budget.Left())
	}
}
