package synth

import (
	"fmt"
	"math"
)

// point is a place in the mainland, WGS-84 degrees.
type point struct{ lat, lon float64 }

func (m *Maker) place() point {
	return point{23 + float64(m.rnd.IntN(17_000_000))/1e6, 103 + float64(m.rnd.IntN(17_000_000))/1e6}
}

func geoKinds() []Kind {
	const class = "geo.coordinate"
	at := func(format string, lonFirst bool) func(*Maker) string {
		return func(m *Maker) string {
			p := m.place()
			if lonFirst {
				return fmt.Sprintf(format, p.lon, p.lat)
			}
			return fmt.Sprintf(format, p.lat, p.lon)
		}
	}
	return []Kind{
		{"coordlat", class, false, at(`"lat":%.6f,"lng":%.6f`, false)},
		{"coordlong", class, false, at(`"longitude": %.6f, "latitude": %.6f`, true)},
		{"coordtext", class, false, at(`"latitude":"%.7f","longitude":"%.7f"`, false)},
		{"coordzh", class, false, at("东经%.5f，北纬%.5f", true)},
		{"coordzhkey", class, false, at("经度：%.6f，纬度：%.6f", true)},
		{"coordamap", class, false, at(`"location":"%.6f,%.6f"`, true)},
		{"coordquery", class, false, at("lat=%.6f&lng=%.6f", false)},
		{"coordlatlon", class, false, at("%.6f,%.6f", false)},
		{"coordlonlat", class, false, at("%.6f,%.6f", true)},
		{"coordwkt", class, false, at("POINT(%.6f %.6f)", true)},
		{"coordgeojson", class, false, at(`{"type":"Point","coordinates":[%.6f,%.6f]}`, true)},
		{"coordgpx", class, false, at(`<wpt lat="%.6f" lon="%.6f"></wpt>`, false)},
		{"coordkml", class, false, at("<Point><coordinates>%.6f,%.6f,0</coordinates></Point>", true)},
		{"coorduri", class, false, at("geo:%.6f,%.6f", false)},
		{"coorddms", class, false, func(m *Maker) string { p := m.place(); return dms(p.lat) + "N " + dms(p.lon) + "E" }},
		{"coordnmea", class, true, func(m *Maker) string { return m.nmea(m.place(), 0) }},
	}
}

// dms is degrees, minutes and seconds.
func dms(v float64) string {
	d, rest := math.Modf(v)
	min, rest := math.Modf(rest * 60)
	return fmt.Sprintf(`%d°%02d'%05.2f"`, int(d), int(min), rest*60)
}

// nmea is a sentence of a receiver with its check sum, i seconds on.
func (m *Maker) nmea(p point, i int) string {
	angle := func(v float64, width int) string {
		d, rest := math.Modf(v)
		return fmt.Sprintf("%0*d%07.4f", width, int(d), rest*60)
	}
	body := fmt.Sprintf("%sGGA,0927%02d.000,%s,N,%s,E,1,8,1.03,%s.7,M,,M,,", pick(m.rnd, "GP", "GN", "BD"), i%60, angle(p.lat, 2), angle(p.lon, 3), m.digits(2))
	var sum byte
	for i := range len(body) {
		sum ^= body[i]
	}
	return fmt.Sprintf("$%s*%02X", body, sum)
}
