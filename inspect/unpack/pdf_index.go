package unpack

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
)

// pdfObj is one object as it stands in the file or in an object stream. The
// same number may stand there many times: the last is what a reader shows, the
// ones before it are what a reader could still dig out.
type pdfObj struct {
	num, gen int
	src      []byte // the text behind "obj"
	from, to int    // in the file; of the object stream for one that is packed
	packed   bool
	done     bool // given out
}

// pdfSource is a stream: its dictionary and its stored bytes.
type pdfSource struct {
	dict     pdfDict
	raw      []byte
	num, gen int
	packed   bool
}

// scan finds the objects by their heads, whatever a cross reference table says.
func (d *pdfDoc) scan() {
	for i := 0; ; {
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
		o := pdfObj{num: num, gen: gen, from: from}
		o.to = d.objectEnd(k + 3)
		o.src = d.b[k+3 : o.to]
		if !d.add(o) {
			return
		}
		i = o.to
	}
}

// add takes an object in, unless there are too many.
func (d *pdfDoc) add(o pdfObj) bool {
	if int64(len(d.objs)) >= d.l.Memory/1024 {
		d.m.Miss(inspect.GapLimitEntries, -1)
		return false
	}
	if !o.packed {
		d.starts[o.from] = true
	}
	d.last[o.num] = len(d.objs)
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

// objectEnd finds where the object ends whose value begins at from.
func (d *pdfDoc) objectEnd(from int) int {
	x := pdfLex{b: d.b[:min(len(d.b), from+d.objMax)], i: from, refs: true, notes: &d.notes}
	v, _ := x.value()
	if op, is := v.(pdfOp); is && op == "endobj" {
		return x.i
	}
	dict, isDict := v.(pdfDict)
	x.skip()
	if isDict && bytes.HasPrefix(d.b[x.i:], []byte("stream")) {
		_, end := d.streamBytes(dict, x.i+6)
		x = pdfLex{b: d.b, i: end}
		x.skip()
		if bytes.HasPrefix(d.b[x.i:], []byte("endstream")) {
			x.i += 9
			x.skip()
		}
	}
	if bytes.HasPrefix(d.b[x.i:], []byte("endobj")) {
		return x.i + 6
	}
	return min(x.i, len(d.b))
}

// streamBytes finds the bytes of a stream whose keyword ends at i. The length
// it claims is taken where the end stands behind it.
func (d *pdfDoc) streamBytes(dict pdfDict, i int) (raw []byte, end int) {
	b := d.b
	if i < len(b) && b[i] == '\r' {
		i++
	}
	if i < len(b) && b[i] == '\n' {
		i++
	}
	if f, ok := d.number(dict["Length"]); ok && f >= 0 && f <= float64(len(b)-i) {
		end = i + int(f)
		rest := bytes.TrimLeft(b[end:min(len(b), end+32)], "\r\n\t \x00")
		if bytes.HasPrefix(rest, []byte("endstream")) || bytes.HasPrefix(rest, []byte("endobj")) {
			return b[i:end], end
		}
	}
	if !d.spend(0) { // the search may be long, and asked for at many places
		return nil, i
	}
	k := bytes.Index(b[i:], []byte("endstream"))
	if k < 0 {
		if k = bytes.Index(b[i:], []byte("endobj")); k < 0 {
			k = len(b) - i
		}
		d.spend(len(b) - i)
	}
	d.spend(k / 8)
	return b[i : i+k], i + k
}

// parse reads the value of an object; src is set where it is a stream.
func (d *pdfDoc) parse(o *pdfObj) (v any, src *pdfSource) {
	text := o.src
	if len(text) > d.objMax {
		text = text[:d.objMax]
	}
	x := pdfLex{b: text, refs: true}
	v, _ = x.value()
	d.spend(x.i)
	if x.over || len(text) < len(o.src) && x.i >= len(text) {
		d.miss("array", inspect.GapLimitEntries, int64(len(o.src)))
	}
	dict, ok := v.(pdfDict)
	if !ok {
		return d.openStrings(v, o), nil
	}
	x.skip()
	if !o.packed && bytes.HasPrefix(text[x.i:], []byte("stream")) {
		at := o.to - len(o.src) + x.i + 6
		raw, _ := d.streamBytes(dict, at)
		src = &pdfSource{dict: dict, raw: raw, num: o.num, gen: o.gen}
	}
	return d.openStrings(v, o), src
}

// unpack opens the object streams, whose objects the scan cannot see.
func (d *pdfDoc) unpackObjects() {
	for i, n := 0, len(d.objs); i < n; i++ {
		o := d.objs[i]
		if !bytes.Contains(o.src[:min(len(o.src), 1024)], []byte("ObjStm")) {
			continue
		}
		_, src := d.parse(&o)
		if src == nil || d.name(src.dict["Type"]) != "ObjStm" {
			continue
		}
		d.objs[i].done = true
		b := d.decoded(src)
		if d.held += int64(len(b)); d.held > d.l.Memory/8 {
			d.m.Miss(inspect.GapLimitBytes, int64(len(src.raw)))
			continue
		}
		if !d.unpackStream(src.dict, b, &o) {
			return
		}
	}
}

// unpackStream adds the objects of one object stream.
func (d *pdfDoc) unpackStream(dict pdfDict, b []byte, at *pdfObj) bool {
	first, _ := d.number(dict["First"])
	count, _ := d.number(dict["N"])
	if first < 0 || first > float64(len(b)) {
		d.m.Miss(inspect.GapBroken, int64(len(at.src)))
		d.loose = append(d.loose, b)
		return true
	}
	body := b[int(first):]
	x := pdfLex{b: b[:int(first)]}
	for k := 0.0; k < count; k++ {
		num, ok1 := x.value()
		off, ok2 := x.value()
		n, isN := num.(float64)
		f, isF := off.(float64)
		if !ok1 || !ok2 || !isN || !isF || f < 0 || f > float64(len(body)) {
			break
		}
		if !d.add(pdfObj{num: int(n), src: body[int(f):], from: at.from, to: at.to, packed: true}) {
			return false
		}
	}
	return true
}
