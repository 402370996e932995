package unpack_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// officeFile is one entry of a package: a path and what it holds.
type officeFile struct{ path, data string }

// officePack makes a package.
func officePack(files ...officeFile) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		e, err := w.Create(f.path)
		if err != nil {
			panic(err)
		}
		if _, err := e.Write([]byte(f.data)); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

const wordXML = `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`

func wordBody(s string) []byte {
	return officePack(officeFile{"word/document.xml", wordXML + s + `</w:body></w:document>`})
}

func utf16Of(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestWordText(t *testing.T) {
	run := func(s string) string { return "<w:r><w:t>" + s + "</w:t></w:r>" }
	cell := func(s string) string { return "<w:tc><w:p>" + run(s) + "</w:p></w:tc>" }
	tests := []struct{ name, body, want string }{
		{"a number over three runs", "<w:p>" + run("1380") + `<w:r w:rsidR="00AA"><w:rPr><w:b/></w:rPr><w:t>013</w:t></w:r>` + run("8000") + "</w:p>", "13800138000\n"},
		{"paragraphs are lines", "<w:p>" + run("a") + "</w:p>\n  <w:p>" + run("b") + "</w:p>", "a\nb\n"},
		{"a table with a header row", "<w:tbl><w:tr>" + cell("姓名") + cell("手机") + "</w:tr><w:tr>" + cell("甲") + cell("13800138000") + "</w:tr></w:tbl>", "姓名\t手机\n甲\t13800138000\n\n"},
		{"an empty cell keeps its column", "<w:tbl><w:tr>" + cell("a") + "<w:tc><w:p/></w:tc>" + cell("c") + "</w:tr></w:tbl>", "a\t\tc\n\n"},
		{"a cell over two columns", "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr><w:p>" + run("a") + "</w:p></w:tc>" + cell("c") + "</w:tr></w:tbl>", "a\t\tc\n\n"},
		{"two paragraphs in a cell", "<w:tbl><w:tr><w:tc><w:p>" + run("a") + "</w:p><w:p>" + run("b") + "</w:p></w:tc>" + cell("c") + "</w:tr></w:tbl>", "a b\tc\n\n"},
		{"entities", "<w:p>" + run("a&amp;b &#x5f20;&#19977;&lt;") + "</w:p>", "a&b 张三<\n"},
		{"a CDATA section", "<w:p>" + run("<![CDATA[1<2]]>") + "</w:p>", "1<2\n"},
		{"a symbol font", `<w:p>` + run("1380013800") + `<w:r><w:sym w:font="Symbol" w:char="F030"/></w:r></w:p>`, "13800138000\n"},
		{"a tab and where tabs stand", `<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="720"/></w:tabs></w:pPr>` + run("a") + "<w:r><w:tab/></w:r>" + run("b") + "</w:p>", "a \tb\n"},
		{"a changed number comes as it is now", "<w:p>" + run("138") + "<w:del><w:r><w:delText>0013</w:delText></w:r></w:del><w:ins>" + run("0099") + "</w:ins>" + run("8000") + "</w:p>", "13800998000\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Docx, wordBody(tt.body), roomy)
			if got, _ := c.find("word/document.xml"); got != tt.want || len(c.misses) > 0 {
				t.Errorf("got %q, misses %v, want %q", got, c.misses, tt.want)
			}
		})
	}
}

func TestWordAside(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"a deleted number", "<w:p><w:r><w:t>138</w:t></w:r><w:del><w:r><w:delText>0013</w:delText></w:r></w:del><w:r><w:t>8000</w:t></w:r></w:p>", "13800138000\n"},
		{"a text box, run by run", `<w:p><w:r><w:t>x</w:t><w:txbxContent><w:p><w:r><w:t>1380</w:t></w:r><w:r><w:t>0138000</w:t></w:r></w:p></w:txbxContent></w:r></w:p>`, "13800138000"},
		{"a field code over runs", `<w:p><w:r><w:instrText>HYPERLINK "mailto:a</w:instrText></w:r><w:r><w:instrText>b@example.com"</w:instrText></w:r></w:p>`, "mailto:ab@example.com"},
		{"a comment of XML", `<!-- 13800138000 -->`, "13800138000"},
		{"an attribute", `<w:p x="&#49;3800138000"/>`, "x: 13800138000"},
		{"text where there should be none", `<w:p>13800138000</w:p>`, "13800138000"},
		{"the name of who changed it", `<w:ins w:author="Ann"/>`, "author: Ann"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Docx, wordBody(tt.body), roomy)
			if got, _ := c.find("word/document.xml#aside"); !strings.Contains(got, tt.want) || len(c.misses) > 0 {
				t.Errorf("got %q, misses %v, want %q", got, c.misses, tt.want)
			}
		})
	}
}

