package main

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// member is one file of an archive.
type member struct{ name, text string }

func zipped(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		w, err := z.Create(m.name)
		if err == nil {
			_, err = w.Write([]byte(m.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func escaped(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

// office is what a document of Office Open XML has beside its content.
func office(kind, main, content string) []member {
	const types = "http://schemas.openxmlformats.org/package/2006/content-types"
	const relations = "http://schemas.openxmlformats.org/package/2006/relationships"
	const officeDocument = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	return []member{
		{"[Content_Types].xml", xmlHead + `<Types xmlns="` + types + `"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/` + main + `" ContentType="application/vnd.openxmlformats-officedocument.` + kind + `.main+xml"/></Types>`},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="` + relations + `"><Relationship Id="rId1" Type="` + officeDocument + `/officeDocument" Target="` + main + `"/></Relationships>`},
		{main, xmlHead + content},
	}
}

// sheetOf is a spreadsheet with one sheet, its texts in the shared strings as
// office programs write them.
func sheetOf(t testing.TB, rows [][]string) []byte {
	t.Helper()
	const ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	const rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	var cells, texts strings.Builder
	n := 0
	for r, row := range rows {
		fmt.Fprintf(&cells, `<row r="%d">`, r+1)
		for c, text := range row {
			fmt.Fprintf(&cells, `<c r="%c%d" t="s"><v>%d</v></c>`, 'A'+c, r+1, n)
			fmt.Fprintf(&texts, `<si><t>%s</t></si>`, escaped(text))
			n++
		}
		cells.WriteString("</row>")
	}
	all := office("spreadsheetml.sheet", "xl/workbook.xml",
		`<workbook xmlns="`+ns+`" xmlns:r="`+rel+`"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`)
	return zipped(t, append(all,
		member{"xl/_rels/workbook.xml.rels", xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + rel + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		member{"xl/sharedStrings.xml", xmlHead + fmt.Sprintf(`<sst xmlns="%s" count="%d" uniqueCount="%d">%s</sst>`, ns, n, n, &texts)},
		member{"xl/worksheets/sheet1.xml", xmlHead + `<worksheet xmlns="` + ns + `"><sheetData>` + cells.String() + `</sheetData></worksheet>`})...)
}

// documentOf is a text document of paragraphs.
func documentOf(t testing.TB, paragraphs ...string) []byte {
	t.Helper()
	var body strings.Builder
	for _, p := range paragraphs {
		fmt.Fprintf(&body, `<w:p><w:r><w:t>%s</w:t></w:r></w:p>`, escaped(p))
	}
	return zipped(t, office("wordprocessingml.document", "word/document.xml",
		`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`+body.String()+`</w:body></w:document>`)...)
}

// lockedZip is an archive of one member with a password: what the member holds
// is as good as random, so it is.
func lockedZip(t testing.TB, aes bool) []byte {
	t.Helper()
	secret := make([]byte, 20_000)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(secret)
	h := zip.FileHeader{Name: "report.txt", Method: zip.Deflate, Flags: 1, CRC32: 0x1c291ca3,
		CompressedSize64: uint64(len(secret)), UncompressedSize64: 31_337}
	if aes { // the fields of AE-2 with 256 bits over deflate; no checksum
		h.Method, h.CRC32 = 99, 0
		h.Extra = []byte{0x01, 0x99, 7, 0, 2, 0, 'A', 'E', 3, 8, 0}
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&h)
	if err == nil {
		_, err = w.Write(secret)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
