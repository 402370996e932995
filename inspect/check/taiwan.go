package check

// taiwanLetters are the letters of Taiwan's identity numbers in the order of
// their codes, from 10 up.
const taiwanLetters = "ABCDEFGHJKLMNPQRSTUVXYWZIO"

var taiwanCode = func() (t [256]byte) {
	for i := range len(taiwanLetters) {
		t[taiwanLetters[i]] = byte(i + 10)
	}
	return t
}()

// TaiwanID reports whether b is a Taiwan identity number, or a resident
// certificate number in the form of 2021 (8 or 9 behind the letter), with its
// check digit. One in ten passes by chance.
func TaiwanID(b []byte) bool {
	if !lettersDigits(b, 1, 9) {
		return false
	}
	switch b[1] {
	case '1', '2', '8', '9':
		return taiwanSum(b[0], b[1]-'0', b[2:])
	}
	return false
}

// TaiwanARC reports whether b is a resident certificate number in the form
// before 2021: two letters, the second A to D, and eight digits. The second
// letter counts with the last digit of its code.
func TaiwanARC(b []byte) bool {
	return lettersDigits(b, 2, 8) && b[1] <= 'D' && taiwanSum(b[0], taiwanCode[b[1]]%10, b[2:])
}

// taiwanSum weighs the letter's code, the next place and eight digits by 1, 9,
// 8, 7, 6, 5, 4, 3, 2, 1 and 1, modulo 10.
func taiwanSum(letter, second byte, rest []byte) bool {
	code := int(taiwanCode[letter])
	sum := code/10 + code%10*9 + int(second)*8
	for i, d := range rest {
		sum += int(d-'0') * max(7-i, 1)
	}
	return sum%10 == 0
}

func confirmTaiwanID(s *Sight) {
	var buf [serialLen]byte
	for from := s.From; letterAt(s, from); from++ {
		b := serial(s, from, &buf, serialAny, 10, 10)
		if (TaiwanID(b) || TaiwanARC(b)) && takePaper(s, from, s.To, KindTaiwanID, paperIdentity, b) {
			checked(s).Lift = 1
			return
		}
	}
}
