package check

// cardTrack is the form of the second track of a payment card (ISO/IEC 7813):
// the number, a separator, year and month of expiry, and more digits.
func cardTrack(s *Sight) {
	end := s.To
	if len(s.Digits) < 13 || s.Shape > 9 || end+5 > len(s.Text) || s.Text[end] != '=' {
		return
	}
	d := s.Digits
	if !BankCard(d) || !expiry(s.Text[end+1:end+5]) {
		return
	}
	to := end + 5
	for to < len(s.Text) && to-end < 24 && isDigit(s.Text[to]) {
		to++
	}
	v := s.Add(s.From, to, KindBankCard, d)
	v.Checked = true
	if (s.From == 0 || s.Text[s.From-1] != ';') && to-end < 8 {
		v.Lift = -1
	}
}

// expiry reports whether four bytes are a year and a month.
func expiry(b []byte) bool {
	m := 0
	if Digits(b) {
		m = two(b[2:])
	}
	return m >= 1 && m <= 12
}

// cardTrackName is the form of the first track: %B, the number, and ^ before
// the holder's name.
func cardTrackName(s *Sight) {
	from := s.From + 1
	if s.From < 1 || s.To >= len(s.Text) || s.Text[s.To] != '^' || fold(s.Text[s.From]) != 'b' || s.Text[s.From-1] != '%' {
		return
	}
	if d := s.Text[from:s.To]; BankCard(d) {
		s.Add(from, s.To, KindBankCard, d).Checked = true
	}
}

// keyedTrack is the form of track data behind their key, where the separator
// may be the D of a chip card's Track 2 Equivalent Data (EMV tag 57).
func keyedTrack(s *Sight) {
	t := follow(s)
	for t.at < len(t.text) && (t.text[t.at] == ';' || t.text[t.at] == '%' || fold(t.text[t.at]) == 'b') {
		t.at++
	}
	n := 0
	for n < 20 && t.at+n < len(t.text) && isDigit(t.text[t.at+n]) {
		n++
	}
	end := t.at + n
	if end >= len(t.text) || !BankCard(t.text[t.at:end]) {
		return
	}
	switch c := t.text[end]; {
	case (c == '=' || fold(c) == 'd') && end+5 <= len(t.text) && expiry(t.text[end+1:end+5]):
		s.Add(t.at, end+5, KindBankCard, t.text[t.at:end]).Checked = true
	case c == '^':
		s.Add(t.at, end, KindBankCard, t.text[t.at:end]).Checked = true
	}
}

// oldCard is the form of card numbers of UnionPay's own range that fail the
// Luhn check, as some old ones do. It says little and needs its context.
func oldCard(s *Sight) {
	d := s.Digits
	if len(d) < 16 || len(d) > 19 || d[0] != '6' || d[1] != '2' || Luhn(d) {
		return
	}
	switch s.Shape {
	case 4444, 44443, 649, 6449, 64443:
	default:
		if s.Shape > 9 {
			return
		}
	}
	if len(d) == 18 {
		if _, ok := ResidentID(d, s.Day); ok {
			return
		}
	}
	s.Add(s.From, s.To, KindBankCard, d)
}
