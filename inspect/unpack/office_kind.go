package unpack

import (
	"bytes"
	"io"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Kind tells what a zip is: "docx", "xlsx", "pptx", "odt", "ods", "odp", "odg"
// or "zip". All but the last are for Office. A package is taken for a document
// when its content types, its mimetype or its paths say so; which of them,
// depends on the first that says it.
func Kind(r io.ReaderAt, size int64) (kind string) {
	kind = "zip"
	guard(nowhere{}, func() {
		l := Limits{Entries: kindEntries, Memory: 8 << 20, Bytes: kindHead}
		z := &zipArchive{r: r, size: size, limits: l, m: newMeter(l, nowhere{}), budget: zipPasses*size + 1<<20}
		if end, ok := z.findEnd(); ok {
			k := z.kind(end)
			if k != "" {
				kind = k
			}
		}
	})
	return kind
}

const (
	kindEntries = 20000
	kindHead    = 1 << 20
)

// nowhere is an Out that takes nothing.
type nowhere struct{}

func (nowhere) Begin([]byte, decode.Span) bool { return true }
func (nowhere) Same([]byte, int64) bool        { return true }
func (nowhere) Write([]byte) bool              { return true }
func (nowhere) Miss(inspect.GapReason, int64)  {}

// kindPaths are paths that only one kind of document has.
var kindPaths = map[string]string{
	"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsx",
	"ppt/presentation.xml": "pptx",
}

// kindTypes are pieces of the content type of the main part (ECMA-376 part 1,
// 11.3.10, 12.3.23, 13.3.6, with their templates and macro-enabled kin), and
// the media types of OpenDocument (part 2, 3.3).
var kindTypes = []struct{ piece, kind string }{
	{"wordprocessingml.document.main+xml", "docx"}, {"wordprocessingml.template.main+xml", "docx"},
	{"ms-word.document.macroenabled", "docx"}, {"ms-word.template.macroenabled", "docx"},
	{"spreadsheetml.sheet.main+xml", "xlsx"}, {"spreadsheetml.template.main+xml", "xlsx"},
	{"presentationml.presentation.main+xml", "pptx"}, {"presentationml.slideshow.main+xml", "pptx"},
	{"presentationml.template.main+xml", "pptx"}, {"ms-powerpoint.", "pptx"},
	{"ms-excel.sheet.", "xlsx"}, {"ms-excel.template.macroenabled", "xlsx"}, {"ms-excel.addin", "xlsx"},
	{"opendocument.text", "odt"}, {"opendocument.spreadsheet", "ods"}, {"opendocument.presentation", "odp"},
	{"opendocument.graphics", "odg"}, {"opendocument.", "odt"},
}

func (z *zipArchive) kind(end zipEnd) (kind string) {
	heads := map[string]*zipEntry{}
	left := kindEntries
	content := false
	z.eachListed(end, func(_ zipEnd, e *zipEntry) bool {
		left--
		switch name := strings.ToLower(string(e.name)); name {
		case "mimetype", "[content_types].xml", "meta-inf/manifest.xml":
			c := *e
			c.name, c.extra, c.comment = nil, nil, nil
			heads[name] = &c
		case "content.xml":
			content = true
		default:
			if kind == "" {
				kind = kindPaths[name]
			}
		}
		return left > 0
	})
	for _, name := range []string{"mimetype", "[content_types].xml", "meta-inf/manifest.xml"} {
		if e := heads[name]; e != nil {
			if k := kindOf(z.headOf(end, e)); k != "" {
				return k
			}
		}
	}
	if kind == "" && content && heads["meta-inf/manifest.xml"] != nil {
		return "odt"
	}
	return kind
}

// headOf returns the beginning of an entry.
func (z *zipArchive) headOf(end zipEnd, e *zipEntry) []byte {
	local, ok := z.localAt(e.header + end.base)
	if !ok || e.encrypted || !zipReads(e.method) {
		return nil
	}
	data := local.header + local.length
	dec, err := z.codec.open(e, z.at(data, data+e.packed).Reader, z.limits)
	if err != nil {
		return nil
	}
	var b bytes.Buffer
	_, _ = io.Copy(&b, io.LimitReader(dec, kindHead))
	return b.Bytes()
}

func kindOf(head []byte) string {
	head = bytes.ToLower(bytes.ReplaceAll(head, []byte{0}, nil)) // it may be UTF-16
	for _, t := range kindTypes {
		if bytes.Contains(head, []byte(t.piece)) {
			return t.kind
		}
	}
	return ""
}
