package unpack_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// officeMark is what is put into every place of a document.
const officeMark = "13800138000"

// officePlaces are documents with the mark at a place of each. Where it is cut
// or encoded, it must come out whole.
var officePlaces = []struct{ name, path, xml string }{
	{"two runs", "word/document.xml", `<w:document><w:p><w:r><w:t>1380</w:t></w:r><w:r><w:t>0138000</w:t></w:r></w:p></w:document>`},
	{"a comment within", "word/document.xml", `<w:document><w:p><w:t>1380<!-- x -->0138000</w:t></w:p></w:document>`},
	{"a CDATA section within", "word/document.xml", `<w:document><w:p><w:t>1380<![CDATA[0138000]]></w:t></w:p></w:document>`},
	{"the same where no text should be", "word/document.xml", `<w:document><w:p>1380<!-- x --><![CDATA[0138000]]></w:p></w:document>`},
	{"entities", "word/document.xml", `<w:document><w:p><w:t>1&#51;8&#x30;0138000</w:t></w:p></w:document>`},
	{"a long entity", "word/document.xml", `<w:document><w:p><w:t>1380013800&#0000000000000048;</w:t></w:p></w:document>`},
	{"an attribute with entities", "word/document.xml", `<w:document><w:p w:x="1380&#48;138000"/></w:document>`},
	{"a short value", "word/document.xml", `<w:document><w:tag w:val="13800138000"/></w:document>`},
	{"a name of an element", "word/document.xml", `<w:document><n13800138000/></w:document>`},
	{"a prefix", "word/document.xml", `<w:document><x13800138000:p/></w:document>`},
	{"a name of an attribute", "word/document.xml", `<w:document><w:p x13800138000=""/></w:document>`},
	{"an end tag", "word/document.xml", `<w:document><w:p></w:p 13800138000></w:document>`},
	{"what is no attribute", "word/document.xml", `<w:document><w:p 13800138000></w:p></w:document>`},
	{"an instruction", "word/document.xml", `<w:document><?x 13800138000?></w:document>`},
	{"a namespace", "word/document.xml", `<w:document xmlns:x="http://schemas.microsoft.com/13800138000"/>`},
	{"a document type", "word/document.xml", `<!DOCTYPE x SYSTEM "13800138000"><w:document/>`},
	{"inserted and then deleted", "word/document.xml", `<w:document><w:p><w:ins><w:del><w:r><w:delText>1380</w:delText></w:r><w:r><w:delText>0138000</w:delText></w:r></w:del></w:ins></w:p></w:document>`},
	{"before an insertion", "word/document.xml", `<w:document><w:p><w:r><w:t>1380</w:t></w:r><w:ins><w:r><w:t>xyz</w:t></w:r></w:ins><w:r><w:t>0138000</w:t></w:r></w:p></w:document>`},
	{"behind what is not shown", "word/document.xml", `<w:document><w:p><w:r><w:t>1380</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>xyz</w:t></w:r><w:r><w:t>0138000</w:t></w:r></w:p></w:document>`},
	{"what is not shown", "word/document.xml", `<w:document><w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>13800138000</w:t></w:r></w:p></w:document>`},
	{"a symbol font", "word/document.xml", "<w:document><w:p><w:t>1380\uf030138000</w:t></w:p></w:document>"},
	{"a field", "word/document.xml", `<w:document><w:p><w:fldSimple w:instr="X &quot;13800138000&quot;"/></w:p></w:document>`},
	{"a text box in a text box", "word/document.xml", `<w:document><w:txbxContent><w:p><w:r><w:txbxContent><w:p><w:r><w:t>1380</w:t></w:r><w:r><w:t>0138000</w:t></w:r></w:p></w:txbxContent></w:r></w:p></w:txbxContent></w:document>`},
	{"UTF-16", "word/document.xml", utf16Of(`<w:document><w:p><w:t>1380</w:t><w:t>0138000</w:t></w:p></w:document>`)},
	{"UTF-32", "word/document.xml", utf32Of(`<w:document><w:p><w:t>13800138000</w:t></w:p></w:document>`)},
	{"EBCDIC", "word/document.xml", "\x4c\x6f\xa7\x94\x93"},
	{"a link", "word/_rels/document.xml.rels", `<Relationships><Relationship Target="tel:13800138000"/></Relationships>`},
	{"a variable", "word/settings.xml", `<w:settings><w:docVar w:name="x" w:val="13800138000"/></w:settings>`},
	{"a reference that is none", "xl/worksheets/sheet1.xml", `<worksheet><row><c r="13800138000"><v>1</v></c></row></worksheet>`},
	{"a style that is none", "xl/worksheets/sheet1.xml", `<worksheet><row><c s="13800138000"><v>1</v></c></row></worksheet>`},
	{"a value in no cell", "xl/worksheets/sheet1.xml", `<worksheet><v>x</v><row><c><v>13800138000</v></c></row></worksheet>`},
	{"a number with an exponent", "xl/worksheets/sheet1.xml", `<worksheet><row><c><v>1.3800138E10</v></c></row></worksheet>`},
	{"a formula", "xl/worksheets/sheet1.xml", `<worksheet><row><c><f>13800138000</f></c></row></worksheet>`},
	{"an inline string and how it is spoken", "xl/worksheets/sheet1.xml", `<worksheet><row><c t="inlineStr"><is><r><t>1380</t></r><rPh><t>x</t></rPh><r><t>0138000</t></r></is></c></row></worksheet>`},
	{"how a string is spoken", "xl/sharedStrings.xml", `<sst><si><t>x</t><rPh><t>13800138000</t></rPh></si></sst>`},
	{"a string that no cell shows", "xl/sharedStrings.xml", `<sst><si><r><t>1380</t></r><r><t>0138000</t></r></si></sst>`},
	{"a header", "xl/worksheets/sheet1.xml", `<worksheet><headerFooter><oddHeader>&amp;C13800138000</oddHeader></headerFooter></worksheet>`},
	{"a rule for values", "xl/worksheets/sheet1.xml", `<worksheet><dataValidation prompt="13800138000"/></worksheet>`},
	{"a sheet's name", "xl/workbook.xml", `<workbook><sheets><sheet name="13800138000"/></sheets></workbook>`},
	{"another workbook's value", "xl/externalLinks/externalLink1.xml", `<externalLink><sheetData><row r="1"><cell r="A1"><v>1.3800138E10</v></cell></row></sheetData></externalLink>`},
	{"a pivot table's value", "xl/pivotCache/pivotCacheRecords1.xml", `<pivotCacheRecords><r><n v="1.3800138E10"/></r></pivotCacheRecords>`},
	{"a threaded comment", "xl/threadedComments/t.xml", `<ThreadedComments><threadedComment><text>13800138000</text></threadedComment></ThreadedComments>`},
	{"the settings of a printer", "xl/printerSettings/printerSettings1.bin", "\x00\x01" + utf16le("13800138000") + "\x00\x00"},
	{"a metafile", "word/media/image1.emf", "\x01\x00\x00\x00\x6c" + utf16le("x13800138000")},
	{"text in an unread document", "customXml/item1.xml", `<a>13800138000</a>`},
	{"a deleted part of an ODF number", "content.xml", `<office:document-content><text:tracked-changes><text:changed-region text:id="a"><text:deletion><text:p>0013</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>138<text:change text:change-id="a"/>8000</text:p></office:document-content>`},
	{"what an ODF text does not show", "content.xml", `<office:document-content><style:style style:name="T"><style:text-properties text:display="none"/></style:style><text:p>1380<text:span text:style-name="T">xyz</text:span>0138000</text:p></office:document-content>`},
	{"an ODF value", "content.xml", `<office:document-content><office:spreadsheet><table:table><table:table-row><table:table-cell office:value-type="float" office:value="1.3800138E10"><text:p>###</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:document-content>`},
	{"an ODF formula", "content.xml", `<office:document-content><table:table-cell table:formula="of:=&quot;13800138000&quot;"/></office:document-content>`},
	{"an ODF property", "meta.xml", `<office:document-meta><meta:user-defined meta:name="13800138000">x</meta:user-defined></office:document-meta>`},
}

