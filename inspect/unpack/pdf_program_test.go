package unpack_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// trueType makes a font file of one table and bytes behind it.
func trueType(table, behind string) string {
	b := []byte("\x00\x01\x00\x00\x00\x01\x00\x10\x00\x00\x00\x00glyf\x00\x00\x00\x00")
	b = binary.BigEndian.AppendUint32(b, 28)
	b = binary.BigEndian.AppendUint32(b, uint32(len(table)))
	return string(b) + table + behind
}

// eexec encrypts the second part of a Type 1 font program.
func eexec(s string) string {
	key, out := uint16(55665), make([]byte, len(s))
	for i := range s {
		out[i] = s[i] ^ byte(key>>8)
		key = (uint16(out[i])+key)*52845 + 22719
	}
	return string(out)
}

func TestPDFFontPrograms(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	random := make([]byte, 9000)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	outline := strings.Repeat("\x01\x00\x7F\x02\xFE", 50)
	wide := ""
	for _, c := range pdfMark {
		wide += "\x00" + string(c)
	}
	tests := []struct {
		name, program, want string
		gap                 inspect.GapReason
	}{
		{"nothing but outlines", trueType(outline, ""), "", ""},
		{"text in a table", trueType(outline+pdfMark+outline, ""), pdfMark, ""},
		{"text in UTF-16", trueType(outline+wide+outline, ""), pdfMark, ""},
		{"Chinese", trueType(outline+"张三丰"+outline, ""), "张三丰", ""},
		{"text behind the tables", trueType(outline, "\x80\x81"+pdfMark), pdfMark, ""},
		{"text that is encrypted as outlines are", "%!PS-AdobeFont-1.0\neexec\n" + eexec(outline+pdfMark+outline), pdfMark, ""},
		{"packed once more", trueType(string(random), ""), "", inspect.GapHighEntropy},
		{"no font at all", "name,phone\nx," + pdfMark, pdfMark, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := pagePDF(helvetica, "", "BT /F1 12 Tf (page) Tj ET")
			n := f.stream("/Filter/FlateDecode", zlibbed(tt.program))
			f.add(fmt.Sprintf("<</Type/FontDescriptor/FontFile2 %d 0 R>>", n))
			c := whole(unpack.PDF, f.bytes(), roomy)
			if !c.holds(tt.want) || tt.gap != "" && c.misses[tt.gap] == 0 || tt.gap == "" && len(c.misses) > 0 {
				t.Errorf("misses %v, want %q; parts %v", c.misses, tt.gap, c.parts)
			}
			if tt.want == "" && len(partsOf(c, "font")) > 100 {
				t.Errorf("outlines came out: %q", partsOf(c, "font"))
			}
		})
	}
}
