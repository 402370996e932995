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
// understood, formats that pack their text (Visio, HWP, Publisher), revisions of
// shared workbooks, macros and mail bodies that do not unpack, and chains of
// sectors that are broken.
func OLE(r io.ReaderAt, size int64, l Limits, out Out) {
	guard(out, func() {
		o := newOfficeOut(l, newMeter(l, out))
		defer o.end()
		f := &oleFile{r: r, size: size, o: o}
		if reason := f.open(); reason != "" {
			o.Miss(reason, -1)
			if f.entries == nil {
				return
			}
		}
		f.names()
		f.streams()
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
	"pictures":                       readPictures,
	"\x05summaryinformation":         readPropertySet,
	"\x05documentsummaryinformation": readPropertySet,
	"\x01ole10native":                readNative,
}

// olePacked are the streams of formats that keep their text compressed or in
// a coding that is not read here.
var olePacked = map[string]bool{
	"visiodocument": true, "hwpsummaryinformation": true, "bodytext": true, "quillsub": true, "revision log": true,
}

// streams gives out all streams. What has bytes and is called unused or
// something else comes last: its bytes may be those of another by now.
func (f *oleFile) streams() {
	for i := 0; i < len(f.entries) && !f.o.stopped; i++ {
		switch e := &f.entries[i]; {
		case e.kind == oleIsStream:
			f.entry(e)
		case e.kind > oleIsStream && e.kind != oleIsRoot:
			f.o.Miss(inspect.GapBroken, 0)
		}
	}
	for i := 1; i < len(f.entries) && !f.o.stopped; i++ {
		if e := &f.entries[i]; e.kind != oleIsStream && e.size > 0 {
			f.entry(e)
		}
	}
}

// entry gives out one stream.
func (f *oleFile) entry(e *oleEntry) {
	s := f.stream(e)
	path := strings.ToLower(e.name)
	name := path[strings.LastIndexByte(path, '/')+1:]
	if oleReaders[name] == nil {
		name = f.likeness(s, name)
	}
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
	case strings.HasPrefix(path, "_sx_db_cur/"):
		if readPivot(f, e, s) {
			return
		}
	case olePacked[name] || strings.Contains(path, "bodytext/"):
		f.o.Miss(inspect.GapUnknownFormat, s.size)
	default:
		f.macros(e, s)
	}
	if !f.o.stopped {
		f.raw(e, s)
	}
}

// likeness returns the name that a stream of that content has: a Word or an
// Excel one under another name is read as what it is.
func (f *oleFile) likeness(s *oleStream, name string) string {
	var b [8]byte
	switch n, _ := s.ReadAt(b[:], 0); {
	case n == len(b) && (b[0] == 0xec || b[0] == 0xdc) && b[1] == 0xa5:
		return "worddocument"
	case n == len(b) && b[0] == 9 && b[1] == 8 && b[3] == 0 && b[4] == 0 && (b[5] == 5 || b[5] == 6):
		return "workbook"
	}
	return name
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
	wide := newWideText(f.o, []byte(e.name+"#text"), s.span())
	eachPiece(s, spans, f.o, wide.add)
	wide.close()
}

// load reads a stream into memory that its caller releases. Without an answer
// nothing is held, and what is missing is reported.
func (f *oleFile) load(s *oleStream, most int64) []byte {
	if s.size > most || !f.o.hold(int(s.size)) {
		f.o.Miss(inspect.GapLimitBytes, s.size)
		return nil
	}
	b := make([]byte, s.size)
	if n, _ := s.ReadAt(b, 0); int64(n) < s.size {
		f.o.Miss(inspect.GapBroken, s.size-int64(n))
		f.o.release(int(s.size))
		return nil
	}
	return b
}

// eachPiece reads stretches of r in pieces. A line end parts one stretch from
// the next.
func eachPiece(r io.ReaderAt, spans []decode.Span, o *officeOut, use func([]byte)) {
	if o.piece == nil {
		o.piece = make([]byte, chunk)
	}
	for _, span := range spans {
		for at := span.From; at < span.To && o.work(4*min(chunk, span.To-at)); {
			b := o.piece[:min(chunk, span.To-at)]
			n, _ := r.ReadAt(b, at)
			use(b[:n])
			if at += int64(n); n < len(b) {
				o.Miss(inspect.GapBroken, span.To-at)
				break
			}
		}
		if len(spans) > 1 {
			use([]byte{'\n'})
		}
	}
}
