package check

import "bytes"

// The first letters of the series.
var (
	passportInitials      = serialInitialsOf("EGSDP")
	passportOtherInitials = serialInitialsOf("DSPKHM")
)

// Passport reports whether b has the form of a passport of the mainland in
// use: E or G and eight digits, E with a second letter other than I and O, or
// the service, diplomatic and public affairs series. There is no check digit.
func Passport(b []byte) bool {
	if len(b) != 9 {
		return false
	}
	switch b[0] {
	case 'G':
		return Digits(b[1:])
	case 'E':
		return Digits(b[2:]) && (b[1] >= '0' && b[1] <= '9' || serialLetter(b[1]))
	case 'S', 'D', 'P':
		return b[1] == 'E' && Digits(b[2:])
	}
	return false
}

// PassportOther reports whether b has the form of an older passport of the
// mainland with a letter (D, S, P) or of a passport of the Hong Kong or Macao
// region. Many other numbers have these forms.
func PassportOther(b []byte) bool {
	if len(b) != 8 && len(b) != 9 {
		return false
	}
	switch b[0] {
	case 'D', 'S', 'P':
		return Digits(b[1:])
	case 'K':
		return len(b) == 9 && Digits(b[2:]) && (b[1] == 'J' || b[1] >= '0' && b[1] <= '9')
	case 'H':
		return len(b) == 9 && Digits(b[2:]) && (b[1] >= 'A' && b[1] <= 'Z' || b[1] >= '0' && b[1] <= '9')
	case 'M':
		return len(b) == 9 && Digits(b[2:]) && (b[1] == 'A' || b[1] >= '0' && b[1] <= '9')
	}
	return false
}

// PassportOld reports whether b has the form of the passports without a
// letter: 14 or 15 and seven digits.
func PassportOld(b []byte) bool {
	return len(b) == 9 && Digits(b) && b[0] == '1' && (b[1] == '4' || b[1] == '5')
}

// PassportForeign reports whether b could be the number of any passport: eight
// or nine letters and digits, most of them digits, or seven behind a letter.
// ICAO 9303 gives the number nine places and no more rules.
func PassportForeign(b []byte) bool {
	if len(b) < 7 || len(b) > 9 || calendarDay(b) {
		return false
	}
	digits, same := 0, true
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c < 'A' || c > 'Z':
			return false
		}
		same = same && c == b[len(b)-1]
	}
	return digits >= 5 && !same && (digits < len(b) || len(b) > 7)
}

func confirmPassport(s *Sight) {
	var buf [serialLen]byte
	for from := s.From; letterAt(s, from); from++ {
		b := serial(s, from, &buf, passportInitials, 9, 9)
		if Passport(b) && takePaper(s, from, s.To, KindPassport, paperPassport, b) {
			return
		}
	}
}

func confirmPassportOther(s *Sight) {
	var buf [serialLen]byte
	for from := s.From; letterAt(s, from); from++ {
		b := serial(s, from, &buf, passportOtherInitials, 8, 9)
		if PassportOther(b) && takePaper(s, from, s.To, KindPassport, paperPassport, b) {
			return
		}
	}
}

func confirmPassportOld(s *Sight) {
	var buf [24]byte
	for _, t := range paperTokens(s) {
		if b := t.value(s, &buf, 9, 9); PassportOld(b) {
			s.Add(t.from, t.to, KindPassport, b)
			return
		}
	}
}

// blank reports whether b is spaces only.
func blank(b []byte) bool { return len(bytes.TrimLeft(b, " ")) == 0 }

// confirmPassportForeign takes what the other forms of passports leave: they
// need no trigger, and one number is one finding.
func confirmPassportForeign(s *Sight) {
	var buf [24]byte
	for _, t := range paperTokens(s) {
		b := t.value(s, &buf, 7, 9)
		if b == nil || !PassportForeign(b) || lower(s.Text[t.from]) {
			continue
		}
		if Digits(b) && s.Cell == 0 && blank(s.Text[s.To:max(s.To, t.from)]) {
			continue // how many were issued
		}
		if !Passport(b) && !PassportOther(b) && !PassportOld(b) {
			s.Add(t.from, t.to, KindPassport, b)
			return
		}
	}
}
