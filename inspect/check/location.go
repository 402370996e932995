package check

// location confirms two numbers under one key: "31.230416,121.473701".
func location(s *Sight) {
	at, firm := s.valueAt()
	text := s.Text[:s.reach()]
	loose := s.loose()
	if at >= len(text) || loose && at == s.To+1 && text[s.To] == ':' && len(s.Candidate()) == len("geo") {
		return // what could be a URI is found as one
	}
	if !firm && s.Cell == 0 && !digit(text[at]) {
		return
	}
	a, n := ReadAngle(text[at:])
	if n == 0 || !a.Marked && a.Decimals == 0 {
		return
	}
	i := at + n
	i += pairGap(text[i:])
	b, m := ReadAngle(text[i:])
	if i == at+n || m == 0 || !pairEnd(text[i+m:]) || loose && s.Cell == 0 && spaces(text[at+n:i]) == i-at-n {
		return
	}
	if lonFirst(a, b) || !latSure(a, b) && s.lonKey() {
		a, b = b, a
	}
	v := s.place(at, i+m, a, b)
	if v == nil {
		return
	}
	v.Point.Timed = timed(text, at, i+m)
	if loose && !(inChina(v.Point) && min(a.Decimals, b.Decimals) >= precise) {
		v.Low = true // it could be a place in a picture
	}
}

// pairGap returns the length of what joins the two numbers of a pair.
func pairGap(b []byte) int {
	n := 0
	for n < len(b) && n < 6 {
		switch b[n] {
		case ' ', ',', ';', '/', '|', '"', '\'':
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

// pairEnd reports whether no third number follows, as it does where numbers
// are a vector or a list.
func pairEnd(b []byte) bool {
	n := 0
	for n < len(b) && (b[n] == ' ' || b[n] == ',') {
		n++
	}
	return n == 0 || n >= len(b) || !digit(b[n]) && b[n] != '-' && b[n] != '.'
}

func lonFirst(a, b Angle) bool {
	return a.Hemisphere == 'E' || a.Hemisphere == 'W' || a.Degrees > 90 || a.Degrees < -90
}

func latSure(a, b Angle) bool {
	return a.Hemisphere != 0 || b.Hemisphere != 0 || b.Degrees > 90 || b.Degrees < -90
}

// lonKey reports whether the key names the longitude first.
func (s *Sight) lonKey() bool {
	key := s.Candidate()
	return startsFold(key, "lng") || startsFold(key, "lon") || starts(key, "经") || starts(key, "經") || starts(key, "\xbe\xad")
}

// looseWords name places on the earth and in pictures alike.
var looseWords = [...]string{"location", "position", "pos", "point", "center", "centre", "coord", "coords",
	"coordinate", "origin", "destination", "geo", "loc", "位置", "\xce\xbb\xd6\xc3"}

func (s *Sight) loose() bool {
	if s.Cell > 0 {
		return true // the header is not in sight
	}
	key := s.Candidate()
	for _, w := range looseWords {
		if len(key) == len(w) && startsFold(key, w) {
			return true
		}
	}
	return false
}

// geoURI confirms a geo URI (RFC 5870): geo:lat,lon[,alt][;p=v].
func geoURI(s *Sight) {
	ahead := s.textAfter()
	if len(ahead) < 4 || ahead[0] != ':' || !digit(ahead[1]) && ahead[1] != '-' {
		return
	}
	lat, n := ReadAngle(ahead[1:])
	if n == 0 || n+2 >= len(ahead) || ahead[n+1] != ',' {
		return
	}
	lon, m := ReadAngle(ahead[n+2:])
	if m == 0 {
		return
	}
	to := s.To + n + 2 + m
	if v := s.place(s.From, to, lat, lon); v != nil {
		v.Point.Timed = timed(s.Text[:s.reach()], s.From, to)
	}
}

// degrees confirms two angles that say themselves which they are, by N or S
// and E or W: 31°14'12.5"N 121°29'3.1"E. The candidate is the first sign.
func degrees(s *Sight) {
	text := s.Text[:s.reach()]
	from := s.From
	for from > 0 && s.From-from < 20 && (digit(text[from-1]) || text[from-1] == '.') {
		from--
	}
	if from == s.From || s.Cell > 0 || !OpenLeft(text[:from]) && !(hemisphere(text[from-1]) > 0) {
		return
	}
	number := from
	if from > 0 && hemisphere(text[from-1]) > 0 && (from < 2 || !Word(text[from-2])) {
		from--
	}
	a, n := ReadAngle(text[from:])
	if n == 0 || a.Hemisphere == 0 || from+n <= s.From {
		return
	}
	lon := a.Hemisphere == 'E' || a.Hemisphere == 'W'
	if lon && latBefore(text[:from]) || keyBefore(text[:number]) {
		return
	}
	i := from + n
	i += pairGap(text[i:])
	b, m := ReadAngle(text[i:])
	if m == 0 || b.Hemisphere == 0 {
		return
	}
	if lon {
		a, b = b, a
	}
	if v := s.place(from, i+m, a, b); v != nil {
		v.Point.Timed = timed(text, from, i+m)
	}
}

// latBefore reports whether a latitude ends where b ends.
func latBefore(b []byte) bool {
	n := len(b)
	for n > 0 && len(b)-n < 6 && (b[n-1] == ' ' || b[n-1] == ',' || b[n-1] == '/' || b[n-1] >= 0x80) {
		n--
	}
	if n < 2 {
		return false
	}
	return b[n-1] == 'N' || b[n-1] == 'S' || b[n-1] == '"' || b[n-1] == '\''
}

// keyBefore reports whether the name of an axis stands right before b's end:
// then the pair is found at that key.
func keyBefore(b []byte) bool {
	n := len(b)
	for low := max(0, n-maxKeyGap); n > low; n-- {
		for _, w := range axisWords {
			if m := n - len(w.word); m >= 0 && startsFold(b[m:n], w.word) {
				gap, _ := keyGap(b[n:])
				return n+gap >= len(b)-1
			}
		}
	}
	return false
}
