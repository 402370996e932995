package check

// precise is from how many decimals of a degree on a place is told better than
// what public maps may show (50 m).
const precise = 4

// place adds the point of two angles that stand at [from, to); where the
// hemispheres do not tell, the first is the latitude. It reports whether they
// make a point on the earth.
func (s *Sight) place(from, to int, lat, lon Angle) *Value {
	if lat.Hemisphere == 'E' || lat.Hemisphere == 'W' || lon.Hemisphere == 'N' || lon.Hemisphere == 'S' {
		return nil
	}
	p := Point{Lat: lat.Degrees, Lon: lon.Degrees, Decimals: max(lat.Decimals, lon.Decimals)}
	if min(lat.Decimals, lon.Decimals) < 2 { // a shorter number is one with zeros cut off, or no degrees
		p.Decimals = min(lat.Decimals, lon.Decimals)
	}
	return s.addPoint(from, to, p)
}

// addPoint adds a point that lies on the earth.
func (s *Sight) addPoint(from, to int, p Point) *Value {
	if p.Decimals == 0 || p.Lat == 0 && p.Lon == 0 || p.Lat < -90 || p.Lat > 90 || p.Lon < -180 || p.Lon > 180 {
		return nil
	}
	p.Decimals = min(p.Decimals, 9)
	v := s.Add(from, to, Nobody, nil)
	v.Point = p
	v.Low = p.Decimals < precise
	return v
}

// inChina reports whether a point lies in the box around the country's land.
func inChina(p Point) bool {
	return p.Lat >= 18.16 && p.Lat <= 53.55 && p.Lon >= 73.66 && p.Lon <= 135.05
}

type axis uint8

const (
	noAxis axis = iota
	latAxis
	lonAxis
)

// other is the axis that a pair still lacks.
func (a axis) other() axis { return lonAxis + latAxis - a }

// axisWords are the names of the axes; the longer come before what they begin
// with. South and West count downwards.
var axisWords = [...]struct {
	word string
	axis axis
	down bool
}{
	{"latitude", latAxis, false}, {"lat", latAxis, false},
	{"longitude", lonAxis, false}, {"lng", lonAxis, false}, {"long", lonAxis, false}, {"lon", lonAxis, false},
	{"纬度", latAxis, false}, {"緯度", latAxis, false}, {"北纬", latAxis, false}, {"北緯", latAxis, false},
	{"南纬", latAxis, true}, {"南緯", latAxis, true},
	{"经度", lonAxis, false}, {"經度", lonAxis, false}, {"东经", lonAxis, false}, {"東經", lonAxis, false},
	{"西经", lonAxis, true}, {"西經", lonAxis, true},
	{"\xce\xb3\xb6\xc8", latAxis, false}, {"\xbe\x95\xb6\xc8", latAxis, false},
	{"\xb1\xb1\xce\xb3", latAxis, false}, {"\xb1\xb1\xbe\x95", latAxis, false},
	{"\xc4\xcf\xce\xb3", latAxis, true}, {"\xc4\xcf\xbe\x95", latAxis, true},
	{"\xbe\xad\xb6\xc8", lonAxis, false}, {"\xbd\x9b\xb6\xc8", lonAxis, false},
	{"\xb6\xab\xbe\xad", lonAxis, false}, {"\x96\x7c\xbd\x9b", lonAxis, false},
	{"\xce\xf7\xbe\xad", lonAxis, true}, {"\xce\xf7\xbd\x9b", lonAxis, true},
}

// readKey reads the name of an axis at text[i:], its value, and what stands
// between them. end is 0 where there is none.
func readKey(text []byte, i int) (which axis, a Angle, at, end int) {
	switch c := text[i]; {
	case c == 'l' || c == 'L':
		if i > 0 && letter(text[i-1]) && (c == 'l' || text[i-1] < 'a') {
			return
		}
	case c < 0x80:
		return
	}
	for _, w := range axisWords {
		if !startsFold(text[i:], w.word) {
			continue
		}
		at = i + len(w.word)
		if at < len(text) && w.word[0] < 0x80 && text[at] >= 'a' && text[at] <= 'z' {
			continue
		}
		at += axisTail(text[at:])
		gap, _ := keyGap(text[at:])
		at += gap
		a, n := ReadAngle(text[at:])
		if n == 0 {
			return noAxis, a, 0, 0
		}
		if w.down && a.Hemisphere == 0 {
			a.Degrees = -a.Degrees
		}
		return w.axis, a, at, at + n
	}
	return noAxis, a, 0, 0
}

// axisTail steps over what is added to the name of an axis, as in lat_gcj02
// and lngWgs84.
func axisTail(b []byte) int {
	if len(b) == 0 || b[0] != '_' && (b[0] < 'A' || b[0] > 'Z') {
		return 0
	}
	n := 1
	for n < len(b) && n < 10 && Word(b[n]) {
		n++
	}
	if n == 10 {
		return 0
	}
	return n
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
