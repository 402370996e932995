package check

// orgCode is the form of organisation codes of GB 11714 behind their key: eight
// characters, a hyphen or none, and a check character.
func orgCode(s *Sight) {
	t := follow(s)
	var buf [10]byte
	n, end := t.take(buf[:], isPairCode)
	b := upper(buf[:n])
	if n == 10 && b[8] == '-' {
		b[8] = b[9]
		b = b[:9]
	}
	if OrgCode(b) && varied3(b) {
		s.Add(t.at, end, Nobody, nil).Checked = true
	}
}

func isPairCode(c byte) bool { return isAlnum(c) || c == '-' }

// TaxID15 confirms a taxpayer number in use before the unified code of 2015:
// a division and an organisation code.
func TaxID15(b []byte) bool {
	return len(b) == 15 && Digits(b[:6]) && province(b) && OrgCode(b[6:])
}

// taxID is the form of old taxpayer numbers behind their key.
func taxID(s *Sight) {
	t := follow(s)
	var buf [15]byte
	n, end := t.take(buf[:], isAlnum)
	if TaxID15(upper(buf[:n])) {
		s.Add(t.at, end, Nobody, nil).Checked = true
	}
}
