package check

// Securities confirms the number of an account at China Securities Depository
// and Clearing, in upper case: Shanghai A, B or fund (A, C or F and nine
// digits), Shenzhen (ten digits, 00 or 01 first), the account behind all
// (twelve digits, 18 or 19 first), or one of a fund registrar (98 and ten
// digits).
func Securities(b []byte) bool {
	switch len(b) {
	case 10:
		switch b[0] {
		case 'A', 'C', 'F':
			return Digits(b[1:])
		}
		return b[0] == '0' && b[1] <= '1' && Digits(b)
	case 12:
		if !Digits(b) {
			return false
		}
		n := two(b)
		return n == 18 || n == 19 || n == 98
	}
	return false
}

// securities is the form of securities accounts behind their key.
func securities(s *Sight) {
	t := follow(s)
	var buf [12]byte
	n, end := t.take(buf[:], isAlnum)
	if b := upper(buf[:n]); Securities(b) {
		s.Add(t.at, end, KindSecurities, b)
	}
}
