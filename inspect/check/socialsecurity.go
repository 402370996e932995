package check

// socialSecurity is the form of numbers of social security, medical insurance
// and housing fund accounts behind their key. Every province has its own: 8
// to 20 letters and digits, six digits at least. The number of a person's
// identity card, which is often one's social security number, is left to its
// own rule.
func socialSecurity(s *Sight) {
	t := follow(s)
	if !t.sign && latinKey(s) {
		return
	}
	var buf [20]byte
	n, end := t.take(buf[:], isAlnum)
	b := upper(buf[:n])
	digits := 0
	for _, c := range b {
		if isDigit(c) {
			digits++
		}
	}
	if n < 8 || digits < 6 || !varied3(b) {
		return
	}
	if _, ok := ResidentID(b, s.Day); !ok {
		s.Add(t.at, end, KindSocialSecurity, b)
	}
}

// varied3 reports whether b holds at least three different characters.
func varied3(b []byte) bool {
	second := 0
	for _, c := range b {
		switch {
		case c == b[0]:
		case second == 0:
			second = int(c)
		case int(c) != second:
			return true
		}
	}
	return false
}
