package unpack

import (
	"bytes"
	"strconv"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// streamKey names a stream for miss.
func streamKey(s *pdfSource) string { return "stream " + strconv.Itoa(s.num) }

// streams gives out what no page has drawn: first content as text, then files,
// pictures and all else, each as a part.
func (d *pdfDoc) streams() {
	names, sets := d.referred()
	d.drawRest()
	for i := range d.objs {
		o := &d.objs[i]
		if o.done || o.packed || !d.spend(16) {
			continue
		}
		_, src := d.parse(o)
		if src == nil {
			continue
		}
		at := decode.Span{From: int64(o.from), To: int64(o.to)}
		name, isFile := names[o.num]
		switch sub := d.name(src.dict["Subtype"]); {
		case isFile || d.name(src.dict["Type"]) == "EmbeddedFile":
			d.raw(src, name, at)
		case sub == "Image":
			d.picture(src, at)
		case sub == "XML":
			d.raw(src, []byte("metadata"), at)
		case d.name(src.dict["Type"]) == "XRef", sets[o.num] && len(src.raw) < 8192:
		default:
			d.other(src, at)
		}
	}
}

// referred gives the names of embedded files by the number of their stream,
// and the streams that only say which glyphs a font has.
func (d *pdfDoc) referred() (names map[int][]byte, sets map[int]bool) {
	names, sets = map[int][]byte{}, map[int]bool{}
	for i := range d.objs {
		o := &d.objs[i]
		text := o.src[:min(len(o.src), d.objMax)]
		if !bytes.Contains(text, []byte("/EF")) && !bytes.Contains(text, []byte("/CIDSet")) {
			continue
		}
		v, _ := d.parse(o)
		spec, _ := v.(pdfDict)
		if ref, ok := spec["CIDSet"].(pdfRef); ok {
			sets[ref.num] = true
		}
		name, ok := d.resolve(spec["UF"]).(pdfStr)
		if !ok {
			name, _ = d.resolve(spec["F"]).(pdfStr)
		}
		for _, f := range d.dictOf(spec["EF"]) {
			if ref, ok := f.(pdfRef); ok {
				names[ref.num] = pdfPlain(name)
			}
		}
	}
	return names, sets
}

// drawRest draws content that hangs on no page: forms, patterns, glyphs, and
// what pages showed in an older version.
func (d *pdfDoc) drawRest() {
	var t *pdfText
	for i := range d.objs {
		o := &d.objs[i]
		if o.done || o.packed || !d.spend(16) {
			continue
		}
		_, src := d.parse(o)
		if src == nil || d.name(src.dict["Subtype"]) == "Image" {
			continue
		}
		res, isHome := d.homes[o.num]
		if own := d.dictOf(src.dict["Resources"]); own != nil {
			res, isHome = own, true
		}
		kind := d.name(src.dict["Type"])
		if !isHome && (kind != "" && kind != "XObject" || len(src.dict) > 8) {
			continue
		}
		b := d.decoded(src)
		if !isHome && !looksDrawn(b) {
			continue
		}
		if t == nil {
			if !d.m.Begin([]byte("text"), d.whole()) {
				return
			}
			t = newPDFText(d)
		}
		o.done = true
		t.reset()
		t.draw(b, res, 1)
		t.end()
	}
}

// looksDrawn tells content that shows text.
func looksDrawn(b []byte) bool {
	at := bytes.Index(b, []byte("BT"))
	return at >= 0 && bytes.Contains(b[at:], []byte("ET")) &&
		(bytes.Contains(b[at:], []byte("Tj")) || bytes.Contains(b[at:], []byte("TJ"))) && !looksLikeCMap(b)
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

// picture gives out a picture that is a file format of its own.
func (d *pdfDoc) picture(src *pdfSource, at decode.Span) {
	w, _ := d.number(src.dict["Width"])
	h, _ := d.number(src.dict["Height"])
	switch _, codec := d.reader(src); {
	case codec == "DCTDecode" || codec == "DCT" || codec == "JPXDecode":
		d.raw(src, []byte("image"), at)
	case w*h < pdfTiny && len(src.raw) < pdfTiny:
	default:
		d.m.Miss(inspect.GapUnknownFormat, int64(len(src.raw)))
	}
}

// other gives out a stream of no known use. Maps, font programs and colour
// profiles, known by their heads, are passed over.
func (d *pdfDoc) other(src *pdfSource, at decode.Span) {
	r, picture := d.reader(src)
	if picture != "" {
		d.raw(src, nil, at)
		return
	}
	head := make([]byte, 512)
	n := 0
	for k, tries := 0, 0; n < len(head) && tries < 16; tries++ {
		var err error
		k, err = r.Read(head[n:])
		if n += k; err != nil {
			break
		}
	}
	head = head[:n]
	if n == 0 || looksLikeCMap(head) || fontHead(head) || n > 40 && string(head[36:40]) == "acsp" || src.dict["FunctionType"] != nil {
		return
	}
	d.raw(src, nil, at)
}

// fontHead tells a font program by its first bytes.
func fontHead(b []byte) bool {
	for _, magic := range []string{"\x00\x01\x00\x00\x00", "OTTO", "true", "ttcf", "%!PS-Adobe", "%!FontType", "\x01\x00\x04"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	return false
}
