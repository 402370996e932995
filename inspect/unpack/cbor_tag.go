package unpack

import "github.com/datacustoms/customs/inspect"

// The tags of COSE (RFC 9052) for what is encrypted.
const (
	cborEncrypt0 = 16
	cborEncrypt  = 96
)

// isEncrypt0 knows a COSE_Encrypt0 without its tag: an array of bytes that are
// a map or nothing, a map, and bytes.
func isEncrypt0(b []byte) bool {
	if len(b) < 4 || b[0] != cborArray<<5|3 || b[1]>>5 != cborBytes {
		return false
	}
	head, n := cborBegin(b[1:])
	size := cborLen(b[1:], 0)
	if n == 0 || size == 0 || head.info == cborOpen || 1+size >= len(b) {
		return false
	}
	if inner := b[1+n : 1+size]; len(inner) > 0 && (inner[0]>>5 != cborMap || cborLen(inner, 0) != len(inner)) {
		return false
	}
	b = b[1+size:]
	size = cborLen(b, 0)
	return size > 0 && size < len(b) && b[0]>>5 == cborMap && b[size]>>5 == cborBytes && cborLen(b[size:], 0) > 0
}

// tagged writes an item as its tag says.
func (c *cbor) tagged(tag uint64, depth int) bool {
	from := c.pos
	switch {
	case tag == cborEncrypt0 || tag == cborEncrypt:
		ok := c.item(depth + 1)
		c.Miss(inspect.GapEncrypted, int64(c.pos-from))
		return ok
	case tag == 4 && c.fraction(10), tag == 5 && c.fraction(2):
		return true
	case tag == 2 || tag == 3 || tag == 24 || tag == 63 || tag >= 64 && tag < 88:
	default:
		return c.item(depth + 1)
	}
	h, n := cborBegin(c.b[c.pos:])
	if n == 0 || h.major != cborBytes {
		return c.item(depth + 1)
	}
	s, ok := c.string(h, n)
	switch {
	case !ok:
		return false
	case tag <= 3:
		c.bignum(s, tag == 3)
	case tag >= 64:
		c.typed(tag, s)
		c.value(s) // their bytes may be those of a text
	case c.sound(s):
		c.within(s, depth)
	default:
		c.value(s)
	}
	return !c.stopped
}

// inner writes bytes that are items by themselves, as claims in COSE are. The
// answer is false where they are not, or may be text as well.
func (c *cbor) inner(b []byte, depth int) bool {
	if len(b) < 2 || b[0]>>5 < cborArray || b[0]>>5 > cborTag || !c.sound(b) {
		return false
	}
	c.within(b, depth)
	return !isCell(b)
}

// sound reports whether b is items from end to end.
func (c *cbor) sound(b []byte) bool {
	if !c.work(10 * int64(len(b))) {
		return false
	}
	for len(b) > 0 {
		n := cborLen(b, 0)
		if n <= 0 {
			return false
		}
		b = b[n:]
	}
	return true
}

// within writes the items of bytes in lines of their own.
func (c *cbor) within(b []byte, depth int) {
	c.nest()
	in := &cbor{items: c.items, b: b}
	for in.pos < len(b) && in.item(depth+1) {
		in.newline()
	}
	if in.newline(); in.pos < len(b) {
		c.gather(b[in.pos:])
	}
}

// cborLen is how long the item is that b begins with, or 0 if none does.
func cborLen(b []byte, depth int) int {
	h, pos := cborBegin(b)
	if pos == 0 || depth > cborDepth {
		return 0
	}
	count := uint64(0)
	switch h.major {
	case cborBytes, cborText:
		if h.info == cborOpen {
			_, end := cborPieces(b, nil)
			return end
		}
		if h.arg > uint64(len(b)-pos) {
			return 0
		}
		return pos + int(h.arg)
	case cborArray:
		count = h.arg
	case cborMap:
		if count = 2 * h.arg; h.arg > uint64(len(b)) {
			return 0
		}
	case cborTag:
		count = 1
	case cborSimple:
		if h.info == cborOpen {
			return 0
		}
	}
	open := h.info == cborOpen
	for i := uint64(0); i < count || open; i++ {
		if open && pos < len(b) && b[pos] == 0xff {
			return pos + 1
		}
		n := cborLen(b[pos:], depth+1)
		if n == 0 {
			return 0
		}
		pos += n
	}
	return pos
}
