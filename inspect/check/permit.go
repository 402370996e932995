package check

// The first letters of the series.
var (
	permitHKMOInitials = serialInitialsOf("CW")
	permitTWInitials   = serialInitialsOf("LT")
	homeReturnInitials = serialInitialsOf("HM")
)

// PermitHKMO reports whether b has the form of a mainland resident's permit to
// Hong Kong and Macao: C and eight digits or a letter and seven, on older ones W
// and eight digits.
func PermitHKMO(b []byte) bool {
	if len(b) != 9 || !Digits(b[2:]) {
		return false
	}
	digit := b[1] >= '0' && b[1] <= '9'
	return b[0] == 'W' && digit || b[0] == 'C' && (digit || serialLetter(b[1]))
}

// PermitTW reports whether b has the form of a mainland resident's permit to
// Taiwan: L, before T, and eight digits.
func PermitTW(b []byte) bool {
	return len(b) == 9 && (b[0] == 'L' || b[0] == 'T') && Digits(b[1:])
}

// HomeReturn returns the number for life in a permit of residents of Hong Kong
// (H) and Macao (M) to the mainland: the letter and eight digits. Two more
// count the renewals.
func HomeReturn(b []byte) (life []byte, ok bool) {
	if len(b) != 9 && len(b) != 11 || b[0] != 'H' && b[0] != 'M' || !Digits(b[1:]) {
		return nil, false
	}
	return b[:9], true
}

// TWCompatriot returns the number for life in a permit of residents of Taiwan
// to the mainland: eight digits. Two more count the issues of older cards.
func TWCompatriot(b []byte) (life []byte, ok bool) {
	if len(b) != 8 && len(b) != 10 || !Digits(b) || calendarDay(b) {
		return nil, false
	}
	return b[:8], true
}

// ForeignPROld reports whether b has the form of a foreigner's permanent
// residence card before December 2023: the country's three letters and twelve
// digits.
func ForeignPROld(b []byte) bool { return lettersDigits(b, 3, 12) }

// foreignPRSure is ForeignPROld for a place that names no card: the country is
// one, and the digits are those of a place and a day of birth.
func foreignPRSure(b []byte) bool {
	m, d := two(b[9:]), two(b[11:])
	return country(b[:3]) && b[3] >= '1' && b[3] <= '6' && m >= 1 && m <= 12 && d >= 1 && d <= monthDays[m]
}

// anyPaper are the triggers of foreign_pr_old that any document may follow.
var anyPaper = twinSet("证件号", "證件號", "身份证", "身份證", "身份証", "id_card", "idcard", "id card", "id_no", "idno", "id no",
	"id_number", "idnumber", "id number", "cert_no", "certno", "zjhm", "zjh")

func confirmPermitHKMO(s *Sight) {
	var buf [serialLen]byte
	for from := s.From; letterAt(s, from); from++ {
		b := serial(s, from, &buf, permitHKMOInitials, 9, 9)
		if PermitHKMO(b) && takePaper(s, from, s.To, KindPermit, paperPermit, b) {
			return
		}
	}
}

func confirmPermitTW(s *Sight) {
	var buf [serialLen]byte
	for from := s.From; letterAt(s, from); from++ {
		b := serial(s, from, &buf, permitTWInitials, 9, 9)
		if PermitTW(b) && takePaper(s, from, s.To, KindPermit, paperPermit, b) {
			return
		}
	}
}

func confirmHomeReturn(s *Sight) {
	var buf [serialLen]byte
	for from := s.From; letterAt(s, from); from++ {
		b := serial(s, from, &buf, homeReturnInitials, 9, 9)
		if life, ok := HomeReturn(b); ok && takePaper(s, from, s.To, KindHomeReturn, paperPermit, life) {
			return
		}
	}
}

// confirmHomeReturnLong takes the form with ten digits, which no run of bytes
// brings.
func confirmHomeReturnLong(s *Sight) {
	var buf [24]byte
	for _, t := range paperTokens(s) {
		if life, ok := HomeReturn(t.value(s, &buf, 11, 11)); ok {
			s.Add(t.from, t.to, KindHomeReturn, life)
			return
		}
	}
}

func confirmTWCompatriot(s *Sight) {
	var buf [24]byte
	for _, t := range paperTokens(s) {
		if life, ok := TWCompatriot(t.value(s, &buf, 8, 10)); ok {
			s.Add(t.from, t.to, KindTWCompatriot, life)
			return
		}
	}
}

func confirmForeignPROld(s *Sight) {
	var buf [24]byte
	var low [16]byte
	open := s.To-s.From <= len(low) && anyPaper[string(Lower(low[:0], s.Candidate()))] != ""
	for _, t := range paperTokens(s) {
		if b := t.value(s, &buf, 15, 15); ForeignPROld(b) && (!open || foreignPRSure(b)) {
			s.Add(t.from, t.to, KindForeignPR, b)
			return
		}
	}
}
