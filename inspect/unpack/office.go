package unpack

import (
	"bytes"
	"io"

	"github.com/datacustoms/customs/inspect"
)

// Office opens an office document that is a zip: OOXML or ODF. What an entry
// holds is told by its root element and not by its path, so a document whose
// parts lie at unusual places is read all the same.
//
// Text comes out with its runs joined: a paragraph is a line, a row of a table
// or sheet is a line of cells joined by TAB, a property is "key: value". What
// stands beside the flow, as text boxes, notes, field codes, deleted text and
// attributes, follows in a part of its own. Everything else in the zip is given
// out as Zip does it. So is an XML entry that was not read to its end without
// a fault, and it is missed. Of binary workbooks the sheets and their strings
// are read, and pivot tables, links and revisions are missed.
func Office(r io.ReaderAt, size int64, l Limits, out Out) {
	guard(out, func() {
		z := &zipArchive{r: r, size: size, limits: l, m: newMeter(l, out), seen: map[zipKey]struct{}{}}
		z.m.parts = int(min(int64(z.m.parts), l.Memory/zipEntryCost))
		z.budget = zipPasses*size + 1<<20
		d := &officeDoc{z: z, o: newOfficeOut(l, z.m)}
		defer d.o.end()
		if end, ok := z.findEnd(); ok {
			d.collect(end)
			d.plan()
			for i := 0; i < len(d.entries) && !z.m.stopped; i++ {
				d.entry(&d.entries[i])
			}
			d.strings.unused(d.o)
		}
		if !z.m.stopped {
			d.rest()
		}
	})
}

// Docx opens a Word document (OOXML).
func Docx(r io.ReaderAt, size int64, l Limits, out Out) { Office(r, size, l, out) }

// Xlsx opens a workbook (OOXML): each sheet is a part, each row a line.
func Xlsx(r io.ReaderAt, size int64, l Limits, out Out) { Office(r, size, l, out) }

// Pptx opens a presentation (OOXML).
func Pptx(r io.ReaderAt, size int64, l Limits, out Out) { Office(r, size, l, out) }

// ODF opens an OpenDocument text, spreadsheet or presentation.
func ODF(r io.ReaderAt, size int64, l Limits, out Out) { Office(r, size, l, out) }

// officeDoc is one document that is being read.
type officeDoc struct {
	z       *zipArchive
	o       *officeOut
	entries []officeEntry
	strings xlsxStrings
	head    []byte // of the entry in hand
	window  []byte // in which XML is read
	plain   map[int64]int64
	stored  int // entries that were read and come out as stored as well
}

// officeReader reads one XML part into text.
type officeReader func(d *officeDoc, e *officeEntry, x *officeXML, a *officeAside)

// officeReaders says what is read from an XML part with this root element.
// Prefixes are not looked at: they are the writer's choice.
var officeReaders = map[string]officeReader{
	// WordprocessingML: ECMA-376 part 1, 17.
	"document": readFlow, "hdr": readFlow, "ftr": readFlow, "footnotes": readFlow,
	"endnotes": readFlow, "comments": readFlow, "glossaryDocument": readFlow,
	// PresentationML and DrawingML: 19, 20, 21.
	"sld": readFlow, "notes": readFlow, "sldLayout": readFlow, "sldMaster": readFlow,
	"notesMaster": readFlow, "handoutMaster": readFlow, "cmLst": readFlow,
	"dataModel": readFlow, "drawing": readFlow, "chartSpace": readFlow, "wsDr": readFlow,
	"userShapes": readFlow, "ThreadedComments": readFlow,
	// SpreadsheetML: 18.
	"worksheet": readSheet, "dialogsheet": readSheet, "chartsheet": readSheet, "macrosheet": readSheet,
	"workbook": readFlow, "sst": readLooseStrings, "externalLink": readSheet,
	"pivotCacheDefinition": readPivotCache, "pivotCacheRecords": readPivotCache,
	// Properties: 15.2.12, and ODF 1.3 part 3, 4.3.
	"Properties": readProps, "coreProperties": readProps, "document-meta": readProps,
	// OpenDocument 1.3 part 3, 3.1.
	"document-content": readODF, "document-styles": readODF,
}

// plan looks at the head of every entry, and reads first what the others need:
// the shared strings, and which entries are encrypted.
func (d *officeDoc) plan() {
	shared := -1
	for i := range d.entries {
		e := &d.entries[i]
		e.root = d.rootOf(e)
		switch {
		case e.root == "manifest":
			d.odfManifest(e)
		case e.root == xlsbStringsRoot && shared < 0:
			shared = i
		case e.root == "sst" && (shared < 0 || bytes.EqualFold(e.name, []byte("xl/sharedStrings.xml"))):
			shared = i
		}
	}
	if shared >= 0 && d.entries[shared].root == xlsbStringsRoot {
		d.entries[shared].done = true
		d.binary(&d.entries[shared])
	} else if shared >= 0 {
		e := &d.entries[shared]
		e.done = true
		d.read(e, func(x *officeXML, a *officeAside) { d.strings.load(x, a, d.o, e) })
	}
}

// entry gives out the text of one entry, if it is one with a reader.
func (d *officeDoc) entry(e *officeEntry) {
	reader := officeReaders[e.root]
	switch {
	case e.done:
	case e.encrypted:
		d.o.Miss(inspect.GapEncrypted, e.packed)
	case e.root == xlsbSheetRoot:
		d.binary(e)
	case reader != nil:
		d.read(e, func(x *officeXML, a *officeAside) { reader(d, e, x, a) })
	case e.opaque():
		d.o.Miss(inspect.GapUnknownFormat, e.packed)
	}
	if e.wide() && !e.encrypted {
		d.wideText(e)
	}
}

// read runs a reader over the XML of an entry. When the text stands for all of
// it the entry counts as read, else it is given out as stored as well.
func (d *officeDoc) read(e *officeEntry, reader func(x *officeXML, a *officeAside)) {
	a := newOfficeAside(d.o)
	body := d.open(e)
	if d.window == nil {
		d.window = make([]byte, xmlWindow)
	}
	x := newOfficeXMLIn(body, d.window)
	if x != nil {
		reader(x, a)
		for !d.o.stopped && x.next() != xmlEOF {
			a.token(x)
		}
		a.give(e)
	}
	d.z.spend(body.in.used())
	switch sound := x != nil && x.sound() && body.sound(); {
	case d.o.stopped:
		return
	case !sound:
		d.o.Miss(inspect.GapBroken, e.packed)
	case a.lost:
		d.o.Miss(inspect.GapLimitBytes, e.packed)
	case !a.over:
		d.settled(e)
		return
	}
	d.stored++
}
