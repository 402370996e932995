package unpack

import (
	"io"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// OLE opens a compound file (MS-CFB): the old binary files of Word, Excel and
// PowerPoint, those of WPS, which are the same inside, and mail of Outlook.
//
// Text comes out as a document's does: paragraphs and rows are lines, cells
// are joined by TAB, properties are "key: value". Every stream that is not
// understood is given out as stored, with the UTF-16 text in it beside it, and
// so are the sectors that belong to no stream.
//
// Missed: encrypted documents, streams of Word and Excel that cannot be
// understood, formats that pack their text (Visio, HWP, Publisher), and chains
// of sectors that are broken.
func OLE(r io.ReaderAt, size int64, l Limits, out Out) {
	guard(out, func() {
		o := &officeOut{meter: newMeter(l, out), unpack: l.Bytes, memory: l.Memory}
		f := &oleFile{r: r, size: size, o: o}
		if reason := f.open(); reason != "" {
			o.Miss(reason, -1)
			if f.entries == nil {
				return
			}
		}
		for i := 0; i < len(f.entries) && !o.stopped; i++ {
			f.entry(&f.entries[i])
		}
		if !o.stopped {
			f.rest()
		}
	})
}

// oleReaders say what is read from a stream of that name, in small letters.
// A reader answers whether what it gave out stands for the whole stream.
var oleReaders = map[string]func(f *oleFile, e *oleEntry, s *oleStream) bool{
	"worddocument":                   readWord,
	"workbook":                       readExcel,
	"book":                           readExcel,
	"powerpoint document":            readSlides,
	"\x05summaryinformation":         readPropertySet,
	"\x05documentsummaryinformation": readPropertySet,
	"\x01ole10native":                readNative,
}

// olePacked are the streams of formats that keep their text compressed or in
// a coding that is not read here.
var olePacked = map[string]bool{
	"visiodocument": true, "hwpsummaryinformation": true, "bodytext": true, "quillsub": true,
}

// entry gives out one stream.
func (f *oleFile) entry(e *oleEntry) {
	if e.kind != oleIsStream {
		return
	}
	s := f.stream(e)
	name := strings.ToLower(e.name[strings.LastIndexByte(e.name, '/')+1:])
	switch {
	case name == "encryptedpackage":
		f.o.Miss(inspect.GapEncrypted, s.size)
		return
	case strings.HasPrefix(name, "__substg1.0_"):
		if f.message(e, s, name) {
			return
		}
	case oleReaders[name] != nil:
		if oleReaders[name](f, e, s) {
			return
		}
	case olePacked[name] || strings.Contains(strings.ToLower(e.name), "bodytext/"):
		f.o.Miss(inspect.GapUnknownFormat, s.size)
	default:
		f.macros(e, s)
	}
	if f.o.stopped {
		return
	}
	f.raw(e, s)
}

// raw gives out a stream as stored, and then the UTF-16 text in it.
func (f *oleFile) raw(e *oleEntry, s *oleStream) {
	f.rawSpans(e, s, []decode.Span{{To: s.size}})
}

// rawSpans gives out stretches of a stream.
func (f *oleFile) rawSpans(e *oleEntry, s *oleStream, spans []decode.Span) {
	out := &officeText{o: f.o.meter, name: []byte(e.name), at: s.span()}
	eachPiece(s, spans, f.o, out.add)
	out.flush()
	wide := &wideText{out: &officeText{o: f.o.meter, name: []byte(e.name + "#text"), at: s.span()}}
	eachPiece(s, spans, f.o, wide.add)
	wide.close()
	wide.out.flush()
}

// eachPiece reads stretches of r in pieces. A line end parts one stretch from
// the next.
func eachPiece(r io.ReaderAt, spans []decode.Span, o *officeOut, use func([]byte)) {
	buf := make([]byte, chunk)
	for _, span := range spans {
		for at := span.From; at < span.To && !o.stopped; {
			n, err := r.ReadAt(buf[:min(int64(len(buf)), span.To-at)], at)
			use(buf[:n])
			if at += int64(n); err != nil || n == 0 {
				break
			}
		}
		if len(spans) > 1 {
			use([]byte{'\n'})
		}
	}
}
