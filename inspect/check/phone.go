package check

import "bytes"

// regionPhone splits digits that begin with the country code of Hong Kong,
// Macao or Taiwan. fixed says that the number is no mobile.
//
// Sources: the numbering plans of OFCA (Hong Kong), CTT (Macao) and the NCC
// (Taiwan).
func regionPhone(d []byte) (code int, fixed, ok bool) {
	if len(d) < 11 || d[0] != '8' {
		return 0, false, false
	}
	n := d[3:]
	switch string(d[:3]) {
	case "852":
		fixed = n[0] == '2' || n[0] == '3' || n[0] == '5' && n[1] == '8'
		return 3, fixed, len(n) == 8 && n[0] >= '2'
	case "853":
		return 3, n[0] == '2', len(n) == 8 && (n[0] == '6' || n[0] == '2' && n[1] == '8')
	case "886":
		if n[0] == '0' { // written with the 0 of a call at home
			n = n[1:]
		}
		if n[0] == '9' {
			return 3, false, len(n) == 9
		}
		return 3, true, len(n) == 9 && (n[0] == '2' || n[0] == '4') || len(n) == 8 && n[0] >= '3' && n[0] <= '8'
	}
	return 0, false, false
}

// RegionMobile confirms a mobile number of Hong Kong, Macao or Taiwan with its
// country code, digits only.
func RegionMobile(d []byte) bool {
	_, fixed, ok := regionPhone(d)
	return ok && !fixed
}

// dialled returns the digits of a number behind a plus sign or 00, and
// whether one of these stands there.
func dialled(s *Sight) (d []byte, abroad bool) {
	d = s.Digits
	if s.From > 0 && s.Text[s.From-1] == '+' {
		return d, true
	}
	if bytes.HasPrefix(d, []byte("00")) {
		return d[2:], true
	}
	return d, false
}

// mobileRegion is the form of mobiles of Hong Kong, Macao and Taiwan with their
// country code.
func mobileRegion(s *Sight) {
	d, abroad := dialled(s)
	if code, fixed, ok := regionPhone(d); ok && !fixed && regionShape(s, d) {
		s.addPhone(d[:code], d[code:], abroad)
	}
}

// regionShape reports whether the country code ends where a group ends, or
// all digits are one group.
func regionShape(s *Sight, d []byte) bool {
	bits, ok := groupStarts(s.Shape, len(s.Digits))
	code := len(s.Digits) - len(d) + 3
	return ok && (s.Shape <= 9 || bits>>code&1 != 0)
}

// phoneAbroad is the form of fixed numbers of Hong Kong, Macao and Taiwan, and
// of numbers of other countries behind a plus sign (ITU-T E.164).
func phoneAbroad(s *Sight) {
	d, abroad := dialled(s)
	if code, fixed, ok := regionPhone(d); ok {
		if fixed && regionShape(s, d) {
			s.addPhone(d[:code], d[code:], abroad)
		}
		return
	}
	if !abroad || len(d) < 10 || len(d) > 15 || d[0] == '0' || d[0] == '8' && (d[1] == '6' || d[1] == '5' || d[1] == '8' && d[2] == '6') {
		return
	}
	if n := callingCode(d); n > 0 && d[n] != '0' {
		s.addPhone(d[:n], d[n:], false)
	}
}

func (s *Sight) addPhone(code, number []byte, sure bool) {
	var buf [24]byte
	if number[0] == '0' {
		number = number[1:]
	}
	c := append(append(append(buf[:0], '+'), code...), number...)
	if v := s.Add(s.From, s.To, KindPhone, c); sure {
		v.Lift = 1
	}
}

// callingCode returns the length of the country code of ITU-T E.164 at the
// start of d, or 0. Codes of one and two digits are told by their first two;
// all others have three.
func callingCode(d []byte) int {
	switch d[0] {
	case '1', '7':
		return 1
	}
	switch two(d) {
	case 20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58,
		60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98:
		return 2
	case 21, 22, 23, 24, 25, 26, 29, 35, 37, 38, 42, 50, 59, 67, 68, 69, 85, 88, 96, 97, 99:
		return 3
	}
	return 0
}
