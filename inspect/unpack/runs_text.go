package unpack

import (
	"bytes"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect/decode"
)

// isText reports whether bytes are text in one of the charsets. A short piece
// is judged mildly: it is only to be looked at further.
func isText(b []byte, piece bool) bool {
	if !piece && bytes.Count(b, b[:1]) == len(b) { // filler
		return false
	}
	return text8(b, piece) || textGB(b, piece) || textBig5(b, piece) || text16(b, false, piece) || text16(b, true, piece)
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
			if rare++; rare > max(2, len(b)/12) {
				return false
			}
		default:
			return false
		}
		i++
	}
	return piece || frequent >= 3 && frequent >= 4*rare
}

// wideMin is how many units of UTF-16 make a text at least.
const wideMin = 5

// text16 reports whether b is UTF-16 of ASCII and Chinese in that byte order.
func text16(b []byte, big, piece bool) bool {
	if len(b) < 2*wideMin {
		return false
	}
	if !piece {
		return decode.LooksUTF16(b, big)
	}
	// One unit may be any.
	low, high, others := 0, 1, 0
	if big {
		low, high = 1, 0
	}
	for ; len(b) >= 2; b = b[2:] {
		if h, l := b[high], b[low]; h >= 0x34 && h <= 0x9f || h == 0 && (l >= ' ' || !isControl(l)) || h == 0x30 || h == 0xff || h == 0x20 {
			continue
		}
		if others++; others > 1 {
			return false
		}
	}
	return true
}

// textBig5 reports whether b is ASCII and Big5, most of it the frequent
// characters.
func textBig5(b []byte, piece bool) bool {
	frequent, rare := 0, 0
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case isControl(c) || c == 0x7f || c == 0x80 || c == 0xff:
			return false
		case c < utf8.RuneSelf:
			continue
		case i+1 == len(b):
		case b[i+1] < 0x40 || b[i+1] > 0x7e && b[i+1] < 0xa1 || b[i+1] == 0xff || c < 0x87:
			return false
		case c >= 0xa4 && c <= 0xc6 || c == 0xa1:
			frequent++
		default:
			if rare++; rare > max(2, len(b)/12) {
				return false
			}
		}
		i++
	}
	return piece || frequent >= 3 && frequent >= 4*rare
}
