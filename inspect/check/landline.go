package check

import "bytes"

// areaCodes has, for the first two digits of a three-digit area code, a bit
// for each third digit in use. Source: the ministry's numbering plan of the
// public network and the area codes published with it; 10 and 2x are apart.
var areaCodes = func() (set [100]uint16) {
	for _, row := range [...]string{"310123456789", "335", "349", "350123456789", "370123456789", "39123468",
		"410123456789", "42179", "43123456789", "45123456789", "464789", "470123456789", "4823",
		"510123456789", "5237", "530123456789", "5436", "550123456789", "56123456", "570123456789", "580", "59123456789",
		"6312345", "660238", "6912", "701", "710123456789", "72248", "730123456789", "743456", "750123456789",
		"76023689", "770123456789", "790123456789", "8123678", "82567", "830123456789", "85123456789",
		"870123456789", "883678", "8912345678", "90123689", "9112345679", "930123456789", "9413", "9512345",
		"970123456789", "990123456789"} {
		for _, c := range []byte(row[2:]) {
			set[two([]byte(row))] |= 1 << (c - '0')
		}
	}
	return set
}()

// area returns the length of the area code, without its 0, at the start of
// some digits; 0 if there is none.
func area(d []byte) int {
	switch {
	case len(d) < 3:
		return 0
	case d[0] == '1':
		if d[1] == '0' {
			return 2
		}
		return 0
	case d[0] == '2':
		if d[1] == '6' {
			return 0
		}
		return 2
	case areaCodes[two(d)]>>(d[2]-'0')&1 != 0:
		return 3
	}
	return 0
}

// Landline confirms a mainland fixed telephone number, digits only: the area
// code with its 0 and a subscriber number. Numbers of companies (400, 800,
// 95xxx) have none.
func Landline(d []byte) bool {
	if len(d) < 11 || len(d) > 12 || d[0] != '0' || !Digits(d) {
		return false
	}
	n := area(d[1:])
	return n > 0 && subscriber(d[1+n:], n)
}

// subscriber reports whether d can be the number behind an area code of n
// digits.
func subscriber(d []byte, n int) bool {
	return (len(d) == 8 || len(d) == 7 && n == 3) && d[0] >= '2' && d[0] <= '8'
}

// fixed is a landline in pieces of its digits.
type fixed struct {
	area, local, end int  // where the area code, the number and what follows begin
	abroad           bool // the country code stands before it
}

// fixedLine splits digits into country code, area code, number and extension.
// starts has a bit for each digit that begins a group; groups end only
// where the pieces do, or within the number before its last four digits.
func fixedLine(d []byte, starts uint32) (f fixed, ok bool) {
	p := 0
	switch {
	case bytes.HasPrefix(d, []byte("0086")):
		p = 4
	case bytes.HasPrefix(d, []byte("86")):
		p = 2
	}
	f.abroad = p > 0
	allowed := uint32(1) | 1<<p
	switch {
	case p < len(d) && d[p] == '0':
		p++
	case !f.abroad:
		return f, false
	}
	f.area = p
	allowed |= 1 << p
	n := area(d[p:])
	if n == 0 {
		return f, false
	}
	f.local = p + n
	for _, long := range [2]int{8, 7} {
		f.end = f.local + long
		if f.end > len(d) || !subscriber(d[f.local:f.end], n) {
			continue
		}
		if f.end < len(d) && (len(d)-f.end > 6 || starts>>f.end&1 == 0) {
			continue
		}
		in := allowed | 1<<f.local | 1<<(f.end-4) | 1<<f.end
		if starts&^in == 0 {
			return f, true
		}
	}
	return f, false
}

// groupStarts turns the shape of a candidate into a bit for each digit that
// begins a group. In a shape a group of more than nine digits counts as nine.
func groupStarts(shape, digits int) (bits uint32, ok bool) {
	if shape < 0 || digits > 31 {
		return 0, false
	}
	rest := digits
	for x := shape; x > 0; x /= 10 {
		rest -= x % 10
	}
	at := digits
	for ; shape > 9; shape /= 10 {
		n := shape % 10
		if n == 9 && rest > 0 {
			n, rest = n+rest, 0
		}
		if at -= n; at <= 0 {
			return 0, false
		}
		bits |= 1 << at
	}
	return bits | 1, true
}

// landline is the form of fixed telephone numbers. A hyphen behind the area
// code, or the country code with its sign, lifts what is else a number.
func landline(s *Sight) {
	d := s.Digits
	if len(d) < 11 || d[0] != '0' && d[0] != '8' {
		return
	}
	bits, ok := groupStarts(s.Shape, len(d))
	if !ok {
		return
	}
	plus := s.From > 0 && s.Text[s.From-1] == '+'
	f, ok := fixedLine(d, bits)
	if !ok {
		return
	}
	sure := plus || d[0] == '0'
	if !f.abroad {
		ext := len(d) - f.end
		sure = bits>>(f.end-4)&1 == 0 && s.hyphen(f.local) && (ext == 0 || ext > 1 && s.hyphen(f.end)) && !s.joined()
	}
	s.addFixed(d, f, s.To, sure)
}

// joined reports whether a hyphen or dot joins the candidate to a number
// before it.
func (s *Sight) joined() bool {
	n := s.From
	return n > 1 && (s.Text[n-1] == '-' || s.Text[n-1] == '.') && isDigit(s.Text[n-2])
}

// hyphen reports whether a hyphen stands before a digit of the candidate.
func (s *Sight) hyphen(digit int) bool {
	for i, c := range s.Candidate() {
		if !isDigit(c) {
			continue
		}
		if digit == 0 {
			return i > 0 && s.Text[s.From+i-1] == '-'
		}
		digit--
	}
	return false
}

// addFixed notes a landline that ends at to, and an extension behind it.
func (s *Sight) addFixed(d []byte, f fixed, to int, sure bool) {
	var buf [32]byte
	c := append(buf[:0], "+86"...)
	c = append(c, d[f.area:f.end]...)
	ext := d[f.end:]
	var more [6]byte
	if len(ext) == 0 {
		var n int
		if n, to = phoneExtension(s.Text, to, more[:]); n > 0 {
			ext = more[:n]
		}
	}
	if len(ext) > 0 {
		c = append(append(c, 'X'), ext...)
	}
	if v := s.Add(s.From, to, KindPhone, c); sure {
		v.Lift = 1
	}
}

var transfers = []twin{{"转", "\xd7\xaa"}, {"轉", "\xde\x44"}, {"分机", "\xb7\xd6\xbb\xfa"}, {"分機", "\xb7\xd6\x99\x43"}}

// phoneExtension reads 转 and up to six digits behind a number.
func phoneExtension(text []byte, at int, buf []byte) (n, end int) {
	t := trail{text: text, at: at}
	t.blanks()
	w := twinAt(text[t.at:], transfers)
	if w == 0 && matches(text[t.at:], 0, "ext") {
		w = 3
	}
	if w == 0 {
		return 0, at
	}
	t.at += w
	t.blanks()
	if n, end = t.take(buf, isDigit); n == 0 {
		return 0, at
	}
	return n, end
}

// blanks passes at most two blanks, dots or colons.
func (t *trail) blanks() {
	for range 2 {
		if t.at < len(t.text) && (t.text[t.at] == ' ' || t.text[t.at] == '.' || t.text[t.at] == ':') {
			t.at++
		}
	}
}