func utf32Of(s string) string {
	b := []byte{0xff, 0xfe, 0, 0}
	for _, c := range s {
		b = append(b, byte(c), byte(c>>8), byte(c>>16), 0)
	}
	return string(b)
}

// keeps tells whether the text is there, or that something is not.
func (c *collect) keeps(text string) bool { return len(c.misses) > 0 || c.holds(text) }

func TestOfficeKeepsEveryPlace(t *testing.T) {
	missed := map[string]bool{ // these cannot be read
		"UTF-32": true, "EBCDIC": true, "a long entity": true, "an end tag": true, "what is no attribute": true,
	}
	for _, tt := range officePlaces {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Office, officePack(officeFile{tt.path, tt.xml}), roomy)
			if !c.keeps(officeMark) || len(c.misses) > 0 != missed[tt.name] {
				t.Errorf("misses %v, parts %q", c.misses, c.parts)
			}
		})
	}
}

func TestOfficeDamagedAnywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	texts := []string{"13800138000", "13900139000", "张三", "15900159000"}
	docs := [][]byte{
		officePack(
			officeFile{"word/document.xml", `<w:document><w:p><w:r><w:t>1380</w:t></w:r><w:r><w:t>0138000</w:t></w:r></w:p></w:document>`},
			officeFile{"word/comments.xml", `<w:comments><w:p><w:r><w:t>13900</w:t></w:r><w:r><w:t>139000 张三</w:t></w:r></w:p></w:comments>`},
			officeFile{"docProps/custom.xml", `<Properties><property name="x"><vt:lpwstr>15900159000</vt:lpwstr></property></Properties>`}),
		sheetPack(`<row><c t="s"><v>0</v></c><c><v>1.3800138E10</v></c><c t="inlineStr"><is><t>15900159000</t></is></c></row>`, `<si><t>张三</t></si>`),
		officePack(officeFile{"content.xml", strings.Replace(odsXML, "name", "张三 15900159000 13900139000", 1)}),
	}
	for _, doc := range docs {
		for range 300 {
			b := bytes.Clone(doc)
			damage(rng, &b)
			c := whole(unpack.Office, b, roomy)
			for _, text := range texts {
				if !c.keeps(text) {
					t.Fatalf("%q is lost without a Miss: %d bytes, %q", text, len(b), c.parts)
				}
			}
		}
	}
}

