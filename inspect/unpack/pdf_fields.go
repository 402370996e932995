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
		d.strings("", t, 0)
	}
	for i := range d.objs {
		o := &d.objs[i]
		if !d.spend(16) {
			return
		}
		v, _ := d.parse(i)
		if d.crypt != nil && o.num == d.crypt.dict && o.stm == 0 {
			d.binary("", v)
		} else if v != nil {
			d.strings("", v, 0)
		}
	}
}

// strings writes the strings in v, each with the key it stands under.
func (d *pdfDoc) strings(key pdfName, v any, depth int) {
	if depth > 2*pdfDepth || d.m.stopped {
		return
	}
	switch v := v.(type) {
	case pdfStr:
		d.line([]byte(key), v)
	case pdfName:
		d.addName(v)
	case pdfOp:
		d.addName(pdfName(v))
	case []any:
		if len(v) > 0 && (v[0] == pdfName("Indexed") || v[0] == pdfName("I")) {
			d.binary(key, v) // a table of colours
			return
		}
		for _, e := range v {
			d.strings(key, e, depth+1)
		}
	case pdfDict:
		for _, k := range sortedKeys(v) {
			d.addName(k)
			switch {
			case k == "V" && v["T"] != nil:
				d.field(v)
			case k == "ID", k == "Encrypt":
				d.binary(k, v[k])
			default:
				d.strings(k, v[k], depth+1)
			}
		}
	}
}

// binary writes the plain text in strings that are none by their use.
func (d *pdfDoc) binary(key pdfName, v any) {
	switch v := v.(type) {
	case pdfStr:
		if s := sieve(nil, v); len(s) > 0 {
			d.line([]byte(key), s)
		}
	case []any:
		for _, e := range v {
			d.binary(key, e)
		}
	case pdfDict:
		for _, k := range sortedKeys(v) {
			d.addName(k)
			d.binary(k, v[k])
		}
	default:
		d.strings(key, v, 0)
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
		default:
			if _, ref := e.(pdfRef); !ref {
				d.strings("V", e, 1)
			}
		}
	}
}

// line writes "key: value". What is no text becomes a part of its own.
func (d *pdfDoc) line(key []byte, s pdfStr) {
	text := bytes.Trim(pdfPlain(s), "\x00 \r\n")
	if len(text) == 0 || !d.spend(len(text)) {
		return
	}
	if len(text) > 64 && controls(text) > len(text)/16 {
		d.debrisRaw(text)
		return
	}
	out := make([]byte, 0, len(key)+len(text)+3)
	if len(key) > 0 && string(key) != string(pdfOdds) {
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

// controls counts bytes that stand in no text.
func controls(b []byte) (n int) {
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' {
			n++
		}
	}
	return n
}
