package check_test

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/check"
	"pgregory.net/rapid"
)

func TestTrack(t *testing.T) {
	at := func(i int) check.Point {
		return check.Point{Lat: 31 + float64(i)/1000, Lon: 121, Decimals: 5, Timed: true}
	}
	run := func(points []check.Point, step int64, group func(int) int64) (fifths []int, timed bool) {
		var tr check.Track
		for i, p := range points {
			g := int64(0)
			if group != nil {
				g = group(i)
			}
			if tr.Add(p, int64(i)*step, g) {
				fifths, timed = append(fifths, i), tr.Timed()
			}
		}
		return fifths, timed
	}
	var way, still, rough, shops []check.Point
	for i := range 20 {
		way, still = append(way, at(i)), append(still, at(0))
		r, s := at(i), at(i)
		r.Decimals, s.Timed = 3, false
		rough, shops = append(rough, r), append(shops, s)
	}
	drawn := append([]check.Point(nil), shops...)
	drawn[0].Ordered = true
	tests := []struct {
		name   string
		points []check.Point
		step   int64
		group  func(int) int64
		want   int // index of the only fifth, -1 for none
		timed  bool
	}{
		{"a way", way, 60, nil, 4, true},
		{"four points", way[:4], 60, nil, -1, false},
		{"one place", still, 60, nil, -1, false},
		{"rough", rough, 60, nil, -1, false},
		{"shops", shops, 60, nil, 4, false},
		{"a line", drawn, 60, nil, 4, true},
		{"far apart", way, 5000, nil, -1, false},
		{"of many persons", way, 60, func(i int) int64 { return int64(i + 1) }, -1, false},
		{"of one person", way, 60, func(int) int64 { return 7 }, 4, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fifths, timed := run(tt.points, tt.step, tt.group)
			switch {
			case tt.want < 0 && len(fifths) > 0, tt.want >= 0 && (len(fifths) != 1 || fifths[0] != tt.want):
				t.Errorf("fifths at %v, want %d", fifths, tt.want)
			case timed != tt.timed:
				t.Errorf("timed = %v, want %v", timed, tt.timed)
			}
		})
	}
}

func TestTrackProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tr check.Track
		offset, fifths, runs := int64(0), 0, 1
		for range rapid.IntRange(0, 60).Draw(t, "points") {
			step := rapid.Int64Range(0, 6000).Draw(t, "step")
			if step > 4096 {
				runs++
			}
			offset += step
			p := check.Point{Lat: float64(rapid.IntRange(1, 9).Draw(t, "lat")), Lon: 1, Decimals: 4}
			if tr.Add(p, offset, 0) {
				fifths++
			}
		}
		if fifths > runs {
			t.Fatalf("%d tracks in %d runs", fifths, runs)
		}
	})
}

func TestSurvey(t *testing.T) {
	tiff := "II*\x00\x08\x00\x00\x00\x02\x00" + "\x00\x01\x03\x00\x01\x00\x00\x00\x00\x02\x00\x00" +
		"\xaf\x87\x03\x00\x04\x00\x00\x00\x00\x02\x00\x00"
	big := "MM\x00*\x00\x00\x00\x08\x00\x01" + "\x87\xaf\x00\x03\x00\x00\x00\x04\x00\x00\x02\x00"
	tests := []struct {
		name, text string
		want       bool
	}{
		{"LAS", "LASF" + strings.Repeat("\x00", 20) + "\x01\x04rest", true},
		{"PCD without comment", "VERSION .7\nFIELDS x y z\nSIZE 4 4 4\n", true},
		{"PLY", "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\n", true},
		{"PLY without places", "ply\nformat ascii 1.0\nelement face 3\n", false},
		{"GeoTIFF", tiff, true},
		{"GeoTIFF, big-endian", big, true},
		{"TIFF", tiff[:22] + "\x00\x01\x03\x00\x01\x00\x00\x00\x00\x02\x00\x00", false},
		{"ROS bag", "#ROSBAG V2.0\n", true},
		{"MCAP", "\x89MCAP0\r\n\x01", true},
		{"E57", "ASTM-E57\x01", true},
		{"comment", "# a comment\n", false},
		{"prose", "LASFor instance", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := len(sightAt(t, "survey_file", tt.text, 0, 0, 0)) > 0; got != tt.want {
				t.Errorf("found = %v, want %v", got, tt.want)
			}
		})
	}
	for name, tt := range map[string]struct {
		form, word, text string
		want             bool
	}{
		"road map":           {"survey_text", "OpenDRIVE", "<?xml version=\"1.0\"?>\n<OpenDRIVE>\n", true},
		"road map in prose":  {"survey_text", "OpenDRIVE", "the OpenDRIVE format", false},
		"point cloud":        {"survey_text", "PCD", "# .PCD v0.7 - Point Cloud Data file format\n", true},
		"other comment":      {"survey_text", "PCD", "# a PCD v0.7 file\n", false},
		"projection file":    {"datum", "CGCS2000", `GEOGCS["GCS_CGCS2000",DATUM["D_CGCS2000"`, true},
		"datum in prose":     {"datum", "CGCS2000", "we use CGCS2000 here", false},
		"datum by long name": {"datum", "China_2000", `DATUM["D_China_2000",SPHEROID["CGCS2000"`, true},
	} {
		if got := len(firm(sightings(t, tt.form, tt.word, tt.text))) > 0; got != tt.want {
			t.Errorf("%s: found = %v, want %v", name, got, tt.want)
		}
	}
}