func TestOfficeCharsets(t *testing.T) {
	body := strings.Replace(wordXML, "UTF-8", "UTF-16", 1) + "<w:p><w:r><w:t>身份证1</w:t></w:r><w:r><w:t>23</w:t></w:r></w:p></w:body></w:document>"
	gbk := strings.Replace(wordXML, "UTF-8", "GB18030", 1) + "<w:p><w:r><w:t>\xc9\xed\xb7\xdd\xd6\xa41</w:t></w:r><w:r><w:t>23</w:t></w:r></w:p></w:body></w:document>"
	for name, data := range map[string]string{"UTF-16 with a mark": utf16Of(body), "UTF-16 without": utf16Of(body)[2:], "GB18030": gbk} {
		c := whole(unpack.Docx, officePack(officeFile{"word/document.xml", data}), roomy)
		if got, _ := c.find("word/document.xml"); got != "身份证123\n" || len(c.misses) > 0 {
			t.Errorf("%s: got %q, misses %v", name, got, c.misses)
		}
	}
}

func TestOfficeRest(t *testing.T) {
	b := officePack(
		officeFile{"word/document.xml", wordXML + "<w:p><w:r><w:t>hi</w:t></w:r></w:p></w:body></w:document>"},
		officeFile{"word/media/image1.png", "\x89PNG and more"},
		officeFile{"customXml/item1.xml", "<a>13800138000</a>"},
		officeFile{"docProps/custom.xml", `<Properties><property name="MSIP_Label_1_Name"><vt:lpwstr>Confidential</vt:lpwstr></property><property name="Classification"><vt:lpwstr>机密</vt:lpwstr></property></Properties>`},
		officeFile{"docProps/core.xml", `<cp:coreProperties><dc:creator>张三</dc:creator><dc:title> </dc:title></cp:coreProperties>`},
	)
	b = append([]byte("in front 1"), append(b, "behind the end 2"...)...)
	c := whole(unpack.Docx, b, roomy)
	for _, want := range []string{"\x89PNG and more", "<a>13800138000</a>", "MSIP_Label_1_Name: Confidential\nClassification: 机密\n", "creator: 张三\n", "in front 1", "behind the end 2", "hi\n"} {
		if !c.holds(want) {
			t.Errorf("%q is not given out", want)
		}
	}
	if c.holds("<w:t>") {
		t.Error("XML that was read is given out as stored as well")
	}
	if len(c.misses) > 0 {
		t.Errorf("misses %v", c.misses)
	}
}

func TestOfficeBroken(t *testing.T) {
	tests := []struct {
		name string
		b    []byte
		want inspect.GapReason
	}{
		{"no zip at all", []byte("PK\x03\x04 and nothing"), inspect.GapBroken},
		{"nothing", nil, inspect.GapBroken},
		{"the XML ends in a tag", officePack(officeFile{"word/document.xml", wordXML + "<w:p><w:r><w:t>13800138000</w:t"}), inspect.GapBroken},
		{"an entity of its own", wordBody("<w:p><w:r><w:t>138&x;8000</w:t></w:r></w:p>"), inspect.GapBroken},
		{"a document type", officePack(officeFile{"word/document.xml", `<!DOCTYPE a [<!ENTITY x "1">]>` + wordXML + `</w:body></w:document>`}), inspect.GapBroken},
		{"a charset that is not known", officePack(officeFile{"word/document.xml", strings.Replace(wordXML, "UTF-8", "x-none", 1) + `</w:body></w:document>`}), inspect.GapUnknownFormat},
		{"XML that is none", officePack(officeFile{"word/document.xml", "rubbish"}), inspect.GapUnknownFormat},
		{"a root behind a long comment", officePack(officeFile{"word/document.xml", "<!--" + strings.Repeat(" ", 70000) + "-->" + wordXML + "</w:body></w:document>"}), inspect.GapUnknownFormat},
		{"a pivot table in binary", officePack(officeFile{"xl/pivotCache/pivotCacheRecords1.bin", "\xc1\x01\x00"}), inspect.GapUnknownFormat},
		{"a shared string that is not there", officePack(officeFile{"xl/worksheets/sheet1.xml", `<worksheet><row><c t="s"><v>7</v></c></row></worksheet>`}), inspect.GapBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Office, tt.b, roomy)
			if c.misses[tt.want] == 0 {
				t.Errorf("misses %v, want %s", c.misses, tt.want)
			}
		})
	}
}

