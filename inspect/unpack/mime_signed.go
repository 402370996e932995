package unpack

import "bytes"

// The types of CMS content that hold a message, RFC 5652 and RFC 3274, behind
// their tag and length.
var (
	cmsSigned     = []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
	cmsCompressed = []byte("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09")
)

// isSigned knows by its head a message that lies within its signature or is
// compressed, RFC 8551. A signature that lies beside its message is none.
func isSigned(head []byte) bool {
	body, ok := derInto(head, 0x30)
	switch {
	case !ok:
		return false
	case bytes.HasPrefix(body, cmsCompressed):
		return true
	case !bytes.HasPrefix(body, cmsSigned):
		return false
	}
	body = body[len(cmsSigned):]
	for _, tag := range []byte{0xa0, 0x30} {
		if body, ok = derInto(body, tag); !ok {
			return true
		}
	}
	for _, tag := range []byte{0x02, 0x31} { // the version, the algorithms
		if len(body) < 2 || body[0] != tag || int(body[1]) >= 0x80 || len(body) < 2+int(body[1]) {
			return true
		}
		body = body[2+int(body[1]):]
	}
	// A sequence of nothing but the type of the content has none.
	return len(body) < 4 || body[0] != 0x30 || body[2] != 0x06 || body[1] != body[3]+2
}

// derInto steps into the value that has that tag.
func derInto(b []byte, tag byte) ([]byte, bool) {
	if len(b) < 2 || b[0] != tag {
		return nil, false
	}
	n := 2
	if b[1] > 0x80 {
		n += int(b[1] & 0x7f)
	}
	if n > len(b) {
		return nil, false
	}
	return b[n:], true
}
