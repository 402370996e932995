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
//     second time, line by line from the top;
//   - "fields": strings that stand outside the pages, as "key: value" lines:
//     form fields under their own names, notes, links, scripts, outlines,
//     document information;
//   - each embedded file, JPEG or JPEG 2000 picture, XMP packet and any other
//     stream of no known use, as a part of its own;
//   - "rest": comments, and bytes that belong to no object.
//
// Objects are found by their heads, so a broken cross reference table hides
// nothing, and older versions of an object are read as well. A document that
// opens with the empty password is decrypted. Missed are: other encrypted
// documents; text in fonts that do not say what their glyphs mean; pictures in
// codings that only PDF has. Font programs and colour profiles are passed over.
//
// BUG(pdf): a font whose ToUnicode map lies is believed.
// BUG(pdf): a document of more than half of Limits.Memory is read as far as that.
func PDF(r io.ReaderAt, size int64, l Limits, out Out) {
	d := &pdfDoc{
		m: newMeter(l, out), l: l, size: size,
		starts: map[int]bool{}, last: map[int]int{}, fonts: map[int]*pdfFont{}, homes: map[int]pdfDict{}, kept: map[int]any{}, room: l.Memory / 128,
		objMax: int(max(l.Memory/64, 4096)),
	}
	guard(d.m, func() { d.open(r) })
}

// pdfDoc is an open document.
type pdfDoc struct {
	m    *meter
	l    Limits
	size int64
	b    []byte // the file

	objs   []pdfObj
	starts map[int]bool // where those begin that are not packed
	last   map[int]int  // number of an object to its newest place in objs
	objMax int          // bytes of one object, its stream aside
	crypt  *pdfCrypt

	fonts map[int]*pdfFont
	homes map[int]pdfDict // content stream to the resources it was drawn with

	kept map[int]any // values by their place in objs
	room int64       // for more of them, counted in source bytes

	held  int64    // bytes of object streams in memory
	work  int64    // bytes decoded and drawn
	depth int      // references followed within references
	notes []byte   // comments
	loose [][]byte // what could not be read as it should, to be given out as it is

	missed map[string]bool // what has been missed already: streams and fonts count once
}

func (d *pdfDoc) open(r io.ReaderAt) {
	n := min(d.size, d.l.Memory/2)
	if n < d.size {
		d.m.Miss(inspect.GapLimitBytes, d.size-n)
	}
	d.b = make([]byte, n)
	if k, err := r.ReadAt(d.b, 0); k < len(d.b) {
		if err != nil {
			d.m.Miss(inspect.GapBroken, n-int64(k))
		}
		d.b = d.b[:k]
	}
	d.missed = map[string]bool{}
	d.scan()
	d.scanTables()
	if len(d.objs) == 0 {
		d.m.Miss(inspect.GapBroken, -1)
	}
	if !d.unlock() {
		d.m.Miss(inspect.GapEncrypted, d.size)
		d.rest()
		return
	}
	d.unpackObjects()
	d.pages()
	d.fields()
	d.streams()
	d.rest()
}

// whole is the span of everything.
func (d *pdfDoc) whole() decode.Span { return decode.Span{To: d.size} }

// miss reports a gap once for what key names.
func (d *pdfDoc) miss(key string, reason inspect.GapReason, n int64) {
	if !d.missed[key] && len(d.missed) < 4096 {
		d.missed[key] = true
		d.m.Miss(reason, n)
	}
}

// spend counts n bytes of work and tells whether more may be done.
func (d *pdfDoc) spend(n int) bool {
	if d.work += int64(n); d.work > 2*d.l.Bytes+(1<<20) {
		d.miss("work", inspect.GapLimitBytes, -1)
		return false
	}
	return !d.m.stopped
}

// resolve follows a reference to the newest object of that number.
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
		o := &d.objs[at]
		if kept, ok := d.kept[at]; ok {
			v = kept
			continue
		}
		if !d.spend(16) {
			return nil, nil
		}
		d.depth++
		var src *pdfSource
		v, src = d.parse(o)
		d.depth--
		if src != nil {
			return v, src
		}
		if n := int64(len(o.src)); n < 1<<16 && d.room >= n {
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

// trailers gives every dictionary that says where things are, newest first.
func (d *pdfDoc) trailers() []pdfDict {
	var all []pdfDict
	for at := len(d.b); len(all) < 64; {
		k := bytes.LastIndex(d.b[:at], []byte("trailer"))
		if k < 0 {
			break
		}
		x := pdfLex{b: d.b[:min(len(d.b), k+d.objMax)], i: k + 7, refs: true}
		if v, _ := x.value(); v != nil {
			if t, ok := v.(pdfDict); ok {
				all = append(all, t)
			}
		}
		at = k
	}
	for i := len(d.objs) - 1; i >= 0 && len(all) < 128; i-- {
		o := &d.objs[i]
		if !bytes.Contains(o.src[:min(len(o.src), 1024)], []byte("XRef")) {
			continue
		}
		if v, src := d.parse(o); src != nil && d.name(src.dict["Type"]) == "XRef" {
			all = append(all, v.(pdfDict))
		}
	}
	return all
}
