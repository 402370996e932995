package unpack_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect/unpack"
)

// pdfMark is a text that must come out wherever it stands.
const pdfMark = "13800138000"

// utf16Hex spells s as a PDF string in UTF-16.
func utf16Hex(s string) string {
	out := "<FEFF"
	for _, u := range utf16.Encode([]rune(s)) {
		out += fmt.Sprintf("%04X", u)
	}
	return out + ">"
}

// packedPDF is a page, and objects in an object stream: bodies are the numbers
// and the texts of these, gaps stand between them.
func packedPDF(head, body string) []byte {
	f := pagePDF(helvetica, "/Filter/FlateDecode", zlibbed("BT /F1 12 Tf (page) Tj ET"))
	f.stream(fmt.Sprintf("/Type/ObjStm/N 2/First %d/Filter/FlateDecode", len(head)), zlibbed(head+body))
	return f.bytes()
}

// TestPDFConserves puts a mark, never plain, into every place that holds text.
func TestPDFConserves(t *testing.T) {
	hexed := "<" + hex.EncodeToString([]byte(pdfMark)) + ">"
	z := "/Filter/FlateDecode"
	object := func(body string) []byte { return packedPDF("20 0 ", body) }
	stream := func(entries, data string) []byte {
		f := pagePDF(helvetica, "", "BT /F1 12 Tf (page) Tj ET")
		f.stream(entries, data)
		return f.bytes()
	}
	content := func(s string) []byte { return pagePDF(helvetica, z, zlibbed(s)).bytes() }
	tests := []struct {
		name string
		file []byte
	}{
		{"a string in an object", object("<</A " + hexed + ">>")},
		{"a string in UTF-16", object("<</A " + utf16Hex(pdfMark) + ">>")},
		{"octal escapes", object(`<</A (\0613800138000)>>`)},
		{"a key", object("<</" + pdfMark + " 1>>")},
		{"a name with escapes", object("<</A/#31#33800138000>>")},
		{"a number", object("<</A " + pdfMark + ">>")},
		{"a word", object("[ x" + pdfMark + " ]")},
		{"a comment", object("<</A 1 %" + pdfMark + "\n>>")},
		{"a value given twice", object("<</A " + hexed + "/A 1>>")},
		{"a value without a key", object("<<" + hexed + "/A 1>>")},
		{"a value in hex with letters between", object("<</A <xyz" + hexed[1:] + ">>")},
		{"a table of colours", object("[/Indexed/DeviceRGB 9 (" + pdfMark + ")]")},
		{"a descriptor of a font", object("<</FontName/X/CharSet(" + pdfMark + ")>>")},
		{"a field whose value is a dictionary", object("<</T(x)/V<</Name " + hexed + ">>>>")},
		{"a field whose name is no string", object("<</T[" + hexed + "]/V(x)>>")},
		{"an ID", object("<</ID[" + hexed + "]/W 1>>")},
		{"between packed objects", packedPDF("20 0 21 40 ", "<</A 1>> ("+pdfMark+")               <</B 2>>                   ")},
		{"behind packed objects", packedPDF("20 0 ", "<</A 1>> "+hexed)},
		{"in the head of packed objects", packedPDF("20 0 "+pdfMark+" ", "<</A 1>>")},
		{"packed objects that are too many", packedPDF("20 0 21 9 22 18 23 27 ", "<</A 1>> <</A 1>> <</A 1>> <</A "+hexed+">>")},
		{"behind the end of deflate", stream(z, zlibbed("q Q")+pdfMark)},
		{"behind the end of hex", stream("/Filter[/Fl/AHx]", zlibbed("7120>"+pdfMark))},
		{"letters within hex", stream("/Filter[/Fl/AHx]", zlibbed("71 tel:zhangsan@x.example "+pdfMark+" 20>"))},
		{"behind the end of base 85", stream("/Filter[/Fl/A85]", zlibbed("87cURD]~>"+pdfMark))},
		{"behind the end of runs", stream("/Filter[/Fl/RL]", zlibbed("\x00q\x80"+pdfMark))},
		{"behind the end of LZW", stream("/Filter[/Fl/LZW]", zlibbed(lzwEarly("q Q")+pdfMark))},
		{"in a stream that looks like a map", stream(z, zlibbed("begincmap endcmap "+pdfMark+"x"))},
		{"a comment in a map", stream(z, zlibbed("begincmap %"+pdfMark+"\nendcmap"))},
		{"a long target in a map", stream(z, zlibbed("begincmap 1 beginbfchar <01> <"+utf16Hex(pdfMark)[5:]+" endbfchar endcmap"))},
		{"in a stream that looks like a font", stream(z, zlibbed("OTTO "+pdfMark))},
		{"in a stream that looks like a profile", stream(z, zlibbed(strings.Repeat(" ", 36)+"acsp "+pdfMark))},
		{"a function", stream("/FunctionType 0"+z, zlibbed(pdfMark))},
		{"a set of glyphs", append(stream(z, zlibbed(pdfMark)), "9 0 obj<</CIDSet 6 0 R>>endobj"...)},
		{"a table of references", stream("/Type/XRef/W[1 1 1]"+z, zlibbed(pdfMark))},
		{"a tiny picture", stream("/Subtype/Image/Width 3/Height 3"+z, zlibbed(pdfMark))},
		{"a large picture", stream("/Subtype/Image/Width 300/Height 300"+z, zlibbed(pdfMark))},
		{"pixels", stream("/Subtype/Image/Filter[/Fl/JBIG2Decode]", zlibbed(pdfMark))},
		{"another filter", stream("/Filter[/Fl/Other]", zlibbed(pdfMark))},
		{"a filter that is no name", stream("/Filter[/Fl 1]", zlibbed(pdfMark))},
		{"nine filters", stream("/Filter[/Fl/Fl/Fl/Fl/Fl/Fl/Fl/Fl/Fl]", zlibbed(pdfMark))},
		{"deflate that breaks off", stream(z, zlibbed(strings.Repeat(pdfMark, 9))[:8])},
		{"a page within its parent", []byte(strings.Replace(string(content("BT /F1 9 Tf "+hexed+" Tj ET")), "Kids[3 0 R]", "Kids[<</Contents 5 0 R>>]", 1))},
		{"drawn in hex", content("BT /F1 9 Tf " + hexed + " Tj ET")},
		{"content with words of no meaning", content("0 0 m " + pdfMark + " zhang")},
		{"content with numbers of no operator", content(pdfMark)},
		{"too many operands", content(strings.Repeat("1 ", 700) + hexed + strings.Repeat("1 ", 700) + " n")},
		{"a string of no operator", content(hexed + " n")},
		{"another string before the one shown", content("BT /F1 9 Tf " + hexed + " (x) Tj ET")},
		{"a name in an array that is shown", content("BT /F1 9 Tf [/" + pdfMark + " (x)] TJ ET")},
		{"an alternative", content("/Span <</Alt " + utf16Hex(pdfMark) + ">> BDC EMC")},
		{"a comment in content", content("q %" + pdfMark + "\nQ")},
		{"an inline picture", content("BI /W 1 /H 1 ID " + pdfMark + " EI Q")},
		{"an inline picture with filters", content("BI /W 1 /H 1 /F [/AHx /Fl] ID " + hexDigits(zlibbed(pdfMark)) + "> EI Q")},
		{"text in an inline picture", content("BI /W 1 /H 1 ID x BT /F1 9 Tf " + hexed + " Tj ET EI Q")},
		{"a string in the head of an inline picture", content("BI /W 1 /X " + hexed + " ID x EI Q")},
		{"a font that is not there", content("BT /F9 9 Tf " + hexed + " Tj ET")},
		{"between the objects", append(content("n"), "("+`\06138\0600138000`+")"...)},
		{"an object in an open string", append(content("n"), "30 0 obj (x 31 0 obj<<"+z+"/Length 30>>stream\n"+zlibbed("BT /F1 9 Tf "+hexed+" Tj ET")+"\nendstream endobj"...)},
		{"a trailer", append(content("n"), "trailer <</A "+hexed+">>"...)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if c := whole(unpack.PDF, tt.file, roomy); !c.holds(pdfMark) && len(c.misses) == 0 {
				t.Errorf("lost in %v", c.parts)
			}
		})
	}
}

