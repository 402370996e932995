package unpack

import (
	"bytes"
	"maps"

	"github.com/datacustoms/customs/inspect"
)

// pdfTrailers bounds the dictionaries that say where things are.
const pdfTrailers = 1024

// trailers gives every dictionary that says where things are, newest first.
func (d *pdfDoc) trailers() []pdfDict {
	if d.trail != nil {
		return d.trail
	}
	d.trail = []pdfDict{}
	for at := len(d.b); ; {
		k := bytes.LastIndex(d.b[:at], []byte("trailer"))
		if k < 0 || !d.spend(at-k) {
			break
		}
		x := pdfLex{b: d.b[:min(len(d.b), k+d.objMax)], i: k + 7, refs: true}
		v, _ := x.value()
		d.spend(x.cost(k))
		if t, ok := v.(pdfDict); ok {
			d.trail = append(d.trail, t)
		}
		at = k
		if len(d.trail) >= pdfTrailers {
			d.miss("trailers", inspect.GapLimitEntries, int64(at))
			break
		}
	}
	for i := len(d.objs) - 1; i >= 0 && len(d.trail) < 2*pdfTrailers; i-- {
		if src := d.tableAt(i); src != nil {
			d.trail = append(d.trail, src.dict)
		}
	}
	return d.trail
}

// worlds gives what the numbers of objects may stand for: as the cross
// reference tables have it; as the file has it at its end; and as it was at
// first. A document that was never changed has one.
func (d *pdfDoc) worlds() []map[int]int {
	table, first := maps.Clone(d.last), map[int]int{}
	for i := range d.objs {
		o := &d.objs[i]
		if at, ok := first[o.num]; !ok || d.objs[at].from > o.from {
			first[o.num] = i
		}
	}
	maps.Copy(table, d.chain())
	list := []map[int]int{table}
	for _, w := range []map[int]int{d.last, first} {
		known := false
		for _, other := range list {
			known = known || d.alike(w, other)
		}
		if !known {
			list = append(list, w)
		}
	}
	return list
}

// alike tells whether both lead to the same texts.
func (d *pdfDoc) alike(a, b map[int]int) bool {
	for num, at := range a {
		o, p := &d.objs[at], &d.objs[b[num]]
		if at == b[num] {
			continue
		}
		if o.stm != p.stm || !bytes.Equal(d.text(o), d.text(p)) || !bytes.Equal(d.b[o.raw:max(o.raw, o.cut)], d.b[p.raw:max(p.raw, p.cut)]) {
			return false
		}
	}
	return true
}

// enter makes w what numbers stand for.
func (d *pdfDoc) enter(w map[int]int) {
	d.last = w
	d.kept, d.room = map[int]any{}, d.l.Memory/64
	d.fonts, d.looks = map[int]*pdfFont{}, map[int]bool{}
}

// chain follows the tables from the newest on, as a reader does.
func (d *pdfDoc) chain() map[int]int {
	found, freed := map[int]int{}, map[int]bool{}
	k := bytes.LastIndex(d.b, []byte("startxref"))
	if k < 0 {
		return found
	}
	x := pdfLex{b: d.b, i: k + 9}
	v, _ := x.value()
	next, _ := v.(float64)
	take := func(num, off int) bool {
		if _, ok := found[num]; !ok && !freed[num] {
			if at := d.startOf(off); at >= 0 && d.objs[at].num == num {
				found[num] = at
			}
		}
		return true
	}
	seen := map[int]bool{}
	for off := int(next); off > 0 && off < len(d.b) && !seen[off] && d.spend(64); {
		seen[off] = true
		t := d.table(off, take)
		if f, ok := d.number(t["XRefStm"]); ok && !seen[int(f)] {
			seen[int(f)] = true
			d.table(int(f), take)
		}
		f, _ := d.number(t["Prev"])
		off = int(f)
	}
	return found
}

// table reads the table at an offset and gives its trailer.
func (d *pdfDoc) table(off int, take func(num, off int) bool) pdfDict {
	if at := d.startOf(off); at >= 0 {
		src := d.tableAt(at)
		if src == nil {
			return nil
		}
		d.tableStream(src, take)
		return src.dict
	}
	if off < 0 || off >= len(d.b) {
		return nil
	}
	k := bytes.Index(d.b[off:min(len(d.b), off+1100)], []byte("xref"))
	if k < 0 {
		return nil
	}
	end, _ := d.tableLines(off+k+4, take)
	x := pdfLex{b: d.b[:min(len(d.b), end+d.objMax)], i: end, refs: true}
	if v, _ := x.value(); v != pdfOp("trailer") {
		return nil
	}
	v, _ := x.value()
	t, _ := v.(pdfDict)
	return t
}
