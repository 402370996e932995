package unpack

import (
	"slices"

	"github.com/datacustoms/customs/inspect"
)

// pdfPack is an object stream that is at hand decoded.
type pdfPack struct {
	b    []byte
	used int
}

// pack decodes the object stream at that place in objs, or takes it from the
// few that are kept.
func (d *pdfDoc) pack(at int) []byte {
	d.clock++
	if p := d.packs[at]; p != nil {
		p.used = d.clock
		return p.b
	}
	_, src := d.parse(at)
	if src == nil {
		return nil
	}
	b := d.decoded(src)
	for d.packed += int64(len(b)); d.packed > d.l.Memory/8 && len(d.packs) > 0; {
		oldest := -1
		for k, p := range d.packs {
			if oldest < 0 || p.used < d.packs[oldest].used {
				oldest = k
			}
		}
		d.packed -= int64(len(d.packs[oldest].b))
		delete(d.packs, oldest)
	}
	d.packs[at] = &pdfPack{b, d.clock}
	return b
}

// unpackObjects opens the object streams, whose objects the scan cannot see.
func (d *pdfDoc) unpackObjects() {
	for i, n := 0, len(d.objs); i < n; i++ {
		if d.objs[i].raw == 0 || !d.spend(16) {
			continue
		}
		_, src := d.parse(i)
		if src == nil || d.name(src.dict["Type"]) != "ObjStm" {
			continue
		}
		d.objs[i].done = true
		if !d.unpackStream(src.dict, d.pack(i), i) {
			return
		}
	}
}

// unpackStream adds the objects of one object stream: its head gives pairs of
// a number and a place behind the head. What belongs to no object is debris.
func (d *pdfDoc) unpackStream(dict pdfDict, b []byte, at int) bool {
	f, _ := d.number(dict["First"])
	if f < 0 || f > float64(len(b)) {
		d.miss("pack", inspect.GapBroken, int64(d.objs[at].to-d.objs[at].from))
		d.debris(b)
		return true
	}
	first := int(f)
	list, rest := pdfPairs(b[:first], &d.notes)
	d.debris(rest)
	slices.SortStableFunc(list, func(a, b [2]int) int { return a[1] - b[1] })
	pos := first
	for _, p := range list {
		from := first + p[1]
		if from < first || from > len(b) {
			continue
		}
		if from > pos {
			d.debris(b[pos:from])
		}
		x := pdfLex{b: b[:min(len(b), from+d.objMax)], i: from, refs: true, notes: &d.notes}
		if x.value(); x.torn {
			d.miss("object", inspect.GapBroken, int64(d.objs[at].to-d.objs[at].from))
		}
		if !d.spend(x.cost(from)) || !d.add(pdfObj{num: p[0], from: d.objs[at].from, to: d.objs[at].to, body: from, end: x.i, stm: at + 1}) {
			return false
		}
		pos = max(pos, x.i)
	}
	d.debris(b[pos:])
	return true
}

// pdfPairs reads pairs of whole numbers; rest is what is none.
func pdfPairs(b []byte, notes *pdfNotes) (list [][2]int, rest []byte) {
	x := pdfLex{b: b, notes: notes}
	for half := false; ; half = !half {
		x.skip()
		at := x.i
		w := x.word()
		f, whole := pdfNumber(w)
		switch {
		case !whole || len(w) > 9:
			return list, b[at:]
		case half:
			list[len(list)-1][1] = int(f)
		default:
			list = append(list, [2]int{int(f), -1})
		}
	}
}
