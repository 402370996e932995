package unpack

import "github.com/datacustoms/customs/inspect"

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
		v, _ := d.parse(i)
		if dict, ok := v.(pdfDict); ok && d.name(dict["Type"]) == "Page" {
			d.page(t, dict, d.inherited(dict))
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
		d.tree(t, k, res, seen, depth+1)
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
	fresh := false
	for _, c := range contents {
		_, src := d.object(c)
		if src == nil {
			continue
		}
		if int64(len(all)) > d.l.Memory/8 {
			d.miss("page", inspect.GapLimitBytes, int64(len(src.raw)))
			break
		}
		fresh = d.take(c, res) || fresh
		all = append(append(all, d.decoded(src)...), '\n')
	}
	t.page(all, res, 0, fresh)
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
		res := d.dictOf(src.dict["Resources"])
		if d.looks[src.at] {
			continue
		}
		d.looks[src.at] = true
		fresh := d.take(states[key], res)
		t.reset()
		t.page(d.decoded(src), res, 1, fresh)
		t.flush()
	}
}

// take notes that the stream was drawn, and with which resources; it answers
// whether that was the first time.
func (d *pdfDoc) take(v any, res pdfDict) bool {
	ref, ok := v.(pdfRef)
	if !ok {
		return true
	}
	at, ok := d.last[ref.num]
	if !ok {
		return true
	}
	first := !d.objs[at].done
	d.objs[at].done = true
	d.homes[ref.num] = res
	return first
}
