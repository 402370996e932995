package unpack

import "bytes"

// StillEscaped reports whether a text whose percent escapes were undone still
// holds some: a percent sign that was itself escaped, before two hexadecimal
// digits. Another pass will show more.
func StillEscaped(text []byte) bool {
	for {
		k := bytes.IndexByte(text, '%')
		if k < 0 || k+2 >= len(text) {
			return false
		}
		text = text[k:]
		if isHexPair(text[1:]) {
			return true
		}
		text = text[1:]
	}
}
