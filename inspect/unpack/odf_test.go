package unpack_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

const odsXML = `<office:document-content><office:body><office:spreadsheet>` +
	`<table:table table:name="客户"><table:table-column/>` +
	`<table:table-row><table:table-cell office:value-type="string"><text:p>name</text:p></table:table-cell><table:table-cell><text:p>mobile</text:p></table:table-cell></table:table-row>` +
	`<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>` +
	`<table:table-row><table:table-cell table:number-columns-repeated="2"/><table:table-cell office:value-type="float" office:value="1.3800138E10"><text:p>1.38E+10</text:p></table:table-cell></table:table-row>` +
	`</table:table><table:table table:name="b"><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row></table:table>` +
	`</office:spreadsheet></office:body></office:document-content>`

func TestODS(t *testing.T) {
	c := whole(unpack.ODF, officePack(officeFile{"content.xml", odsXML}), roomy)
	if got, _ := c.find("content.xml#客户"); got != "name\tmobile\n\t\t13800138000\n\n" || len(c.misses) > 0 {
		t.Errorf("got %q, misses %v", got, c.misses)
	}
	if got, _ := c.find("content.xml#b"); got != "x\n\n" {
		t.Errorf("second sheet: %q", got)
	}
}

func TestODT(t *testing.T) {
	tests := []struct{ name, body, part, want string }{
		{"spans are joined", `<text:p>138<text:span>0013</text:span>8000</text:p>`, "content.xml", "13800138000\n"},
		{"blanks and tabs", `<text:h>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d</text:h>`, "content.xml", "a   b \tc\nd\n"},
		{"a table", `<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:covered-table-cell/><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>`, "content.xml", "a\t\tb\n\n"},
		{"a note in a number", `<text:p>1380<text:note><text:note-body><text:p>15900159000</text:p></text:note-body></text:note>0138000</text:p>`, "content.xml", "13800138000\n"},
		{"the note", `<text:p>1380<text:note><text:note-body><text:p>15900159000</text:p></text:note-body></text:note>0138000</text:p>`, "content.xml#aside", "15900159000\n"},
		{"a frame on a slide", `<draw:frame><draw:text-box><text:p>x</text:p></draw:text-box></draw:frame>`, "content.xml", "x\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := officePack(officeFile{"content.xml", `<office:document-content><office:text>` + tt.body + `</office:text></office:document-content>`})
			c := whole(unpack.ODF, b, roomy)
			if got, _ := c.find(tt.part); got != tt.want || len(c.misses) > 0 {
				t.Errorf("got %q, misses %v, want %q", got, c.misses, tt.want)
			}
		})
	}
}

func TestODFMetaAndEncryption(t *testing.T) {
	c := whole(unpack.ODF, officePack(
		officeFile{"meta.xml", `<office:document-meta><office:meta><dc:title>报告</dc:title><meta:user-defined meta:name="Classification">机密</meta:user-defined></office:meta></office:document-meta>`},
		officeFile{"META-INF/manifest.xml", `<manifest:manifest><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`},
		officeFile{"content.xml", "\x01\x02\x03"},
	), roomy)
	if !c.holds("title: 报告\nClassification: 机密\n") {
		t.Errorf("parts %q", c.parts)
	}
	if c.misses[inspect.GapEncrypted] != 1 {
		t.Errorf("misses %v", c.misses)
	}
}
