package check_test

import (
	"math"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/check"
	"pgregory.net/rapid"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

func TestReadAngle(t *testing.T) {
	tests := []struct {
		name, text string
		degrees    float64
		decimals   int
		n          int
	}{
		{"fraction", "31.230416,", 31.230416, 6, 9},
		{"negative", "-0.1276", -0.1276, 4, 7},
		{"with sign", "31.2304°N ", 31.2304, 4, 10},
		{"hemisphere before", "W 121.5", -121.5, 1, 7},
		{"minutes", "31°14'N", 31 + 14.0/60, 2, 8},
		{"seconds", `31°14'12.5"S`, -(31 + 14.0/60 + 12.5/3600), 5, 13},
		{"Chinese", "31度14分12秒", 31 + 14.0/60 + 12.0/3600, 4, 15},
		{"GB18030", "31\xa1\xe314\xa1\xe412\xa1\xe5", 31 + 14.0/60 + 12.0/3600, 4, 12},
		{"primes", "121°29′3″E", 121 + 29.0/60 + 3.0/3600, 4, 15},
		{"long fraction", "31.23041599999999", 31.23041599999999, 14, 17},
		{"minutes over 59", "31°74'", 0, 0, 0},
		{"version", "31.2.3", 0, 0, 0},
		{"word", "31.2px", 0, 0, 0},
		{"exponent", "3.1e5", 0, 0, 0},
		{"four digits", "1234.5", 0, 0, 0},
		{"nothing", "", 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, n := check.ReadAngle([]byte(tt.text))
			if n != tt.n || n > 0 && (!near(a.Degrees, tt.degrees) || a.Decimals != tt.decimals) {
				t.Errorf("ReadAngle(%q) = %v, %d; want %v with %d decimals, %d", tt.text, a, n, tt.degrees, tt.decimals, tt.n)
			}
		})
	}
}

// allPlaces runs every form of a place at every key of it.
func allPlaces(t testing.TB, text string) (out []sighted) {
	t.Helper()
	words := map[string][]string{
		"latitude":    {"latitude", "lat", "纬度", "北纬", "南纬", "\xce\xb3\xb6\xc8"},
		"longitude":   {"longitude", "lng", "lon", "经度", "东经", "西经", "\xbe\xad\xb6\xc8"},
		"location":    {"gps", "location", "position", "坐标", "lnglat"},
		"coordinates": {"coordinates"}, "geo_uri": {"geo"}, "degrees": {"°"},
		"wkt":  {"point", "linestring", "polygon"},
		"nmea": {"GPGGA", "BDGGA", "GNRMC"},
	}
	bare := strings.NewReplacer("latitude", "********", "longitude", "*********")
	for form, list := range words {
		for _, w := range list {
			in := text
			if len(w) == 3 && w[0] == 'l' { // a trigger ends at the border of a word
				in = bare.Replace(text)
			}
			for i := 0; ; {
				n := strings.Index(lowered(in[i:]), lowered(w))
				if n < 0 {
					break
				}
				i += n
				out = append(out, sightAt(t, form, text, i, i+len(w), 0)...)
				i += len(w)
			}
		}
	}
	return out
}

