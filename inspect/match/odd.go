package match

// odd decides Odd for the group: bits says where to look.
func (r *reader) odd(dst []Candidate, bits uint64) []Candidate {
	first, last := int64(-1), int64(-1)
	for ; bits != 0; bits &= bits - 1 {
		i := r.from + int64(trailing(bits))
		if n := r.oddAt(i); n > 0 {
			if first < 0 {
				first = i
			}
			last = i + n
		}
	}
	if first < 0 {
		return dst
	}
	return append(dst, Candidate{Kind: Odd, From: first, To: last})
}

// oddAt returns how many bytes of another notation begin at i, 0 for none:
//
//   - an escape of JSON or a program, %xx of a URL, a numeric character
//     reference of HTML, also if the text ends in them;
//   - full-width ASCII, but of ，：；（）！？, which are marks of ordinary Chinese
//     text, and of the ideographic space only what stands between two digits;
//   - beside a digit, ASCII or full-width: a named character reference;
//   - what script takes;
//   - two full-width digits of GB18030;
//   - each of eight or more Chinese numerals in a row, and of eleven or more with
//     formal ones among them or in GB18030 some of them.
func (r *reader) oddAt(i int64) int64 {
	n := r.otherAt(i)
	if n == 0 && r.b(i) >= 0x80 {
		n = r.gbNumerals(i)
	}
	return n
}

func (r *reader) otherAt(i int64) int64 {
	a, b, c := r.b(i), r.b(i+1), r.b(i+2)
	end := r.end
	switch a {
	case '\\':
		return r.escape(i)
	case '%':
		if hex(b) && hex(c) && (digit(r.b(i-1)) || digit(r.b(i+3)) || r.b(i+3) == '%' || r.b(i-3) == '%' || r.text(i)) {
			return 3
		}
		if i+1 == end || i+2 == end && hex(b) {
			return end - i
		}
	case '&':
		return r.entity(i)
	case 0xef:
		switch {
		case b == 0xbc && prose(c):
			if r.digitBefore(i) && r.digitAt(i+3) {
				return 3
			}
		case b == 0xbc && c >= 0x81 && c <= 0xbf || b == 0xbd && c >= 0x80 && c <= 0x9e:
			return 3
		default:
			return r.script(i)
		}
	case 0xe3:
		switch {
		case b == 0x80 && c == 0x80:
			if r.digitBefore(i) && r.digitAt(i+3) {
				return 3
			}
		case b == 0x80 && c == 0x87:
			return max(r.numerals(i), r.formal(i))
		default:
			return r.script(i)
		}
	case 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9:
		return max(r.numerals(i), r.formal(i))
	case 0xa3:
		if b >= 0xb0 && b <= 0xb9 && c == 0xa3 && r.b(i+3) >= 0xb0 && r.b(i+3) <= 0xb9 {
			return 4
		}
	default:
		if a >= 0xc2 {
			return r.script(i)
		}
	}
	return 0
}

// oddSieve knows roughly how begins what oddAt finds. A zero stands for the end
// of the text.
var oddSieve = func() (s sieve) {
	const hex, letters, digits = "0123456789abcdef\x00", "abcdefghijklmnopqrstuvwxyz", "0123456789"
	for bit, x := range [][]string{
		{`\`, "nbf"},
		{`\`, "rtux"},
		{`\&`, "\"/\\#\x00"},
		{"%", digits, hex},
		{"%", "abcdef\x00", hex},
		{"&", letters, letters + digits + ";"},
		{"\xef", "\xb8\xb9\xbb\xbc\xbd\xbe\xbf"},
		{"\xa3\xc2\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9", span(0x80, 0xbf)},
	} {
		for k, set := range x {
			s.put(1<<bit, k, set)
		}
		for k := len(x); k < sieveLen; k++ {
			s.pass(1<<bit, k)
		}
	}
	return s
}()

// entity returns the length of what begins a character reference of HTML: "&#"
// and a digit or x, or a name with a semicolon and a digit on one side.
func (r *reader) entity(i int64) int64 {
	if r.b(i+1) == '#' {
		if c := r.b(i + 2); digit(c) || c|0x20 == 'x' || i+2 == r.end {
			return min(3, r.end-i)
		}
		return 0
	}
	n := int64(1)
	for n <= 8 && (alpha(r.b(i+n)) || n > 1 && digit(r.b(i+n))) {
		n++
	}
	if n < 2 || r.b(i+n) != ';' {
		return 0
	}
	return r.besideDigit(i, n+1)
}

// escape returns how many bytes of an escape begin at i: it hides a character,
// or lies between two.
func (r *reader) escape(i int64) int64 {
	switch r.b(i + 1) {
	case 'n', 'r', 't', 'b', 'f', '"', '\\', '/':
		if r.text(i) {
			return 2
		}
	case 'u', 'x':
		if i+2 == r.end || hex(r.b(i+2)) {
			return 2
		}
	}
	if i+1 == r.end {
		return 1
	}
	return 0
}

// text reports whether what stands around an offset can be text. The short
// escapes hide no character, they only lie between two, and one percent escape
// without a digit or another beside it hides no number; in binary data they
// occur by chance.
func (r *reader) text(i int64) bool {
	for k := max(i-8, r.start); k < min(i+16, r.end); k++ {
		if c := r.b(k); c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c == 0x7f || c == 0xff {
			return false
		}
	}
	return true
}

func (r *reader) besideDigit(i, n int64) int64 {
	if r.digitBefore(i) || r.digitAt(i+n) {
		return n
	}
	return 0
}

func wide(a, b, c byte) bool { return a == 0xef && b == 0xbc && c >= 0x90 && c <= 0x99 }

func (r *reader) digitBefore(i int64) bool {
	return digit(r.b(i-1)) || wide(r.b(i-3), r.b(i-2), r.b(i-1))
}

func (r *reader) digitAt(i int64) bool {
	return digit(r.b(i)) || wide(r.b(i), r.b(i+1), r.b(i+2))
}

// numeral reports whether one of 〇零一二三四五六七八九 stands at i.
func (r *reader) numeral(i int64) bool {
	switch string([]byte{r.b(i), r.b(i + 1), r.b(i + 2)}) {
	case "〇", "零", "一", "二", "三", "四", "五", "六", "七", "八", "九":
		return true
	}
	return false
}

// numerals returns the length of one numeral in a run of eight at least.
func (r *reader) numerals(i int64) int64 {
	if !r.numeral(i) {
		return 0
	}
	n := int64(1)
	for n < 8 && r.numeral(i-3*n) {
		n++
	}
	for k := int64(1); n < 8 && r.numeral(i+3*k); k++ {
		n++
	}
	if n < 8 {
		return 0
	}
	return 3
}
