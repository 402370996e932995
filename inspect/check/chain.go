package check

// Long lists of points are read on from window to window: a look ends where a
// point may be cut, and the next begins there.

// look returns the text of this look, and whether the stream goes on behind it.
func (s *Sight) look() (text []byte, more bool) {
	end := min(len(s.Text), s.To+ReachBytes)
	return s.Text[:end], s.To+ReachBytes <= len(s.Text)
}

// chain reads points from text[i:] with the given reader and adds them. The
// reader returns the length of the point at the start of its argument and of
// what joins it to the next; cut says that more text could change its answer.
func (s *Sight) chain(i int, ordered bool, read func([]byte) (lon, lat Angle, gap, n int, cut bool)) {
	text, more := s.look()
	for i < len(text) {
		lon, lat, gap, n, cut := read(text[i:])
		if cut && more {
			if i > s.To {
				s.Next = i
			} else if n == 0 && gap > 0 {
				s.Next = i + gap // nothing but what joins points
			}
			return
		}
		if n == 0 {
			return
		}
		if v := s.place(i+gap, i+gap+n, lat, lon); v != nil {
			v.Point.Ordered = ordered
			if !s.Again {
				v.Point.Timed = timed(text, s.From, i+gap+n)
			}
		} else if lon.Degrees != 0 || lat.Degrees != 0 {
			return // these are no degrees
		}
		i += gap + n
	}
}

// coordinates confirms the array of a GeoJSON geometry (RFC 7946: longitude
// first) and the element of KML.
func coordinates(s *Sight) {
	if s.Again {
		s.chain(s.From, false, readPosition)
		return
	}
	ahead := s.textAfter()
	if s.Cell > 0 || len(ahead) < 3 {
		return
	}
	gap, firm := keyGap(ahead)
	if !firm || gap == len(ahead) || ahead[gap] != '-' && ahead[gap] > ' ' && !digit(ahead[gap]) {
		return
	}
	way := holdsFold(s.textBefore(), "linestring") && !holdsFold(s.textBefore(), "polygon")
	s.chain(s.To+gap, way, readPosition)
}

// readPosition reads lon,lat and perhaps a height, of GeoJSON or KML.
func readPosition(b []byte) (lon, lat Angle, gap, n int, cut bool) {
	for gap < len(b) && (b[gap] <= ' ' || b[gap] == '[' || b[gap] == ']' || b[gap] == ',') {
		gap++
	}
	lon, n = ReadAngle(b[gap:])
	i := gap + n
	i += spaces(b[i:])
	if n == 0 || i >= len(b) || b[i] != ',' {
		return lon, lat, gap, 0, gap+n == len(b) || i >= len(b) || n == 0 && len(b)-gap < 8
	}
	i++
	i += spaces(b[i:])
	lat, m := ReadAngle(b[i:])
	if m == 0 {
		return lon, lat, gap, 0, len(b)-i < 8
	}
	i += m
	n = i - gap
	// A third number is the height.
	k := i + spaces(b[i:])
	if k < len(b) && b[k] == ',' {
		k++
		k += spaces(b[k:])
		_, _, z := fraction(b[min(k+sign(b[k:]), len(b)):], 6)
		if k+z >= len(b) {
			return lon, lat, gap, 0, true
		}
		if z > 0 {
			n = k + sign(b[k:]) + z - gap
		}
	}
	return lon, lat, gap, n, k >= len(b)
}

func spaces(b []byte) (n int) {
	for n < len(b) && b[n] <= ' ' {
		n++
	}
	return n
}

func sign(b []byte) int {
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		return 1
	}
	return 0
}

// wkt confirms a geometry in well-known text (OGC 06-103r4): x and y with a
// space between them, points joined by commas.
func wkt(s *Sight) {
	if s.Again {
		s.chain(s.From, false, readXY)
		return
	}
	ahead := s.textAfter()
	if s.Cell > 0 || len(ahead) < 4 {
		return
	}
	i := spaces(ahead)
	for i > 0 && i < len(ahead) && (ahead[i] == 'Z' || ahead[i] == 'M') {
		i++
	}
	i += spaces(ahead[i:])
	if i >= len(ahead) || ahead[i] != '(' {
		return
	}
	s.chain(s.To+i, holdsFold(s.Candidate(), "linestring"), readXY)
}

func readXY(b []byte) (x, y Angle, gap, n int, cut bool) {
	for gap < len(b) && (b[gap] <= ' ' || b[gap] == '(' || b[gap] == ')' || b[gap] == ',') {
		gap++
	}
	x, n = ReadAngle(b[gap:])
	i := gap + n
	k := spaces(b[i:])
	if n == 0 || k == 0 {
		return x, y, gap, 0, i >= len(b) || len(b)-gap < 8
	}
	i += k
	y, m := ReadAngle(b[i:])
	if m == 0 {
		return x, y, gap, 0, len(b)-i < 8
	}
	i += m
	n = i - gap
	for range 2 { // height and measure
		k := i + spaces(b[i:])
		_, _, z := fraction(b[min(k+sign(b[k:]), len(b)):], 6)
		if k == i || z == 0 {
			break
		}
		i = k + sign(b[k:]) + z
		n = i - gap
	}
	return x, y, gap, n, i+spaces(b[i:]) >= len(b)
}
