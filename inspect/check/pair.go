package check

// latitude and longitude confirm two numbers under the names of the axes, in
// one object or one line. Each pair is one value, at the key that comes first.
func latitude(s *Sight) {
	if s.Cell > 0 {
		s.cells()
		return
	}
	s.pair()
}

func longitude(s *Sight) {
	if s.Cell == 0 {
		s.pair()
	}
}

func (s *Sight) pair() {
	text := s.Text[:s.reach()]
	which, a, at, end := readKey(text, s.From)
	if which == noAxis || end <= s.To {
		return
	}
	line, object := s.bounds()
	if pending(text[:s.From], line) == which.other() {
		return // it belongs to the key before it
	}
	b, to, same := partner(text, end, which)
	if !same && pending(text[:s.From], object) == which.other() || to == 0 {
		return
	}
	if which == lonAxis {
		a, b = b, a
	}
	v := s.place(at, to, a, b)
	if v == nil {
		return
	}
	v.Point.Timed = timed(text, at, to)
	v.Point.Ordered = trackTag(text[:s.From])
}

// bounds returns where the line and the object begin in which the candidate
// stands, as far as that is in sight. A line that opens an item of a list or
// closes an element begins an object too, as does an empty one.
func (s *Sight) bounds() (line, object int) {
	low := max(0, s.From-ReachBytes)
	line, object = low, low
	inLine := true
	for i := s.From; i > low; i-- {
		switch c := s.Text[i-1]; {
		case c == '{' || c == '}':
			if inLine {
				line = i
			}
			return line, i
		case c == '\n':
			if inLine {
				line, inLine = i, false
			}
			if opensObject(s.Text[i:s.From]) {
				return line, i
			}
		}
	}
	return line, object
}

// opensObject reports whether a line that begins another object begins with b.
func opensObject(b []byte) bool {
	i := 0
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i < len(b) && (b[i] == '\n' || b[i] == '-' && i+1 < len(b) && b[i+1] == ' ' || b[i] == '<' && i+1 < len(b) && b[i+1] == '/')
}

// pending returns the axis of the last key in text[from:] that still lacks
// its partner.
func pending(text []byte, from int) (open axis) {
	for i := from; i < len(text); {
		which, _, _, end := readKey(text, i)
		if which == noAxis {
			i++
			continue
		}
		if open == which.other() {
			open = noAxis
		} else {
			open = which
		}
		i = end
	}
	return open
}

// partner returns the value of the other axis behind a key, on the same line
// or below it in the same object.
func partner(text []byte, i int, which axis) (a Angle, to int, same bool) {
	same = true
	for i < len(text) {
		switch c := text[i]; {
		case c == '{' || c == '}':
			return a, 0, same
		case c == '\n':
			same = false
			if opensObject(text[i+1:]) {
				return a, 0, same
			}
		default:
			k, b, _, end := readKey(text, i)
			if k == which {
				return a, 0, same
			}
			if k != noAxis {
				return b, end, same
			}
		}
		i++
	}
	return a, 0, same
}

// trackTag reports whether the attributes of a point of a GPX track or route
// begin where b ends.
func trackTag(b []byte) bool {
	n := len(b)
	for n > 0 && b[n-1] == ' ' {
		n--
	}
	return ends(b[:n], "<trkpt") || ends(b[:n], "<rtept")
}

// cells confirms the cell of a column of latitudes with the cell beside it.
func (s *Sight) cells() {
	from, to := trimCell(s.Text, s.From, s.cellEnd())
	lat, n := ReadAngle(s.Text[from:to])
	if n == 0 || n != to-from {
		return
	}
	next, nextTo := s.cellAfter()
	prev, prevFrom := s.cellBefore()
	switch {
	case nextTo > 0 && (prevFrom < 0 || next.Decimals >= prev.Decimals):
		s.row(from, nextTo, lat, next)
	case prevFrom >= 0:
		s.row(prevFrom, to, lat, prev)
	}
}

func (s *Sight) row(from, to int, lat, lon Angle) {
	if v := s.place(from, to, lat, lon); v != nil {
		v.Point.Timed = timed(s.Text[:s.reach()], from, to)
	}
}

// cellAfter and cellBefore read the cell beside the candidate's.
func (s *Sight) cellAfter() (a Angle, end int) {
	text := s.Text[:s.reach()]
	i := s.cellEnd()
	for i < len(text) && (text[i] == '"' || text[i] == ' ') {
		i++
	}
	if i >= len(text) || !cellMark(text[i]) {
		return a, 0
	}
	for i++; i < len(text) && (text[i] == '"' || text[i] == ' '); {
		i++
	}
	a, n := ReadAngle(text[i:])
	if n == 0 || a.Degrees < -180 || a.Degrees > 180 {
		return a, 0
	}
	return a, i + n
}

func (s *Sight) cellBefore() (a Angle, from int) {
	i := s.From
	for i > 0 && s.From-i < 4 && (s.Text[i-1] == '"' || s.Text[i-1] == ' ') {
		i--
	}
	if i == 0 || !cellMark(s.Text[i-1]) {
		return a, -1
	}
	end := i - 1
	for i = end; i > 0 && end-i < 32 && !cellMark(s.Text[i-1]) && s.Text[i-1] != '\n'; {
		i--
	}
	from, to := trimCell(s.Text, i, end)
	a, n := ReadAngle(s.Text[from:to])
	if n == 0 || n != to-from || a.Degrees < -180 || a.Degrees > 180 {
		return a, -1
	}
	return a, from
}

func cellMark(c byte) bool { return c == ',' || c == ';' || c == '\t' || c == '|' }

func trimCell(b []byte, from, to int) (int, int) {
	for from < to && (b[from] == '"' || b[from] <= ' ') {
		from++
	}
	for to > from && (b[to-1] == '"' || b[to-1] <= ' ') {
		to--
	}
	return from, to
}
