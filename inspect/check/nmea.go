package check

// NMEA reads the position of the sentence that b begins with, from its '$':
// GGA, RMC or GLL of any satellite system (NMEA 0183, GB/T 27606 for BD). Its
// checksum must hold. n is the length of the sentence, 0 for none.
func NMEA(b []byte) (p Point, n int) {
	const longest = 100 // the standard says 82; some receivers write more
	star := 0
	sum := byte(0)
	for i := 1; i < len(b) && i < longest; i++ {
		if b[i] == '*' {
			star = i
			break
		}
		if b[i] < ' ' || b[i] > '~' {
			return p, 0
		}
		sum ^= b[i]
	}
	if star < 7 || b[0] != '$' || star+3 > len(b) || hexValue(b[star+1])<<4|hexValue(b[star+2]) != int(sum) {
		return p, 0
	}
	body := b[6:star]
	switch string(b[3:6]) {
	case "GGA":
		body = fields(body, 2)
	case "RMC":
		body = fields(body, 3)
	case "GLL":
		body = fields(body, 1)
	default:
		return p, 0
	}
	p.Timed = true
	p.Ordered = true
	lat, latDec, i := nmeaAngle(body, 2, 'N', 'S')
	if i == 0 {
		return Point{}, 0
	}
	lon, lonDec, j := nmeaAngle(body[i:], 3, 'E', 'W')
	if j == 0 {
		return Point{}, 0
	}
	p.Lat, p.Lon, p.Decimals = lat, lon, min(latDec, lonDec)
	return p, star + 3
}

// fields returns what is behind so many commas.
func fields(b []byte, n int) []byte {
	for i, c := range b {
		if c == ',' {
			if n--; n == 0 {
				return b[i+1:]
			}
		}
	}
	return nil
}

// nmeaAngle reads ddmm.mmmm,N, with so many digits for the degrees.
func nmeaAngle(b []byte, whole int, up, down byte) (v float64, decimals, n int) {
	if len(b) < whole+2 || !Digits(b[:whole]) {
		return 0, 0, 0
	}
	minutes, decimals, m := fraction(b[whole:], 2)
	n = whole + m
	if m < 2 || minutes >= 60 || n+2 > len(b) || b[n] != ',' || b[n+1] != up && b[n+1] != down {
		return 0, 0, 0
	}
	d, _, _ := fraction(b[:whole], whole)
	v = d + minutes/60
	if b[n+1] == down {
		v = -v
	}
	n += 2
	if n < len(b) && b[n] == ',' {
		n++
	}
	return v, minuteDecimals + decimals, n
}

func hexValue(c byte) int {
	switch {
	case digit(c):
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return 1 << 8
}

// nmea confirms a sentence by its checksum.
func nmea(s *Sight) {
	if s.Cell > 0 || !ends(s.textBefore(), "$") {
		return
	}
	p, n := NMEA(s.Text[s.From-1 : s.reach()])
	if n == 0 {
		return
	}
	if v := s.addPoint(s.From-1, s.From-1+n, p); v != nil {
		v.Checked = true
	}
}