func TestPlaces(t *testing.T) {
	tests := []struct {
		name, text string
		lat, lon   float64
		decimals   int
		timed      bool
	}{
		{"JSON", `{"lat":31.230416,"lng":121.473701}`, 31.230416, 121.473701, 6, false},
		{"JSON, longitude first", `{"longitude":"121.4737","latitude":"31.2304"}`, 31.2304, 121.4737, 4, false},
		{"pretty JSON", "{\n  \"lat\": 31.2304,\n  \"alt\": 4,\n  \"lon\": 121.4737\n}", 31.2304, 121.4737, 4, false},
		{"with a time", `{"lat":31.2304,"lng":121.4737,"ts":1700000000}`, 31.2304, 121.4737, 4, true},
		{"with a date", `{"time":"2024-01-05T10:20:30Z","lat":31.2304,"lng":121.4737}`, 31.2304, 121.4737, 4, true},
		{"with the date of the record", `{"updated_at":"2024-01-05T10:20:30Z","lat":31.2304,"lng":121.4737}`, 31.2304, 121.4737, 4, false},
		{"added names", `{"lat_gcj02":31.2304,"lng_gcj02":121.4737}`, 31.2304, 121.4737, 4, false},
		{"query", "?lat=31.2304&lon=121.4737&z=3", 31.2304, 121.4737, 4, false},
		{"XML", "<lat>31.2304</lat><lon>121.4737</lon>", 31.2304, 121.4737, 4, false},
		{"Chinese", "纬度：31.2304，经度：121.4737", 31.2304, 121.4737, 4, false},
		{"Chinese in GB18030", "\xce\xb3\xb6\xc8\xa3\xba31.2304\xa3\xac\xbe\xad\xb6\xc8\xa3\xba121.4737", 31.2304, 121.4737, 4, false},
		{"Chinese degrees", "位于东经121°29′3″，北纬31°14′12″", 31 + 14.0/60 + 12.0/3600, 121 + 29.0/60 + 3.0/3600, 4, false},
		{"south and west", "南纬31.2304，西经58.1234", -31.2304, -58.1234, 4, false},
		{"GPX", `<trkpt lat="31.2304" lon="121.4737"><ele>4</ele><time>2024-01-05T10:20:30Z</time>`, 31.2304, 121.4737, 4, true},
		{"one key", `"gps":"31.2304,121.4737"`, 31.2304, 121.4737, 4, false},
		{"one key, longitude first", `"location":"121.473701,31.230416"`, 31.230416, 121.473701, 6, false},
		{"array", `"坐标":[121.4737, 31.2304]`, 31.2304, 121.4737, 4, false},
		{"GeoJSON", `{"type":"Point","coordinates":[121.4737,31.2304]}`, 31.2304, 121.4737, 4, false},
		{"KML", `<coordinates>121.4737,31.2304,0</coordinates>`, 31.2304, 121.4737, 4, false},
		{"WKT", "POINT(121.4737 31.2304)", 31.2304, 121.4737, 4, false},
		{"WKT with height", "POINT Z (121.4737 31.2304 4.5)", 31.2304, 121.4737, 4, false},
		{"URI", "geo:31.2304,121.4737;u=35", 31.2304, 121.4737, 4, false},
		{"degrees", `31°14'12.5"N 121°29'3.1"E`, 31 + 14.0/60 + 12.5/3600, 121 + 29.0/60 + 3.1/3600, 5, false},
		{"hemisphere first", "N31°14.5', E121°29.25'", 31 + 14.5/60, 121 + 29.25/60, 4, false},
		{"London", `{"lat":51.5074,"lon":-0.1278}`, 51.5074, -0.1278, 4, false},
		{"few decimals", `{"lat":31.2,"lng":121.4}`, 31.2, 121.4, 1, false},
		{"GPS", "$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*76", 53.36133667, -6.50562, 6, true},
		{"BeiDou", "$BDGGA,092750.000,3954.5538,N,11623.8457,E,1,8,1.03,61.7,M,,M,,*69", 39.90923, 116.39742833, 6, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := allPlaces(t, tt.text)
			if len(v) != 1 {
				t.Fatalf("%d places, want 1: %v", len(v), v)
			}
			p := v[0].Point
			if !near(p.Lat, tt.lat) || !near(p.Lon, tt.lon) || p.Timed != tt.timed || v[0].Low != (tt.decimals < 4) || v[0].Kind != check.Nobody {
				t.Errorf("%q is %+v, want %v %v", tt.text, v[0].Value, tt.lat, tt.lon)
			}
			if p.Decimals < tt.decimals || p.Decimals > tt.decimals+1 {
				t.Errorf("%d decimals, want about %d", p.Decimals, tt.decimals)
			}
		})
	}
}

