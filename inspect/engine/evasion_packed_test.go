package engine_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"testing"

	"github.com/datacustoms/customs/inspect"
)

// packedEvasions hide the value in compression and in files.
func packedEvasions(t *testing.T) []evasion {
	gz := string(zipped(idText))
	nest := []byte(idText)
	for range 4 {
		nest = zipOf(t, "n.zip", string(nest))
	}
	shared := zipOf(t, "[Content_Types].xml", fmt.Sprintf(officeTypes, "xl/workbook.xml", "spreadsheetml.sheet"), "xl/workbook.xml", `<workbook><sheets><sheet name="a"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml", `<worksheet><sheetData><row><c t="s"><v>0</v></c></row></sheetData></worksheet>`,
		"xl/sharedStrings.xml", "<sst><si><r><t>"+otherID[:6]+"</t></r><r><t>"+otherID[6:]+"</t></r></si></sst>")
	chars := zipAs(t, zip.Deflate, "word/document.xml", "<w:document><w:p>"+each(otherID, "<w:r><w:t>%c</w:t></w:r>", "")+"</w:p></w:document>")
	short := map[string]func([]byte) []byte{}
	for _, l := range codings(t) {
		if l.wrap != nil {
			short[l.name] = l.wrap
		}
	}
	row := func(group, name string, m inspect.Meta, data string) evasion {
		return evasion{group: group, name: name, meta: m, data: data, class: inspect.ResidentID}
	}
	type m = inspect.Meta
	const multi = "multipart/form-data; boundary=b"
	out := []evasion{
		row("compressed body", "gzip, declared", m{ContentEncoding: "gzip"}, gz),
		row("compressed body", "gzip, nobody declares it", m{}, gz),
		row("compressed body", "gzip, br is declared", m{ContentEncoding: "br"}, gz),
		row("compressed body", "br, gzip is declared", m{ContentEncoding: "gzip"}, string(short["br"]([]byte(idText)))),
		row("compressed body", "br, nobody declares it", m{}, string(short["br"]([]byte(idText)))),
		row("compressed body", "zlib, nobody declares it", m{}, string(short["zlib"]([]byte(idText)))),
		row("compressed body", "deflate, nobody declares it", m{}, string(short["deflate"]([]byte(idText)))),
		row("compressed body", "gzip three times", m{ContentEncoding: "gzip"}, string(zipped(string(zipped(gz))))),
		row("compressed body", "an unknown coding", m{ContentEncoding: "x-lzma2"}, "\x5d\x00\x00"+string(random(200))),
		row("compressed body", "gzip behind other bytes", m{}, "header\n"+gz),
		row("compressed body", "bytes behind gzip", m{ContentEncoding: "gzip"}, string(zipped("hello"))+idText),
		row("compressed body", "a second gzip behind bytes", m{ContentEncoding: "gzip"}, string(zipped("hello"))+"\x00\x00"+gz),
		row("compressed body", "in a comment of gzip", m{}, string(gzipNote(idText))),
		row("compressed body", "cut off", m{ContentEncoding: "gzip"}, gz[:len(gz)/2]),
		row("nested zip", "four deep", m{}, string(nest)),
		row("nested zip", "in its comment", m{}, string(zipNote(t, idText))),
		row("nested zip", "in a file's name", m{}, string(zipOf(t, otherID+".txt", "hello"))),
		row("shared strings", "in two runs", m{}, string(shared)),
		row("shared strings", "a run for each digit", m{}, string(chars)),
		row("gzip in multipart", "as a file", m{ContentType: multi}, string(multipart("Content-Type: application/octet-stream\r\n", zipped(idText)))),
		row("gzip in multipart", "with a coding of its own", m{ContentType: multi}, string(multipart("Content-Encoding: gzip\r\n", zipped(idText)))),
		row("gzip in multipart", "br with a coding of its own", m{ContentType: multi}, string(multipart("Content-Encoding: br\r\n", short["br"]([]byte(idText))))),
		row("gzip in multipart", "around it", m{ContentType: multi, ContentEncoding: "gzip"}, string(zipped(string(multipart("", []byte(idText)))))),
		row("gzip in multipart", "in base64", m{ContentType: multi}, string(multipart("Content-Transfer-Encoding: base64\r\n", inLines(zipped(idText))))),
	}
	return out
}

// gzipNote is a gzip with a text in its comment.
func gzipNote(note string) []byte {
	b := bytes.Clone(zipped("hello"))
	b[3] |= 1 << 4
	return append(append(append(b[:10:10], note...), 0), b[10:]...)
}

// zipNote is a zip with a text in its comment, in UTF-16.
func zipNote(t *testing.T, note string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	err := w.SetComment(string(wide(note, false, true)))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
