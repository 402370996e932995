package check

import "time"

// The machine readable zones of ICAO 9303: passports have two lines of 44
// characters (TD3, part 4), cards three of 30 (TD1, part 5) or two of 36 (TD2,
// part 6). Only A to Z, 0 to 9 and '<' stand in them.

// MRZDigit returns the check digit of a field: digits count as such, A to Z as
// 10 to 35 and '<' as 0, weighed by 7, 3 and 1. ok is false where another
// character stands in it.
func MRZDigit(field []byte) (digit byte, ok bool) {
	sum, ok := mrzSum(0, 0, field)
	return '0' + byte(sum%10), ok && len(field) > 0
}

// mrzSum adds the weighed characters of a field whose first has the place at.
func mrzSum(sum, at int, field []byte) (int, bool) {
	for i, c := range field {
		v := 0
		switch {
		case c >= '0' && c <= '9':
			v = int(c - '0')
		case c >= 'A' && c <= 'Z':
			v = int(c-'A') + 10
		case c != '<':
			return 0, false
		}
		sum += v * int("\x07\x03\x01"[(at+i)%3])
	}
	return sum, true
}

// MRZ is what a machine readable zone says of its holder.
type MRZ struct {
	Number [9]byte // of the document; the first Length bytes
	Length int
	Birth  [6]byte // YYMMDD, '<' for what is not known
	Whole  bool    // the check digit over the whole zone holds as well
}

// PassportLine reads the second line of a passport (44 characters) or of a
// card with two lines (36). ok says that the check digits of number, birth
// date and expiry date hold.
func PassportLine(line []byte) (m MRZ, ok bool) {
	if len(line) != 44 && len(line) != 36 || !mrzLetters(line[10:13]) {
		return m, false
	}
	if !mrzHolds(line[:9], line[9]) || !mrzDates(line[13:28]) || !m.number(line[:9]) {
		return m, false
	}
	copy(m.Birth[:], line[13:])
	last := len(line) - 1
	m.Whole = mrzWhole(line[last], line[:10], line[13:20], line[21:last])
	return m, true
}

// CardLines reads the first two lines of a card with three (30 characters).
func CardLines(one, two []byte) (m MRZ, ok bool) {
	if len(one) != 30 || len(two) != 30 || !mrzLetters(one[2:5]) || !mrzLetters(two[15:18]) {
		return m, false
	}
	if !mrzHolds(one[5:14], one[14]) || !mrzDates(two[:15]) || !m.number(one[5:14]) {
		return m, false
	}
	copy(m.Birth[:], two)
	m.Whole = mrzWhole(two[29], one[5:30], two[:7], two[8:15], two[18:29])
	return m, true
}

func mrzLetters(b []byte) bool {
	for _, c := range b {
		if c != '<' && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return b[0] != '<'
}

func mrzHolds(field []byte, digit byte) bool {
	c, ok := MRZDigit(field)
	return ok && c == digit
}

// mrzDates checks birth date, check digit, sex, expiry date and check digit.
// Parts of a birth date that are not known are '<'.
func mrzDates(b []byte) bool {
	if !Digits(b[8:14]) || !mrzHolds(b[:6], b[6]) || !mrzHolds(b[8:14], b[14]) {
		return false
	}
	if b[7] != 'M' && b[7] != 'F' && b[7] != 'X' && b[7] != '<' {
		return false
	}
	if Digits(b[:6]) {
		if m, d := two(b[2:]), two(b[4:]); m < 1 || m > 12 || d < 1 || d > monthDays[m] {
			return false
		}
	}
	m, d := two(b[10:]), two(b[12:])
	return m >= 1 && m <= 12 && d >= 1 && d <= monthDays[m]
}

func mrzWhole(digit byte, fields ...[]byte) bool {
	sum, at := 0, 0
	for _, f := range fields {
		var ok bool
		if sum, ok = mrzSum(sum, at, f); !ok {
			return false
		}
		at += len(f)
	}
	return digit == '0'+byte(sum%10)
}

// number keeps a document number without the fillers behind it: the key must
// be that of the number as it is printed.
func (m *MRZ) number(b []byte) bool {
	digits := 0
	for _, c := range b {
		if c == '<' {
			continue
		}
		if c >= '0' && c <= '9' {
			digits++
		}
		m.Number[m.Length] = c
		m.Length++
	}
	return m.Length >= 5 && digits >= 3
}

// born returns the birth date, if it is known and the day of the judgement
// is: the last such day before it.
func (m *MRZ) born(on time.Time) time.Time {
	if on.IsZero() || !Digits(m.Birth[:]) {
		return time.Time{}
	}
	year, month, day := two(m.Birth[:]), two(m.Birth[2:]), two(m.Birth[4:])
	if t, ok := date(2000+year, month, day, on); ok {
		return t
	}
	t, _ := date(1900+year, month, day, on)
	return t
}