func TestNoPlaces(t *testing.T) {
	for name, text := range map[string]string{
		"nowhere":              `{"lat":0,"lng":0}`,
		"nowhere with zeros":   `{"lat":0.0000,"lng":0.0000}`,
		"latitude too large":   `{"lat":91.2304,"lng":21.4737}`,
		"longitude too large":  `{"lat":31.2304,"lng":181.4737}`,
		"latency":              "lat=0.1234 p99=0.4567",
		"two objects":          `{"lat":31.2304},{"lng":121.4737}`,
		"no decimals":          `{"lat":31,"lng":121}`,
		"C type":               "long lat_count = 12.5;",
		"vector":               `"position":[0.123456, 1.345678, 2.345678]`,
		"picture":              `"position":[0.123456, 1.345678]`,
		"program text":         "location = parse(1, 2)",
		"constructor":          "new Point(121.4737, 31.2304)",
		"temperature":          "25°C and 31°F",
		"projected":            "POINT(13522500.12 3662500.98)",
		"NMEA broken checksum": "$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*77",
		"NMEA without fix":     "$GPGGA,092750.000,,,,,0,0,,,M,,M,,*53",
		"word geo":             "geo: a package",
	} {
		if got := firm(allPlaces(t, text)); len(got) > 0 {
			t.Errorf("%s: places %q", name, got)
		}
	}
}

func TestLists(t *testing.T) {
	point := `{"lat":31.2304,"lng":121.4737},`
	flat := "lat=31.2304&lng=121.4737&"
	yaml := "- lat: 31.2304\n  lng: 121.4737\n"
	lines := "lng=121.4737 lat=31.2304\n"
	ring := "[121.473701,31.230416],"
	for name, tt := range map[string]struct {
		text string
		want int
	}{
		"objects":     {"[" + strings.Repeat(point, 9) + "]", 9},
		"parameters":  {strings.Repeat(flat, 2), 2},
		"YAML":        {strings.Repeat(yaml, 9), 9},
		"lines":       {strings.Repeat(lines, 9), 9},
		"GeoJSON":     {`"coordinates":[[` + strings.Repeat(ring, 40) + "[121.1234,31.1234]]]", 41},
		"KML":         {"<coordinates>" + strings.Repeat("121.473701,31.230416,4.5 ", 40) + "</coordinates>", 40},
		"WKT":         {"LINESTRING (" + strings.Repeat("121.473701 31.230416, ", 40) + "121.5 31.25)", 41},
		"wide arrays": {`"coordinates": [` + strings.Repeat("\n        [\n            121.473701,\n            31.230416\n        ],", 9) + "]", 9},
	} {
		if got := len(allPlaces(t, tt.text)); got != tt.want {
			t.Errorf("%s: %d places, want %d", name, got, tt.want)
		}
	}
}

func TestCells(t *testing.T) {
	for name, tt := range map[string]struct {
		row, cell string
		want      string
		timed     bool
	}{
		"longitude behind":  {"7,31.2304,121.4737,x\n", "31.2304", "31.2304,121.4737", false},
		"longitude before":  {"121.4737,31.2304,12.5\n", "31.2304", "121.4737,31.2304", false},
		"quoted":            {`"7","31.2304","121.4737"` + "\n", "31.2304", `31.2304","121.4737`, false},
		"with a time":       {"2024-01-05 10:20:30,31.2304,121.4737\n", "31.2304", "31.2304,121.4737", true},
		"no number":         {"7,x,121.4737\n", "x", "", false},
		"nothing beside it": {"a,31.2304,b\n", "31.2304", "", false},
	} {
		i := strings.Index(tt.row, tt.cell)
		v := sightAt(t, "latitude", tt.row, i, i, i+len(tt.cell))
		if tt.want == "" {
			if len(v) > 0 {
				t.Errorf("%s: %v", name, v)
			}
		} else if len(v) != 1 || v[0].text != tt.want || v[0].Point.Timed != tt.timed {
			t.Errorf("%s: %v, want %q", name, v, tt.want)
		}
	}
}

func TestPlaceProperty(t *testing.T) {
	coordinate := rapid.StringMatching(`-?[1-8]?[0-9]\.[0-9]{4,8}`)
	rapid.Check(t, func(rt *rapid.T) {
		lat, lon := coordinate.Draw(rt, "lat"), coordinate.Draw(rt, "lon")
		a, n := check.ReadAngle([]byte(lat))
		b, m := check.ReadAngle([]byte(lon))
		if n != len(lat) || m != len(lon) {
			rt.Fatalf("angles of %d and %d bytes", n, m)
		}
		for _, v := range allPlaces(t, `{"lat":`+lat+`,"lon":`+lon+`}`) {
			if v.Point.Lat != a.Degrees || v.Point.Lon != b.Degrees {
				rt.Fatalf("%v at %v, %v", v.Point, a, b)
			}
		}
	})
}
