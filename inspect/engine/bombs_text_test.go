package engine_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
)

// textBombs are those of nesting, of documents and of what a header claims.
func textBombs() []bomb {
	js := inspect.Meta{ContentType: "application/json"}
	text := func(s ...string) func(testing.TB) []byte {
		return func(testing.TB) []byte { return []byte(strings.Join(s, "")) }
	}
	return []bomb{
		{name: "JSON, a million brackets", meta: js, open: true, make: text(strings.Repeat("[", 1_000_000), phoneA, strings.Repeat("]", 1_000_000))},
		{name: "JSON, a million objects", meta: js, open: true, make: text(strings.Repeat(`{"a":`, 1_000_000), phoneA, strings.Repeat("}", 1_000_000))},
		{name: "JSON in strings of JSON", meta: js, open: true, make: func(testing.TB) []byte {
			return []byte(again(14, `{"m":"`+phoneA+`"}`, func(s string) string {
				return string(inJSON(strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`)))
			}))
		}},
		{name: "XML, 300,000 tags deep", open: true, make: text(strings.Repeat("<a>", 300_000), phoneA, strings.Repeat("</a>", 300_000))},
		{name: "multipart, 5,000 deep", meta: inspect.Meta{ContentType: "multipart/mixed; boundary=b0"}, open: true, make: deepMultipart},
		{name: "multipart, 200,000 parts", meta: inspect.Meta{ContentType: "multipart/form-data; boundary=b"}, open: true,
			make: text(strings.Repeat("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n", 200_000), "--b\r\n\r\n", phoneA, "\r\n--b--")},
		{name: "multipart, parts of gzip", meta: inspect.Meta{ContentType: "multipart/form-data; boundary=b"}, make: func(t testing.TB) []byte {
			part := "--b\r\n\r\n" + string(zipped(zeros(1<<20))) + "\r\n"
			return []byte(strings.Repeat(part, 2000) + "--b--")
		}},
		{name: "mail with a header of 20 MB", long: true, meta: inspect.Meta{ContentType: "message/rfc822"}, open: true,
			make: text("From: a@example.com\r\nSubject: ", strings.Repeat("=?utf-8?Q?=41?=\r\n ", 1_000_000), "\r\n\r\n", phoneA)},
		{name: "percent signs", open: true, make: text("v=", strings.Repeat("%25", 2_000_000), "&m=", phoneA)},
		{name: "billion laughs in docx", make: billionLaughs},
		{name: "shared strings of 64 MB", long: true, make: func(t testing.TB) []byte {
			return sharedStrings(t, strings.Repeat("<si><t>aaaaaaaaaaaaaaaa</t></si>", 2_000_000), 1)
		}},
		{name: "one shared string in a million cells", make: func(t testing.TB) []byte {
			return sharedStrings(t, "<si><t>"+strings.Repeat("a", 32<<10)+"</t></si>", 1_000_000)
		}},
		{name: "a sheet of empty rows", open: true, make: func(t testing.TB) []byte {
			return zipOf(t, "xl/workbook.xml", "<workbook/>", "xl/worksheets/sheet1.xml", "<worksheet><sheetData>"+strings.Repeat(`<row><c r="XFD1"><v>1</v></c></row>`, 100_000)+"<row><c><v>"+phoneA+"</v></c></row></sheetData></worksheet>")
		}},
		{name: "odt of repeated cells", open: true, make: func(t testing.TB) []byte {
			return zipOf(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<office:document-content><office:body><office:spreadsheet><table:table><table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell table:number-columns-repeated=\"16384\"><text:p>"+
				phoneA+"</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>")
		}},
		{name: "PDF, filters on filters", long: true, make: filterChain},
		{name: "PDF, pages that are their own kids", open: true, make: func(testing.TB) []byte {
			return []byte("%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[" + strings.Repeat("2 0 R ", 20_000) + "]/Count 9>>endobj\n3 0 obj(" + phoneA + ")endobj\ntrailer<</Root 1 0 R>>\n%%EOF")
		}},
		{name: "SQLite of claimed sizes", open: true, make: func(t testing.TB) []byte {
			b := sqliteOf(t, "UTF-16le", "联系电话 "+phoneA)
			binary.BigEndian.PutUint32(b[28:], 1<<31-1) // pages
			binary.BigEndian.PutUint32(b[32:], 2)       // the free list, which is a table
			binary.BigEndian.PutUint32(b[36:], 1<<31-1)
			return b
		}},
		{name: "SQLite of a page that is its own child", open: true, make: func(t testing.TB) []byte {
			b := sqliteOf(t, "UTF-16le", "联系电话 "+phoneA)
			page := b[1024:2048]
			copy(page, []byte{5, 0, 0, 1, 0, 3, 0xf8, 0, 0, 0, 0, 2})
			for i := range 250 { // cells that name the page itself
				binary.BigEndian.PutUint16(page[12+2*i:], 0x3f0)
			}
			binary.BigEndian.PutUint16(page[3:], 250)
			copy(page[0x3f0:], []byte{0, 0, 0, 2, 1})
			return b
		}},
		{name: "protobuf, 100,000 deep", open: true, meta: inspect.Meta{ContentType: "application/x-protobuf"}, make: func(testing.TB) []byte {
			b := field(2, []byte(phoneA))
			heads := make([][]byte, 100_000)
			n := len(b)
			for i := range heads {
				heads[i] = binary.AppendUvarint([]byte{0x0a}, uint64(n))
				n += len(heads[i])
			}
			slices.Reverse(heads)
			return append(bytes.Join(heads, nil), b...)
		}},
	}
}

// deepMultipart has each part in the one before.
func deepMultipart(testing.TB) []byte {
	var b bytes.Buffer
	for i := range 5000 {
		fmt.Fprintf(&b, "--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n", i, i+1)
	}
	fmt.Fprintf(&b, "--b5000\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b5000--\r\n", inLines([]byte(idText)))
	return b.Bytes()
}

// billionLaughs has entities of entities.
func billionLaughs(t testing.TB) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY a0 "138">`)
	for i := range 10 {
		fmt.Fprintf(&b, `<!ENTITY a%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&a%d;", i), 10))
	}
	b.WriteString(`]><w:document><w:body><w:p><w:r><w:t>&a0;00138000 &a10;</w:t></w:r></w:p></w:body></w:document>`)
	return zipOf(t, "[Content_Types].xml", fmt.Sprintf(officeTypes, "word/document.xml", "wordprocessingml.document"), "word/document.xml", b.String())
}

// sharedStrings is a workbook with a table of strings and cells of its first.
func sharedStrings(t testing.TB, table string, cells int) []byte {
	return zipOf(t, "[Content_Types].xml", fmt.Sprintf(officeTypes, "xl/workbook.xml", "spreadsheetml.sheet"), "xl/workbook.xml", `<workbook><sheets><sheet name="a"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml", "<worksheet><sheetData>"+strings.Repeat(`<row><c t="s"><v>0</v></c></row>`, cells)+"</sheetData></worksheet>",
		"xl/sharedStrings.xml", "<sst>"+table+"</sst>")
}

// filterChain is a PDF with a stream that was compressed five times.
func filterChain(t testing.TB) []byte {
	short := through(t, newZlib)
	data := make([]byte, 256<<20)
	for range 5 {
		data = short(data)
	}
	return fmt.Appendf(nil, "%%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R>>endobj\n"+
		"4 0 obj<</Filter[%s]/Length %d>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF", strings.Repeat("/FlateDecode", 5), len(data), data)
}
