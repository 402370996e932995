package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// said is what is said that a stream is.
type said struct {
	media string // a media type
	name  string // what a file's name ends in
}

// family is what formats have in common that a claim may tell apart.
type family uint8

const (
	unknown family = iota
	text
	picture
	archive
	office // zip or OLE
	document
	packed // a compressed stream
	media
	database
)

// claims are media types and endings of names that say what a file is. Those
// that stand here are all that is ever repeated of a claim. A spreadsheet's
// type is said of CSV by browsers, and a document's of text by old programs.
var claims = []struct {
	media, name string
	is          []family
}{
	{"text/", "txt", []family{text}},
	{"application/json", "json", []family{text}},
	{"application/xml", "xml", []family{text}},
	{"application/javascript", "js", []family{text}},
	{"application/yaml", "yaml", []family{text}},
	{"application/x-www-form-urlencoded", "", []family{text}},
	{"text/csv", "csv", []family{text}},
	{"text/html", "html", []family{text}},
	{"text/markdown", "md", []family{text}},
	{"application/sql", "sql", []family{text}},
	{"image/svg", "svg", []family{text, packed}},
	{"image/", "png", []family{picture}},
	{"image/jpeg", "jpg", []family{picture}},
	{"image/jpeg", "jpeg", []family{picture}},
	{"image/gif", "gif", []family{picture}},
	{"image/bmp", "bmp", []family{picture}},
	{"image/webp", "webp", []family{picture}},
	{"image/tiff", "tif", []family{picture}},
	{"application/zip", "zip", []family{archive, office}},
	{"application/x-7z-compressed", "7z", []family{archive}},
	{"application/vnd.rar", "rar", []family{archive}},
	{"application/x-tar", "tar", []family{archive}},
	{"application/gzip", "gz", []family{packed}},
	{"application/pdf", "pdf", []family{document}},
	{"application/vnd.openxmlformats", "docx", []family{office, archive}},
	{"application/vnd.oasis.opendocument", "odt", []family{office, archive}},
	{"application/vnd.openxmlformats", "xlsx", []family{office, archive}},
	{"application/vnd.openxmlformats", "pptx", []family{office, archive}},
	{"application/msword", "doc", []family{office, archive, text}},
	{"application/vnd.ms-excel", "xls", []family{office, archive, text}},
	{"application/vnd.ms-powerpoint", "ppt", []family{office, archive}},
	{"audio/", "mp3", []family{media}},
	{"video/", "mp4", []family{media, picture}},
	{"font/", "ttf", []family{media}},
}

// compare notes where what is said of a stream and what it begins as differ.
// What begins as nothing that is known contradicts only a claim that has a
// mark of its own.
func (s *stream) compare(head []byte, format decode.Format) {
	if len(head) == 0 || s.scan.meta.Kind != inspect.Body || s.mime == (said{}) {
		return
	}
	found, is := familyOf(head, format)
	for _, c := range claims {
		said := ""
		switch {
		case s.mime.name != "" && c.name == s.mime.name:
			said = "." + c.name
		case s.mime.media != "" && strings.HasPrefix(strings.ToLower(s.mime.media), c.media):
			said = c.media
		default:
			continue
		}
		for _, f := range c.is {
			if f == is || f == media && is == unknown {
				return
			}
		}
		if is != unknown || c.is[0] != text {
			s.scan.mismatch(inspect.Mismatch{Path: s.path, Said: said, Found: found})
		}
		return
	}
}

// familyOf tells what bytes begin as, and its name.
func familyOf(head []byte, format decode.Format) (string, family) {
	if b := boxed(head, &inspect.Meta{}); b != nil {
		switch b.name {
		case "zip", "ole":
			return b.name, office
		case "pdf":
			return b.name, document
		case "image":
			return b.name, picture
		case "rtf":
			return b.name, text
		case "sqlite", "parquet", "dbf", "cbor", "plist":
			return b.name, database
		case "protobuf":
			return "binary", unknown
		}
		return b.name, archive
	}
	switch {
	case format == decode.Encrypted:
		return format.String(), database
	case format == decode.UTF16LE, format == decode.UTF16BE, format == decode.Plain && !unlikeText(head):
		return "text", text
	case format == decode.Plain:
		return "binary", unknown
	}
	return format.String(), packed
}

// ending is what a file's name has behind its last dot, in lower case.
func ending(name []byte) string {
	for i := len(name) - 1; i >= 0 && i >= len(name)-6; i-- {
		if name[i] == '.' {
			return strings.ToLower(string(name[i+1:]))
		}
	}
	return ""
}

// maxMismatches is the most of them that a report lists, and maxSeen the most
// that are looked at for it.
const (
	maxMismatches = 16
	maxSeen       = 1024
)

func (s *Scan) mismatch(m inspect.Mismatch) {
	if len(s.mismatches) < maxSeen {
		s.mismatches = append(s.mismatches, m)
	}
}

// mismatched are those that the report lists.
func (s *Scan) mismatched() []inspect.Mismatch {
	slices.SortStableFunc(s.mismatches, func(a, b inspect.Mismatch) int {
		return cmp.Or(cmp.Compare(len(a.Path), len(b.Path)), slices.Compare(a.Path, b.Path), cmp.Compare(a.Said, b.Said), cmp.Compare(a.Found, b.Found))
	})
	return s.mismatches[:min(len(s.mismatches), maxMismatches)]
}
