package match

// Classes of bytes in the table below.
const (
	bitDigit = 1 << iota
	bitLetter
	bitCapital
	bitWord
	bitHigh
	bitJoin
	bitMark
	bitSign
	bitAt
	bitOdd
	bitHan
	bitTell
	bitNear
	bitWide // the byte that begins full-width characters
	bitA3
	bitLead // begins Chinese numerals
)

var classes = func() (t [256]uint16) {
	for i := range t {
		c := byte(i)
		set := func(bit uint16, is bool) {
			if is {
				t[i] |= bit
			}
		}
		set(bitDigit, digit(c))
		set(bitLetter, alpha(c))
		set(bitCapital, upper(c))
		set(bitWord, word(c))
		set(bitHigh, c >= 0x80)
		set(bitJoin, c == ' ' || c == '-' || c == '.')
		set(bitMark, c == ':' || c == '-')
		set(bitSign, c == '.' || c == '+' || c == '/' || c == '\\')
		set(bitAt, c == '@')
		set(bitOdd, c == '\\' || c == '%' || c == '&')
		set(bitHan, c >= 0xe4 && c <= 0xe9)
		set(bitTell, tells(c))
		set(bitNear, c|0x20 == 0xe2 || c|0x20 == 0xe3 || c|0x20 == 0xef)
		set(bitWide, c == 0xef)
		set(bitA3, c == 0xa3)
		set(bitLead, c == 0xe3 || c == 0xe4 || c == 0xe5 || c == 0xe9)
	}
	return t
}()

// tells reports whether a byte shows that Chinese text is not UTF-8.
func tells(c byte) bool { return c >= 0xc0 && c <= 0xfe && (c < 0xe2 || c > 0xe9) && c != 0xef }

// classifyGo fills the place at and those behind it from n groups at src,
// behind which at least 8 bytes can be read.
func classifyGo(m *maps, at int, src []byte, n int) {
	for g := range n {
		p := src[g*groupLen : g*groupLen+groupLen+8]
		var x [16]uint64 // by the bits of classes
		for i := 0; i < groupLen; i += 8 {
			var low, high uint64
			for k, c := range p[i : i+8] {
				bits := uint64(classes[c])
				low |= bits & 0xff << (8 * k)
				high |= bits >> 8 << (8 * k)
			}
			low, high = transpose(low), transpose(high)
			for k := range 8 {
				x[k] |= low >> (8 * k) & 0xff << i
				x[k+8] |= high >> (8 * k) & 0xff << i
			}
		}
		var numeral uint64
		for y := x[13] | x[14] | x[15]; y != 0; y &= y - 1 {
			i := trailing(y)
			switch c, b, d := p[i], p[i+1], p[i+2]; {
			case c == 0xef && !(b == 0xbc && prose(d)), c == 0xa3 && d == 0xa3:
				x[9] |= 1 << i
			case classes[c]&bitLead != 0 && second(b):
				numeral |= 1 << i
			}
		}
		i := at + g
		m.digit[i], m.letter[i], m.capital[i], m.word[i], m.high[i] = x[0], x[1], x[2], x[3], x[4]
		m.join[i], m.mark[i], m.sign[i], m.at[i], m.odd[i] = x[5], x[6], x[7], x[8], x[9]
		m.han[i], m.tell[i], m.near[i], m.numeral[i] = x[10], x[11], x[12], numeral
	}
}

// transpose swaps the places of bytes and of their bits.
func transpose(x uint64) uint64 {
	t := (x ^ x>>7) & 0x00aa00aa00aa00aa
	x ^= t ^ t<<7
	t = (x ^ x>>14) & 0x0000cccc0000cccc
	x ^= t ^ t<<14
	t = (x ^ x>>28) & 0x00000000f0f0f0f0
	return x ^ t ^ t<<28
}

// prose reports whether EF BC and c are a mark of ordinary Chinese text: ，：；（）！？
func prose(c byte) bool {
	switch c {
	case 0x81, 0x88, 0x89, 0x8c, 0x9a, 0x9b, 0x9f:
		return true
	}
	return false
}

// second reports whether c is the second byte of a Chinese numeral.
func second(c byte) bool {
	switch c {
	case 0x80, 0x85, 0x9b, 0xb8, 0xb9, 0xba:
		return true
	}
	return false
}
