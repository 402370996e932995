package check

import "time"

// provinces has bit p set when p is a province code of GB/T 2260 in use,
// including 71 and 81 to 83 (Taiwan, and the residence permits).
var provinces = func() (set [2]uint64) {
	for _, p := range []int{11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37,
		41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83} {
		set[p>>6] |= 1 << (p & 63)
	}
	return set
}()

func province(b []byte) bool {
	p := two(b)
	return provinces[p>>6]&(1<<(p&63)) != 0
}

func two(b []byte) int { return int(b[0]-'0')*10 + int(b[1]-'0') }

// ResidentID confirms an 18-character resident identity number of GB 11643 by
// province, calendar date between 1900 and the given day, and check
// character. It also holds for the residence permits with prefix 81, 82 and
// 83. The birth date is returned in UTC.
func ResidentID(id []byte, on time.Time) (birth time.Time, ok bool) {
	if len(id) != 18 || !Digits(id[:17]) || !province(id) {
		return time.Time{}, false
	}
	birth, ok = date(two(id[6:])*100+two(id[8:]), two(id[10:]), two(id[12:]), on)
	return birth, ok && mod112(id) == id[17]
}

// ForeignPR confirms a foreigner's permanent resident identity number in the
// form of December 2023: a leading 9, then as a resident number.
func ForeignPR(id []byte, on time.Time) (birth time.Time, ok bool) {
	if len(id) != 18 || !Digits(id[:17]) || id[0] != '9' {
		return time.Time{}, false
	}
	birth, ok = date(two(id[6:])*100+two(id[8:]), two(id[10:]), two(id[12:]), on)
	return birth, ok && mod112(id) == id[17]
}

// ResidentID15 confirms the 15-digit form in use before 1999 and returns its
// 18-character form. It has no check digit: one number in a hundred passes,
// so a caller needs context.
func ResidentID15(id []byte, on time.Time) (full [18]byte, birth time.Time, ok bool) {
	if len(id) != 15 || !Digits(id) || !province(id) || id[0] == '0' {
		return full, time.Time{}, false
	}
	birth, ok = date(1900+two(id[6:]), two(id[8:]), two(id[10:]), on)
	copy(full[:], id[:6])
	copy(full[6:], "19")
	copy(full[8:], id[6:])
	full[17] = mod112(full[:])
	return full, birth, ok
}

// Age returns the completed years between a birth date and a day.
func Age(birth, on time.Time) int {
	years := on.Year() - birth.Year()
	if on.Month() < birth.Month() || on.Month() == birth.Month() && on.Day() < birth.Day() {
		years--
	}
	return years
}

var monthDays = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// date checks a calendar day from 1900-01-01 to on. A zero on sets no end.
func date(y, m, d int, on time.Time) (time.Time, bool) {
	if y < 1900 || m < 1 || m > 12 || d < 1 || d > monthDays[m] {
		return time.Time{}, false
	}
	if m == 2 && d == 29 && (y%4 != 0 || y%100 == 0 && y%400 != 0) {
		return time.Time{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if !on.IsZero() {
		oy, om, od := on.Date()
		if t.After(time.Date(oy, om, od, 0, 0, 0, 0, time.UTC)) {
			return time.Time{}, false
		}
	}
	return t, true
}
