package unpack

import (
	"github.com/datacustoms/customs/inspect"
)

// pdfText is the state of drawing a page, as far as text needs it.
type pdfText struct {
	doc *pdfDoc
	pdfState
	saved  []pdfState
	tm, lm pdfMatrix // of the text, of its line
	lost   *pdfFont  // stands for one that is not there
	spell  []byte    // text that is spelled besides what is drawn
	credit int       // characters that are spelled and not yet drawn
	second bool      // fonts are read by their second meaning
	differ bool      // a font in use has a second meaning
	moved  bool      // the place was set since the last text
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
	t.credit = 0
}

// end gives out what was drawn since the last end.
func (t *pdfText) end() {
	t.flush()
	if len(t.spell) > 0 {
		t.doc.m.Write(append(t.spell, '\n'))
		t.spell = t.spell[:0]
	}
}

// page draws content, and draws it once more if its fonts have two meanings.
// fresh says that it was not drawn before.
func (t *pdfText) page(b []byte, res pdfDict, depth int, fresh bool) {
	t.differ = false
	t.draw(b, res, depth, fresh)
	if !t.differ {
		return
	}
	t.end()
	t.reset()
	t.second = true
	t.draw(b, res, depth, false)
	t.end()
	t.second = false
}

// pdfArgs is how many operands are kept; no operator takes as many.
const pdfArgs = 64

// draw runs a content stream. Forms within it are drawn in their place.
func (t *pdfText) draw(b []byte, res pdfDict, depth int, fresh bool) {
	x := pdfLex{b: b}
	if fresh {
		x.notes = &t.doc.notes
	}
	args := make([]any, 0, 8)
	from, many := 0, false
	for {
		at := x.i
		if len(args) == 0 {
			from = at
		}
		v, ok := x.value()
		if x.over {
			x.over = false
			t.doc.miss("array", inspect.GapLimitEntries, -1)
		}
		if x.torn {
			t.doc.miss("content", inspect.GapBroken, -1)
		}
		if !t.doc.spend(x.i - at) {
			return
		}
		op, is := v.(pdfOp)
		if ok && !is {
			if len(args) >= pdfArgs {
				many = true
				t.extra(args)
				args = args[:0]
			}
			args = append(args, v)
			continue
		}
		if n := pdfArity(op); fresh && (n < 0 || many || len(args) > n) {
			t.odd(b[from:x.i], n < 0 && holdsString(args))
		}
		many = false
		if t.do(op, args, res, depth, &x); !ok {
			return
		}
		args = args[:0]
	}
}

// do runs one operator.
func (t *pdfText) do(op pdfOp, args []any, res pdfDict, depth int, x *pdfLex) {
	switch op {
	case "Do":
		if len(args) > 0 {
			t.form(res, args[len(args)-1], depth)
		}
	case "BI":
		t.inline(x, res, depth)
	case "Tf", "gs":
		t.setFont(op, args, res)
	case "Tj", "TJ", "'", "\"":
		t.showOp(op, args)
		args = args[:max(0, len(args)-1)]
	default:
		t.move(op, pdfNumbers(args))
	}
	t.extra(args)
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
		t.tm, t.lm, t.moved = pdfUnit, pdfUnit, true
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
		t.tm, t.lm, t.moved = n, n, true
	case "T*":
		t.line(0, -t.leading)
	}
}

func (t *pdfText) line(x, y float64) {
	t.lm = pdfMatrix{1, 0, 0, 1, x, y}.times(t.lm)
	t.tm, t.moved = t.lm, true
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
		default:
			t.extra([]any{v})
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
	fresh := d.take(ref, own)
	before, tm, lm, saved := t.pdfState, t.tm, t.lm, t.saved
	if m := d.list(src.dict["Matrix"]); len(m) == 6 {
		t.ctm = pdfMatrix(pdfNumbers(m)).times(t.ctm)
	}
	t.saved = nil
	t.draw(d.decoded(src), own, depth+1, fresh)
	t.pdfState, t.tm, t.lm, t.saved = before, tm, lm, saved
}
