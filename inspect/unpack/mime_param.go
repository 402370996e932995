package unpack

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// maxParams bounds the parameters of one header.
const maxParams = 256

// mimeParam is a parameter of a header. Coded says that the header has it in
// pieces or percent-coded, as RFC 2231 and RFC 5987 tell.
type mimeParam struct {
	name  string // in small letters
	value []byte // UTF-8 as far as that is known
	raw   []byte // as it stands
	coded bool
}

// segment is a parameter as it stands: "name*2*=value".
type segment struct {
	name  string
	order int
	star  bool // percent-coded
	value []byte
}

// series is what the pieces of one parameter have in common.
func (s segment) series() string {
	if s.order < 0 {
		return ""
	}
	return s.name
}

// params reads the parameters behind the first semicolon of a header's value.
// One that comes twice is there twice.
func params(r *wordReader, value []byte) (out []mimeParam) {
	segments := splitParams(value)
	r.long = r.long || len(segments) == maxParams
	slices.SortStableFunc(segments, func(a, b segment) int {
		return cmp.Or(strings.Compare(a.series(), b.series()), cmp.Compare(a.order, b.order))
	})
	for i := 0; i < len(segments); {
		s := segments[i]
		n := 1
		for s.order >= 0 && i+n < len(segments) && segments[i+n].name == s.name && segments[i+n].order > segments[i+n-1].order {
			n++
		}
		out = append(out, joinSegments(r, segments[i:i+n]))
		i += n
	}
	return out
}

// joinSegments makes one parameter of its pieces.
func joinSegments(r *wordReader, pieces []segment) mimeParam {
	p := mimeParam{name: pieces[0].name, coded: pieces[0].order >= 0 || pieces[0].star}
	set := ""
	var text []byte
	for i, s := range pieces {
		v := s.value
		p.raw = append(p.raw, v...)
		if s.star {
			if parts := bytes.SplitN(v, []byte("'"), 3); i == 0 && len(parts) == 3 {
				set, v = string(parts[0]), parts[2]
			}
			v = unpercent(v)
		}
		text = append(text, v...)
	}
	if set == "" {
		p.value, _ = r.read(nil, text, true)
		return p
	}
	var chars charsetReader
	r.odd = !chars.begin(set) && strange(set, text) || r.odd
	p.value = raw8(chars.end(chars.read(nil, text)))
	return p
}

func unpercent(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '%' && i+2 < len(b) && hexNibble[b[i+1]] < 16 && hexNibble[b[i+2]] < 16 {
			out = append(out, hexNibble[b[i+1]]<<4|hexNibble[b[i+2]])
			i += 2
			continue
		}
		out = append(out, b[i])
	}
	return out
}

// splitParams cuts a header's value at the semicolons that do not stand in
// quotes. It takes what senders write: no quotes, no closing quote, blanks
// around the equals sign, a backslash that is part of a path.
func splitParams(b []byte) (out []segment) {
	_, b, _ = bytes.Cut(b, []byte(";"))
	for len(b) > 0 && len(out) < maxParams {
		name := b[:len(b)-len(bytes.TrimLeft(b, " \t\r\n;"))]
		b = b[len(name):]
		eq := bytes.IndexAny(b, "=;")
		if eq < 0 {
			break
		}
		if b[eq] == ';' {
			b = b[eq:]
			continue
		}
		name = b[:eq]
		b = bytes.TrimLeft(b[eq+1:], " \t\r\n")
		var value []byte
		if len(b) > 0 && b[0] == '"' {
			value, b = quoted(b[1:])
		} else {
			end := bytes.IndexByte(b, ';')
			if end < 0 {
				end = len(b)
			}
			value, b = bytes.TrimSpace(b[:end]), b[end:]
		}
		out = append(out, segmentOf(string(bytes.ToLower(bytes.TrimSpace(name))), value))
	}
	return out
}

// quoted reads up to the closing quote.
func quoted(b []byte) (value, rest []byte) {
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '"':
			return value, b[i+1:]
		case b[i] == '\\' && i+1 < len(b) && (b[i+1] == '"' || b[i+1] == '\\'):
			i++
		}
		value = append(value, b[i])
	}
	return value, nil
}

// segmentOf takes the stars off a name.
func segmentOf(name string, value []byte) segment {
	s := segment{order: -1, value: value}
	s.name, s.star = strings.CutSuffix(name, "*")
	if base, number, ok := strings.Cut(s.name, "*"); ok {
		if n, err := strconv.Atoi(number); err == nil && n >= 0 {
			s.name, s.order = base, n
		}
	}
	return s
}
