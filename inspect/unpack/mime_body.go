package unpack

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

const (
	probeLen = 512     // bytes that show whether a transfer coding is what it claims
	headLen  = 1 << 10 // bytes that show whether a body is text
	fieldLen = 4 << 10 // the longest value that stands in one line with its name
	extraLen = 1 << 20 // of text that is read in its declared charset as well
)

// mimeBody gives out one body: its transfer coding undone, and once more in
// the charset that it declares, where a scanner would not find that by itself.
// What is not of the declared coding is given out as it lies.
type mimeBody struct {
	walk    *mimeWalk
	info    mimeInfo
	fields  bool // the part in hand holds the fields of a form
	size    int64
	begun   bool // a part has begun
	given   int64
	field   []byte // the value of a field, as long as it may be one
	isField bool
	binary  bool
	tooDeep bool

	tr      transfer
	buf     []byte
	probe   []byte // what may not be of the coding
	probing bool
	foreign int64 // bytes that were not
	uuSeen  bool

	extra     []byte
	wantExtra bool
	over      int64 // bytes that extra has no room for
	head      [4]byte
}

func (b *mimeBody) begin(info *mimeInfo) {
	*b = mimeBody{walk: b.walk, fields: b.fields, tooDeep: b.tooDeep, buf: b.buf[:0], field: b.field[:0], probe: b.probe[:0], extra: b.extra[:0], info: *info}
	b.isField = info.isField()
	b.wantExtra = !isNative(info.charset) || info.flowed
	switch info.coding {
	case "base64":
		b.tr, b.probing = &transferBase64{}, true
	case "quoted-printable":
		b.tr, b.probing = &transferQuoted{}, true
	}
}

// write takes the next bytes of the body as they lie.
func (b *mimeBody) write(p []byte) {
	if !b.binary && b.size < headLen {
		b.binary = bytes.ContainsFunc(p, func(r rune) bool { return r < ' ' && isControl(byte(r)) })
	}
	b.size += int64(len(p))
	for len(p) > 0 {
		if b.tr == nil {
			b.give(p)
			return
		}
		if b.probing {
			k := min(len(p), probeLen-len(b.probe))
			b.probe, p = append(b.probe, p[:k]...), p[k:]
			if len(b.probe) == probeLen {
				b.decide()
			}
			continue
		}
		var took int
		b.buf, took = b.tr.decode(b.buf[:0], p)
		b.give(b.buf)
		p, b.probing = p[took:], took < len(p)
	}
}

// decide reads what was held: with the bytes that are foreign left out where
// they are few, else as it lies.
func (b *mimeBody) decide() {
	p := b.probe
	b.probing = false
	if b.tr.fits(p) {
		var took int
		b.buf, took = b.tr.decode(b.buf[:0], p)
		if took < len(p) {
			b.foreign++
			b.tr.pass(len(p) - took)
			b.buf, _ = b.tr.decode(b.buf, p[took:])
		}
		b.give(b.buf)
	} else {
		b.buf, _ = b.tr.end(b.buf[:0])
		b.give(b.buf)
		b.tr, b.begun, b.isField = nil, false, false
		b.foreign += int64(len(p))
		b.give(p)
	}
	b.probe = b.probe[:0]
}

// give takes the next bytes of the body as they are meant.
func (b *mimeBody) give(p []byte) {
	if len(p) == 0 {
		return
	}
	if b.given < int64(len(b.head)) {
		copy(b.head[b.given:], p)
	}
	b.given += int64(len(p))
	if b.wantExtra {
		k := min(len(p), int(min(extraLen, b.walk.limit.Memory/4))-len(b.extra))
		b.extra = append(b.extra, p[:k]...)
		b.over += int64(len(p) - k)
	}
	if b.isField {
		if b.field = append(b.field, p...); len(b.field) <= fieldLen {
			return
		}
		b.isField, p = false, b.field
	}
	b.open()
	b.walk.write(p)
}

// open begins the part of the body.
func (b *mimeBody) open() {
	if !b.begun {
		b.begun, b.fields = true, false
		b.walk.begin(b.info.name())
	}
}

// end gives out what is held and tells what could not be read.
func (b *mimeBody) end() {
	if b.tr != nil {
		if len(b.probe) > 0 {
			b.decide()
		}
	}
	if b.tr != nil {
		var whole bool
		if b.buf, whole = b.tr.end(b.buf[:0]); !whole {
			b.foreign++
		}
		b.give(b.buf)
	}
	if b.isField {
		b.endField()
	}
	if b.wantExtra && len(b.extra) > 0 {
		b.again()
	}
	b.miss()
	fields := b.fields
	b.begin(&mimeInfo{})
	b.fields, b.tooDeep = fields, false
}

// endField gives out a value of a form: in one line with its name, or by
// itself where it is no such text.
func (b *mimeBody) endField() {
	v, w := b.field, b.walk
	own := bytes.ContainsFunc(v, func(r rune) bool { return r < ' ' && isControl(byte(r)) }) ||
		decode.Sniff(v) != decode.Plain || decode.IsJSON(v) || decode.IsMarkup(v)
	switch {
	case own:
		b.open()
		w.write(v)
		return
	case bytes.IndexByte(v, '\n') >= 0:
		b.open()
	case !b.fields:
		b.fields = true
		w.begin(nil)
	}
	w.write(b.info.field)
	w.write([]byte(": "))
	w.write(v)
	w.write([]byte("\n"))
}

// again gives out the body in its declared charset, and its lines joined.
func (b *mimeBody) again() {
	text, ok := b.extra, true
	if !isNative(b.info.charset) {
		if text, ok = toUTF8(b.info.charset, text); !ok && !valid8(b.extra) {
			b.walk.miss(inspect.GapUnknownFormat, b.given)
		}
	}
	if b.info.flowed {
		text = unflow(text, b.info.delSp)
		ok = true
	}
	if ok {
		b.fields = false
		b.walk.begin(b.info.name())
		b.walk.write(text)
	}
}

// miss reports what of the body was not read.
func (b *mimeBody) miss() {
	w := b.walk
	if b.size == 0 || w.out.stopped {
		return
	}
	switch b.info.coding {
	case "", "7bit", "8bit", "binary", "base64", "quoted-printable":
	case "x-uuencode", "uuencode", "x-uue", "uue":
		if !b.uuSeen {
			w.miss(inspect.GapBroken, b.size)
		}
	default:
		w.miss(inspect.GapUnknownFormat, b.size)
	}
	switch b.info.content {
	case "", "identity", "gzip", "x-gzip", "zstd": // known by their heads
	default:
		w.miss(inspect.GapUnknownFormat, b.size)
	}
	if b.head == tnef {
		w.miss(inspect.GapUnknownFormat, b.given)
	}
	if b.foreign > 0 {
		w.miss(inspect.GapBroken, b.foreign)
	}
	if b.over > 0 {
		w.miss(inspect.GapLimitBytes, b.over)
	}
	if b.tooDeep {
		w.miss(inspect.GapLimitDepth, b.size)
	}
}

// tnef marks winmail.dat, whose text may be compressed.
var tnef = [4]byte{0x78, 0x9f, 0x3e, 0x22}
