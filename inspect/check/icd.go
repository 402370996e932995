package check

// ICD10 returns the length of the code of GB/T 14396 (ICD-10, with the
// national extensions) that b begins with, or 0. What follows it must not
// belong to a longer word or number.
func ICD10(b []byte) int {
	if len(b) < 3 || b[0] < 'A' || b[0] > 'Z' || !digit(b[1]) || !digit(b[2]) && b[2] != 'A' && b[2] != 'B' {
		return 0
	}
	n := 3
	if len(b) > 4 && b[3] == '.' && extension(b[4:]) {
		m := 5
		for m < len(b) && m < 8 && (digit(b[m]) || b[m] >= 'A' && b[m] <= 'Z') {
			m++
		}
		if codeEnd(b[m:]) {
			return m
		}
		for n = 5; n < len(b) && n < 8 && digit(b[n]); {
			n++
		}
	}
	if len(b) >= n+4 && b[n]|0x20 == 'x' && Digits(b[n+1:n+4]) {
		n += 4
	}
	if !codeEnd(b[n:]) {
		return 0
	}
	return n
}

// extension reports whether b may stand right behind the point: a digit, or
// one of the few letters of the clinical modification alone or before a digit.
func extension(b []byte) bool {
	return digit(b[0]) || (b[0] == 'A' || b[0] == 'X' || b[0] == 'Z') && (len(b) < 2 || !Word(b[1]) || digit(b[1]))
}

func codeEnd(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if b[0] == '.' || b[0] == '-' {
		return len(b) < 2 || !Word(b[1])
	}
	return !Word(b[0])
}

// bareICD returns the length of a code that is written without its point, as
// E11900 for E11.900, or 0.
func bareICD(b []byte) int {
	if len(b) < 4 || b[0] < 'A' || b[0] > 'Z' || !digit(b[1]) || !digit(b[2]) && b[2] != 'A' && b[2] != 'B' {
		return 0
	}
	n := 3
	for n < len(b) && n < 7 && digit(b[n]) {
		n++
	}
	if n == 3 {
		return 0
	}
	if len(b) >= n+4 && b[n]|0x20 == 'x' && Digits(b[n+1:n+4]) {
		n += 4
	}
	if !codeEnd(b[n:]) {
		return 0
	}
	return n
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// diagnosis confirms the codes that stand near a word for a diagnosis. A code
// of three characters could be anything and must be the value itself; B12 with
// words behind it is the vitamin.
func diagnosis(s *Sight) {
	from, to := s.Near()
	to = min(to, s.reach())
	end := s.reach()
	if s.Cell > 0 {
		end = to
	}
	direct, firm := s.valueAt()
	first := len(s.Values)
	for i := from; i+3 <= to; {
		if c := s.Text[i]; c < 'A' || c > 'Z' || !digit(s.Text[i+1]) || !OpenLeft(s.Text[:i]) {
			i++
			continue
		}
		text := s.Text[i:min(end, i+16)]
		n, value := ICD10(text), i == direct && firm
		if n == 3 && (!value || string(text[:3]) == "B12" && !valueEnd(s.Text[i+3:min(end, i+8)])) {
			n = 0
		}
		if n == 0 && value && s.codeKey() {
			n = bareICD(text)
		}
		if n == 0 {
			i++
			continue
		}
		s.Add(i, i+n, Nobody, nil).Checked = true
		i += n
		if value { // a list of codes is a list of values
			direct = i + listGap(s.Text[i:min(end, i+8)])
		}
	}
	if s.distinct(s.Values[first:]) {
		for i := range s.Values[first:] {
			s.Values[first+i].Lift = 1
		}
	}
}

// distinct reports whether two of the values differ.
func (s *Sight) distinct(v []Value) bool {
	for i := 1; i < len(v); i++ {
		if string(s.Text[v[i].From:v[i].To]) != string(s.Text[v[0].From:v[0].To]) {
			return true
		}
	}
	return false
}

// codeKey reports whether the key asks for a code and nothing else.
func (s *Sight) codeKey() bool {
	if s.Cell > 0 {
		return false // the header is not in sight
	}
	key := s.Text[s.From : s.To+keyTail(s.textAfter())]
	return holdsFold(key, "icd") || holdsFold(key, "code") || holdsFold(key, "编码") || holdsFold(key, "\xb1\xe0\xc2\xeb")
}

// listGap returns the length of what joins the values of a list.
func listGap(b []byte) int {
	n := 0
	for n < len(b) {
		switch b[n] {
		case ' ', ',', ';', '|', '/', '+', '*', '"', '\'':
			n++
		default:
			m := itemSign(b[n:])
			if m == 0 {
				return n
			}
			n += m
		}
	}
	return n
}

// itemSigns end a value, in UTF-8 and in GB18030.
var itemSigns = [...]string{"，", "、", "；", "。", "（", "）", "\xa3\xac", "\xa1\xa2", "\xa3\xbb", "\xa1\xa3", "\xa3\xa8", "\xa3\xa9"}

func itemSign(b []byte) int {
	if len(b) < 2 || b[0] < 0x80 {
		return 0
	}
	for _, sign := range itemSigns {
		if starts(b, sign) {
			return len(sign)
		}
	}
	return 0
}

// valueEnd reports whether a short value ends before b and prose does not go
// on, or goes on in Chinese: the name of the disease.
func valueEnd(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	switch b[0] {
	case '\r', '\n', '\t', '"', '\'', ',', ';', '|', ']', '}', ')', '<', '&', '(', '\\', '+', '*', '/':
		return true
	case ' ':
		return len(b) > 1 && (b[1] >= 0x80 || b[1] == '(')
	}
	return b[0] >= 0x80
}
