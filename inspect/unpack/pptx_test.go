package unpack_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect/unpack"
)

func TestSlides(t *testing.T) {
	run := func(s string) string { return "<a:r><a:t>" + s + "</a:t></a:r>" }
	tests := []struct{ name, path, xml, want string }{
		{"a slide", "ppt/slides/slide1.xml", "<p:sld><p:txBody><a:p>" + run("1380") + run("0138000") + "</a:p><a:p>" + run("b") + "</a:p></p:txBody></p:sld>", "13800138000\nb\n"},
		{"a table", "ppt/slides/slide1.xml", "<p:sld><a:tbl><a:tr><a:tc><a:txBody><a:p>" + run("a") + "</a:p></a:txBody></a:tc><a:tc><a:txBody><a:p>" + run("b") + "</a:p></a:txBody></a:tc></a:tr></a:tbl></p:sld>", "a\tb\n\n"},
		{"notes", "ppt/notesSlides/n.xml", "<p:notes><a:p>" + run("x") + "</a:p></p:notes>", "x\n"},
		{"comments", "ppt/comments/c.xml", "<p:cmLst><p:cm><p:text>one</p:text></p:cm><p:cm><p:text>two</p:text></p:cm></p:cmLst>", "one\ntwo\n"},
		{"comments of a workbook", "xl/comments1.xml", "<comments><commentList><comment ref=\"A1\"><text><r><t>1380</t></r><r><t>0138000</t></r></text></comment></commentList></comments>", "13800138000\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Pptx, officePack(officeFile{tt.path, tt.xml}), roomy)
			if got, _ := c.find(tt.path); got != tt.want || len(c.misses) > 0 {
				t.Errorf("got %q, misses %v, want %q", got, c.misses, tt.want)
			}
		})
	}
}
