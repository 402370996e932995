package check

// MacaoID reads a Macao resident identity card number at the beginning of b:
// eight digits, the first 1, 5 or 7, as 5123456(7), 5/123456/7 or bare. Its
// check digit is not public. n is its length in bytes, 0 for none; plain says
// that nothing but digits stands there.
func MacaoID(b []byte) (digits [8]byte, n int, plain bool) {
	if len(b) == 0 || b[0] != '1' && b[0] != '5' && b[0] != '7' {
		return digits, 0, false
	}
	plain = true
	shut := 0
	for k := range digits {
		if k == 1 && n < len(b) && b[n] == '/' {
			n, plain = n+1, false
		}
		if k == 7 && n < len(b) {
			if c := b[n]; c == '/' || c == '-' {
				n, plain = n+1, false
			} else if open := prefix(b[n:], openBrackets); open > 0 {
				n, plain, shut = n+open, false, 1
			}
		}
		if n >= len(b) || b[n] < '0' || b[n] > '9' {
			return digits, 0, false
		}
		digits[k] = b[n]
		n++
	}
	if shut > 0 {
		shut = prefix(b[n:], shutBrackets)
	}
	return digits, n + shut, plain
}

// confirmMacaoID wants brackets or slashes behind a word as short as "bir",
// which means other things in other languages.
func confirmMacaoID(s *Sight) {
	i, end := paperValue(s)
	digits, n, plain := MacaoID(s.Text[i:end])
	if n == 0 || !OpenRight(s.Text[i+n:]) {
		return
	}
	if plain && (s.To-s.From == len("bir") || calendarDay(digits[:])) {
		return
	}
	s.Add(i, i+n, KindMacaoID, digits[:])
}
