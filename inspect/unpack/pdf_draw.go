package unpack

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
)

// pdfText is the state of drawing a page, as far as text needs it.
type pdfText struct {
	doc *pdfDoc
	pdfState
	saved  []pdfState
	tm, lm pdfMatrix // of the text, of its line
	lost   *pdfFont  // stands for one that is not there
	actual bool      // the text is spelled elsewhere
	spell  []byte    // what it is spelled
	marks  []bool    // open marked content, true where it spells
	buf    []byte
	runs   []pdfRun
	room   int64 // memory for runs
}

// pdfState is what q saves and Q brings back.
type pdfState struct {
	ctm                  pdfMatrix
	font                 *pdfFont
	size, scale          float64
	charSpace, wordSpace float64
	leading, rise        float64
}

func newPDFText(d *pdfDoc) *pdfText {
	t := &pdfText{doc: d, room: d.l.Memory / 8}
	t.lost = &pdfFont{simple: pdfBase(""), unsure: true, width: 500}
	t.reset()
	return t
}

func (t *pdfText) reset() {
	t.pdfState = pdfState{ctm: pdfUnit, size: 1, scale: 1}
	t.saved, t.tm, t.lm = t.saved[:0], pdfUnit, pdfUnit
	t.marks, t.actual = t.marks[:0], false
}

// end gives out what was drawn since the last end.
func (t *pdfText) end() {
	t.flush()
	if len(t.spell) > 0 {
		t.doc.m.Write(append(t.spell, '\n'))
		t.spell = t.spell[:0]
	}
}

// draw runs a content stream. Forms within it are drawn in their place.
func (t *pdfText) draw(b []byte, res pdfDict, depth int) {
	x := pdfLex{b: b, notes: &t.doc.notes}
	var args []any
	for {
		at := x.i
		v, ok := x.value()
		if x.over {
			x.over = false
			t.doc.miss("array", inspect.GapLimitEntries, -1)
		}
		if !ok || !t.doc.spend(x.i-at) {
			return
		}
		op, is := v.(pdfOp)
		if !is {
			if len(args) < 512 {
				args = append(args, v)
			}
			continue
		}
		switch op {
		case "Do":
			if len(args) > 0 {
				t.form(res, args[len(args)-1], depth)
			}
		case "BI":
			t.inline(&x)
		case "Tf", "gs":
			t.setFont(op, args, res)
		case "BDC", "BMC", "EMC":
			t.mark(op, args, res)
		case "Tj", "TJ", "'", "\"":
			t.showOp(op, args)
		default:
			t.move(op, pdfNumbers(args))
		}
		args = args[:0]
	}
}

func pdfNumbers(args []any) (n [6]float64) {
	for i, v := range args[:min(6, len(args))] {
		n[i], _ = v.(float64)
	}
	return n
}

// move does the operators whose operands are numbers.
func (t *pdfText) move(op pdfOp, n [6]float64) {
	switch op {
	case "q":
		if len(t.saved) < 64 {
			t.saved = append(t.saved, t.pdfState)
		}
	case "Q":
		if k := len(t.saved); k > 0 {
			t.pdfState, t.saved = t.saved[k-1], t.saved[:k-1]
		}
	case "cm":
		t.ctm = pdfMatrix(n).times(t.ctm)
	case "BT":
		t.tm, t.lm = pdfUnit, pdfUnit
	case "Tc":
		t.charSpace = n[0]
	case "Tw":
		t.wordSpace = n[0]
	case "Tz":
		t.scale = n[0] / 100
	case "TL":
		t.leading = n[0]
	case "Ts":
		t.rise = n[0]
	case "Td":
		t.line(n[0], n[1])
	case "TD":
		t.leading = -n[1]
		t.line(n[0], n[1])
	case "Tm":
		t.tm, t.lm = n, n
	case "T*":
		t.line(0, -t.leading)
	}
}

func (t *pdfText) line(x, y float64) {
	t.lm = pdfMatrix{1, 0, 0, 1, x, y}.times(t.lm)
	t.tm = t.lm
}

