package check

// InvoiceNumber reports whether digits are the number of a fully digital
// invoice: year, province, channel and serial in 20 digits (State Taxation
// Administration notice 2024 no. 11), and Old whether they are one of eight.
func InvoiceNumber(d []byte) bool {
	if len(d) != 20 || !Digits(d) {
		return false
	}
	year := two(d)
	return year >= 21 && year <= 45 && taxRegion(d[2:])
}

// InvoiceCode reports whether digits are the code of a tax invoice: ten
// beginning with the region (paper), or 12 beginning with 0 and the region
// (electronic and rolls); the year follows.
func InvoiceCode(d []byte) bool {
	if !Digits(d) {
		return false
	}
	switch len(d) {
	case 10:
		return taxRegion(d) && two(d[4:]) <= 45
	case 12:
		return (d[0] == '0' || d[0] == '1') && taxRegion(d[1:]) && two(d[5:]) <= 45
	}
	return false
}

// taxRegion reports whether digits begin with a province of GB/T 2260; cities
// of their own plan have no other first two.
func taxRegion(d []byte) bool {
	switch d[0] {
	case '1', '2', '3':
		return d[1] >= '1' && d[1] <= '7'
	case '4', '6':
		return d[1] >= '1' && d[1] <= '6'
	case '5':
		return d[1] >= '0' && d[1] <= '4'
	}
	return false
}

// CustomsEntry reports whether 18 digits are the number of a customs
// declaration: the customs office, the year, import (1) or export (0), and
// nine more (General Administration of Customs, rules for filling in
// declarations, 2019 no. 18).
func CustomsEntry(d []byte) bool {
	if len(d) != 18 || !Digits(d) {
		return false
	}
	office, year := two(d), two(d[4:])*100+two(d[6:])
	return office >= 1 && office <= 97 && year >= 2000 && year <= 2045 && d[8] <= '1'
}

// BillOfLading reports whether b is the number of a bill of lading: the code
// of the carrier in letters and six to 13 digits, with few letters among them.
func BillOfLading(b []byte) bool {
	if len(b) < 9 || len(b) > 18 {
		return false
	}
	lead, digits := 0, 0
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c < 'A' || c > 'Z':
			return false
		case lead == i:
			lead++
		}
	}
	return lead >= 2 && lead <= 8 && digits >= 5
}

// numberWord returns the word of digits and letters that begins b, and where
// it ends; none where more of a word follows.
func numberWord(b []byte) []byte {
	n := 0
	for n < len(b) && Word(b[n]) && b[n] != '_' {
		n++
	}
	if !OpenRight(b[n:]) || n < len(b) && b[n] == '-' {
		return nil
	}
	return b[:n]
}
