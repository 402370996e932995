package check

// keyedPlate is the form of number plates behind their key: those of the form
// plate that are written in lower case or with a blank, and those that begin
// with no region: embassies, armed police and forces.
func keyedPlate(s *Sight) {
	t := follow(s)
	b := t.text[t.at:]
	if end := spacedPlate(b); end > 0 {
		s.Add(t.at, t.at+end, Nobody, nil)
		return
	}
	if end := specialPlate(b); end > 0 && OpenRight(b[end:]) {
		s.Add(t.at, t.at+end, Nobody, nil)
	}
}

// spacedPlate returns the length of a plate that begins with a region, or 0.
// One in the usual notation is left to the form plate.
func spacedPlate(b []byte) int {
	w := regionAt(b)
	if w == 0 {
		return 0
	}
	at := w
	if at < len(b) && b[at] == ' ' {
		at++
	}
	if at+1 >= len(b) || !alpha(b[at]) || fold(b[at]) == 'i' || fold(b[at]) == 'o' || at == w && !lower(b[at]) {
		return 0
	}
	if end, ok := plateRest(b, at+1); ok {
		return end
	}
	return 0
}

func regionAt(b []byte) int {
	for _, w := range [2]int{3, 2} {
		if len(b) >= w && b[0] >= 0x80 && plateRegion(b[:w]) {
			return w
		}
	}
	return 0
}

var embassy = []twin{{"使", "\xca\xb9"}}

// specialPlate returns the length of a plate of an embassy (使 and six digits),
// of the armed police (WJ, a region or two digits, and five characters), or
// of the forces (two letters and five digits), or 0.
func specialPlate(b []byte) int {
	if w := twinAt(b, embassy); w > 0 {
		if b = b[w:]; count(b, isDigit) >= 3 && len(b) > 3 && count(b[3:], isDigit) == 0 {
			if j := plateJoint(b[3:]); j > 0 && count(b[3+j:], isDigit) == 3 {
				return w + 6 + j
			}
			return 0
		}
		if count(b, isDigit) == 6 {
			return w + 6
		}
		return 0
	}
	if count(b, alpha) < 2 {
		return 0
	}
	if fold(b[0]) == 'w' && fold(b[1]) == 'j' {
		return armedPolice(b)
	}
	at := 2 + plateJoint(b[2:])
	if count(b[:2], alpha) == 2 && count(b[at:], isDigit) == 5 && fold(b[0]) != 'i' && fold(b[0]) != 'o' {
		return at + 5
	}
	return 0
}

func armedPolice(b []byte) int {
	at := 2
	if at < len(b) && b[at] == ' ' {
		at++
	}
	w := regionAt(b[at:])
	if w == 0 && count(b[at:], isDigit) == 2 {
		w = 2
	}
	at += w
	at += plateJoint(b[at:])
	n := count(b[at:], isAlnum)
	digits := count(b[at:], isDigit)
	if n == 5 && digits >= 4 || w == 0 && n == 7 && digits == 7 {
		return at + n
	}
	return 0
}

// plateJoint returns the length of what joins the parts of a plate, or 0.
func plateJoint(b []byte) int {
	if len(b) > 0 && (b[0] == ' ' || b[0] == '-') {
		return 1
	}
	return twinAt(b, plateDots)
}

// count returns how many bytes at the start of b are of a kind, eight at most.
func count(b []byte, kind func(byte) bool) int {
	n := 0
	for n < len(b) && n < 8 && kind(b[n]) {
		n++
	}
	return n
}
