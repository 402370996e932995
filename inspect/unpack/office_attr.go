package unpack

import (
	"bytes"
	"unicode/utf8"
)

// nextAttr takes the first attribute off. Its value comes with entities
// resolved, in place.
func nextAttr(attrs []byte) (name, value, rest []byte, ok bool) {
	if name, value, rest, ok = rawAttr(attrs); ok {
		value, _ = unescape(value)
	}
	return name, value, rest, ok
}

// attr returns the value of an attribute of the start tag, by local name.
func (x *officeXML) attr(name string) []byte {
	for rest := x.attrs; len(rest) > 0; {
		k, v, r, ok := rawAttr(rest)
		if !ok {
			return nil
		}
		if string(localName(k)) == name {
			return v
		}
		rest = r
	}
	return nil
}

// attrInt returns the number in an attribute, else what it is without one,
// never more than limit and never below 0.
func (x *officeXML) attrInt(name string, without, limit int) int {
	v := x.attr(name)
	if len(v) == 0 {
		return without
	}
	n := 0
	for _, c := range v {
		if c < '0' || c > '9' {
			return without
		}
		if n = n*10 + int(c-'0'); n > limit {
			return limit
		}
	}
	return n
}

// rawAttr is nextAttr without changing the value: it may be asked for again.
func rawAttr(attrs []byte) (name, value, rest []byte, ok bool) {
	eq := bytes.IndexByte(attrs, '=')
	if eq < 0 {
		return nil, nil, nil, false
	}
	name = bytes.TrimSpace(attrs[:eq])
	for rest = attrs[eq+1:]; len(rest) > 0 && rest[0] <= ' '; {
		rest = rest[1:]
	}
	if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		return name, nil, nil, false
	}
	n := bytes.IndexByte(rest[1:], rest[0])
	if n < 0 {
		return name, nil, nil, false
	}
	return name, rest[1 : n+1], rest[n+2:], true
}

var xmlEntities = map[string]byte{"lt": '<', "gt": '>', "amp": '&', "quot": '"', "apos": '\''}

// unescape resolves entities in place: none is shorter than what it stands
// for. It answers false when one is not known; that one stays as it is.
func unescape(p []byte) (out []byte, ok bool) {
	i := bytes.IndexByte(p, '&')
	if i < 0 {
		return p, true
	}
	ok = true
	w := i
	for i < len(p) {
		if p[i] != '&' {
			p[w] = p[i]
			w, i = w+1, i+1
			continue
		}
		n := bytes.IndexByte(p[i:min(len(p), i+16)], ';')
		r, known := rune(0), false
		if n > 1 {
			r, known = entity(p[i+1 : i+n])
		}
		if !known {
			ok = false
			p[w] = p[i]
			w, i = w+1, i+1
			continue
		}
		w += utf8.EncodeRune(p[w:w+utf8.RuneLen(r)], r)
		i += n + 1
	}
	return p[:w], ok
}

func entity(name []byte) (rune, bool) {
	if name[0] != '#' {
		c, ok := xmlEntities[string(name)]
		return rune(c), ok
	}
	digits, base := name[1:], rune(10)
	if len(digits) > 0 && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base = digits[1:], 16
	}
	r := rune(0)
	for _, c := range digits {
		v := rune(hexDigit(c))
		if v < 0 || v >= base || r > utf8.MaxRune {
			return 0, false
		}
		r = r*base + v
	}
	return r, len(digits) > 0 && utf8.ValidRune(r)
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
