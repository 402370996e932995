package check

// Mobile confirms an 11-digit mainland mobile number by the segments that the
// ministry has allocated to persons.
func Mobile(d []byte) bool {
	if len(d) != 11 || d[0] != '1' || !Digits(d) {
		return false
	}
	switch x := d[2]; d[1] {
	case '3', '8':
		return true
	case '4':
		return x >= '5'
	case '5', '9':
		return x != '4'
	case '6':
		return x == '2' || x >= '5' && x <= '7'
	case '7':
		return x != '4' && x != '9'
	}
	return false
}

// CardBrand says whether a number of this length may begin with these digits
// in a payment scheme. UnionPay's own range (62) is told apart because it
// needs less context than the rest.
func CardBrand(d []byte) (plausible, unionPay bool) {
	n := len(d)
	if n < 13 || n > 19 || !Digits(d) {
		return false, false
	}
	four := two(d)*100 + two(d[2:])
	switch two := four / 100; {
	case two == 62:
		return n >= 16, n >= 16
	case two == 81 || two >= 90:
		return n >= 16, false
	case two >= 40 && two < 50:
		return n == 13 || n == 16 || n == 19, false
	case two >= 51 && two <= 55 || four >= 2221 && four <= 2720:
		return n == 16, false
	case two == 34 || two == 37:
		return n == 15, false
	case four >= 3528 && four <= 3589 || two == 60 || two == 64 || two == 65:
		return n == 16, false
	case two == 30 || two == 36 || two == 38 || two == 39:
		return n == 14, false
	}
	return false, false
}

// BankCard confirms a payment card number by its range, length and Luhn
// check. One number in ten passes the check by chance.
func BankCard(d []byte) bool {
	plausible, _ := CardBrand(d)
	return plausible && Luhn(d)
}
