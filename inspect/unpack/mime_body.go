package unpack

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
)

const (
	probeLen = 512     // bytes that show whether a transfer coding is what it claims
	headLen  = 1 << 10 // bytes that show whether a body is text
)

// mimeBody undoes the transfer coding of one body. What is not of the declared
// coding is read as it lies.
type mimeBody struct {
	walk    *mimeWalk
	info    mimeInfo
	from    int64 // where it begins
	to      int64 // and ends, so far
	size    int64
	binary  bool
	tooDeep bool
	said    mimeText  // what it says
	nest    *mimeNest // or who takes that
	lost    inspect.GapReason

	tr      transfer
	buf     []byte
	probe   []byte // what may not be of the coding
	probeAt int64
	probing bool
	foreign int64 // bytes that were not
	uuSeen  bool
	armor   bool   // a file in base64 between lines of its own
	around  string // the coding that is claimed around it

	head  [128]byte // of what it says
	given int64
}

func (b *mimeBody) begin(info *mimeInfo) {
	b.said.begin(b.walk, info)
	*b = mimeBody{walk: b.walk, tooDeep: b.tooDeep, buf: b.buf[:0], probe: b.probe[:0], said: b.said, info: *info}
	switch info.coding {
	case "base64":
		b.tr, b.probing = &transferBase64{}, true
	case "quoted-printable":
		b.tr, b.probing = &transferQuoted{}, true
	}
}

// write takes the next bytes of the body as they lie, at that offset.
func (b *mimeBody) write(p []byte, at int64) {
	if b.size == 0 {
		b.from = at
	}
	if !b.binary && b.size < headLen {
		b.binary = hasControl(p)
	}
	b.size += int64(len(p))
	b.to = at + int64(len(p))
	for len(p) > 0 {
		if b.tr == nil {
			b.give(p, at)
			return
		}
		var took int
		if b.probing {
			if took = min(len(p), probeLen-len(b.probe)); len(b.probe) == 0 {
				b.probeAt = at
			}
			if b.probe = append(b.probe, p[:took]...); len(b.probe) == probeLen {
				b.decide()
			}
		} else {
			b.buf, took = b.tr.decode(b.buf[:0], p)
			b.give(b.buf, -1)
			b.probing = took < len(p)
		}
		p, at = p[took:], at+int64(took)
	}
}

// hasControl reports whether b holds what no text does.
func hasControl(b []byte) bool {
	for _, c := range b {
		if isControl(c) {
			return true
		}
	}
	return false
}

// decide reads what was held: with the bytes that are foreign left out where
// they are few, else as it lies.
func (b *mimeBody) decide() {
	p := b.probe
	b.probing = false
	b.probe = b.probe[:0]
	if b.tr.fits(p) {
		if !b.walk.beside && b.given == 0 && b.nest == nil && !mixed(p) { // it may be plain text as well
			b.walk.begin(nil, b.probeAt)
			b.walk.write(p)
		}
		var took int
		b.buf, took = b.tr.decode(b.buf[:0], p)
		if took < len(p) {
			b.foreign++
			b.tr.pass(len(p) - took)
			b.buf, _ = b.tr.decode(b.buf, p[took:])
		}
		b.give(b.buf, -1)
		return
	}
	b.buf, _ = b.tr.end(b.buf[:0])
	b.give(b.buf, -1)
	b.tr = nil
	b.foreign += int64(len(p))
	info := b.info
	info.disposition = "" // what is left is no value
	if b.given > 0 {
		b.said.end()
		b.walk.over(b.probeAt)
		b.said.begin(b.walk, &info)
	}
	b.give(p, b.probeAt)
}

// mixed reports whether b has capitals, small letters and digits, as coded
// content has.
func mixed(b []byte) bool {
	var upper, lower, digit bool
	for _, c := range b {
		upper = upper || c >= 'A' && c <= 'Z'
		lower = lower || c >= 'a' && c <= 'z'
		digit = digit || isDigit(c)
	}
	return upper && lower && digit
}

// give hands on the next bytes of what the body says. at is where they stand,
// or -1 if they were decoded.
func (b *mimeBody) give(p []byte, at int64) {
	if len(p) == 0 {
		return
	}
	if b.given < int64(len(b.head)) {
		copy(b.head[b.given:], p)
	}
	b.given += int64(len(p))
	if b.nest != nil {
		b.nest.text = append(b.nest.text, p...)
		return
	}
	b.said.write(p, at, b.from)
}

// end gives out what is held and tells what could not be read.
func (b *mimeBody) end() {
	if b.tr != nil && len(b.probe) > 0 {
		b.decide()
	}
	if b.tr != nil {
		var whole bool
		if b.buf, whole = b.tr.end(b.buf[:0]); !whole {
			b.foreign++
		}
		b.give(b.buf, -1)
		if t, ok := b.tr.(*transferBase64); ok && (t.odd || t.more && !b.walk.beside) {
			b.foreign++ // what follows the padding may be plain text
		}
	}
	if b.nest != nil {
		b.nest.done = true
	}
	b.said.end()
	b.walk.over(b.to)
	b.miss()
	b.tooDeep = false
	b.begin(&mimeInfo{})
}

// miss reports what of the body was not read.
func (b *mimeBody) miss() {
	w := b.walk
	if b.size == 0 && !b.info.torn && !b.tooDeep {
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
	if b.info.partial || !b.contentSeen() || isTNEF(b.head[:]) || isSigned(b.head[:min(b.given, int64(len(b.head)))]) || b.said.odd {
		w.miss(inspect.GapUnknownFormat, b.size)
	}
	if b.lost != "" {
		w.miss(b.lost, b.size)
	}
	if b.foreign > 0 && !b.info.soft || b.info.torn {
		w.miss(inspect.GapBroken, max(b.foreign, 1))
	}
	if b.tooDeep {
		w.miss(inspect.GapLimitDepth, b.size)
	}
}

// contentSeen reports whether whoever takes the body can see its content
// coding from its head.
func (b *mimeBody) contentSeen() bool {
	switch b.info.content {
	case "":
		return true
	case "gzip", "x-gzip":
		return bytes.HasPrefix(b.head[:], []byte("\x1f\x8b"))
	case "zstd":
		return bytes.HasPrefix(b.head[:], []byte("\x28\xb5\x2f\xfd"))
	}
	return false
}

// isTNEF knows winmail.dat, whose text may be compressed.
func isTNEF(head []byte) bool { return bytes.HasPrefix(head, []byte("\x78\x9f\x3e\x22")) }
