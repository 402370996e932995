package unpack_test

import (
	"bytes"
	"compress/lzw"
	"encoding/ascii85"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

func TestPDFText(t *testing.T) {
	tests := []struct {
		name, content, want string
	}{
		{"a string", "BT /F1 12 Tf 72 700 Td (Tel 13800138000) Tj ET", "Tel 13800138000"},
		{"kerning within a number", "BT /F1 12 Tf [(138)-20(0013)15(8000)] TJ ET", "13800138000"},
		{"a wide gap is a space", "BT /F1 12 Tf [(Name)-300(Zhang)] TJ ET", "Name Zhang"},
		{"cells", "BT /F1 12 Tf (a) Tj 100 0 Td (b) Tj ET", "a\tb"},
		{"lines by Td, T* and the quotes", "BT /F1 12 Tf 14 TL (a) Tj 0 -14 Td (b) Tj T* (c) Tj (d) ' 0 0 (e) \" ET", "a\nb\nc\nd\ne"},
		{"hexadecimal, odd and with blanks", "BT /F1 12 Tf <31 33 38\n3> Tj ET", "1380"},
		{"escapes", `BT /F1 12 Tf (a\(b\)\061\
2) Tj ET`, "a(b)12"},
		{"each glyph placed by its own matrix", "BT /F1 10 Tf 1 0 0 1 10 10 Tm (1) Tj 1 0 0 1 15.56 10 Tm (3) Tj 1 0 0 1 21.12 10 Tm (8) Tj ET", "138"},
		{"placed by the graphics state", "q 1 0 0 1 10 10 cm BT /F1 10 Tf (1) Tj ET Q q 1 0 0 1 15.56 10 cm BT /F1 10 Tf (3) Tj ET Q", "13"},
		{"drawn twice to look bold", "BT /F1 10 Tf 1 0 0 1 10 10 Tm (138) Tj 1 0 0 1 10.3 10 Tm (138) Tj ET", "138\n"},
		{"drawn out of order", "BT /F1 10 Tf 1 0 0 1 10 10 Tm (1) Tj 1 0 0 1 21.12 10 Tm (8) Tj 1 0 0 1 15.56 10 Tm (3) Tj ET", "138"},
		{"turned by a right angle", "BT /F1 10 Tf 0 1 -1 0 10 10 Tm (138) Tj 0 1 -1 0 10 26.68 Tm (001) Tj ET", "138001"},
		{"spelled in ActualText", "BT /F1 10 Tf /Span <</ActualText <FEFF5F204E09>>> BDC (x) Tj EMC ET", "张三"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.PDF, pagePDF(helvetica, "", tt.content).bytes(), roomy)
			if got := textOf(c); !strings.Contains(got, tt.want) {
				t.Errorf("text %q, want %q in it", got, tt.want)
			}
			if len(c.misses) > 0 || len(c.parts) != 3 {
				t.Errorf("misses %v, %d parts; want none and 3", c.misses, len(c.parts))
			}
		})
	}
}

func TestPDFFilters(t *testing.T) {
	content := "BT /F1 12 Tf " + strings.Repeat("(13800138000 abc xyz 42) Tj 0 -12 Td ", 400) + "(end 11010519491231002X) Tj ET"
	var lzw0 bytes.Buffer
	w := lzw.NewWriter(&lzw0, lzw.MSB, 8)
	_, _ = w.Write([]byte(content))
	_ = w.Close()
	var a85 bytes.Buffer
	e := ascii85.NewEncoder(&a85)
	_, _ = e.Write([]byte(content))
	_ = e.Close()
	rows := ""
	for i, s := 0, content; len(s) > 0; i++ { // PNG: up
		row := s[:min(16, len(s))]
		s = s[len(row):]
		rows += "\x00" + row
	}
	runs := ""
	for s := content; len(s) > 0; {
		n := min(100, len(s))
		runs += string(rune(n-1)) + s[:n]
		s = s[n:]
	}
	tests := []struct{ name, entries, data string }{
		{"none", "", content},
		{"flate", "/Filter/FlateDecode", zlibbed(content)},
		{"flate cut off", "/Filter/FlateDecode", zlibbed(content)[:len(zlibbed(content))-6]},
		{"hex", "/Filter/ASCIIHexDecode", hexDigits(content) + ">"},
		{"base 85", "/Filter/ASCII85Decode", a85.String() + "~>"},
		{"lzw", "/Filter/LZWDecode", lzwEarly(content)},
		{"lzw, late", "/Filter/LZWDecode/DecodeParms<</EarlyChange 0>>", lzw0.String()},
		{"runs", "/Filter/RunLengthDecode", runs + "\x80"},
		{"two filters", "/Filter[/AHx /Fl]", hexDigits(zlibbed(content)) + ">"},
		{"predictor", "/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 16>>", zlibbed(rows)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.PDF, pagePDF(helvetica, tt.entries, tt.data).bytes(), roomy)
			got := textOf(c)
			if n := strings.Count(got, "13800138000"); n != 400 || !strings.Contains(got, "end 11010519491231002X") {
				t.Errorf("%d of 400 lines, end %v", n, strings.Contains(got, "end"))
			}
		})
	}
}