// damage changes bytes, cuts the end off, or writes a number into the bytes.
func damage(rng *rand.Rand, b *[]byte) {
	p := *b
	at := rng.IntN(len(p))
	switch rng.IntN(4) {
	case 0:
		*b = p[:at]
	case 1:
		p[at] ^= 1 << rng.IntN(8)
	case 2:
		for i := range min(4, len(p)-at) {
			p[at+i] = 0xff * byte(rng.IntN(2))
		}
	default:
		p[at] = byte(rng.IntN(256))
	}
}

// TestOfficeUnlisted has entries that Office does not see, and stored ones.
func TestOfficeUnlisted(t *testing.T) {
	seen := wordBody("<w:p><w:r><w:t>hi</w:t></w:r></w:p>")
	hidden := wordBody("<w:p><w:r><w:t>1380</w:t></w:r><w:r><w:t>0138000</w:t></w:r></w:p>")
	b := append(bytes.Clone(hidden[:bytes.Index(hidden, []byte("PK\x01\x02"))]), seen...)
	if c := whole(unpack.Office, b, roomy); c.misses[inspect.GapBroken] == 0 {
		t.Errorf("an entry that is not listed: misses %v, parts %q", c.misses, c.parts)
	}
	var z bytes.Buffer
	w := zip.NewWriter(&z)
	e, err := w.CreateHeader(&zip.FileHeader{Name: "word/document.xml"})
	if err == nil {
		_, err = e.Write([]byte(wordXML + "<w:p><w:r><w:t>hi</w:t></w:r></w:p></w:body></w:document>"))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	if c := whole(unpack.Office, z.Bytes(), roomy); c.holds("<w:t>") || !c.holds("hi\n") || len(c.misses) > 0 {
		t.Errorf("a stored entry: misses %v, parts %q", c.misses, c.parts)
	}
}
