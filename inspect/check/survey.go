package check

// surveyHead is how much of a stream's head the formats below are told by.
const surveyHead = 512

// surveyFile confirms a file of a survey or of a vehicle's sensors by its
// first bytes.
func surveyFile(s *Sight) {
	b := s.Text[:min(len(s.Text), surveyHead)]
	if len(b) < 8 {
		return
	}
	n := 0
	switch b[0] {
	case 'L':
		// ASPRS LAS 1.4 section 2.4: signature, ids, version 1.0 to 1.4.
		if starts(b, "LASF") && (len(b) < 26 || b[24] == 1 && b[25] <= 5) {
			n = 4
		}
	case '#':
		if starts(b, "#ROSBAG V") {
			n = len("#ROSBAG V")
		}
	case 'V':
		if starts(b, "VERSION .") || starts(b, "VERSION 0.") {
			n = pcdHeader(b)
		}
	case 'p':
		n = cloudPLY(b)
	case 'I', 'M':
		n = GeoTIFF(b)
	case 0x89:
		if starts(b, "\x89MCAP0\r\n") {
			n = 8
		}
	case 'A':
		if starts(b, "ASTM-E57") {
			n = 8
		}
	}
	if n > 0 {
		s.Add(0, n, Nobody, nil).Checked = true
	}
}

// pcdHeader tells a point cloud whose leading comment is missing.
func pcdHeader(b []byte) int {
	if holdsFold(b[:min(len(b), 64)], "\nfields x y") {
		return len("VERSION")
	}
	return 0
}

// cloudPLY tells a polygon file that has points with places.
func cloudPLY(b []byte) int {
	if !starts(b, "ply\nformat ") && !starts(b, "ply\r\nformat ") {
		return 0
	}
	if holdsFold(b, "property float x") || holdsFold(b, "property double x") || holdsFold(b, "property float32 x") || holdsFold(b, "property float64 x") {
		return 3
	}
	return 0
}

// geoKeyDirectory is the tag that makes a TIFF a GeoTIFF (OGC 19-008r4).
const geoKeyDirectory = 34735

// GeoTIFF returns the length of the magic number of a TIFF or BigTIFF whose
// first directory has the GeoKeyDirectoryTag, as far as b reaches; else 0.
func GeoTIFF(b []byte) int {
	if len(b) < 16 || b[0] != b[1] || b[0] != 'I' && b[0] != 'M' {
		return 0
	}
	big := b[0] == 'M'
	at, count, entry := 0, 2, 12
	switch tiff16(b[2:], big) {
	case 42:
		at = tiff32(b[4:], big)
	case 43:
		count, entry = 8, 20
		at = tiff32(b[8:], big)
		if big {
			at = tiff32(b[12:], big)
		}
	default:
		return 0
	}
	if at < 8 || at+count > len(b) {
		return 0
	}
	number := tiff16(b[at:], big)
	if count == 8 && big {
		number = tiff16(b[at+6:], big)
	}
	for i := at + count; number > 0 && i+entry <= len(b); i, number = i+entry, number-1 {
		if tiff16(b[i:], big) == geoKeyDirectory {
			return 4
		}
	}
	return 0
}

func tiff16(b []byte, big bool) int {
	if big {
		return int(b[0])<<8 | int(b[1])
	}
	return int(b[1])<<8 | int(b[0])
}

func tiff32(b []byte, big bool) int {
	if big {
		return tiff16(b, big)<<16 | tiff16(b[2:], big)
	}
	return tiff16(b[2:], big)<<16 | tiff16(b, big)
}

// surveyText confirms what surveys are told by in text: the root element of an
// ASAM OpenDRIVE map, and the comment at the head of a point cloud (PCD).
func surveyText(s *Sight) {
	before, ahead := s.textBefore(), s.textAfter()
	if s.Cell > 0 || len(ahead) == 0 {
		return
	}
	switch string(s.Candidate()) {
	case "OpenDRIVE":
		if ends(before, "<") && (ahead[0] == '>' || ahead[0] <= ' ') {
			s.Add(s.From-1, s.To, Nobody, nil)
		}
	case "PCD":
		if ends(before, "# .") && starts(ahead, " v") && segmentStart(before[:len(before)-3]) {
			s.Add(s.From-3, s.To+2, Nobody, nil)
		}
	}
}

// datumWords stand before the name of a reference system in well-known text.
var datumWords = [...]string{"geogcs[", "projcs[", "datum[", "geogcrs[", "projcrs[", "geodcrs[", "basegeogcrs["}

// datum confirms the national reference system in the text of a projection
// file; in prose it is a word.
func datum(s *Sight) {
	if s.Cell > 0 {
		return
	}
	v := s.Add(s.From, s.To, Nobody, nil)
	v.Low = true
	for _, w := range datumWords {
		if holdsFold(s.textBefore(), w) {
			v.Low = false
		}
	}
}
