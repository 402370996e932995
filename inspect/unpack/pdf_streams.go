package unpack

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// pdfUses is what other objects say of streams, by their numbers.
type pdfUses struct {
	names   map[int][]byte // of embedded files
	files   map[int]bool   // embedded files, with a name or without
	fonts   map[int]bool   // font programs
	content map[int]bool   // drawing by its use, though no page leads to it
}

// streams gives out what no page has drawn: first content as text, then files,
// pictures and all else, each as a part.
func (d *pdfDoc) streams() {
	uses := d.uses()
	d.drawRest(uses)
	for i := range d.objs {
		o := &d.objs[i]
		if o.done || o.raw == 0 || !d.spend(16) {
			continue
		}
		_, src := d.parse(i)
		if src == nil {
			continue
		}
		at := decode.Span{From: int64(o.from), To: int64(o.to)}
		kind, sub := d.name(src.dict["Type"]), d.name(src.dict["Subtype"])
		switch {
		case uses.files[o.num] || kind == "EmbeddedFile":
			d.raw(src, uses.names[o.num], at)
		case sub == "Image":
			d.picture(src, at)
		case sub == "XML":
			d.raw(src, []byte("metadata"), at)
		case uses.fonts[o.num]:
			d.program(src, at)
		default:
			d.other(src, at)
		}
	}
}

// uses goes through all dictionaries for what they refer to.
func (d *pdfDoc) uses() *pdfUses {
	u := &pdfUses{names: map[int][]byte{}, files: map[int]bool{}, fonts: map[int]bool{}, content: map[int]bool{}}
	for i := range d.objs {
		if !d.spend(16) {
			break
		}
		v, _ := d.parse(i)
		d.usesOf(u, v, 0)
	}
	return u
}

// usesOf takes down what one value refers to.
func (d *pdfDoc) usesOf(u *pdfUses, v any, depth int) {
	mark := func(to map[int]bool, v any) {
		if ref, ok := v.(pdfRef); ok {
			to[ref.num] = true
		}
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if _, flat := e.(float64); !flat && depth <= pdfDepth {
				d.usesOf(u, e, depth+1)
			}
		}
	case pdfDict:
		for k, e := range v {
			switch k {
			case "FontFile", "FontFile2", "FontFile3":
				mark(u.fonts, e)
			case "CharProcs":
				for _, glyph := range d.dictOf(e) {
					mark(u.content, glyph)
				}
			case "EF":
				name, ok := d.resolve(v["UF"]).(pdfStr)
				if !ok {
					name, _ = d.resolve(v["F"]).(pdfStr)
				}
				for _, f := range d.dictOf(e) {
					mark(u.files, f)
					if ref, ok := f.(pdfRef); ok && len(name) > 0 {
						u.names[ref.num] = pdfPlain(name)
					}
				}
			default:
				d.usesOf(u, e, depth+1)
			}
		}
	}
}

// drawRest draws content that hangs on no page: forms, patterns, glyphs, and
// what pages showed in an older version.
func (d *pdfDoc) drawRest(u *pdfUses) {
	var t *pdfText
	for i := range d.objs {
		o := &d.objs[i]
		if o.done || o.raw == 0 || !d.spend(16) {
			continue
		}
		_, src := d.parse(i)
		if src == nil || u.files[o.num] || u.fonts[o.num] {
			continue
		}
		res, isHome := d.homes[o.num]
		if own := d.dictOf(src.dict["Resources"]); own != nil {
			res = own
		}
		kind, sub := d.name(src.dict["Type"]), d.name(src.dict["Subtype"])
		drawn := isHome || sub == "Form" || kind == "Pattern" || u.content[o.num]
		if sub == "Image" || sub == "XML" || kind != "" && kind != "XObject" && !drawn {
			continue
		}
		r, picture := d.reader(src)
		if picture != "" {
			continue
		}
		head := make([]byte, 4200)
		if head = head[:fill(r, head)]; !looksDrawn(head) {
			continue
		}
		if t == nil {
			if t = newPDFText(d); !d.m.Begin([]byte("text"), d.whole()) {
				return
			}
		}
		o.done = true
		t.reset()
		t.page(d.decoded(src), res, 1, true)
		t.end()
	}
}

// raw gives out a stream decoded, whatever it is.
func (d *pdfDoc) raw(src *pdfSource, name []byte, at decode.Span) {
	r, picture := d.reader(src)
	if picture == "?" {
		d.miss(streamKey(src), inspect.GapUnknownFormat, int64(len(src.raw)))
		return
	}
	if !d.m.Begin(name, at) {
		return
	}
	if _, err := d.m.copy(r); err != nil {
		d.miss(streamKey(src), inspect.GapBroken, int64(len(src.raw)))
	}
}

// picture gives out a picture that is a file format of its own, and one that
// is too small to show anything. What others show is missed.
func (d *pdfDoc) picture(src *pdfSource, at decode.Span) {
	w, _ := d.number(src.dict["Width"])
	h, _ := d.number(src.dict["Height"])
	switch _, codec := d.reader(src); {
	case codec == "DCTDecode" || codec == "DCT" || codec == "JPXDecode":
		d.m.Miss(inspect.GapUnknownFormat, int64(len(src.raw)))
		d.raw(src, []byte("image"), at)
	case codec == "" && w*h < pdfTiny && len(src.raw) < pdfTiny:
		d.raw(src, nil, at)
	default:
		d.m.Miss(inspect.GapUnknownFormat, int64(len(src.raw)))
	}
}

// other gives out a stream of no known use. Of a map of codes that is what is
// no map in it.
func (d *pdfDoc) other(src *pdfSource, at decode.Span) {
	r, picture := d.reader(src)
	if picture != "" {
		d.miss(streamKey(src), inspect.GapUnknownFormat, int64(len(src.raw)))
		if picture != "?" {
			d.raw(src, nil, at)
		}
		return
	}
	head := make([]byte, 4096)
	n := fill(r, head)
	if looksZlib(head[:n]) {
		d.miss(streamKey(src), inspect.GapBroken, int64(len(src.raw)))
	}
	if looksLikeCMap(head[:n]) {
		d.mapAside(d.decoded(src))
		return
	}
	if bytes.ContainsAny(head[:n], "<(") { // an older object stream, or a text with strings in it
		d.note(d.decoded(src))
	}
	d.raw(src, []byte("stream"), at)
}
