package check

import "bytes"

// IPv4 reads a dotted address: four numbers without leading zeros.
func IPv4(b []byte) (a [4]byte, ok bool) {
	i := 0
	for k := range a {
		if k > 0 {
			if i >= len(b) || b[i] != '.' {
				return a, false
			}
			i++
		}
		from, v := i, 0
		for i < len(b) && i-from < 4 && isDigit(b[i]) {
			v = v*10 + int(b[i]-'0')
			i++
		}
		if i == from || v > 255 || b[from] == '0' && i-from > 1 {
			return a, false
		}
		a[k] = byte(v)
	}
	return a, i == len(b)
}

// PersonalIPv4 reports whether an address can lead to one subscriber: it is
// not private, shared, local or reserved (RFC 6890 and the IANA registry of
// special-purpose addresses), nor a net's first or last. Addresses for
// documentation stand for such a one.
func PersonalIPv4(a [4]byte) bool {
	switch {
	case a[0] == 0, a[0] == 10, a[0] == 127, a[0] >= 224, a[3] == 0, a[3] == 255,
		a[0] == 100 && a[1]&0xc0 == 64,
		a[0] == 169 && a[1] == 254,
		a[0] == 172 && a[1]&0xf0 == 16,
		a[0] == 192 && (a[1] == 168 || a[1] == 0 && a[2] == 0 || a[1] == 88 && a[2] == 99),
		a[0] == 198 && a[1]&0xfe == 18:
		return false
	}
	return true
}

// ipv4 is the form of addresses of IPv4 that are no version number.
func ipv4(s *Sight) {
	a, ok := IPv4(s.Candidate())
	if !ok || a[0] == 0 || a[0] == 127 || a[0] >= 224 {
		return
	}
	before, after := s.Text[:s.From], s.Text[s.To:]
	if !OpenLeft(before) || !OpenRight(after) || numbered(before) || versioned(after) {
		return
	}
	v := s.Add(s.From, s.To, Nobody, nil)
	v.Low = !PersonalIPv4(a)
	if accessLog(before, after) {
		v.Lift = 1
	}
}

// accessLog reports whether an address begins a line of the Common Log Format,
// where it is the visitor's: two names and a time in brackets follow.
func accessLog(before, after []byte) bool {
	if n := len(before); n > 0 && before[n-1] != '\n' && before[n-1] != '"' {
		return false
	}
	line := After(after)
	at := bytes.Index(line, []byte(" ["))
	if at < 3 || line[0] != ' ' || at+5 > len(line) {
		return false
	}
	return isDigit(line[at+2]) && isDigit(line[at+3]) && line[at+4] == '/'
}

// numbered reports whether a version number follows these bytes: behind the
// name of a program (Chrome/120.0.0.0, libc-2.3.4.5) or a word that says so.
func numbered(before []byte) bool {
	n := len(before)
	if n > 1 && (before[n-1] == '/' || before[n-1] == '-' || before[n-1] == '@' || before[n-1] == '^' || before[n-1] == '~') && isAlnum(before[n-2]) {
		return true
	}
	b := before[max(0, n-24):]
	for i := range b {
		if fold(b[i]) == 'v' && matches(b, i, "version") || fold(b[i]) == 'b' && matches(b, i, "build") ||
			fold(b[i]) == 'r' && matches(b, i, "release") || fold(b[i]) == 'v' && matches(b, i, "ver") {
			return true
		}
	}
	return bytes.Contains(b, []byte("版本")) || bytes.Contains(b, []byte("\xb0\xe6\xb1\xbe"))
}

// versioned reports whether these bytes go on with a version number or the
// length of a net: -rc1, +dev, /24.
func versioned(after []byte) bool {
	return len(after) > 1 && (after[0] == '-' || after[0] == '+' || after[0] == '~') && isAlnum(after[1]) ||
		len(after) > 2 && after[0] == '/' && isDigit(after[1])
}

// IPv6 reads an address of IPv6 without zone and without a dotted part.
func IPv6(b []byte) (a [8]uint16, ok bool) {
	n, gap, i := 0, -1, 0
	if len(b) > 1 && b[0] == ':' && b[1] == ':' {
		gap, i = 0, 2
	}
	for i < len(b) {
		from, v := i, 0
		for i < len(b) && i-from < 5 && isHex(b[i]) {
			v = v<<4 | nibble(b[i])
			i++
		}
		if w := i - from; w == 0 || w > 4 || n == 8 {
			return a, false
		}
		a[n] = uint16(v)
		n++
		if i == len(b) {
			break
		}
		if b[i] != ':' || i+1 == len(b) {
			return a, false
		}
		if i++; b[i] == ':' {
			if gap >= 0 {
				return a, false
			}
			gap = n
			i++
		}
	}
	if gap < 0 {
		return a, n == 8
	}
	if n > 7 {
		return a, false
	}
	copy(a[8-(n-gap):], a[gap:n])
	clear(a[gap : 8-(n-gap)])
	return a, true
}

func nibble(c byte) int {
	if c <= '9' {
		return int(c - '0')
	}
	return int(fold(c)-'a') + 10
}

// PersonalIPv6 reports whether an address is global unicast (RFC 4291) and not
// of a protocol's own (2001::/23).
func PersonalIPv6(a [8]uint16) bool {
	return a[0]>>13 == 1 && (a[0] != 0x2001 || a[1] >= 0x200)
}

// ipv6 is the form of addresses of IPv6: global unicast, unique local or link
// local. Anything else is too like a scope in a program's text.
func ipv6(s *Sight) {
	to := s.To
	for to > s.From+2 && (s.Text[to-1] == '.' || s.Text[to-1] == ':' && s.Text[to-2] != ':') {
		to--
	}
	b := s.Text[s.From:to]
	if len(b) < 6 || b[4] != ':' {
		return
	}
	a, ok := IPv6(b)
	if !ok || a[0]>>13 != 1 && a[0]&0xfe00 != 0xfc00 && a[0]&0xffc0 != 0xfe80 {
		return
	}
	if before := s.Text[:s.From]; !OpenLeft(before) || len(before) > 0 && before[len(before)-1] == ':' && len(before) > 1 && isHex(before[len(before)-2]) ||
		!OpenRight(s.Text[to:]) {
		return
	}
	cut := s.To < len(s.Text) && s.Text[s.To] == '/'
	s.Add(s.From, to, Nobody, nil).Low = cut || !PersonalIPv6(a)
}
