package check

// HKID reports whether b is a Hong Kong identity card number with its check
// character: one or two letters, six digits, a digit or A. One in eleven
// passes by chance.
func HKID(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	c, ok := hkidCheck(b[:len(b)-1])
	return ok && c == b[len(b)-1]
}

// hkidCheck returns the check character of one or two letters and six digits.
// A missing first letter counts as a space, 36, and A to Z as 10 to 35.
func hkidCheck(b []byte) (c byte, ok bool) {
	n := len(b) - 6
	if n != 1 && n != 2 || !lettersDigits(b, n, 6) {
		return 0, false
	}
	sum := 36 * 9
	if n == 2 {
		sum = int(b[0]-'A'+10) * 9
	}
	sum += int(b[n-1]-'A'+10) * 8
	for i, d := range b[n:] {
		sum += int(d-'0') * (7 - i)
	}
	return "0123456789A"[(11-sum%11)%11], true
}

// hkidLen is two letters, six digits and a check character.
const hkidLen = 9

// confirmHKID takes numbers without brackets, also with a hyphen before the
// check digit. One that ends in A is left to confirmHKIDKey.
func confirmHKID(s *Sight) {
	var buf [serialLen + 1]byte
	to := s.To
	if rest := s.Text[to:]; len(rest) > 1 && rest[0] == '-' && hkidEnd(rest[1]) {
		to += 2
	}
	for from := s.From; letterAt(s, from); from++ {
		if n := s.To - from; n > hkidLen || n < hkidLen-2 {
			continue
		}
		b := Upper(buf[:0], s.Text[from:s.To])
		if to > s.To {
			b = Upper(b, s.Text[to-1:to])
		}
		if HKID(b) && takePaper(s, from, to, KindHKID, paperIdentity, b) {
			checked(s).Lift = 1
			return
		}
	}
}

func hkidEnd(c byte) bool { return c >= '0' && c <= '9' || c == 'A' || c == 'a' }

// checked marks the newest value as one whose arithmetic holds.
func checked(s *Sight) *Value {
	v := &s.Values[len(s.Values)-1]
	v.Checked = true
	return v
}

// confirmHKIDBrackets takes numbers with the check character in brackets, as
// the card has it. Lot numbers look so too, and one in eleven of them passes:
// words of identity near it lift it, unless lower-case letters or the
// neighbours of file names and part numbers make a call or a reference of it.
func confirmHKIDBrackets(s *Sight) {
	c, n := bracketed(s.Text[s.To:])
	if n == 0 {
		return
	}
	var buf [serialLen + 1]byte
	for from := s.From; letterAt(s, from); from++ {
		if s.To-from > hkidLen-1 {
			continue
		}
		b := append(Upper(buf[:0], s.Text[from:s.To]), c)
		if !HKID(b) || !OpenLeft(s.Text[:from]) || !OpenRight(s.Text[s.To+n:]) {
			continue
		}
		s.Add(from, s.To+n, KindHKID, b)
		v := checked(s)
		if part := lower(s.Text[from]) || from > 0 && hkidPart(s.Text[from-1]); !part && identityNear(s, from) {
			v.Lift = 1
		}
		return
	}
}

// identityNear reports whether words before a number name an identity card.
func identityNear(s *Sight, from int) bool {
	set := paperWords.Groups(Before(s.Text[:from]))
	return set.Has(paperIdentity)
}

// hkidPart reports whether a number behind c is rather the end of a longer name.
func hkidPart(c byte) bool {
	switch c {
	case '-', '/', '.', '$', '#', '@', '&', '+', '\\':
		return true
	}
	return false
}

// bracketed reads a check character in brackets at the beginning of b, in
// ASCII or full width, and returns it and how many bytes that takes.
func bracketed(b []byte) (c byte, n int) {
	if len(b) < 3 {
		return 0, 0
	}
	switch b[0] {
	case ' ':
		n = 1
	case '(', "（"[0], 0xa3:
	default:
		return 0, 0
	}
	open := prefix(b[n:], openBrackets)
	if open == 0 {
		return 0, 0
	}
	n += open
	switch {
	case n < len(b) && hkidEnd(b[n]):
		c = b[n] &^ ' '
		if b[n] <= '9' {
			c = b[n]
		}
		n++
	case prefix(b[n:], wideA) > 0:
		c = 'A'
		n += prefix(b[n:], wideA)
	default:
		return 0, 0
	}
	shut := prefix(b[n:], shutBrackets)
	if shut == 0 {
		return 0, 0
	}
	return c, n + shut
}

// ASCII, full width in UTF-8, full width in GB18030.
var (
	openBrackets = list("(", "（", "\xa3\xa8")
	shutBrackets = list(")", "）", "\xa3\xa9")
	wideA        = list("Ａ", "\xa3\xc1")
)

// confirmHKIDKey takes behind a trigger word what no run of bytes brings: an A
// without brackets, and numbers with spaces in them.
func confirmHKIDKey(s *Sight) {
	i, end := paperValue(s)
	from, letters, digits := i, 0, 0
	var buf [hkidLen]byte
	b := buf[:0]
	for ; i < end && letters < 2 && alpha(s.Text[i]); i++ {
		b, letters = append(b, fold(s.Text[i])&^' '), letters+1
	}
	gap := i < end && s.Text[i] == ' '
	if gap {
		i++
	}
	for ; i < end && digits < 6 && s.Text[i] >= '0' && s.Text[i] <= '9'; i++ {
		b, digits = append(b, s.Text[i]), digits+1
	}
	if letters == 0 || digits < 6 || i == end {
		return
	}
	if c, n := bracketed(s.Text[i:end]); n > 0 {
		b, i = append(b, c), i+n
	} else {
		if c := s.Text[i]; (c == ' ' || c == '-') && i+1 < end {
			gap, i = gap || c == ' ', i+1
		}
		if !hkidEnd(s.Text[i]) {
			return
		}
		gap = gap || s.Text[i] > '9' && Word(s.Text[i-1])
		b = Upper(b, s.Text[i:i+1])
		i++
	}
	if gap && HKID(b) && OpenRight(s.Text[i:]) {
		s.Add(from, i, KindHKID, b)
		checked(s)
	}
}
