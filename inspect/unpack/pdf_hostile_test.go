package unpack_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// hostilePDFs are files that ask for far more work than they have bytes.
func hostilePDFs() map[string][]byte {
	many := func(n int, s string) []byte { return []byte("%PDF-1.7\n" + strings.Repeat(s, n) + "\n%%EOF") }
	pages := &pdfFile{}
	pages.add("<</Type/Catalog/Pages 2 0 R>>")
	pages.add("")
	pages.stream("/Filter/FlateDecode", zlibbed(strings.Repeat("BT (x) Tj ET ", 20_000)))
	kids := ""
	for range 2000 {
		kids += fmt.Sprintf("%d 0 R ", pages.add("<</Type/Page/Contents 3 0 R>>"))
	}
	pages.objs[1] = "<</Type/Pages/Kids[" + kids + "]>>"
	forms := &pdfFile{}
	forms.add("<</Type/Catalog/Pages 2 0 R>>")
	forms.add("<</Type/Pages/Kids[3 0 R]/Resources<</XObject<</X 5 0 R>>>>>>")
	forms.add("<</Type/Page/Contents 4 0 R>>")
	forms.stream("", strings.Repeat("/X Do ", 50))
	forms.stream("/Subtype/Form", strings.Repeat("/X Do ", 50))
	maps := pagePDF("<</Subtype/Type0/Encoding/Identity-H/ToUnicode 6 0 R>>", "", "BT /F1 9 Tf "+strings.Repeat("<0001> Tj ", 10_000)+"ET")
	maps.stream("/Filter/FlateDecode", zlibbed("begincmap "+strings.Repeat("1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange ", 5_000)+"endcmap"))
	return map[string][]byte{
		"open strings":      many(30_000, "1 0 obj("),
		"open dictionaries": many(30_000, "1 0 obj<<"),
		"arrays in arrays":  many(200_000, "["),
		"trailers":          many(30_000, "trailer<<"),
		"tables":            many(30_000, "xref\n0 9\n"),
		"starts of tables":  many(30_000, "startxref 9\nxref\n0 1\n0000000009 00000 n\n"),
		"streams":           many(20_000, "1 0 obj<</A 1>>stream\n"),
		"lengths":           many(20_000, "1 0 obj<</Length 1 0 R>>stream\nendstream endobj "),
		"objects":           many(60_000, "1 0 obj 1 endobj "),
		"pages":             pages.bytes(),
		"forms":             forms.bytes(),
		"maps":              maps.bytes(),
	}
}

// TestPDFHostile opens them with the budget of a scan, which bounds the time.
func TestPDFHostile(t *testing.T) {
	for name, b := range hostilePDFs() {
		t.Run(name, func(t *testing.T) {
			l := unpack.Limits{Entries: 10_000, Memory: 24 << 20, Bytes: 64 << 20}
			l.Budget = &decode.Budget{Limits: decode.Limits{Time: 1e8}.WithDefaults()}
			l.Budget.Wire(len(b))
			c := &count{}
			unpack.PDF(bytes.NewReader(b), int64(len(b)), l, c)
			if c.bytes > l.Bytes || c.parts > l.Entries {
				t.Errorf("%d bytes in %d parts", c.bytes, c.parts)
			}
		})
	}
}
