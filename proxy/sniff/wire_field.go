package sniff

import "bytes"

// field splits a line and checks the bytes of both sides.
func (u *unit) field(line []byte) (name, value []byte, f Fault) {
	if u.fields++; u.fields > maxFields {
		return nil, nil, FaultSize
	}
	if line[0] == ' ' || line[0] == '\t' {
		return nil, nil, FaultFold
	}
	i := 0
	for i < len(line) && class[line[i]]&isToken != 0 {
		i++
	}
	if i == 0 || i == len(line) || line[i] != ':' {
		return nil, nil, FaultField
	}
	name, value = line[:i], line[i+1:]
	for _, c := range value {
		if class[c]&isValue == 0 {
			if c == '\r' {
				return nil, nil, FaultLineEnd
			}
			return nil, nil, FaultField
		}
	}
	for len(value) > 0 && (value[0] == ' ' || value[0] == '\t') {
		value = value[1:]
	}
	return name, value, ""
}

// known looks at the fields on which the boundaries of requests hang, and at
// those that the server would refuse by itself. at is where value begins.
func (u *unit) known(name, value []byte, at int) Fault {
	value = bytes.TrimRight(value, " \t")
	switch len(name) {
	case len("host"):
		if !hasFold(name, "host") {
			break
		}
		if u.hosts++; u.hosts > 1 {
			return FaultHost
		}
		for _, c := range value {
			if class[c]&isHost == 0 {
				return FaultHost
			}
		}
		u.host = span{at, at + len(value)}
	case len("expect"):
		if hasFold(name, "expect") && len(value) > 0 && (len(value) != len("100-continue") || !hasFold(value, "100-continue")) {
			return FaultExpect
		}
	case len("upgrade"):
		switch {
		case hasFold(name, "upgrade"):
			u.mayEnd = true
		case hasFold(name, "trailer"):
			for len(value) > 0 {
				var one []byte
				one, value, _ = bytes.Cut(value, []byte{','})
				if forbiddenTrailer(bytes.Trim(one, " \t")) {
					return FaultTrailer
				}
			}
		}
	case len("content-length"):
		if hasFold(name, "content-length") {
			return u.setLength(value)
		}
	case len("transfer-encoding"):
		if !hasFold(name, "transfer-encoding") {
			break
		}
		if u.chunked || string(value) != "chunked" {
			return FaultCoding
		}
		u.chunked = true
	}
	return ""
}

// setLength takes the one Content-Length: digits and nothing else.
func (u *unit) setLength(value []byte) Fault {
	if u.sized || len(value) == 0 || len(value) > 18 {
		return FaultLength
	}
	for _, c := range value {
		if c < '0' || c > '9' {
			return FaultLength
		}
		u.length = u.length*10 + int64(c-'0')
	}
	u.sized = true
	return ""
}

// forbiddenTrailer reports whether a field may not come after a body.
func forbiddenTrailer(name []byte) bool {
	for _, f := range [...]string{"content-length", "transfer-encoding", "trailer", "host"} {
		if len(name) == len(f) && hasFold(name, f) {
			return true
		}
	}
	return false
}

// hasFold reports whether b begins with lower, which is in lower case.
func hasFold(b []byte, lower string) bool {
	if len(b) < len(lower) {
		return false
	}
	for i := range len(lower) {
		c := b[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// What a byte may be part of.
const (
	isToken  = 1 << iota // a method, the name of a field
	isValue              // the value of a field
	isTarget             // a target: what is not ASCII is sent raw by many
	isName               // a host name in a target
	isHost               // a Host field
)

var class = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			t[c] = isToken | isValue | isTarget | isName | isHost
		case c > ' ' && c < 0x7f, c >= 0x80:
			t[c] = isValue | isTarget
		}
	}
	t[' '], t['\t'], t['#'] = isValue, isValue, isValue
	for _, c := range "!#$%&'*+-.^_`|~" {
		t[c] |= isToken
	}
	for _, c := range "-._" {
		t[c] |= isName
	}
	for _, c := range "!$%&()*+,-.:;=[]'_~" {
		t[c] |= isHost
	}
	return t
}()

// hexDigit is the value of a digit and one more; 0 for what is none.
var hexDigit = func() (t [256]uint8) {
	for i, c := range "0123456789abcdef" {
		t[c] = uint8(i) + 1
	}
	for i, c := range "ABCDEF" {
		t[c] = uint8(i) + 11
	}
	return t
}()
