package check

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var usccValue = func() (v [256]int8) {
	for i := range v {
		v[i] = -1
	}
	for i := range len(usccAlphabet) {
		v[usccAlphabet[i]] = int8(i)
	}
	return v
}()

// USCCLen is how many characters a unified social credit code has.
const USCCLen = 18

// USCC confirms a unified social credit code of GB 32100-2015: alphabet,
// authority and kind, division, its own check character and that of the organisation
// code inside.
func USCC(b []byte) bool {
	if len(b) != 18 || !Digits(b[2:8]) || !registered(b) {
		return false
	}
	sum, weight := 0, 1
	for i := range 17 {
		v := usccValue[b[i]]
		if v < 0 {
			return false
		}
		sum += int(v) * weight
		weight = weight * 3 % 31
	}
	return usccAlphabet[(31-sum%31)%31] == b[17] && OrgCode(b[8:17])
}

// registered reports whether a code begins with an authority that registers,
// a kind of organisation, and a division of GB/T 2260 or 10 for the whole
// country.
func registered(b []byte) bool {
	switch c := b[0]; {
	case c >= '1' && c <= '9', c == 'A', c == 'N', c == 'Y':
	default:
		return false
	}
	kind := b[1] >= '1' && b[1] <= '5' || b[1] == '9'
	return kind && (province(b[2:]) || two(b[2:]) == 10)
}

// USCCString is USCC for a string.
func USCCString(s string) bool {
	return len(s) == USCCLen && USCC([]byte(s))
}

// OrgCode confirms a nine-character organisation code of GB 11714 without its
// hyphen.
func OrgCode(b []byte) bool {
	if len(b) != 9 {
		return false
	}
	sum := 0
	for i, w := range [8]int{3, 7, 9, 10, 5, 8, 4, 2} {
		switch c := b[i]; {
		case c >= '0' && c <= '9':
			sum += int(c-'0') * w
		case c >= 'A' && c <= 'Z':
			sum += int(c-'A'+10) * w
		default:
			return false
		}
	}
	switch c := 11 - sum%11; c {
	case 10:
		return b[8] == 'X'
	case 11:
		return b[8] == '0'
	default:
		return b[8] == byte('0'+c)
	}
}
