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
	bits  uint32
	have  int
	allow int
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
			dst, _ = t.end(dst)
		case v == base64Blank || i < t.allow:
		default:
			t.allow = 0
			return dst, i
		}
	}
	t.allow = max(t.allow-len(p), 0)
	return dst, len(p)
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

// transferQuoted reads quoted-printable. What is no escape stands as it is,
// as every reader of mail has it; only bytes that no such text holds are
// foreign.
type transferQuoted struct {
	part  [maxSoft]byte
	n     int
	allow int
}

// maxSoft is how long a soft line break may be with the blanks before its end.
const maxSoft = 80

func (t *transferQuoted) fits(head []byte) bool {
	for _, c := range head {
		if isControl(c) {
			return false
		}
	}
	return true
}

func isControl(c byte) bool {
	return c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != escape
}

func (t *transferQuoted) pass(n int) { t.allow = n }

func (t *transferQuoted) decode(dst, p []byte) ([]byte, int) {
	for i, c := range p {
		if isControl(c) && i >= t.allow {
			t.allow = 0
			return dst, i
		}
		if t.n == 0 && c != '=' {
			dst = append(dst, c)
			continue
		}
		t.part[t.n] = c
		t.n++
		dst = t.step(dst)
	}
	t.allow = max(t.allow-len(p), 0)
	return dst, len(p)
}

// step looks at what follows an equals sign.
func (t *transferQuoted) step(dst []byte) []byte {
	b := t.part[:t.n]
	last := b[t.n-1]
	switch {
	case t.n == 1, t.n == 2 && hexNibble[last] < 16:
		return dst
	case t.n == 3 && hexNibble[b[1]] < 16 && hexNibble[last] < 16:
		t.n = 0
		return append(dst, hexNibble[b[1]]<<4|hexNibble[last])
	case last == '\n' && hexNibble[b[1]] > 15: // a soft line break
		t.n = 0
		return dst
	case (last == ' ' || last == '\t' || last == '\r') && t.n < maxSoft && hexNibble[b[1]] > 15:
		return dst
	}
	t.n = 0
	if last == '=' { // the next escape
		t.n = 1
		t.part[0] = '='
		return append(dst, b[:len(b)-1]...)
	}
	return append(dst, b...)
}

func (t *transferQuoted) end(dst []byte) ([]byte, bool) {
	dst = append(dst, t.part[:t.n]...)
	if t.n == 1 { // a soft line break whose end the boundary took
		dst = dst[:len(dst)-1]
	}
	t.n = 0
	return dst, true
}
