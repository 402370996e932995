package check

// Upper appends b with ASCII letters in upper case: the canonical form of
// document numbers.
func Upper(dst, b []byte) []byte {
	for _, c := range b {
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// Lower appends b with ASCII letters in lower case: the canonical form of
// e-mail addresses, whose local parts no provider tells apart by case.
func Lower(dst, b []byte) []byte {
	for _, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// E164 appends the international form of an 11-digit mainland mobile number.
func E164(dst, national []byte) []byte {
	dst = append(dst, '+', '8', '6')
	return append(dst, national...)
}
