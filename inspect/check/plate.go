package check

import "unicode/utf8"

// plateRegion reports whether b is the character of a region with which
// plates begin, in UTF-8 (three bytes) or GB18030 (two). Source: GA 36-2018.
func plateRegion(b []byte) bool {
	switch string(b) {
	case "京", "津", "沪", "渝", "冀", "豫", "云", "辽", "黑", "湘", "皖", "鲁", "新", "苏", "浙", "赣",
		"鄂", "桂", "甘", "晋", "蒙", "陕", "吉", "闽", "贵", "粤", "青", "藏", "川", "宁", "琼",
		"\xbe\xa9", "\xbd\xf2", "\xbb\xa6", "\xd3\xe5", "\xbc\xbd", "\xd4\xa5", "\xd4\xc6", "\xc1\xc9", "\xba\xda", "\xcf\xe6", "\xcd\xee", "\xc2\xb3",
		"\xd0\xc2", "\xcb\xd5", "\xd5\xe3", "\xb8\xd3", "\xb6\xf5", "\xb9\xf0", "\xb8\xca", "\xbd\xfa", "\xc3\xc9", "\xc9\xc2", "\xbc\xaa", "\xc3\xf6",
		"\xb9\xf3", "\xd4\xc1", "\xc7\xe0", "\xb2\xd8", "\xb4\xa8", "\xc4\xfe", "\xc7\xed":
		return true
	}
	return false
}

// regionBefore returns where the character of a region that ends at a place
// begins. Where the text around is UTF-8, two of its bytes are not taken for
// a character of GB18030.
func regionBefore(text []byte, end int) (from int, ok bool) {
	if end >= 3 && plateRegion(text[end-3:end]) {
		return end - 3, true
	}
	if end < 2 || !plateRegion(text[end-2:end]) {
		return 0, false
	}
	from = end
	for from > 0 && end-from < 30 && text[from-1] >= 0x80 {
		from--
	}
	if end-from < 30 && utf8.Valid(text[from:end]) {
		return 0, false
	}
	if end-from == 30 && endsRune(text[:end]) {
		return 0, false
	}
	return end - 2, true
}

var plateDots = []twin{{"·", "\xa1\xa4"}, {"•", "\xa1\xa4"}, {"・", "\xa1\xa4"}, {"‧", "\xa1\xa4"}, {"．", "\xa3\xae"}, {"－", "\xa3\xad"}}

// plateSuffixes end plates of driving schools, trailers, police, those of Hong
// Kong and Macao, consulates and others. Source: GA 36-2018.
var plateSuffixes = []twin{{"挂", "\xb9\xd2"}, {"学", "\xd1\xa7"}, {"警", "\xbe\xaf"}, {"港", "\xb8\xdb"}, {"澳", "\xb0\xc4"},
	{"领", "\xc1\xec"}, {"试", "\xca\xd4"}, {"超", "\xb3\xac"}, {"应急", "\xd3\xa6\xbc\xb1"}, {"使", "\xca\xb9"},
	{"領", "\xee\x49"}, {"掛", "\x92\xec"}, {"學", "\x8c\x57"}}

// PlateSerial confirms what stands behind the region and the letter of the
// issuing office, in upper case: five characters with two letters at most, or
// six of a new-energy vehicle. A suffix takes the place of the fifth. I and O
// are not used. Source: GA 36-2018.
func PlateSerial(b []byte, suffix bool) bool {
	letters, zeros := 0, 0
	for _, c := range b {
		switch {
		case c == '0':
			zeros++
		case isDigit(c):
		case c >= 'A' && c <= 'Z' && c != 'I' && c != 'O':
			letters++
		default:
			return false
		}
	}
	switch {
	case zeros == len(b) || letters > 2:
		return false
	case suffix:
		return len(b) == 4
	case len(b) == 6 && isDigit(b[0]):
		return letters == 1 && plateEnergy(b[5])
	case len(b) == 6:
		return plateEnergy(b[0]) && Digits(b[2:])
	}
	return len(b) == 5
}

// plateEnergy reports whether a letter tells how a new-energy vehicle is
// driven: A to E by electricity alone, F to K otherwise.
func plateEnergy(c byte) bool { return c >= 'A' && c <= 'K' && c != 'I' }

// plateRest reads the serial of a plate behind its letter, and a suffix; it
// returns where it ends.
func plateRest(text []byte, at int) (end int, ok bool) {
	if at < len(text) && (text[at] == '-' || text[at] == ' ' || text[at] == '.') {
		at++
	} else if at < len(text) && text[at] >= 0x80 {
		at += twinAt(text[at:], plateDots)
	}
	var buf [6]byte
	n := 0
	for at < len(text) && n < len(buf) && isAlnum(text[at]) {
		buf[n] = text[at]
		n, at = n+1, at+1
	}
	b := upper(buf[:n])
	if n == 4 {
		w := twinAt(text[at:], plateSuffixes)
		return at + w, w > 0 && PlateSerial(b, true)
	}
	return at, OpenRight(text[at:]) && PlateSerial(b, false)
}

// plate is the form of number plates that begin with a region.
func plate(s *Sight) {
	at := s.To - 1
	if at < 2 || s.Text[at] < 'A' || s.Text[at] > 'Z' || s.Text[at] == 'I' || s.Text[at] == 'O' {
		return
	}
	from, ok := regionBefore(s.Text, at)
	if !ok {
		return
	}
	if end, ok := plateRest(s.Text, at+1); ok {
		s.Add(from, end, Nobody, nil)
	}
}
