package check

// Documents of passengers as airlines and border authorities exchange them:
// the service requests DOCS and FOID of a booking, and DOC in a PAXLST message.

// confirmPassportPNR takes the passport in "DOCS CA HK1/P/CHN/E12345678/CHN/…",
// in "FOID CA HK1 PPE12345678" and in "DOC+P:110:111+E12345678'".
func confirmPassportPNR(s *Sight) {
	i, end := s.Near()
	if s.Cell > 0 || s.From == s.To {
		return
	}
	switch {
	case fold(s.Text[s.From]) == 'f':
		i = marked(s.Text, pnrHead(s.Text, i, end), end, 'P', 'P')
	case s.To-s.From == len("docs"):
		i = docs(s.Text, pnrHead(s.Text, i, end), end)
	default:
		i = edifact(s.Text, i, end)
	}
	j := wordEnd(s.Text, i, end)
	if i == 0 || j-i < 7 || j-i > 9 {
		return
	}
	var buf [9]byte
	if b := Upper(buf[:0], s.Text[i:j]); Passport(b) || PassportOther(b) || PassportOld(b) || PassportForeign(b) {
		s.Add(i, j, KindPassport, b)
	}
}

// confirmResidentFOID takes the resident number in "FOID CA HK1 NI…".
func confirmResidentFOID(s *Sight) {
	i, end := s.Near()
	if s.Cell > 0 || s.From == s.To {
		return
	}
	i = marked(s.Text, pnrHead(s.Text, i, end), end, 'N', 'I')
	j := wordEnd(s.Text, i, end)
	if i == 0 || j-i != 18 {
		return
	}
	var buf [18]byte
	b := Upper(buf[:0], s.Text[i:j])
	if birth, ok := ResidentID(b, s.Day); ok {
		s.Add(i, j, KindResident, b)
		checked(s).Birth = birth
	}
}

func wordEnd(text []byte, i, end int) int {
	for i < end && Word(text[i]) {
		i++
	}
	return i
}

// pnrHead skips the airline and the status, as in " CA HK1/". The kind of a
// document is as short, but begins with P and has no space behind it.
func pnrHead(text []byte, i, end int) int {
	for range 3 {
		for i < end && pnrGap[text[i]] {
			i++
		}
		j := wordEnd(text, i, end)
		short := j-i == 1 && !isDigit(text[i]) // a segment has a number
		if j == i || short || j-i > 4 || j == end || text[i]&^' ' == 'P' && text[j] != ' ' {
			break
		}
		i = j
	}
	for i < end && pnrGap[text[i]] {
		i++
	}
	return i
}

var pnrGap = func() (t [256]bool) {
	for _, c := range []byte(" -/*:.") {
		t[c] = true
	}
	return t
}()

// marked returns what follows two letters at i, or 0.
func marked(text []byte, i, end int, a, b byte) int {
	if i+2 >= end || text[i]&^' ' != a || text[i+1]&^' ' != b {
		return 0
	}
	return i + 2
}

// docs reads the kind of a document and the country that issued it, as P/CHN/,
// and returns where the number begins, or 0. The sign between is the same.
func docs(text []byte, i, end int) int {
	if i >= end || text[i]&^' ' != 'P' {
		return 0
	}
	if i++; i < end && alpha(text[i]) {
		i++
	}
	if i >= end || text[i] != '/' && text[i] != '-' {
		return 0
	}
	j := i + 1
	for j < end && alpha(text[j]) {
		j++
	}
	if j >= end || text[j] != text[i] {
		return 0
	}
	var buf [3]byte
	if n := j - i - 1; n == 2 || n == 3 && country(Upper(buf[:0], text[i+1:j])) {
		return j + 1
	}
	return 0
}

// edifact skips the code list of a segment, as :110:111, and the plus sign.
func edifact(text []byte, i, end int) int {
	for i < end && (text[i] == ':' || text[i] >= '0' && text[i] <= '9') {
		i++
	}
	if i >= end || text[i] != '+' {
		return 0
	}
	return i + 1
}
