package match

func fold(c byte) byte {
	if upper(c) {
		return c + 'a' - 'A'
	}
	return c
}

func lower(c byte) bool { return c >= 'a' && c <= 'z' }
func upper(c byte) bool { return c >= 'A' && c <= 'Z' }
func alpha(c byte) bool { return lower(c | 0x20) }
func digit(c byte) bool { return c >= '0' && c <= '9' }
func word(c byte) bool  { return alpha(c) || digit(c) || c == '_' }
func hex(c byte) bool   { return digit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// border reports whether a word in letters may begin or end between two bytes.
func border(a, b byte) bool {
	return !alpha(a) || !alpha(b) || lower(a) && upper(b)
}
