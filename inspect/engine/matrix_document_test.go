package engine_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
)

// xmlText escapes a text for XML.
func xmlText(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err) // a strings.Builder takes everything
	}
	return b.String()
}

// eachLine writes every line of a text, between two pieces.
func eachLine(b []byte, before, after string) string {
	var out strings.Builder
	for l := range strings.Lines(string(b)) {
		out.WriteString(before + xmlText(strings.TrimRight(l, "\r\n")) + after)
	}
	return out.String()
}

// halves writes every line as two runs of text.
func halves(b []byte, before, run, after string) string {
	var out strings.Builder
	for l := range strings.Lines(string(b)) {
		r := []rune(strings.TrimRight(l, "\r\n"))
		n := len(r) / 2
		out.WriteString(before + fmt.Sprintf(run, xmlText(string(r[:n]))) + fmt.Sprintf(run, xmlText(string(r[n:]))) + after)
	}
	return out.String()
}

const officeTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/%s" ContentType="application/vnd.openxmlformats-officedocument.%s.main+xml"/></Types>`

// documents are the files of office programs.
func documents(t testing.TB) []layer {
	of := func(name, path string, wrap func(b []byte) []byte) layer {
		return layer{name: name, takes: words | ascii, gives: octets, path: path, wrap: wrap}
	}
	return []layer{
		of("docx", "docx|zip", func(b []byte) []byte {
			return zipOf(t, "[Content_Types].xml", fmt.Sprintf(officeTypes, "word/document.xml", "wordprocessingml.document"),
				"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`+
					halves(b, "<w:p>", `<w:r><w:t xml:space="preserve">%s</w:t></w:r>`, "</w:p>")+"</w:body></w:document>")
		}),
		of("xlsx", "xlsx|zip", func(b []byte) []byte {
			n := bytes.Count(bytes.TrimRight(b, "\n"), []byte("\n")) + 1
			rows := ""
			for i := range n {
				rows += fmt.Sprintf(`<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>`, i+1, i+1, i)
			}
			return zipOf(t, "[Content_Types].xml", fmt.Sprintf(officeTypes, "xl/workbook.xml", "spreadsheetml.sheet"),
				"xl/workbook.xml", `<workbook><sheets><sheet name="a" sheetId="1"/></sheets></workbook>`,
				"xl/worksheets/sheet1.xml", "<worksheet><sheetData>"+rows+"</sheetData></worksheet>",
				"xl/sharedStrings.xml", "<sst>"+halves(b, "<si>", "<r><t>%s</t></r>", "</si>")+"</sst>")
		}),
		of("pptx", "pptx|zip", func(b []byte) []byte {
			return zipOf(t, "[Content_Types].xml", fmt.Sprintf(officeTypes, "ppt/presentation.xml", "presentationml.presentation"),
				"ppt/presentation.xml", "<p:presentation/>",
				"ppt/slides/slide1.xml", "<p:sld><p:txBody>"+halves(b, "<a:p>", "<a:r><a:t>%s</a:t></a:r>", "</a:p>")+"</p:txBody></p:sld>")
		}),
		of("odt", "odt|zip", func(b []byte) []byte {
			return zipOf(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml",
				"<office:document-content><office:body><office:text>"+halves(b, "<text:p>", "<text:span>%s</text:span>", "</text:p>")+"</office:text></office:body></office:document-content>")
		}),
		of("docx in UTF-16, stored", "docx|zip", func(b []byte) []byte {
			body := `<?xml version="1.0" encoding="UTF-16"?><w:document><w:body>` + eachLine(b, "<w:p><w:r><w:t>", "</w:t></w:r></w:p>") + "</w:body></w:document>"
			return zipAs(t, zip.Store, "[Content_Types].xml", fmt.Sprintf(officeTypes, "word/document.xml", "wordprocessingml.document"),
				"word/document.xml", string(wide(body, false, true)))
		}),
		of("PDF", "pdf", func(b []byte) []byte { return pdfOf(t, b) }),
	}
}

// pdfOf is a PDF of one page. Its glyphs have running numbers, and only a
// table, compressed as the page is, tells what they stand for.
func pdfOf(t testing.TB, b []byte) []byte {
	short := through(t, newZlib)
	glyphs := map[rune]int{}
	var page, table strings.Builder
	page.WriteString("BT /F1 10 Tf 40 800 Td\n")
	for l := range strings.Lines(string(b)) {
		page.WriteString("<")
		for _, r := range strings.TrimRight(l, "\r\n") {
			if glyphs[r] == 0 {
				glyphs[r] = len(glyphs) + 1
				var units strings.Builder
				for _, u := range utf16.Encode([]rune{r}) {
					fmt.Fprintf(&units, "%04X", u)
				}
				fmt.Fprintf(&table, "1 beginbfchar <%04X> <%s> endbfchar\n", glyphs[r], units.String())
			}
			fmt.Fprintf(&page, "%04X", glyphs[r])
		}
		page.WriteString("> Tj 0 -14 Td\n")
	}
	page.WriteString("ET\n")
	stream := func(s string) string {
		z := short([]byte(s))
		return fmt.Sprintf("<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream", len(z), z)
	}
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		stream(page.String()),
		"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[7 0 R]/ToUnicode 6 0 R>>",
		stream("/CIDInit /ProcSet findresource begin begincmap\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n" + table.String() + "endcmap end\n"),
		"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000>>",
	}
	var out strings.Builder
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	xref := fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for i, o := range objects {
		xref += fmt.Sprintf("%010d 00000 n \n", out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := out.Len()
	fmt.Fprintf(&out, "%strailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n", xref, len(objects)+1, start)
	return []byte(out.String())
}
