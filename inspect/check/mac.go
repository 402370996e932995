package check

// MAC reads six pairs of hexadecimal digits that one separator joins, or that
// none does.
func MAC(b []byte) (a [6]byte, ok bool) {
	step := 2
	switch len(b) {
	case 12:
	case 17:
		step = 3
	default:
		return a, false
	}
	for i := range a {
		p := b[i*step:]
		if !isHex(p[0]) || !isHex(p[1]) || step == 3 && i < 5 && (p[2] != b[2] || p[2] != ':' && p[2] != '-') {
			return a, false
		}
		a[i] = byte(nibble(p[0])<<4 | nibble(p[1]))
	}
	return a, true
}

// addMAC notes an address of IEEE 802 that belongs to one device: no group
// address, and not zero. A locally administered one, which may be random,
// counts for less; those of documentation and of virtual routers (RFC 7042)
// are nobody's.
func (s *Sight) addMAC(from, to int, a [6]byte) {
	if a[0]&1 != 0 || a == [6]byte{} || a[1] == a[0] && a[2] == a[0] && a[3] == a[0] && a[4] == a[0] && a[5] == a[0] {
		return
	}
	var c [12]byte
	for i, x := range a {
		c[2*i], c[2*i+1] = "0123456789ABCDEF"[x>>4], "0123456789ABCDEF"[x&15]
	}
	v := s.Add(from, to, KindMACAddress, c[:])
	if a[0]&2 != 0 {
		v.Lift = -1
	}
	v.Low = a[0] == 0 && a[1] == 0 && a[2] == 0x5e
}

// mac is the form of hardware addresses with separators.
func mac(s *Sight) {
	a, ok := MAC(s.Candidate())
	if !ok || !OpenLeft(s.Text[:s.From]) || !OpenRight(s.Text[s.To:]) || longerPairs(s) {
		return
	}
	s.addMAC(s.From, s.To, a)
}

// longerPairs reports whether the pairs go on, as in a fingerprint.
func longerPairs(s *Sight) bool {
	sep := s.Text[s.From+2]
	if n := s.From; n > 1 && s.Text[n-1] == sep && isHex(s.Text[n-2]) {
		return true
	}
	return s.To+1 < len(s.Text) && s.Text[s.To] == sep && isHex(s.Text[s.To+1])
}

// plainMAC is the form of hardware addresses behind their key that are
// written without separators, or in three groups as 0011.2233.4455.
func plainMAC(s *Sight) {
	t := follow(s)
	if !t.sign && !t.tail {
		return
	}
	var buf [14]byte
	n, end := 0, t.at
	for n < len(buf) && end < len(t.text) && (isHex(t.text[end]) || t.text[end] == '.') {
		buf[n] = t.text[end]
		n, end = n+1, end+1
	}
	if n == 14 && buf[4] == '.' && buf[9] == '.' {
		copy(buf[4:], buf[5:9])
		n = 8 + copy(buf[8:], buf[10:])
	}
	if n != 12 || !OpenRight(t.text[end:]) || Digits(buf[:12]) {
		return
	}
	if a, ok := MAC(buf[:12]); ok {
		s.addMAC(t.at, end, a)
	}
}