func TestPDFFonts(t *testing.T) {
	type0 := func(enc, more string) string {
		return "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding " + enc + " /DescendantFonts[<</CIDSystemInfo<</Ordering(GB1)>>>>] " + more + ">>"
	}
	const cmap = "begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0003> <5F20> <0004> <4E09> endbfchar " +
		"2 beginbfrange <0010> <0019> <0030> <0020> <0021> [<674E> <D840DC00>] endbfrange endcmap"
	tests := []struct {
		name, font, show, want string
		missed                 bool
	}{
		{"WinAnsi", helvetica, "(caf\xE9 \x80)", "café €", false},
		{"differences", "<</Subtype/Type1/Encoding<</Differences[1/one/three/eight/uni5F20]>>>>", "(\x01\x02\x03\x04)", "138张", false},
		{"glyphs of no known name", "<</Subtype/Type1/Encoding<</Differences[1/g17/g18]>>>>", "(\x01\x02)", "", true},
		{"to Unicode", type0("/Identity-H", "/ToUnicode 6 0 R"), "<0003000400100011001800200021>", "张三018李𠀀", false},
		{"no map", "<</Subtype/Type0/Encoding/Identity-H>>", "<00030004>", "", true},
		{"digits of an Adobe collection", type0("/Identity-H", ""), "<001200140019>", "138", false},
		{"GBK", type0("/GBK-EUC-H", ""), "(\xD5\xC5\xC8\xFD 138)", "张三 138", false},
		{"UCS-2", type0("/UniGB-UCS2-H", ""), "<5F204E090031>", "张三1", false},
		{"UTF-16", type0("/UniGB-UTF16-H", ""), "<5F20D840DC00>", "张𠀀", false},
		{"Big5", type0("/ETen-B5-H", ""), "<B169A454>", "張三", false},
		{"a subset with symbols", "<</Subtype/TrueType/BaseFont/ABCDEF+X/FontDescriptor<</Flags 4>>>>", "(138)", "138", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := pagePDF(tt.font, "", "BT /F1 12 Tf "+tt.show+" Tj ET")
			f.stream("", cmap)
			c := whole(unpack.PDF, f.bytes(), roomy)
			if got := textOf(c); !strings.Contains(got, tt.want) {
				t.Errorf("text %q, want %q in it", got, tt.want)
			}
			if got := c.misses[inspect.GapUnknownFormat] > 0; got != tt.missed {
				t.Errorf("missed %v, want %v", got, tt.missed)
			}
		})
	}
}

func TestPDFPlaces(t *testing.T) {
	const content = "BT /F1 12 Tf (page) Tj /X Do ET"
	tests := []struct {
		name   string
		change func(f *pdfFile) []byte
		part   string
		want   string
	}{
		{"no table", func(f *pdfFile) []byte { f.noTable = true; return f.bytes() }, "text", "page"},
		{"information in UTF-16", func(f *pdfFile) []byte {
			n := f.add("<</Author<FEFF5F204E09>/Title(13800138000)>>")
			f.trailer = fmt.Sprintf("/Info %d 0 R", n)
			return f.bytes()
		}, "fields", "Author: 张三\nTitle: 13800138000"},
		{"a form field", func(f *pdfFile) []byte {
			f.add("<</T(id)/V(11010519491231002X)/Parent 7 0 R>>")
			f.add("<</T(person)>>")
			return f.bytes()
		}, "fields", "person.id: 11010519491231002X"},
		{"a note", func(f *pdfFile) []byte { f.add("<</Type/Annot/Contents(call 13800138000)>>"); return f.bytes() }, "fields", "Contents: call 13800138000"},
		{"a form drawn on the page", func(f *pdfFile) []byte {
			f.objs[1] = strings.Replace(f.objs[1], "/Font", "/XObject<</X 6 0 R>>/Font", 1)
			f.stream("/Subtype/Form", "BT /F1 9 Tf (in a form) Tj ET")
			return f.bytes()
		}, "text", "in a form"},
		{"an embedded file", func(f *pdfFile) []byte {
			f.add("<</Type/Filespec/UF(list.csv)/EF<</F 7 0 R>>>>")
			f.stream("/Type/EmbeddedFile/Filter/FlateDecode", zlibbed("name,phone"))
			return f.bytes()
		}, "list.csv", "name,phone"},
		{"a JPEG", func(f *pdfFile) []byte {
			f.stream("/Subtype/Image/Width 9/Height 9/Filter/DCTDecode", "\xFF\xD8\xFF\xFEx\xFF\xD9")
			return f.bytes()
		}, "image", "\xFF\xD8"},
		{"a stream of no known use", func(f *pdfFile) []byte { f.stream("/What/Ever", "13800138000 hidden"); return f.bytes() }, "stream", "13800138000"},
		{"XMP", func(f *pdfFile) []byte { f.stream("/Type/Metadata/Subtype/XML", "<x:xmpmeta/>"); return f.bytes() }, "metadata", "<x:xmpmeta/>"},
		{"an object stream", func(f *pdfFile) []byte {
			f.stream("/Type/ObjStm/N 2/First 14/Filter/FlateDecode", zlibbed("20 0 21 18    <</A(packed one)>><</B(packed two)>>"))
			return f.bytes()
		}, "fields", "B: packed two"},
		{"an older version of a page", func(f *pdfFile) []byte {
			b := f.bytes()
			return append(b, "\n5 0 obj<</Length 28>>stream\nBT /F1 12 Tf (new) Tj ET    \nendstream endobj\n"...)
		}, "text", "new"},
		{"bytes behind the end", func(f *pdfFile) []byte { return append(f.bytes(), "PK\x03\x04 more"...) }, "", "PK\x03\x04 more"},
		{"a comment", func(f *pdfFile) []byte { f.add("<</A 1 % 13800138000\n>>"); return f.bytes() }, "", "13800138000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.PDF, tt.change(pagePDF(helvetica, "", content)), roomy)
			got := partsOf(c, tt.part)
			if !strings.Contains(got, tt.want) {
				t.Errorf("part %q is %q, want %q in it", tt.part, got, tt.want)
			}
			if !c.holds("page") {
				t.Error("the page itself was lost")
			}
		})
	}
}

