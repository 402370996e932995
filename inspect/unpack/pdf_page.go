package unpack

import "bytes"

// pages draws every page: those of the tree in its order, then those that
// hang in no tree, older versions among them.
func (d *pdfDoc) pages() {
	if !d.m.Begin([]byte("text"), d.whole()) {
		return
	}
	t := newPDFText(d)
	seen := map[int]bool{}
	for _, tr := range d.trailers() {
		root := d.dictOf(tr["Root"])
		d.tree(t, root["Pages"], nil, seen, 0)
	}
	for i := range d.objs {
		o := &d.objs[i]
		if o.done || d.last[o.num] == i && seen[o.num] || !d.spend(16) {
			continue
		}
		if !bytes.Contains(o.src[:min(len(o.src), d.objMax)], []byte("Page")) {
			continue
		}
		if v, _ := d.parse(o); v != nil {
			if dict, ok := v.(pdfDict); ok && d.name(dict["Type"]) == "Page" {
				d.page(t, dict, d.inherited(dict))
			}
		}
	}
}

// tree walks the page tree.
func (d *pdfDoc) tree(t *pdfText, v any, res pdfDict, seen map[int]bool, depth int) {
	if ref, ok := v.(pdfRef); ok {
		if seen[ref.num] {
			return
		}
		seen[ref.num] = true
	}
	node := d.dictOf(v)
	if node == nil || depth > 40 || d.m.stopped {
		return
	}
	if own := d.dictOf(node["Resources"]); own != nil {
		res = own
	}
	kids := d.list(node["Kids"])
	for _, k := range kids {
		if _, ok := k.(pdfRef); ok { // a page that is no object of its own would be drawn without end
			d.tree(t, k, res, seen, depth+1)
		}
	}
	if kids == nil {
		d.page(t, node, res)
	}
}

// inherited finds the resources of a page that the tree did not lead to.
func (d *pdfDoc) inherited(page pdfDict) pdfDict {
	for n := 0; n < 16 && page != nil; n++ {
		if own := d.dictOf(page["Resources"]); own != nil {
			return own
		}
		page = d.dictOf(page["Parent"])
	}
	return nil
}

// page draws one page and what stands upon it.
func (d *pdfDoc) page(t *pdfText, page, res pdfDict) {
	t.reset()
	contents := []any{page["Contents"]}
	if list := d.list(page["Contents"]); list != nil {
		contents = list
	}
	var all []byte
	for _, c := range contents {
		if _, src := d.object(c); src != nil {
			d.take(c, res)
			if int64(len(all)) < d.l.Memory/8 {
				all = append(append(all, d.decoded(src)...), '\n')
			}
		}
	}
	t.draw(all, res, 0)
	for _, a := range d.list(page["Annots"]) {
		d.appearance(t, d.dictOf(d.dictOf(a)["AP"]), 0)
	}
	t.end()
}

// appearance draws the looks of a note or a form field.
func (d *pdfDoc) appearance(t *pdfText, states pdfDict, depth int) {
	for _, key := range sortedKeys(states) {
		v, src := d.object(states[key])
		if src == nil {
			if kids, ok := v.(pdfDict); ok && depth < 2 {
				d.appearance(t, kids, depth+1)
			}
			continue
		}
		if d.taken(states[key]) {
			continue
		}
		res := d.dictOf(src.dict["Resources"])
		d.take(states[key], res)
		t.reset()
		t.draw(d.decoded(src), res, 1)
		t.flush()
	}
}

// take notes that the stream was drawn, and with which resources.
func (d *pdfDoc) take(v any, res pdfDict) {
	ref, ok := v.(pdfRef)
	if !ok {
		return
	}
	if at, ok := d.last[ref.num]; ok {
		d.objs[at].done = true
		d.homes[ref.num] = res
	}
}

func (d *pdfDoc) taken(v any) bool {
	ref, ok := v.(pdfRef)
	at, known := d.last[ref.num]
	return ok && known && d.objs[at].done
}
