package unpack

import (
	"bytes"
	"unicode/utf8"
)

// isText reports whether bytes are text in one of the charsets. A short piece
// is judged mildly: it is only to be looked at further.
func isText(b []byte, piece bool) bool {
	return text8(b, piece) || textGB(b, piece) || text16(b, 0, piece) || text16(b, 1, piece)
}

// text8 reports whether b is UTF-8 with few control characters. Text of fixed
// width ends in zero bytes.
func text8(b []byte, piece bool) bool {
	controls, most := 0, len(b)/8
	if piece {
		most = len(b) / 2
	} else if len(b) < 16 {
		most = 0
	}
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c == 0 && i >= 6 && controls < 3 && len(bytes.Trim(b[i:], "\x00")) == 0:
			return true
		case isControl(c) || c == 0x7f:
			if controls++; controls > most {
				return false
			}
			i++
		case c < utf8.RuneSelf:
			i++
		default:
			r, n := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && n == 1 {
				return i > 8 && !utf8.FullRune(b[i:])
			}
			i += n
		}
	}
	return true
}

// textGB reports whether b is ASCII and GB 2312, with few characters of GBK.
// Without that bound many a random string were text.
func textGB(b []byte, piece bool) bool {
	frequent, rare := 0, 0
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case isControl(c) || c == 0x7f || c == 0x80 || c == 0xff:
			return false
		case c < utf8.RuneSelf:
			continue
		case i+1 == len(b):
		case b[i+1] >= 0xa1 && b[i+1] < 0xff && (c >= 0xb0 && c <= 0xd7 || c >= 0xa1 && c <= 0xa3):
			frequent++
		case b[i+1] >= 0x40 && b[i+1] != 0x7f && b[i+1] != 0xff:
			if rare++; rare > 2 {
				return false
			}
		default:
			return false
		}
		i++
	}
	return piece || frequent >= 3 && frequent >= 4*rare
}

// text16 reports whether b is UTF-16 of ASCII and Chinese whose lower halves
// stand at that place of each pair.
func text16(b []byte, low int, piece bool) bool {
	ascii, han, units := 0, 0, len(b)/2
	if units < 5 {
		return false
	}
	for i := range units {
		switch u := uint16(b[2*i+low]) | uint16(b[2*i+1-low])<<8; {
		case u < 0x7f && !isControl(byte(u)):
			ascii++
		case u >= 0x4e00 && u <= 0x9fff || u >= 0x3000 && u < 0x3040 || u >= 0xff00 && u < 0xfff0:
			han++
		case i > 0 || u != 0xfeff:
			return false
		}
	}
	return piece || ascii*3 >= units || units >= 16 && han >= units-units/8
}
