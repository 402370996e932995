package synth

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// surveyKinds are the heads of files that surveyors and test vehicles write.
func surveyKinds() []Kind {
	const class = "geo.survey"
	return []Kind{
		{"las", class, true, func(m *Maker) string {
			return "LASF\x00\x00\x00\x00" + m.bytes(16) + "\x01\x02" + pad("SAMPLE", 32) + pad("generator 1", 32) + "\x9c\x00\xe9\x07\xe3\x00" + m.bytes(131)
		}},
		{"pcd", class, true, func(m *Maker) string {
			return "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 2\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 2\nDATA ascii\n1." +
				m.digits(3) + " 2." + m.digits(3) + " 0.1\n1.0 2.2 0.3\n"
		}},
		{"geotiff", class, true, (*Maker).geotiff},
		{"opendrive", class, true, func(m *Maker) string {
			return fmt.Sprintf("<?xml version=\"1.0\" standalone=\"yes\"?>\n<OpenDRIVE>\n<header revMajor=\"1\" revMinor=\"6\" name=\"sample\" date=\"2026-11-01\"/>\n<road name=\"r%s\" length=\"12.5\" id=\"1\" junction=\"-1\"/>\n</OpenDRIVE>\n", m.digits(3))
		}},
		{"rosbag", class, true, func(m *Maker) string {
			return "#ROSBAG V2.0\n\x45\x00\x00\x00\x10\x00\x00\x00chunk_count=\x01\x00\x00\x00" + m.bytes(60)
		}},
		{"prj", class, true, func(m *Maker) string {
			return `PROJCS["CGCS2000_3_Degree_GK_CM_` + pick(m.rnd, "114E", "117E", "120E") + `",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],UNIT["Meter",1.0]]`
		}},
	}
}

func pad(s string, n int) string { return s + strings.Repeat("\x00", n-len(s)) }

// geotiff is a picture of one point with the tags of its place: 33550 the
// scale, 33922 the tie point, 34735 the keys.
func (m *Maker) geotiff() string {
	type tag struct {
		id, kind uint16
		count    uint32
		value    uint32
	}
	const head = 8 + 2 + 9*12 + 4
	tags := []tag{{256, 3, 1, 1}, {257, 3, 1, 1}, {258, 3, 1, 8}, {259, 3, 1, 1}, {262, 3, 1, 1}, {273, 4, 1, head + 24 + 48 + 32},
		{33550, 12, 3, head}, {33922, 12, 6, head + 24}, {34735, 3, 16, head + 24 + 48}}
	out := []byte("II*\x00\x08\x00\x00\x00")
	out = binary.LittleEndian.AppendUint16(out, uint16(len(tags)))
	for _, t := range tags {
		out = binary.LittleEndian.AppendUint16(out, t.id)
		out = binary.LittleEndian.AppendUint16(out, t.kind)
		out = binary.LittleEndian.AppendUint32(out, t.count)
		out = binary.LittleEndian.AppendUint32(out, t.value)
	}
	out = append(out, 0, 0, 0, 0)
	out = append(out, m.bytes(24+48)...)
	for _, k := range []uint16{1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4490} {
		out = binary.LittleEndian.AppendUint16(out, k)
	}
	return string(out) + m.bytes(16)
}
