package unpack

import (
	"bytes"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// PDF opens a PDF document. Its parts, in order:
//
//   - "text": the text of the pages, a line for a line, TAB where a line has
//     wide gaps; where a page is not drawn in reading order its text comes a
//     second time, line by line from the top; characters in boxes of one width
//     come a second time as one word;
//   - "fields": strings that stand outside the pages, as "key: value" lines:
//     form fields under their own names, notes, links, scripts, outlines,
//     document information;
//   - each embedded file, JPEG or JPEG 2000 picture, XMP packet and any other
//     stream of no known use, as a part of its own;
//   - parts without a name: comments and names, what stands behind the end of a coded
//     stream, and bytes that belong to no object.
//
// Objects are found by their heads, so a broken cross reference table hides
// nothing, and older versions of an object are read as well. A document that
// opens with the empty password is decrypted. Missed are: other encrypted
// documents; text in fonts that do not say what their glyphs mean; all
// pictures. Of font programs the plain text is given out and no outlines.
//
// BUG(pdf): a font whose ToUnicode map lies is believed where nothing else
// says what its codes mean.
// BUG(pdf): of an object with more than three versions those between the first
// and the last are read, but what they stand for in other objects is not.
// BUG(pdf): a document of more than half of Limits.Memory is read as far as that.
func PDF(r io.ReaderAt, size int64, l Limits, out Out) {
	d := &pdfDoc{
		m: newMeter(l, out), l: l, size: size,
		starts: map[int]int{}, last: map[int]int{}, fonts: map[int]*pdfFont{}, homes: map[int]pdfDict{}, kept: map[int]any{},
		packs: map[int]*pdfPack{}, names: map[pdfName]bool{}, tails: map[int]bool{}, missed: map[string]bool{},
		room: l.Memory / 64, objMax: int(max(l.Memory/32, 4096)),
	}
	defer d.m.end()
	guard(d.m, func() { d.open(r) })
}

// pdfDoc is an open document.
type pdfDoc struct {
	m    *meter
	l    Limits
	size int64
	b    []byte // the file

	objs   []pdfObj
	starts map[int]int // where those begin that are not packed, to their place in objs
	last   map[int]int // number of an object to the place in objs of what counts
	objMax int         // bytes of one object, its stream aside
	packs  map[int]*pdfPack
	packed int64 // bytes in packs
	clock  int
	trail  []pdfDict // see trailers
	crypt  *pdfCrypt

	fonts map[int]*pdfFont
	homes map[int]pdfDict // content stream to the resources it was drawn with
	looks map[int]bool    // appearances that were drawn

	kept map[int]any // values by their place in objs
	room int64       // for more of them, counted in source bytes

	work  int64 // bytes decoded and drawn
	depth int   // references followed within references

	notes  pdfNotes // comments and the like
	names  map[pdfName]bool
	tails  map[int]bool // streams whose tail was taken
	loose  [][]byte     // what could not be read as it should, to be given out as it is
	spare  int64        // bytes of loose
	missed map[string]bool
}

func (d *pdfDoc) open(r io.ReaderAt) {
	n := min(d.size, d.l.Memory/2)
	if n < d.size {
		d.m.Miss(inspect.GapLimitBytes, d.size-n)
	}
	if !d.m.hold(n + min(d.l.Memory/2, 8*n)) {
		d.m.Miss(inspect.GapLimitBytes, -1)
		return
	}
	d.b = make([]byte, n)
	if k, _ := r.ReadAt(d.b, 0); k < len(d.b) {
		d.m.Miss(inspect.GapBroken, n-int64(k))
		d.b = d.b[:k]
	}
	d.scan()
	d.scanTables()
	d.lengths()
	if n := len(d.objs); n == 0 || bytes.LastIndex(d.b, []byte("%%EOF")) < d.objs[n-1].from {
		d.m.Miss(inspect.GapBroken, -1) // nothing is there, or it was cut off
	}
	if !d.unlock() {
		d.m.Miss(inspect.GapEncrypted, d.size)
		d.rest()
		return
	}
	d.unpackObjects()
	worlds := d.worlds()
	for _, w := range worlds {
		d.enter(w)
		d.pages()
	}
	d.enter(worlds[0])
	d.fields()
	d.streams()
	d.rest()
}

// whole is the span of everything.
func (d *pdfDoc) whole() decode.Span { return decode.Span{To: d.size} }

// miss reports a gap once for what key names: streams and fonts count once.
func (d *pdfDoc) miss(key string, reason inspect.GapReason, n int64) {
	if !d.missed[key] && len(d.missed) < 4096 {
		d.missed[key] = true
		d.m.Miss(reason, n)
	}
}

// pdfPace is the work that a byte costs which is lexed or drawn.
const pdfPace = 20

// spend counts n bytes of work and tells whether more may be done.
func (d *pdfDoc) spend(n int) bool {
	if d.work += int64(n); d.work > 4*d.l.Bytes+(1<<20) {
		d.miss("work", inspect.GapLimitTime, -1)
		return false
	}
	return d.m.work(int64(n) * pdfPace)
}

// resolve follows a reference to the object of that number that counts.
func (d *pdfDoc) resolve(v any) any {
	v, _ = d.object(v)
	return v
}

// object is resolve for a value that may be a stream.
func (d *pdfDoc) object(v any) (any, *pdfSource) {
	for n := 0; n < 8; n++ {
		ref, ok := v.(pdfRef)
		if !ok {
			return v, nil
		}
		at, ok := d.last[ref.num]
		if !ok || d.depth > 16 {
			return nil, nil
		}
		if kept, ok := d.kept[at]; ok {
			v = kept
			continue
		}
		if !d.spend(16) {
			return nil, nil
		}
		d.depth++
		var src *pdfSource
		v, src = d.parse(at)
		d.depth--
		if src != nil {
			return v, src
		}
		if n := int64(d.objs[at].end - d.objs[at].body); n < 1<<16 && d.room >= n {
			d.room -= n
			d.kept[at] = v
		}
	}
	return nil, nil
}

func (d *pdfDoc) number(v any) (float64, bool) {
	f, ok := d.resolve(v).(float64)
	return f, ok
}

func (d *pdfDoc) name(v any) pdfName {
	n, _ := d.resolve(v).(pdfName)
	return n
}

func (d *pdfDoc) dictOf(v any) pdfDict {
	m, _ := d.resolve(v).(pdfDict)
	return m
}

func (d *pdfDoc) list(v any) []any {
	a, _ := d.resolve(v).([]any)
	return a
}
