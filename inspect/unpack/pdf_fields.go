package unpack

import (
	"bytes"
	"slices"
)

// sortedKeys gives the keys of a dictionary in an order that does not change.
func sortedKeys(m pdfDict) []pdfName {
	keys := make([]pdfName, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// fields writes the strings of all objects, old versions too.
func (d *pdfDoc) fields() {
	if !d.m.Begin([]byte("fields"), d.whole()) {
		return
	}
	for _, t := range d.trailers() {
		delete(t, "ID")
		d.strings("", t, 0)
	}
	for i := range d.objs {
		o := &d.objs[i]
		if d.crypt != nil && o.num == d.crypt.dict && !o.packed || !d.spend(16) {
			continue
		}
		if v, _ := d.parse(o); v != nil {
			d.strings("", v, 0)
		}
	}
}

// strings writes the strings in v, each with the key it stands under.
func (d *pdfDoc) strings(key pdfName, v any, depth int) {
	if depth > pdfDepth || d.m.stopped {
		return
	}
	switch v := v.(type) {
	case pdfStr:
		d.line([]byte(key), v)
	case []any:
		if len(v) > 0 && (v[0] == pdfName("Indexed") || v[0] == pdfName("I")) {
			return // a table of colours
		}
		for _, e := range v {
			d.strings(key, e, depth+1)
		}
	case pdfDict:
		if v["FontName"] != nil { // the names of its glyphs
			return
		}
		for _, k := range sortedKeys(v) {
			switch {
			case k == "V" && v["T"] != nil:
				d.field(v)
			case k == "T" && v["V"] != nil, k == "ID" && v["W"] != nil:
			default:
				d.strings(k, v[k], depth+1)
			}
		}
	}
}

// field writes the value of a form field under its full name.
func (d *pdfDoc) field(f pdfDict) {
	var name []byte
	for n, at := 0, f; n < 8 && at != nil; n, at = n+1, d.dictOf(at["Parent"]) {
		s, ok := d.resolve(at["T"]).(pdfStr)
		if !ok {
			continue
		}
		if part := bytes.Clone(pdfPlain(s)); name == nil {
			name = part
		} else {
			name = append(append(part, '.'), name...)
		}
	}
	v, src := d.object(f["V"])
	if src != nil {
		d.line(name, pdfStr(d.decoded(src)))
		return
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, e := range list {
		switch s := d.resolve(e).(type) {
		case pdfStr:
			d.line(name, s)
		case pdfName:
			d.line(name, pdfStr(s))
		}
	}
}

// line writes "key: value".
func (d *pdfDoc) line(key []byte, s pdfStr) {
	text := bytes.Trim(pdfPlain(s), "\x00 \r\n")
	if len(text) == 0 || !d.spend(len(text)) {
		return
	}
	out := make([]byte, 0, len(key)+len(text)+3)
	if len(key) > 0 {
		out = append(asLine(out, key), ": "...)
	}
	for _, c := range text {
		if c == '\r' {
			c = '\n'
		}
		out = append(out, c)
	}
	d.m.Write(append(out, '\n'))
}
