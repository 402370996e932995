package check

const vinWeights = "\x08\x07\x06\x05\x04\x03\x02\x0a\x00\x09\x08\x07\x06\x05\x04\x03\x02"

// vinValue has the values of GB 16735 and ISO 3779 for the letters from A on;
// I, O and Q are not used.
const vinValue = "\x01\x02\x03\x04\x05\x06\x07\x08\x00\x01\x02\x03\x04\x05\x00\x07\x00\x09\x02\x03\x04\x05\x06\x07\x08\x09"

// VIN confirms a vehicle identification number of GB 16735 (ISO 3779) in upper
// case, with its check digit. checked is false where only that is wrong.
func VIN(b []byte) (form, checked bool) {
	if len(b) != 17 || !Digits(b[13:]) || b[8] != 'X' && !isDigit(b[8]) {
		return false, false
	}
	sum, letters := 0, 0
	for i, c := range b {
		v := 0
		switch {
		case isDigit(c):
			v = int(c - '0')
		case c >= 'A' && c <= 'Z' && vinValue[c-'A'] > 0:
			v = int(vinValue[c-'A'])
			letters++
		default:
			return false, false
		}
		sum += v * int(vinWeights[i])
	}
	// The tenth tells the model year; no year has U, Z or 0.
	if letters == 0 || b[9] == 'U' || b[9] == 'Z' || b[9] == '0' {
		return false, false
	}
	return true, "0123456789X"[sum%11] == b[8]
}

// vin is the form of vehicle identification numbers. One with a wrong check
// digit counts only if a Chinese maker's code begins it, and never for much;
// one in lower case counts for less.
func vin(s *Sight) {
	from := s.To - 17
	if from < s.From || from > s.From+1 || !isDigit(s.Text[s.To-1]) || !isDigit(s.Text[s.To-4]) {
		return
	}
	var buf [17]byte
	small := false
	for i, c := range s.Text[from:s.To] {
		small = small || lower(c)
		buf[i] = c
	}
	if small {
		for _, c := range s.Text[from:s.To] {
			if c >= 'A' && c <= 'Z' {
				return
			}
		}
		upper(buf[:])
	}
	form, checked := VIN(buf[:])
	if !form || !checked && buf[0] != 'L' || !OpenLeft(s.Text[:from]) || !OpenRight(s.Text[s.To:]) {
		return
	}
	v := s.Add(from, s.To, Nobody, nil)
	v.Checked, v.Low = checked, !checked
	if small {
		v.Lift = -1
	}
}
