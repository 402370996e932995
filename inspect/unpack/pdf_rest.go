package unpack

import (
	"bytes"
	"maps"
	"slices"
	"sort"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// rest gives out what could not be taken apart, comments, and the bytes of the
// file that belong to no object, each stretch as a part without a name.
func (d *pdfDoc) rest() {
	spans := make([]decode.Span, 0, len(d.objs))
	for i := range d.objs {
		if o := &d.objs[i]; o.stm == 0 {
			spans = append(spans, decode.Span{From: int64(o.from), To: int64(o.to)})
		}
	}
	sort.Slice(spans, func(i, j int) bool { return spans[i].From < spans[j].From })
	var at int64
	for _, s := range append(spans, decode.Span{From: int64(len(d.b)), To: int64(len(d.b))}) {
		if s.From > at {
			d.gap(at, s.From)
		}
		at = max(at, s.To)
	}
	names := slices.Sorted(maps.Keys(d.names))
	for _, n := range names {
		d.notes.add(append(asLine([]byte{'('}, []byte(n)), ')')) // not to look like lines of base64
	}
	if d.notes.over {
		d.miss("notes", inspect.GapLimitBytes, -1)
	}
	if len(bytes.TrimSpace(d.notes.b)) > 0 {
		d.loose = append(d.loose, d.notes.b)
	}
	for _, b := range d.loose {
		if !d.m.Begin(nil, d.whole()) || !d.m.Write(b) {
			return
		}
	}
}

// gap gives out [from, to) less the tables that every file has there.
func (d *pdfDoc) gap(from, to int64) {
	b := d.b[from:to]
	for {
		next := pdfFurniture(bytes.TrimLeft(b, "\x00\t\n\f\r "), d.objMax)
		if len(next) == len(b) {
			break
		}
		b = next
	}
	if len(b) == 0 || d.m.stopped {
		return
	}
	if d.m.Begin(nil, decode.Span{From: to - int64(len(b)), To: to}) {
		d.m.Write(b)
	}
	if bytes.Contains(b, []byte("endstream")) || looksZlib(b) { // of no object: nobody says how it is coded
		d.miss("gap", inspect.GapBroken, int64(len(b)))
	}
	d.note(b)
}

// pdfFurniture cuts one cross reference table, trailer or mark off b.
func pdfFurniture(b []byte, objMax int) []byte {
	line := func(b []byte) (first, rest []byte) {
		n := bytes.IndexAny(b, "\r\n")
		if n < 0 {
			return b, nil
		}
		return b[:n], bytes.TrimLeft(b[n:], "\r\n ")
	}
	switch first, rest := line(b); {
	case bytes.HasPrefix(b, []byte("xref")):
		b = bytes.TrimLeft(b[4:], "\r\n ")
		for len(b) > 0 {
			if first, rest = line(b); !pdfTableLine(bytes.TrimSpace(first)) {
				break
			}
			b = rest
		}
		return b
	case bytes.HasPrefix(b, []byte("trailer")):
		x := pdfLex{b: b[:min(len(b), objMax)], i: 7, refs: true}
		if v, ok := x.value(); ok {
			if _, isDict := v.(pdfDict); isDict {
				return b[x.i:]
			}
		}
		return b
	case bytes.HasPrefix(b, []byte("startxref")) && len(first) < 12:
		if n, after := line(rest); len(n) < 11 && pdfTableLine(append([]byte("0 "), n...)) {
			return after
		}
		return rest
	case bytes.HasPrefix(b, []byte("%PDF-")) && len(first) < 10, bytes.HasPrefix(b, []byte("%%EOF")) && len(first) < 8:
		return b[len(first):]
	case len(b) > 1 && b[0] == '%' && b[1] >= 0x80 && len(first) <= 12 && !bytes.ContainsAny(first, "0123456789"): // says that the file is binary
		return rest
	}
	for _, w := range []string{"endobj", "endstream"} {
		if bytes.HasPrefix(b, []byte(w)) {
			return b[len(w):]
		}
	}
	return b
}

// pdfTableLine tells "0000000016 00000 n" and "0 12".
func pdfTableLine(b []byte) bool {
	f := bytes.Fields(b)
	if len(f) < 2 || len(f) > 3 || len(f[0]) > 10 || len(f[1]) > 10 {
		return false
	}
	for _, w := range f[:2] {
		if _, whole := pdfNumber(w); !whole {
			return false
		}
	}
	return len(f) == 2 || string(f[2]) == "n" || string(f[2]) == "f"
}
