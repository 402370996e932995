package decode

const (
	// maxLayers is how many layers of percent coding are undone at once, beyond
	// the first.
	maxLayers = 9
	// maxNumber is how many digits are counted to tell what stands before them.
	maxNumber = 22
)

// percent reads '%' and two hex digits. Where a percent sign is itself escaped,
// as often as it may be, and another two follow, all of it is one byte: %252531
// is a 1. But "%25" before a number may just as well end a layer: a search
// for "%110101..." is sent like that. See signBefore; last is the byte before.
func percent(b []byte, end bool, last byte) escape {
	at := 1
	for at < 1+2*maxLayers && len(b) >= at+2 && b[at] == '2' && b[at+1] == '5' {
		at += 2
	}
	sign := escape{r: '%', raw: true, used: at}
	r, n := hex(b[at:], 2)
	switch {
	case n == 0 && !end && allHex(b[at:], 2):
		return escape{more: true}
	case n == 0 && at == 1:
		return escape{}
	case n == 0:
		return sign
	case at > 1:
		digits, more := countDigits(b[at:])
		if more && !end && isDigit(b[at]) && isDigit(b[at+1]) {
			return escape{more: true}
		}
		if signBefore(last, byte(r), digits) {
			return sign
		}
	}
	return escape{r: r, raw: true, used: at + n}
}

// countDigits counts the digits that b begins with, an X behind 17 among them,
// up to maxNumber. More says that others may follow.
func countDigits(b []byte) (n int, more bool) {
	b = b[:min(len(b), maxNumber)]
	for n < len(b) && isDigit(b[n]) {
		n++
	}
	if n >= 17 && n < len(b) && b[n]|0x20 == 'x' {
		n++
	}
	return n, n == len(b) && n < maxNumber
}

// signBefore tells what "%25" means before n digits, of which the first two are
// those of c: a percent sign, or a part of another escape of c. It is a sign if
// c is none that text has, or if what is left would be neither an identity nor
// a telephone number and c is neither blank nor a mark that encoders escape.
func signBefore(last, c byte, n int) bool {
	switch {
	case c < ' ' && c != '\n' && c != '\r' && c != '\t', c == 0x7f:
		return true
	case n <= 2 || n == 2+11 || n == 2+18, isDigit(c) && (isDigit(last) || n == 1+11 || n == 1+18):
		return false
	}
	switch c {
	case ' ', '$', '&', '\'', '(', ')', '@':
		return false
	}
	return true
}
