package unpack

import (
	"io"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// CBOR opens items of CBOR (RFC 8949), one or one behind the other (RFC 8742),
// in the parts that items tells. All numbers stand in decimal, also big ones,
// decimal fractions and those of typed arrays. Bytes that are items themselves,
// such as claims in COSE, are read as such.
//
// Where an item breaks off the rest stands there as it is and is Missed as
// broken; so are items of another kind behind an array or a map, whose length
// may be wrong. What COSE encrypts is Missed as encrypted.
func CBOR(r io.ReaderAt, size int64, l Limits, out Out) {
	m := newMeter(l, out)
	guard(m, func() {
		if b := m.load(r, size, l); len(b) > 0 {
			c := &cbor{items: &items{meter: m, at: decode.Span{To: size}, most: max(l.Entries, 1<<16)}, b: b}
			c.open(m)
		}
	})
	m.end()
}

// cborDepth is how deep items may stand in each other.
const cborDepth = 128

// cbor walks items.
type cbor struct {
	*items
	b   []byte
	pos int
}

func (c *cbor) open(m *meter) {
	if !c.begin() {
		return
	}
	first, stray, broken := c.b[0]>>5, 0, false
	for c.pos < len(c.b) && !broken {
		from := c.pos
		broken = !c.item(0)
		if c.newline(); first >= cborArray && first <= cborTag && c.b[from]>>5 != first {
			stray += c.pos - from // as if a list had ended too early
		}
	}
	if rest := c.b[c.pos:]; broken && !m.stopped {
		c.flush()
		m.Write(rest)
		m.Write([]byte{'\n'})
		stray += max(len(rest), 1)
	}
	if stray > 0 && !m.stopped {
		m.Miss(inspect.GapBroken, int64(stray))
	}
	c.done()
}

// cborHead is what an item begins with.
type cborHead struct {
	major byte
	info  byte // 24 to 27: how wide the argument is; 31: to be ended by a break
	arg   uint64
}

// The major types.
const (
	cborUint = iota
	cborNegative
	cborBytes
	cborText
	cborArray
	cborMap
	cborTag
	cborSimple
)

// cborOpen is the information of an item that is ended by a break.
const cborOpen = 31

// cborBegin reads the head that b begins with; n is 0 where none does.
func cborBegin(b []byte) (h cborHead, n int) {
	if len(b) == 0 {
		return h, 0
	}
	h.major, h.info = b[0]>>5, b[0]&31
	switch {
	case h.info < 24:
		h.arg = uint64(h.info)
		return h, 1
	case h.info == cborOpen:
		if h.major < cborBytes || h.major == cborTag {
			return h, 0
		}
		return h, 1
	case h.info > 27:
		return h, 0
	}
	width := 1 << (h.info - 24)
	if len(b) <= width {
		return h, 0
	}
	for _, c := range b[1 : 1+width] {
		h.arg = h.arg<<8 | uint64(c)
	}
	return h, 1 + width
}

// isBreak reports whether a break comes next.
func (c *cbor) isBreak() bool { return c.pos < len(c.b) && c.b[c.pos] == 0xff }

// item writes the next item. The answer is false where there is none, and then
// nothing more is read.
func (c *cbor) item(depth int) bool {
	h, n := cborBegin(c.b[c.pos:])
	if n == 0 || !c.work(60) {
		return false
	}
	if depth > cborDepth {
		c.Miss(inspect.GapLimitDepth, int64(len(c.b)-c.pos))
		return false
	}
	switch h.major {
	case cborUint, cborNegative:
		c.pos += n
		c.cell()
		c.out = h.integer(c.out)
	case cborBytes, cborText:
		s, ok := c.string(h, n)
		if !ok {
			return false
		}
		if h.major == cborText && !isCell(s) && !utf8.Valid(s) {
			c.Miss(inspect.GapBroken, int64(len(s))) // its length may be wrong
		}
		if h.major == cborText || !c.inner(s, depth) {
			c.value(s)
		}
	case cborArray, cborMap:
		if depth == 0 && isEncrypt0(c.b[c.pos:]) {
			return c.tagged(cborEncrypt0, depth)
		}
		c.pos += n
		return c.list(h, depth)
	case cborTag:
		c.pos += n
		return c.tagged(h.arg, depth)
	default:
		if h.info == cborOpen {
			return false
		}
		c.pos += n
		c.cell()
		c.out = h.float(c.out)
	}
	return true
}

// string takes a text or bytes whose head has n bytes. Pieces are joined.
func (c *cbor) string(h cborHead, n int) (s []byte, ok bool) {
	if h.info != cborOpen {
		from := c.pos + n
		if h.arg > uint64(len(c.b)-from) {
			return nil, false
		}
		c.pos = from + int(h.arg)
		return c.b[from:c.pos], c.work(10 * int64(h.arg))
	}
	size, from := cborPieces(c.b[c.pos:], nil)
	if size < 0 {
		return nil, false
	}
	if !c.hold(int64(size)) || !c.work(20*int64(from)) {
		c.Miss(inspect.GapLimitBytes, int64(size))
		c.pos += from
		return nil, true
	}
	s = make([]byte, 0, size)
	cborPieces(c.b[c.pos:], &s)
	c.pos += from
	return s, true
}

// cborPieces goes over a string in pieces up to behind its break, and says how
// long they are together and where it ends. size is -1 where it is not sound.
func cborPieces(b []byte, dst *[]byte) (size, end int) {
	for i := 1; i < len(b); {
		if b[i] == 0xff {
			return size, i + 1
		}
		h, n := cborBegin(b[i:])
		if n == 0 || h.major != b[0]>>5 || h.info == cborOpen || h.arg > uint64(len(b)-i-n) {
			break
		}
		if dst != nil {
			*dst = append(*dst, b[i+n:i+n+int(h.arg)]...)
		}
		size += int(h.arg)
		i += n + int(h.arg)
	}
	return -1, 0
}

// list writes the items of an array or map.
func (c *cbor) list(h cborHead, depth int) bool {
	c.nest()
	for i := uint64(0); h.info == cborOpen || i < h.arg; i++ {
		if c.isBreak() && h.info == cborOpen {
			c.pos++
			break
		}
		if h.major == cborMap && !c.key(depth) {
			return false
		}
		if !c.item(depth + 1) {
			return false
		}
	}
	c.newline()
	return true
}

// key takes the key of a value: short text and numbers go before it, all else
// is an item of its own.
func (c *cbor) key(depth int) bool {
	h, n := cborBegin(c.b[c.pos:])
	switch {
	case n > 0 && h.major <= cborNegative:
		c.pos += n
		c.label = h.integer(c.label[:0])
		return c.work(40)
	case n > 0 && h.major == cborText && h.info != cborOpen && h.arg > 0 && h.arg < longText && h.arg <= uint64(len(c.b)-c.pos-n):
		if s := c.b[c.pos+n:][:h.arg]; isCell(s) {
			c.pos += n + len(s)
			c.label = asLine(c.label[:0], s)
			return c.work(60 + 10*int64(len(s)))
		}
	}
	return c.item(depth + 1)
}
