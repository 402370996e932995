package unpack

import (
	"bytes"
	"strconv"
)

// scanTables adds the objects that cross reference tables name and the scan
// did not see, because they stand inside streams.
func (d *pdfDoc) scanTables() {
	look := func(_, off int) bool {
		return d.startOf(off) >= 0 || d.addAt(off)
	}
	for at := 0; d.spend(16); {
		k := bytes.Index(d.b[at:], []byte("xref"))
		if k < 0 {
			break
		}
		at += k + 4
		if _, ok := d.tableLines(at, look); !ok {
			return
		}
	}
	for i, n := 0, len(d.objs); i < n; i++ {
		if src := d.tableAt(i); src != nil && !d.tableStream(src, look) {
			return
		}
	}
}

// tableAt gives the object if it is a cross reference stream.
func (d *pdfDoc) tableAt(at int) *pdfSource {
	o := &d.objs[at]
	if o.raw == 0 || !bytes.Contains(d.text(o), []byte("XRef")) {
		return nil
	}
	if _, src := d.parse(at); src != nil && d.name(src.dict["Type"]) == "XRef" {
		return src
	}
	return nil
}

// startOf gives the object that begins at an offset of a table, which counts
// from the head of the file, or from where it says %PDF; -1 for none.
func (d *pdfDoc) startOf(off int) int {
	for _, shift := range []int{0, bytes.Index(d.b[:min(len(d.b), 1024)], []byte("%PDF-"))} {
		for slop := 0; slop < 3 && shift >= 0; slop++ {
			if i, ok := d.starts[off+shift+slop]; ok {
				return i
			}
		}
	}
	return -1
}

// tableLines reads the lines of a table that begins at i; look is called with
// the number and the offset of each object. end is where the table ends.
func (d *pdfDoc) tableLines(i int, look func(num, off int) bool) (end int, ok bool) {
	for num := 0; i < len(d.b) && d.spend(8); {
		b := bytes.TrimLeft(d.b[i:min(len(d.b), i+64)], "\r\n ")
		i = min(i+64, len(d.b)) - len(b)
		n := bytes.IndexAny(b, "\r\n")
		if n < 0 || !pdfTableLine(b[:n]) {
			break
		}
		f := bytes.Fields(b[:n])
		first, _ := strconv.Atoi(string(f[0]))
		switch {
		case len(f) == 2:
			num = first
		case string(f[2]) == "n" && !look(num, first):
			return i, false
		default:
			num++
		}
		i += n
	}
	return i, true
}

// tableStream reads a cross reference stream.
func (d *pdfDoc) tableStream(src *pdfSource, look func(num, off int) bool) bool {
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
	index := d.list(src.dict["Index"])
	num, left := 0, 1<<30
	if len(index) > 1 {
		left = 0
	}
	for b := d.decoded(src); len(b) >= row && d.spend(row); b = b[row:] {
		for ; left == 0 && len(index) > 1; index = index[2:] {
			from, _ := d.number(index[0])
			n, _ := d.number(index[1])
			num, left = int(from), int(n)
		}
		kind, off := 1, 0
		if w[0] > 0 {
			kind = int(b[w[0]-1])
		}
		for _, c := range b[w[0] : w[0]+w[1]] {
			off = off<<8 | int(c)
		}
		if kind == 1 && !look(num, off) {
			return false
		}
		num++
		left--
	}
	return true
}

// addAt adds the object whose head stands at off, if one does.
func (d *pdfDoc) addAt(off int) bool {
	if off <= 0 || off >= len(d.b) {
		return true
	}
	k := bytes.Index(d.b[off:min(len(d.b), off+32)], []byte("obj"))
	if k < 0 {
		return true
	}
	num, gen, from, ok := pdfHead(d.b, off+k, off)
	if _, known := d.starts[from]; !ok || known || len(bytes.TrimLeft(d.b[off:from], "\r\n\t \x00")) > 0 {
		return true
	}
	return d.add(d.objectAt(num, gen, from, off+k+3))
}