func (t *pdfText) showOp(op pdfOp, args []any) {
	if len(args) == 0 {
		return
	}
	switch op {
	case "\"":
		n := pdfNumbers(args)
		t.wordSpace, t.charSpace = n[0], n[1]
		t.line(0, -t.leading)
	case "'":
		t.line(0, -t.leading)
	}
	list, ok := args[len(args)-1].([]any)
	if !ok {
		list = args[len(args)-1:]
	}
	for _, v := range list {
		switch v := v.(type) {
		case pdfStr:
			t.show(v)
		case float64:
			t.tm = pdfMatrix{1, 0, 0, 1, -v / 1000 * t.size * t.scale, 0}.times(t.tm)
		}
	}
}

func (t *pdfText) setFont(op pdfOp, args []any, res pdfDict) {
	if len(args) == 0 {
		return
	}
	d := t.doc
	name, _ := args[0].(pdfName)
	if op == "gs" {
		l := d.list(d.dictOf(d.dictOf(res["ExtGState"])[name])["Font"])
		if len(l) == 2 {
			t.font = d.font(l[0])
			t.size, _ = d.number(l[1])
		}
		return
	}
	t.font = d.font(d.dictOf(res["Font"])[name])
	if len(args) > 1 {
		t.size, _ = args[1].(float64)
	}
}

// mark follows marked content: text that is spelled in ActualText is given
// out as it is spelled, besides what the glyphs say.
func (t *pdfText) mark(op pdfOp, args []any, res pdfDict) {
	if op == "EMC" {
		if k := len(t.marks); k > 0 {
			t.marks = t.marks[:k-1]
		}
		t.actual = len(t.marks) > 0 && t.marks[len(t.marks)-1]
		return
	}
	spelled := t.actual
	if len(args) > 1 {
		props, ok := args[1].(pdfDict)
		if name, is := args[1].(pdfName); is && !ok {
			props = t.doc.dictOf(t.doc.dictOf(res["Properties"])[name])
		}
		if s, ok := props["ActualText"].(pdfStr); ok && len(t.spell) < 1<<20 {
			spelled = true
			if t.spell = append(t.spell, pdfPlain(s)...); len(s) > 4 {
				t.spell = append(t.spell, '\n')
			}
		}
	}
	if len(t.marks) < 256 {
		t.marks = append(t.marks, spelled)
	}
	t.actual = spelled
}

// form draws a form; pictures are given out elsewhere.
func (t *pdfText) form(res pdfDict, name any, depth int) {
	d := t.doc
	n, _ := name.(pdfName)
	ref := d.dictOf(res["XObject"])[n]
	_, src := d.object(ref)
	if src == nil || d.name(src.dict["Subtype"]) != "Form" || depth > 12 {
		return
	}
	own := d.dictOf(src.dict["Resources"])
	if own == nil {
		own = res
	}
	d.take(ref, own)
	before, tm, lm, saved := t.pdfState, t.tm, t.lm, t.saved
	if m := d.list(src.dict["Matrix"]); len(m) == 6 {
		t.ctm = pdfMatrix(pdfNumbers(m)).times(t.ctm)
	}
	t.saved = nil
	t.draw(d.decoded(src), own, depth+1)
	t.pdfState, t.tm, t.lm, t.saved = before, tm, lm, saved
}

// inline passes over a picture in the content stream.
func (t *pdfText) inline(x *pdfLex) {
	w, h := 0.0, 0.0
	for {
		k, ok := x.value()
		if op, is := k.(pdfOp); !ok || is && op == "ID" {
			break
		}
		v, _ := x.value()
		f, _ := v.(float64)
		switch k {
		case pdfName("W"), pdfName("Width"):
			w = f
		case pdfName("H"), pdfName("Height"):
			h = f
		}
	}
	from := x.i
	for x.i < len(x.b) {
		k := bytes.Index(x.b[x.i:], []byte("EI"))
		if k < 0 {
			x.i = len(x.b)
			break
		}
		x.i += k + 2
		if pdfKind(x.b[x.i-3]) == pdfSpace && (x.i >= len(x.b) || pdfKind(x.b[x.i]) == pdfSpace) {
			break
		}
	}
	if n := x.i - from; n > pdfTiny || w*h >= pdfTiny {
		t.doc.miss("inline", inspect.GapUnknownFormat, int64(n))
	}
}

// pdfTiny is how many dots a picture has that can show no text to speak of.
const pdfTiny = 1024
