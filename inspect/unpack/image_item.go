package unpack

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/datacustoms/customs/inspect"
)

// boxReader takes numbers off a box.
type boxReader struct {
	b   []byte
	bad bool
}

// number reads so many bytes.
func (r *boxReader) number(n int) (v int64) {
	if n > len(r.b) {
		r.bad = true
		return 0
	}
	for _, c := range r.b[:n] {
		v = v<<8 | int64(c)
	}
	r.b = r.b[n:]
	return v & (1<<62 - 1)
}

// word reads a string up to its NUL.
func (r *boxReader) word() []byte {
	w, rest, _ := bytes.Cut(r.b, []byte{0})
	r.b = rest
	return w
}

// itemKinds reads the item information box.
func (m *image) itemKinds(b []byte, items *boxItems) {
	r := boxReader{b: b}
	wide := 2
	if r.number(4)>>24 > 0 {
		wide = 4
	}
	for n := r.number(wide); n > 0 && !r.bad && m.work(1000); n-- {
		size := int(r.number(4)) - 4
		if size < 8 || size > len(r.b) {
			r.bad = true
			break
		}
		e := boxReader{b: r.b[:size]}
		r.b = r.b[size:]
		e.number(4) // infe
		version := e.number(4) >> 24
		if version < 2 || !m.hold(128) {
			continue
		}
		id := uint32(e.number(2 + 2*int(version&1)))
		e.number(2)
		kind := string(e.b[:min(4, len(e.b))])
		e.number(4)
		m.line("item", e.word())
		if kind == "mime" {
			e.word() // the type, which is said to be RDF
			kind += strings.ToLower(string(e.word()))
		}
		if kind == "Exif" || strings.HasPrefix(kind, "mime") {
			items.kinds[id] = kind
		}
	}
	if r.bad {
		m.Miss(inspect.GapBroken, int64(len(b)))
	}
}

// itemPlaces reads the item location box.
func (m *image) itemPlaces(b []byte, items *boxItems) {
	r := boxReader{b: b}
	version := int(r.number(4) >> 24)
	sizes := int(r.number(2))
	offset, length, base, index := sizes>>12&15, sizes>>8&15, sizes>>4&15, sizes&15
	idSize := 2
	if version >= 2 {
		idSize = 4
	}
	if version == 0 {
		index = 0
	}
	for n := r.number(idSize); n > 0 && !r.bad && m.work(1000); n-- {
		id, method := uint32(r.number(idSize)), int64(0)
		if version > 0 {
			method = r.number(2) & 15
		}
		r.number(2)
		from := r.number(base)
		for k := r.number(2); k > 0 && !r.bad && offset+length > 0; k-- {
			r.number(index)
			e := boxExtent{from: from + r.number(offset), size: r.number(length), inner: method == 1}
			if !m.hold(64) {
				r.bad = true
			}
			items.places[id] = append(items.places[id], e)
		}
	}
	if r.bad {
		m.Miss(inspect.GapBroken, int64(len(b)))
	}
}

// item reads an item that is metadata.
func (m *image) item(kind string, places []boxExtent, items *boxItems) {
	m.drop()
	var b []byte
	at := int64(0)
	for i, e := range places {
		if e.inner {
			e.from += items.idat
		}
		if e.size == 0 {
			e.size = m.size - e.from
		}
		if i == 0 {
			at = e.from
		}
		if int64(len(b))+e.size > m.l.Memory/8 {
			m.Miss(inspect.GapLimitBytes, e.size)
			break
		}
		b = append(b, m.at(e.from, e.size)...)
	}
	if len(b) == 0 {
		m.Miss(inspect.GapBroken, 0)
		return
	}
	switch {
	case kind == "Exif" && len(b) > 4:
		skip := int64(binary.BigEndian.Uint32(b)) + 4
		if skip >= int64(len(b)) {
			m.Miss(inspect.GapBroken, int64(len(b)))
			m.block("block", at, b)
			return
		}
		m.tiff(b[skip:], at+skip)
	case kind == "mimedeflate":
		m.block("xmp", at, m.inflate(b))
	default:
		m.block("xmp", at, b)
	}
}
