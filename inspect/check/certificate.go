package check

// BirthCertificate reports whether b has the form of a birth medical
// certificate of the mainland: a letter and nine digits.
func BirthCertificate(b []byte) bool { return lettersDigits(b, 1, 9) }

func confirmBirth(s *Sight) {
	var buf [serialLen]byte
	for from := s.From; letterAt(s, from); from++ {
		b := serial(s, from, &buf, serialAny, 10, 10)
		if BirthCertificate(b) && takePaper(s, from, s.To, KindBirth, paperBirth, b) {
			return
		}
	}
}

// confirmDriver takes twelve digits behind 档案编号 for the file of a driver,
// if words near say that the file is one of driving: personnel and medical
// files have numbers too.
func confirmDriver(s *Sight) {
	var buf [24]byte
	for _, t := range paperTokens(s) {
		b := t.value(s, &buf, 12, 12)
		if !Digits(b) {
			continue
		}
		before := paperWords.Groups(Before(s.Text[:t.from]))
		after := paperWords.Groups(After(s.Text[t.to:]))
		near := before.Has(paperDriving) || after.Has(paperDriving)
		if near || s.Cell > 0 {
			if v := s.Add(t.from, t.to, KindDriver, b); !near {
				v.Lift = -1 // the header is out of sight
			}
			return
		}
	}
}