// mutated changes b in one place between its streams, or cuts it off anywhere.
func mutated(r *rand.Rand, b []byte) []byte {
	b = bytes.Clone(b)
	if r.IntN(4) == 0 {
		return b[:r.IntN(len(b))]
	}
	at := 0
	for {
		at = r.IntN(len(b))
		before, after := bytes.LastIndex(b[:at], []byte("stream\n")), bytes.Index(b[at:], []byte("\nendstream"))
		if before < 0 || bytes.HasSuffix(b[:before], []byte("end")) || after < 0 {
			break
		}
	}
	switch r.IntN(3) {
	case 0:
		b[at] ^= byte(1 << r.IntN(8))
	case 1:
		b[at] = "0123456789<>()[]/% "[r.IntN(19)]
	default:
		n := r.IntN(min(40, len(b)-at))
		return append(b[:at], b[at+n:]...)
	}
	return b
}

// TestPDFMutated damages files: the text comes out, or the damage is told.
func TestPDFMutated(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	font := "<</Subtype/Type0/Encoding/Identity-H/ToUnicode 6 0 R>>"
	f := pagePDF(font, "/Filter/FlateDecode", zlibbed("BT /F1 12 Tf <000100030008000000000001000300080000> Tj 0 -20 Td <00000000> Tj ET"))
	f.stream("/Filter/FlateDecode", zlibbed("begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <0009> <0030> endbfrange endcmap"))
	f.stream("/Type/ObjStm/N 1/First 5/Filter/FlateDecode", zlibbed("20 0 <</A <"+hex.EncodeToString([]byte(pdfMark))+">>>"))
	file := f.bytes()
	good := func(c *collect) bool { return c.holds("138001380\n00\n") && c.holds(pdfMark) }
	if c := whole(unpack.PDF, file, roomy); !good(c) || len(c.misses) > 0 {
		t.Fatalf("undamaged: %v, misses %v", c.parts, c.misses)
	}
	for range 500 {
		b := mutated(r, file)
		if c := whole(unpack.PDF, b, roomy); !good(c) && len(c.misses) == 0 {
			t.Fatalf("lost from %q: %v", b, c.parts)
		}
	}
}
