// Package check holds the confirmers: pure functions that say whether bytes
// which have the form of an identifier also pass its arithmetic.
//
// Inputs are normalised: ASCII digits and upper-case letters without
// separators. Every function is a claim about one value and nothing else; what
// stands around the value is judged by Near and Boundary. Nothing here keeps,
// logs or returns the value in an error.
package check

// Digits reports whether b is not empty and holds ASCII digits only.
func Digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// Luhn reports whether a digit string passes the mod 10 check of ISO/IEC 7812.
func Luhn(b []byte) bool {
	if !Digits(b) {
		return false
	}
	sum, twice := 0, false
	for i := len(b) - 1; i >= 0; i-- {
		d := int(b[i] - '0')
		if twice {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum, twice = sum+d, !twice
	}
	return sum%10 == 0
}

const residentWeights = "\x07\x09\x0a\x05\x08\x04\x02\x01\x06\x03\x07\x09\x0a\x05\x08\x04\x02"

// mod112 returns the check character of ISO 7064 MOD 11-2 for 17 digits.
func mod112(b []byte) byte {
	sum := 0
	for i := range 17 {
		sum += int(b[i]-'0') * int(residentWeights[i])
	}
	return "10X98765432"[sum%11]
}
