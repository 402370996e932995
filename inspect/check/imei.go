package check

// IMEI confirms a 15-digit mobile equipment identity of 3GPP TS 23.003: a
// reporting body in use and the Luhn check digit. One number in forty passes
// by chance.
func IMEI(d []byte) bool {
	return len(d) == 15 && Digits(d) && reporting(d) && Luhn(d)
}

// reporting reports whether a type allocation code may begin so (GSMA TS.06).
func reporting(d []byte) bool {
	switch two(d) {
	case 1, 10, 30, 33, 35, 44, 45, 49, 50, 51, 52, 53, 54, 86, 91, 98, 99:
		return true
	}
	return false
}

// imei is the form of equipment identities, whole or as 35-209900-176148-1.
func imei(s *Sight) {
	d := s.Digits
	if len(d) == 15 && (s.Shape <= 9 || s.Shape == 2661 || s.Shape == 861) && IMEI(d) {
		s.Add(s.From, s.To, KindIMEI, d).Checked = true
	}
}

// meid is the form of equipment identities behind their key that have no check
// digit: MEID of 3GPP2 S.R0048 (14 hexadecimal digits, A to F first), and
// IMEISV of 16 digits.
func meid(s *Sight) {
	t := follow(s)
	if !t.sign && !t.tail && latinKey(s) && t.at == s.To {
		return
	}
	var buf [16]byte
	n, end := t.take(buf[:], isHex)
	d := upper(buf[:n])
	switch {
	case n == 14 && d[0] >= 'A':
	case n == 16 && Digits(d) && reporting(d):
	default:
		return
	}
	s.Add(t.at, end, KindIMEI, d[:14])
}

// IMSI confirms a 15-digit subscriber identity of ITU-T E.212 with the country
// code of the mainland and one of its networks.
func IMSI(d []byte) bool {
	if len(d) != 15 || !Digits(d) || string(d[:3]) != "460" {
		return false
	}
	n := two(d[3:])
	return n <= 9 || n >= 11 && n <= 15 || n == 20
}

func imsi(s *Sight) {
	if d := s.Digits; len(d) == 15 && d[0] == '4' && (s.Shape <= 9 || s.Shape == 329) && IMSI(d) {
		s.Add(s.From, s.To, KindIMSI, d)
	}
}

// iccidStart reports whether a card number begins with the industry and
// country digits of ITU-T E.118 and a mainland operator.
func iccidStart(d []byte) bool {
	if len(d) < 6 || string(d[:4]) != "8986" || !isDigit(d[4]) || !isDigit(d[5]) {
		return false
	}
	n := two(d[4:])
	return n <= 9 || n >= 11 && n <= 15
}

// ICCID confirms a card number of 19 or 20 characters.
func ICCID(b []byte) bool {
	if len(b) != 19 && len(b) != 20 || !iccidStart(b) {
		return false
	}
	for _, c := range b[6:] {
		if !isHex(c) {
			return false
		}
	}
	return true
}

// iccid is the form of card numbers of digits only. Not all have a check digit;
// where one is right it lifts the number.
func iccid(s *Sight) {
	d := s.Digits
	if n := len(d); n != 19 && n != 20 || d[0] != '8' || !iccidStart(d) {
		return
	}
	v := s.Add(s.From, s.To, KindICCID, d[:19])
	if v.Checked = Luhn(d); v.Checked {
		v.Lift = 1
	}
}

// hexICCID is the form of card numbers behind their key that hold letters.
func hexICCID(s *Sight) {
	t := follow(s)
	var buf [20]byte
	n, end := t.take(buf[:], isHex)
	if d := upper(buf[:n]); ICCID(d) && !Digits(d) {
		s.Add(t.at, end, KindICCID, d[:19])
	}
}
