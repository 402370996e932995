package unpack

// base64Value gives the value of a character of base64 or base64url, or one
// of the marks above 63.
var base64Value = func() (t [256]byte) {
	for i := range t {
		t[i] = notBase64
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	t['-'], t['_'] = 62, 63
	t['='] = base64Pad
	for _, c := range []byte(" \t\r\n") {
		t[c] = base64Blank
	}
	return t
}()

// mimeValue is base64Value without the characters of base64url.
var mimeValue = func() [256]byte {
	t := base64Value
	t['-'], t['_'] = notBase64, notBase64
	return t
}()

const (
	notBase64 = 0xff - iota
	base64Pad
	base64Blank
)

// hexNibble gives the value of a hexadecimal digit, or 0xff.
var hexNibble = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i, c := range []byte("0123456789abcdef") {
		t[c] = byte(i)
	}
	for i, c := range []byte("ABCDEF") {
		t[c] = byte(10 + i)
	}
	return t
}()

// transfer undoes a Content-Transfer-Encoding, in pieces of any size.
type transfer interface {
	// fits reports whether text that begins so may be of this coding.
	fits(head []byte) bool
	// decode appends what p stands for. It stops at a byte that is not of the
	// coding and has not been met before, and says how much it took.
	decode(dst, p []byte) (out []byte, took int)
	// pass lets the next n bytes be read with whatever is foreign left out.
	pass(n int)
	// end gives what is held back, and says whether the text was whole.
	end(dst []byte) ([]byte, bool)
}

// transferBase64 reads base64 as RFC 2045 tells: line breaks and blanks mean
// nothing, and a group that was padded may be followed by more.
type transferBase64 struct {
	bits   uint32
	have   int
	allow  int
	padded bool // a group was
	more   bool // and more came behind it
	pads   int  // padding that the last group may still have
	odd    bool // padding stands where no group ends
}

func (t *transferBase64) fits(head []byte) bool {
	foreign := 0
	for _, c := range head {
		if mimeValue[c] == notBase64 || c == ' ' {
			foreign++
		}
	}
	return foreign <= len(head)/8
}

func (t *transferBase64) pass(n int) { t.allow = n }

func (t *transferBase64) decode(dst, p []byte) ([]byte, int) {
	t.more = t.more || t.padded && hasBase64(p)
	for i := 0; i < len(p); i++ {
		for t.have == 0 && i+4 <= len(p) { // whole groups
			a, b, c, d := mimeValue[p[i]], mimeValue[p[i+1]], mimeValue[p[i+2]], mimeValue[p[i+3]]
			if a|b|c|d > 63 {
				break
			}
			dst = append(dst, a<<2|b>>4, b<<4|c>>2, c<<6|d)
			i += 4
		}
		if i == len(p) {
			break
		}
		switch v := mimeValue[p[i]]; {
		case v <= 63:
			t.bits, t.have = t.bits<<6|uint32(v), t.have+1
			if t.have == 4 {
				dst = append(dst, byte(t.bits>>16), byte(t.bits>>8), byte(t.bits))
				t.have = 0
			}
		case v == base64Pad:
			switch {
			case t.have >= 2:
				t.pads = 3 - t.have
			case t.have == 0 && t.pads > 0:
				t.pads--
			default:
				t.odd = true
			}
			dst, _ = t.end(dst)
			t.padded = true
			t.more = t.more || hasBase64(p[i:])
		case v == base64Blank || i < t.allow:
		default:
			t.allow = 0
			return dst, i
		}
	}
	t.allow = max(t.allow-len(p), 0)
	return dst, len(p)
}

// hasBase64 reports whether b has a character of base64.
func hasBase64(b []byte) bool {
	for _, c := range b {
		if mimeValue[c] <= 63 {
			return true
		}
	}
	return false
}

func (t *transferBase64) end(dst []byte) ([]byte, bool) {
	have := t.have
	switch have {
	case 2:
		dst = append(dst, byte(t.bits>>4))
	case 3:
		dst = append(dst, byte(t.bits>>10), byte(t.bits>>2))
	}
	t.have = 0
	return dst, have != 1
}
