package unpack

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
)

// pdfTiny is how many dots a picture has that can show no text to speak of.
const pdfTiny = 1024

// inline takes a picture in the content stream. Its bytes are given out; what
// looks like content in them is drawn, since readers differ in where it ends.
func (t *pdfText) inline(x *pdfLex, res pdfDict, depth int) {
	dict := pdfDict{}
	for {
		k, ok := x.value()
		if op, is := k.(pdfOp); !ok || is && op == "ID" {
			break
		}
		key, is := k.(pdfName)
		if !is {
			dict.odd(k)
			continue
		}
		v, _ := x.value()
		if op, is := v.(pdfOp); is && op == "ID" {
			dict.odd(key)
			break
		}
		if old, twice := dict[key]; twice {
			dict.odd(old)
		}
		dict[key] = v
	}
	t.extra([]any{dict})
	from := min(x.i+1, len(x.b))
	end := from
	for x.i = from; x.i < len(x.b); {
		k := bytes.Index(x.b[x.i:], []byte("EI"))
		if k < 0 {
			x.i, end = len(x.b), len(x.b)
			break
		}
		end = x.i + k
		if x.i = end + 2; pdfKind(x.b[end-1]) == pdfSpace && (x.i >= len(x.b) || pdfKind(x.b[x.i]) == pdfSpace) {
			break
		}
	}
	t.pixels(dict, x.b[from:max(from, end)], res, depth)
}

// pixels takes the bytes of an inline picture.
func (t *pdfText) pixels(dict pdfDict, b []byte, res pdfDict, depth int) {
	d := t.doc
	num := func(long, short pdfName) float64 {
		f, ok := d.number(dict[long])
		if !ok {
			f, _ = d.number(dict[short])
		}
		return f
	}
	src := &pdfSource{dict: dict, raw: b, at: len(d.b) + len(d.tails)} // its tails are its own
	r, picture := d.chained(bytes.NewReader(b), src)                   // it is encrypted with the content, not by itself
	if picture != "" || num("Width", "W")*num("Height", "H") >= pdfTiny || len(b) > pdfTiny {
		d.miss("inline", inspect.GapUnknownFormat, int64(len(b)))
	}
	if picture != "" {
		d.debris(b)
		return
	}
	out := d.drain(r, src)
	if s := sieve(nil, out); len(s) > 0 {
		t.say(append(s, '\n'))
	}
	if depth < 12 && bytes.Contains(out, []byte("BT")) && looksDrawn(out[bytes.Index(out, []byte("BT")):]) {
		t.draw(out[bytes.Index(out, []byte("BT")):], res, depth+1, true)
	}
}