func TestOfficeDamaged(t *testing.T) {
	b := wordBody("<w:p><w:r><w:t>13800138000</w:t></w:r></w:p>")
	b[bytes.Index(b, []byte("PK\x01\x02"))+16] ^= 1 // the checksum
	if c := whole(unpack.Docx, b, roomy); c.misses[inspect.GapBroken] == 0 {
		t.Errorf("misses %v", c.misses)
	}
}

func TestOfficeLimits(t *testing.T) {
	b := wordBody(strings.Repeat("<w:p><w:r><w:t>13800138000</w:t></w:r></w:p>", 10000))
	tests := []struct {
		name string
		l    unpack.Limits
		want inspect.GapReason
	}{
		{"no parts", unpack.Limits{Memory: 1 << 20, Bytes: 1 << 20}, inspect.GapLimitEntries},
		{"few bytes", unpack.Limits{Entries: 10, Memory: 1 << 20, Bytes: 1000}, inspect.GapLimitBytes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Docx, b, tt.l)
			if c.misses[tt.want] == 0 || c.total > tt.l.Bytes {
				t.Errorf("misses %v, %d bytes", c.misses, c.total)
			}
		})
	}
	blank := wordBody(strings.Repeat(" ", 8<<20))
	if c := whole(unpack.Docx, blank, unpack.Limits{Entries: 10, Memory: 1 << 20, Bytes: 1 << 20}); c.misses[inspect.GapLimitBytes] == 0 {
		t.Errorf("XML without text has no bound: %v", c.misses)
	}
	c := &collect{stop: 100}
	unpack.Docx(bytes.NewReader(b), int64(len(b)), roomy, c)
	if c.late > 0 {
		t.Errorf("%d calls after an answer of false", c.late)
	}
}

func TestKind(t *testing.T) {
	types := func(s string) officeFile {
		return officeFile{"[Content_Types].xml", `<Types><Override ContentType="application/vnd.openxmlformats-officedocument.` + s + `"/></Types>`}
	}
	tests := []struct {
		want  string
		files []officeFile
	}{
		{"docx", []officeFile{types("wordprocessingml.document.main+xml")}},
		{"xlsx", []officeFile{types("spreadsheetml.sheet.main+xml")}},
		{"pptx", []officeFile{types("presentationml.slideshow.main+xml")}},
		{"docx", []officeFile{{"word/document.xml", ""}}},
		{"ods", []officeFile{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}}},
		{"odt", []officeFile{{"mimetype", "application/vnd.oasis.opendocument.text"}}},
		{"odp", []officeFile{{"META-INF/manifest.xml", `"application/vnd.oasis.opendocument.presentation"`}}},
		{"odt", []officeFile{{"META-INF/manifest.xml", ""}, {"content.xml", ""}}},
		{"zip", []officeFile{{"a.txt", "word/document.xml"}}},
		{"zip", nil},
	}
	for _, tt := range tests {
		b := officePack(tt.files...)
		if got := unpack.Kind(bytes.NewReader(b), int64(len(b))); got != tt.want {
			t.Errorf("Kind(%v) = %s, want %s", tt.files, got, tt.want)
		}
	}
}

func FuzzOffice(f *testing.F) {
	f.Add(wordBody("<w:p><w:r><w:t>1</w:t></w:r></w:p>"))
	f.Add(sheetPack(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, `<si><t>a</t></si>`))
	f.Add(officePack(officeFile{"content.xml", odsXML}))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := unpack.Limits{Entries: 20, Memory: 1 << 20, Bytes: 1 << 18}
		if c := whole(unpack.Office, b, l); c.total > l.Bytes || len(c.parts) > l.Entries || c.late > 0 {
			t.Errorf("%d bytes, %d parts, %d late", c.total, len(c.parts), c.late)
		}
		unpack.Kind(bytes.NewReader(b), int64(len(b)))
	})
}

// FuzzOfficeXML gives the bytes to the readers as the XML of each kind.
func FuzzOfficeXML(f *testing.F) {
	for _, s := range []string{"<w:document><w:p>", "<worksheet><row><c>", "<document-content><table>", "<sst><si>", "<Properties>", "<pivotCacheRecords><r>", "\x81\x01\x00\x00\x04xxxx"} {
		f.Add([]byte(s + "<a b='&#1;'>&amp;<![CDATA[x]]></a>"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l := unpack.Limits{Entries: 20, Memory: 1 << 20, Bytes: 1 << 18}
		if c := whole(unpack.Office, officePack(officeFile{"a.xml", string(b)}), l); c.total > l.Bytes {
			t.Errorf("%d bytes", c.total)
		}
	})
}
