package unpack

import "unicode/utf8"

// LooksCBOR tells CBOR by its first bytes: 256 of them or more, or all there
// are. Nothing but a rare tag marks it, so it asks for an array or a map whose
// items are sound as far as head goes, with enough in them that chance does not
// make: text as long as it says, wide numbers that are no wider than they must
// be. Text of any charset that is all it could be is refused.
func LooksCBOR(head []byte) bool {
	if len(head) < 3 {
		return false
	}
	l := cborLook{b: head, open: len(head) >= 256}
	if string(head[:3]) == "\xd9\xd9\xf7" {
		l.score = cborEnough
	} else if major := head[0] >> 5; major < cborArray || major > cborTag {
		return false
	}
	if l.text = !hasControl(head) && l.open; l.text {
		l.score -= cborEnough
	}
	for l.pos < len(head) {
		first := head[l.pos]
		if major := first >> 5; !l.item(0) || major < cborArray || major == cborSimple || major == cborTag && first&31 < 16 {
			return false
		}
		if l.cut {
			break
		}
	}
	return l.score >= cborEnough
}

// cborEnough is how many bits of evidence make CBOR.
const cborEnough = 26

// cborLook judges a head.
type cborLook struct {
	b     []byte
	pos   int
	open  bool // the head may end within an item
	cut   bool // and does
	text  bool // it may be text as well
	score int
}

// more reports whether there is a next byte; without one the head is cut.
func (l *cborLook) more() bool {
	if l.pos < len(l.b) {
		return true
	}
	l.cut = l.open
	return false
}

// item steps over an item. It answers false where that cannot be one.
func (l *cborLook) item(depth int) bool {
	if depth > 24 {
		return false
	}
	if !l.more() {
		return l.cut
	}
	h, n := cborBegin(l.b[l.pos:])
	if n == 0 {
		l.cut = l.open && l.b[l.pos]&31 < 28 && len(l.b)-l.pos < 9
		return l.cut
	}
	if !h.shortest() {
		return false
	}
	l.pos += n
	switch h.major {
	case cborUint, cborNegative:
		if h.info == 27 && h.arg < 1<<60 {
			l.score += 12
		} else if h.info == 26 {
			l.score += 4
		}
	case cborBytes, cborText:
		return l.string(h)
	case cborArray, cborMap:
		return l.list(h, depth)
	case cborTag:
		return h.arg < 1<<16 && l.fits(h.arg) && l.item(depth+1)
	default:
		return h.info >= 20 && h.info <= 27 && h.info != 24
	}
	return true
}

// fits reports whether what comes next can have that tag.
func (l *cborLook) fits(tag uint64) bool {
	if l.pos == len(l.b) {
		return true
	}
	switch next := l.b[l.pos] >> 5; tag {
	case 0, 32, 33, 34, 35, 36:
		return next == cborText
	case 1:
		return next <= cborNegative || next == cborSimple
	case 2, 3, 24, 63:
		return next == cborBytes
	case 4, 5, 16, 17, 18, 96, 97, 98:
		return next == cborArray
	}
	return true
}

// shortest reports whether a number is no wider than it must be.
func (h cborHead) shortest() bool {
	switch {
	case h.major == cborSimple || h.info < 24 || h.info == cborOpen:
		return true
	case h.info == 24:
		return h.arg >= 24
	}
	return h.arg >= 1<<(4<<(h.info-24)) // more than the next narrower one holds
}

func (l *cborLook) string(h cborHead) bool {
	if h.info == cborOpen {
		for l.more() {
			if l.b[l.pos] == 0xff {
				l.pos++
				return true
			}
			in, n := cborBegin(l.b[l.pos:])
			if n == 0 || in.major != h.major || in.info == cborOpen {
				return false
			}
			l.pos += n
			if !l.string(in) {
				return false
			}
		}
		return l.cut
	}
	s := l.b[l.pos:]
	if h.arg > uint64(len(s)) {
		l.cut = l.open && h.arg < 1<<32
		if !l.cut {
			return false
		}
	} else {
		s = s[:h.arg]
	}
	l.pos += len(s)
	if h.major == cborBytes {
		return true
	}
	if l.cut { // a character may be cut
		for k := 0; k < utf8.UTFMax-1 && len(s) > 0 && !utf8.Valid(s); k++ {
			s = s[:len(s)-1]
		}
		l.score += min(len(s), 4)
	} else if l.score += min(len(s), 8); len(s) > 0 {
		l.score += 2
	}
	return isPlainText(s)
}

func (l *cborLook) list(h cborHead, depth int) bool {
	if h.arg >= 1<<24 {
		return false
	}
	key := -1
	for i := uint64(0); h.info == cborOpen || i < h.arg; i++ {
		if !l.more() {
			return l.cut
		}
		if h.info == cborOpen && l.b[l.pos] == 0xff {
			l.pos++
			return true
		}
		if h.major == cborMap {
			major := int(l.b[l.pos] >> 5)
			if major == cborNegative {
				major = cborUint
			}
			if key >= 0 && key != major || major > cborText || l.text && major != cborText {
				return false
			}
			if key = major; !l.item(depth+1) || l.cut {
				return l.cut
			}
		}
		if !l.item(depth+1) || l.cut {
			return l.cut
		}
	}
	return true
}
