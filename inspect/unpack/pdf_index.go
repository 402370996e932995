package unpack

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
)

// pdfObj is one object as it stands in the file or in an object stream. The
// same number may stand there many times: one is what a reader shows, the
// others are what a reader could still dig out.
type pdfObj struct {
	num, gen  int
	from, to  int  // in the file; of the object stream for one that is packed
	body, end int  // of its text behind "obj", its stream aside
	raw, cut  int  // of the stored bytes of its stream; raw is 0 for none
	stm       int  // place in objs of the object stream that it is packed in, and 1
	done      bool // given out
}

// pdfSource is a stream: its dictionary and its stored bytes.
type pdfSource struct {
	dict     pdfDict
	raw      []byte
	at       int // of raw in the file
	num, gen int
}

// scan finds the objects by their heads, whatever a cross reference table
// says: outside of streams, and inside of other objects too.
func (d *pdfDoc) scan() {
	for i := 0; d.spend(0); {
		k := bytes.Index(d.b[i:], []byte("obj"))
		if k < 0 {
			return
		}
		k += i
		num, gen, from, ok := pdfHead(d.b, k, i)
		if !ok {
			i = k + 3
			continue
		}
		o := d.objectAt(num, gen, from, k+3)
		if !d.add(o) {
			return
		}
		if i = k + 3; o.raw > 0 {
			i = max(i, o.cut)
		}
	}
}

// add takes an object in, unless there are too many.
func (d *pdfDoc) add(o pdfObj) bool {
	if int64(len(d.objs)) >= max(d.l.Memory/256, 64) {
		d.m.Miss(inspect.GapLimitEntries, -1)
		return false
	}
	if o.stm == 0 {
		d.starts[o.from] = len(d.objs)
	}
	if old, ok := d.last[o.num]; !ok || d.objs[old].from <= o.from {
		d.last[o.num] = len(d.objs)
	}
	d.objs = append(d.objs, o)
	return true
}

// pdfHead reads "12 0" backwards from k, not beyond floor.
func pdfHead(b []byte, k, floor int) (num, gen, from int, ok bool) {
	back := func(i int) (n, at int, ok bool) {
		end := i
		for i > floor && pdfKind(b[i-1]) == pdfSpace {
			i--
		}
		if i == end {
			return 0, 0, false
		}
		last := i
		for i > floor && i > last-10 && b[i-1] >= '0' && b[i-1] <= '9' {
			i--
		}
		f, whole := pdfNumber(b[i:last])
		return int(f), i, whole
	}
	gen, from, ok = back(k)
	if !ok {
		return 0, 0, 0, false
	}
	num, from, ok = back(from)
	return num, gen, from, ok
}

// objectAt finds where the object ends whose value begins at body.
func (d *pdfDoc) objectAt(num, gen, from, body int) pdfObj {
	o := pdfObj{num: num, gen: gen, from: from, body: body}
	x := pdfLex{b: d.b[:min(len(d.b), body+d.objMax)], i: body, refs: true, notes: &d.notes}
	v, _ := x.value()
	d.spend(x.cost(body))
	if o.end = x.i; x.torn || bytes.Contains(d.b[body:o.end], []byte("endstream")) { // a string that goes on over others
		d.miss("object", inspect.GapBroken, int64(x.i-body))
	}
	if op, is := v.(pdfOp); is && op == "endobj" {
		o.to = x.i
		return o
	}
	dict, isDict := v.(pdfDict)
	x.skip()
	if isDict && bytes.HasPrefix(d.b[x.i:], []byte("stream")) {
		o.raw, o.cut = d.streamBytes(dict, x.i+6)
		x = pdfLex{b: d.b, i: o.cut}
	}
	o.to = d.closing(x.i)
	return o
}

// closing passes over "endstream" and "endobj", where they stand at i.
func (d *pdfDoc) closing(i int) int {
	x := pdfLex{b: d.b, i: i}
	for _, w := range []string{"endstream", "endobj"} {
		back := x.i
		if x.skip(); !bytes.HasPrefix(d.b[x.i:], []byte(w)) {
			x.i = back
			continue
		}
		x.i += len(w)
	}
	return x.i
}

// streamBytes finds the bytes of a stream whose keyword ends at i. The length
// it claims is taken where the end stands behind it.
func (d *pdfDoc) streamBytes(dict pdfDict, i int) (from, end int) {
	b := d.b
	at := i
	for i < len(b) && i < at+8 && b[i] == ' ' {
		i++
	}
	line := i
	if i < len(b) && b[i] == '\r' {
		i++
	}
	if i < len(b) && b[i] == '\n' {
		i++
	}
	if i == line {
		i = at
		d.miss("line", inspect.GapBroken, -1)
	}
	if end, ok := d.claimed(dict, i); ok {
		return i, end
	}
	k := bytes.Index(b[i:], []byte("endstream"))
	if k < 0 {
		if k = bytes.Index(b[i:], []byte("endobj")); k < 0 {
			k = len(b) - i
		}
		d.spend((len(b) - i) / 64)
	}
	d.spend(k / 64)
	end = i + k
	if k > 0 && b[end-1] == '\n' {
		end--
	}
	if end > i && b[end-1] == '\r' {
		end--
	}
	return i, end
}

// claimed takes the length that a stream claims, if it ends there.
func (d *pdfDoc) claimed(dict pdfDict, i int) (end int, ok bool) {
	f, ok := d.number(dict["Length"])
	if !ok || f < 0 || f > float64(len(d.b)-i) {
		return 0, false
	}
	end = i + int(f)
	rest := bytes.TrimLeft(d.b[end:min(len(d.b), end+32)], "\r\n\t \x00")
	return end, bytes.HasPrefix(rest, []byte("endstream")) || bytes.HasPrefix(rest, []byte("endobj"))
}

// lengths looks again at streams whose length stands in an object of its own,
// which was not known when they were found.
func (d *pdfDoc) lengths() {
	for i := range d.objs {
		o := &d.objs[i]
		if o.raw == 0 || !d.spend(16) {
			continue
		}
		v, _ := d.parse(i)
		dict, _ := v.(pdfDict)
		if _, is := dict["Length"].(pdfRef); !is {
			continue
		}
		if end, ok := d.claimed(dict, o.raw); ok && end != o.cut {
			if end < o.cut {
				d.debris(d.b[end:o.cut])
			}
			o.cut = end
			o.to = max(o.to, d.closing(end))
		}
	}
}

// text is what an object says.
func (d *pdfDoc) text(o *pdfObj) []byte {
	if o.stm == 0 {
		return d.b[o.body:o.end]
	}
	b := d.pack(o.stm - 1)
	return b[min(o.body, len(b)):min(o.end, len(b))]
}

// parse reads the value of an object; src is set where it is a stream.
func (d *pdfDoc) parse(at int) (v any, src *pdfSource) {
	o := d.objs[at]
	text := d.text(&o)
	x := pdfLex{b: text, refs: true}
	v, _ = x.value()
	d.spend(x.cost(0))
	if x.over || len(text) >= d.objMax {
		d.miss("array", inspect.GapLimitEntries, int64(len(text)))
	}
	v = d.openStrings(v, &o)
	if dict, ok := v.(pdfDict); ok && o.raw > 0 {
		src = &pdfSource{dict: dict, raw: d.b[o.raw:o.cut], at: o.raw, num: o.num, gen: o.gen}
	}
	return v, src
}
