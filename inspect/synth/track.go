package synth

import (
	"fmt"
	"strings"
	"time"
)

// trackKinds are ways of one subject: eight or more points in order of time.
func trackKinds() []Kind {
	const class = "pi.location.track"
	way := func(head, sep, foot string, each func(m *Maker, i int, at time.Time, p point) string) func(*Maker) string {
		return func(m *Maker) string {
			var parts []string
			p, at := m.place(), m.day.Add(-time.Duration(m.rnd.IntN(86400))*time.Second)
			for i := range 8 + m.rnd.IntN(5) {
				p.lat += 0.0004 + float64(m.rnd.IntN(900))/1e6
				p.lon += 0.0003 + float64(m.rnd.IntN(900))/1e6
				at = at.Add(15 * time.Second)
				parts = append(parts, each(m, i, at, p))
			}
			return head + strings.Join(parts, sep) + foot
		}
	}
	return []Kind{
		{"trackjson", class, false, way("[", ",", "]", func(_ *Maker, _ int, at time.Time, p point) string {
			return fmt.Sprintf(`{"lat":%.6f,"lng":%.6f,"ts":%d}`, p.lat, p.lon, at.Unix())
		})},
		{"tracklines", class, false, way("", "\n", "", func(_ *Maker, _ int, at time.Time, p point) string {
			return fmt.Sprintf(`{"gps_time":"%s","longitude":%.6f,"latitude":%.6f,"speed":%d}`, at.Format(time.DateTime), p.lon, p.lat, 20+at.Second())
		})},
		{"trackcsv", class, false, way("gps_time,longitude,latitude,speed\n", "\n", "", func(_ *Maker, i int, at time.Time, p point) string {
			return fmt.Sprintf("%s,%.6f,%.6f,%d", at.Format(time.DateTime), p.lon, p.lat, 30+i)
		})},
		{"trackzh", class, false, way("定位时间,经度,纬度,车速\n", "\n", "", func(_ *Maker, i int, at time.Time, p point) string {
			return fmt.Sprintf("%s,%.6f,%.6f,%d", at.Format(time.DateTime), p.lon, p.lat, 30+i)
		})},
		{"trackgpx", class, false, way(`<trk><trkseg>`, "\n", "</trkseg></trk>", func(_ *Maker, _ int, at time.Time, p point) string {
			return fmt.Sprintf(`<trkpt lat="%.6f" lon="%.6f"><ele>31</ele><time>%s</time></trkpt>`, p.lat, p.lon, at.Format(time.RFC3339))
		})},
		{"tracknmea", class, false, way("", "\r\n", "\r\n", func(m *Maker, i int, _ time.Time, p point) string { return m.nmea(p, i) })},
		{"trackline", class, false, way(`{"type":"LineString","coordinates":[`, ",", "]}", func(_ *Maker, _ int, _ time.Time, p point) string {
			return fmt.Sprintf("[%.6f,%.6f]", p.lon, p.lat)
		})},
	}
}