func TestPDFMisses(t *testing.T) {
	bomb := pagePDF(helvetica, "/Filter[/FlateDecode/FlateDecode]", zlibbed(zlibbed(strings.Repeat("\x00", 40<<20))))
	forms := pagePDF(helvetica, "", strings.Repeat("/X Do ", 50))
	forms.objs[1] = strings.Replace(forms.objs[1], "/Font", "/XObject<</X 6 0 R>>/Font", 1)
	forms.stream("/Subtype/Form", strings.Repeat("/X Do ", 50))
	tests := []struct {
		name string
		file []byte
		l    unpack.Limits
		want inspect.GapReason
	}{
		{"pixels", append(pagePDF(helvetica, "", "").bytes(), fmt.Sprintf("9 0 obj<</Subtype/Image/Width 900/Height 900/Length 2000>>stream\n%2000d\nendstream endobj", 1)...), roomy, inspect.GapUnknownFormat},
		{"nothing in it", []byte("%PDF-1.4\nhello"), roomy, inspect.GapBroken},
		{"a bomb", bomb.bytes(), roomy, inspect.GapLimitRatio},
		{"forms within themselves", forms.bytes(), unpack.Limits{Entries: 10, Memory: 8 << 20, Bytes: 1 << 20}, inspect.GapLimitTime},
		{"too large", bytes.Repeat([]byte("1 0 obj 1 endobj\n"), 1000), unpack.Limits{Entries: 10, Memory: 8 << 10, Bytes: 1 << 20}, inspect.GapLimitBytes},
		{"another filter", pagePDF(helvetica, "/Filter/Other", "x").bytes(), roomy, inspect.GapUnknownFormat},
		{"another handler", []byte("1 0 obj<</Pages 2 0 R>>endobj trailer<</Root 1 0 R/Encrypt<</Filter/Mine>>>>"), roomy, inspect.GapEncrypted},
		{"parts", pagePDF(helvetica, "", "").bytes(), unpack.Limits{Entries: 1, Memory: 8 << 20, Bytes: 1 << 20}, inspect.GapLimitEntries},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.PDF, tt.file, tt.l)
			if c.misses[tt.want] == 0 || c.total > tt.l.Bytes {
				t.Errorf("misses %v, want %s; %d bytes out", c.misses, tt.want, c.total)
			}
		})
	}
}

func TestPDFByGroff(t *testing.T) {
	path, err := exec.LookPath("groff")
	if err != nil {
		if os.Getenv("CUSTOMS_CI") != "" {
			t.Fatal("groff is not there")
		}
		t.Skip("groff is not there")
	}
	cmd := exec.Command(path, "-Tpdf")
	cmd.Stdin = strings.NewReader("Call 13800138000 and 11010519491231002X today.\n")
	b, err := cmd.Output()
	if err != nil {
		t.Skip("groff makes no PDF here")
	}
	c := whole(unpack.PDF, b, roomy)
	if got := textOf(c); !strings.Contains(got, "Call 13800138000 and 11010519491231002X today.") {
		t.Errorf("text %q", got)
	}
}

func FuzzPDF(f *testing.F) {
	f.Add(pagePDF(helvetica, "/Filter/FlateDecode", zlibbed("BT /F1 12 Tf (a) Tj ET")).bytes())
	g := pagePDF("<</Subtype/Type0/Encoding/Identity-H/ToUnicode 6 0 R>>", "", "BT /F1 12 Tf <0001> Tj ET")
	g.stream("", "begincmap 1 beginbfrange <0000> <FFFF> <0000> endbfrange")
	g.trailer = "/Encrypt<</Filter/Standard/V 5/R 6/U(x)/UE(y)>>"
	f.Add(g.bytes())
	f.Fuzz(func(t *testing.T, b []byte) { keepsLimits(t, unpack.PDF, b) })
}
