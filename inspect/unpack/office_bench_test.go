package unpack_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/unpack"
)

// BenchmarkOffice tells how much XML is read in a second.
func BenchmarkOffice(b *testing.B) {
	var rows, strs, paras strings.Builder
	for i := range 60000 {
		fmt.Fprintf(&rows, `<row r="%d" spans="1:4"><c r="A%d" s="1" t="s"><v>%d</v></c><c r="B%d"><v>%d</v></c><c r="C%d" t="s"><v>%d</v></c><c r="D%d"><v>0.25</v></c></row>`, i+1, i+1, i, i+1, 13800000000+i, i+1, i, i+1)
		fmt.Fprintf(&strs, `<si><t>人%d</t></si>`, i)
		fmt.Fprintf(&paras, `<w:p w:rsidR="00A77B%02X" w:rsidRDefault="00C1%04X"><w:pPr><w:jc w:val="left"/></w:pPr><w:r w:rsidRPr="00AA"><w:rPr><w:b/><w:sz w:val="24"/></w:rPr><w:t xml:space="preserve">第 %d 段，一些文字</w:t></w:r></w:p>`, i%256, i%5000, i)
	}
	for name, doc := range map[string]struct {
		b   []byte
		xml int
	}{
		"xlsx": {sheetPack(rows.String(), strs.String()), rows.Len() + strs.Len()},
		"docx": {wordBody(paras.String()), paras.Len()},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(doc.xml))
			b.ReportAllocs()
			for range b.N {
				unpack.Office(bytes.NewReader(doc.b), int64(len(doc.b)), unpack.Limits{Entries: 100, Memory: 64 << 20, Bytes: 256 << 20}, &count{})
			}
		})
	}
}
