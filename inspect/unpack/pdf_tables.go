package unpack

import (
	"bytes"
	"strconv"
)

// scanTables adds the objects that cross reference tables name and the scan
// did not see, because they stand inside others.
func (d *pdfDoc) scanTables() {
	look := func(off int) bool {
		return off <= 0 || off >= len(d.b) || d.starts[off] || d.addAt(off)
	}
	for at := 0; ; {
		k := bytes.Index(d.b[at:], []byte("xref"))
		if k < 0 {
			break
		}
		at += k + 4
		if !d.tableLines(at, look) {
			return
		}
	}
	for i, n := 0, len(d.objs); i < n; i++ {
		o := d.objs[i]
		if !bytes.Contains(o.src[:min(len(o.src), 1024)], []byte("XRef")) {
			continue
		}
		if _, src := d.parse(&o); src != nil && d.name(src.dict["Type"]) == "XRef" && !d.tableStream(src, look) {
			return
		}
	}
}

// tableLines reads the lines of a table that begins at i.
func (d *pdfDoc) tableLines(i int, look func(int) bool) bool {
	for i < len(d.b) {
		b := bytes.TrimLeft(d.b[i:min(len(d.b), i+64)], "\r\n ")
		i = min(i+64, len(d.b)) - len(b)
		n := bytes.IndexAny(b, "\r\n")
		if n < 0 || !pdfTableLine(b[:n]) {
			return true
		}
		if f := bytes.Fields(b[:n]); len(f) == 3 && string(f[2]) == "n" {
			off, _ := strconv.Atoi(string(f[0]))
			if !look(off) {
				return false
			}
		}
		i += n
	}
	return true
}

// tableStream reads a cross reference stream.
func (d *pdfDoc) tableStream(src *pdfSource, look func(int) bool) bool {
	var w [3]int
	for i, v := range d.list(src.dict["W"]) {
		if f, _ := d.number(v); i < 3 && f >= 0 && f <= 8 {
			w[i] = int(f)
		}
	}
	row := w[0] + w[1] + w[2]
	if row == 0 || w[1] == 0 {
		return true
	}
	for b := d.decoded(src); len(b) >= row; b = b[row:] {
		kind, off := 1, 0
		if w[0] > 0 {
			kind = int(b[w[0]-1])
		}
		for _, c := range b[w[0] : w[0]+w[1]] {
			off = off<<8 | int(c)
		}
		if kind == 1 && !look(off) {
			return false
		}
	}
	return true
}

// addAt adds the object whose head stands at off, if one does.
func (d *pdfDoc) addAt(off int) bool {
	k := bytes.Index(d.b[off:min(len(d.b), off+32)], []byte("obj"))
	if k < 0 {
		return true
	}
	num, gen, from, ok := pdfHead(d.b, off+k, off)
	if !ok || len(bytes.TrimLeft(d.b[off:from], "\r\n\t \x00")) > 0 || d.starts[from] {
		return true
	}
	o := pdfObj{num: num, gen: gen, from: from, to: d.objectEnd(off + k + 3)}
	o.src = d.b[off+k+3 : o.to]
	return d.add(o)
}
