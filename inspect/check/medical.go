package check

// The length of a number of a patient's record, and the digits it has at least.
const (
	minRecord    = 6
	maxRecord    = 20
	recordDigits = 4
)

// RecordNumber returns the length of the number of a record, admission or
// visit that b begins with, or 0: 6 to 20 letters and digits, of which four
// are digits, perhaps in groups joined by hyphens.
func RecordNumber(b []byte) int {
	n, word, digits, zeros := 0, 0, 0, 0
	for ; n < len(b); n++ {
		c := b[n]
		switch {
		case digit(c):
			digits++
			if c == '0' {
				zeros++
			}
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
		case c == '-' && n > 0 && b[n-1] != '-' && n+1 < len(b) && Word(b[n+1]):
			continue
		default:
			return recordEnd(b, n, word, digits-zeros, digits)
		}
		if word++; word > maxRecord {
			return 0
		}
	}
	return recordEnd(b, n, word, digits-zeros, digits)
}

func recordEnd(b []byte, n, word, nonzero, digits int) int {
	if word < minRecord || digits < recordDigits || nonzero == 0 || !OpenRight(b[n:]) || n < len(b) && (b[n] == '@' || b[n] == '+') {
		return 0
	}
	return n
}

// patientNumber confirms the value of a key such as 病历号 or MRN, or what
// stands right before it in brackets: 12345678（住院号）.
func patientNumber(s *Sight) {
	at, firm := s.valueAt()
	n := RecordNumber(s.Text[at:min(s.reach(), at+2*maxRecord)])
	if key := s.Candidate(); len(key) > 0 && key[0] < 0x80 && (at == s.To || len(key) < 6 && !firm && s.Text[at-1] != ' ') {
		n = 0 // key and value are pieces of a longer code
	}
	if n > 0 && (s.Cell == 0 || at+n <= s.Cell) {
		s.addRecord(at, at+n)
		return
	}
	if s.Cell > 0 {
		return
	}
	if from, to := s.bracketed(); from < to && RecordNumber(s.Text[from:to]) == to-from {
		s.addRecord(from, to)
	}
}

func (s *Sight) addRecord(from, to int) {
	var form [2 * maxRecord]byte
	key := form[:0]
	for _, c := range s.Text[from:to] {
		switch {
		case c == '-':
			continue
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		key = append(key, c)
	}
	s.Add(from, to, KindPatient, key)
	clear(form[:])
}

// bracketed returns the word right before a key that stands in brackets, or
// an empty range.
func (s *Sight) bracketed() (from, to int) {
	open, ahead := s.textBefore(), s.textAfter()
	to = s.From
	switch {
	case ends(open, "(") && starts(ahead, ")"):
		to--
	case ends(open, "（") && starts(ahead, "）"):
		to -= len("（")
	case ends(open, "\xa3\xa8") && starts(ahead, "\xa3\xa9"):
		to -= 2
	default:
		return 0, 0
	}
	for from = to; from > 0 && to-from < 2*maxRecord && (Word(s.Text[from-1]) || s.Text[from-1] == '-'); {
		from--
	}
	if !OpenLeft(s.Text[:from]) {
		return 0, 0
	}
	return from, to
}
