package unpack

import (
	"bytes"
	"strings"

	"github.com/datacustoms/customs/inspect"
)

// isPlainCoding reports whether a transfer coding changes nothing.
func isPlainCoding(name string) bool {
	switch name {
	case "", "7bit", "8bit", "binary":
		return true
	}
	return false
}

// claimCoding takes a Content-Transfer-Encoding. Of several that which changes
// something counts, for its body shows whether it is there.
func (m *mimeInfo) claimCoding(value []byte) {
	for rest := value; ; {
		var name string
		if name, rest = token(rest); name == "" {
			break
		}
		switch {
		case isPlainCoding(name) || name == m.coding:
		case isPlainCoding(m.coding):
			m.coding = name
		case name == "base64" || name == "quoted-printable":
			m.torn, m.coding = true, name
		default:
			m.torn = true
		}
	}
	if m.coding == "" && len(bytes.TrimSpace(value)) > 0 {
		if name, _ := token(value); name == "" {
			m.coding = "?"
		}
	}
}

// claimContent takes a Content-Encoding.
func (m *mimeInfo) claimContent(value []byte) {
	for rest := value; ; {
		var name string
		if name, rest = token(rest); name == "" {
			return
		}
		switch {
		case name == "identity" || name == m.content:
		case m.content == "":
			m.content = name
		default:
			m.content += "," + name
		}
	}
}

// token returns the next word of a header's value, in small letters, and what
// follows it. Comments, quotes and separators are left out.
func token(b []byte) (word string, rest []byte) {
	const space = "\"';, \t\r\n"
	for {
		b = bytes.TrimLeft(b, space+")")
		if len(b) == 0 || b[0] != '(' {
			break
		}
		b = skipComment(b)
	}
	k := bytes.IndexAny(b, space+"(")
	if k < 0 {
		k = len(b)
	}
	return strings.ToLower(string(b[:k])), b[k:]
}

// skipComment returns what follows the comment that b begins with. Comments
// may lie in one another.
func skipComment(b []byte) []byte {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return b[i+1:]
			}
		}
	}
	return b[1:] // it has no end: then it is none
}

// wholeRange reports whether a Content-Range is all of what it is of.
func wholeRange(value []byte) bool {
	span, size, ok := strings.Cut(strings.TrimSpace(string(value)), "/")
	unit, span, _ := strings.Cut(span, " ")
	from, to, _ := strings.Cut(span, "-")
	return ok && strings.EqualFold(unit, "bytes") && from == "0" && isBefore(to, size)
}

// isBefore reports whether a is b less one, both in decimal.
func isBefore(a, b string) bool {
	if a == "" || len(a) > 18 || len(b) > 18 {
		return false
	}
	n := func(s string) (v int64) {
		for _, c := range []byte(s) {
			if !isDigit(c) {
				return -1
			}
			v = v*10 + int64(c-'0')
		}
		return v
	}
	return n(a) >= 0 && n(a)+1 == n(b)
}

// maxClaims is how many boundaries one part may claim: each line of hyphens is
// held against all of them.
const maxClaims = 8

// maxBoundary is the longest boundary that is looked for. RFC 2046 allows 70.
const maxBoundary = 1000

// claimBoundary takes a boundary. One that is not looked for may hide parts.
func (m *mimeInfo) claimBoundary(w *mimeWalk, b string) {
	b = strings.TrimRight(b, " \t")
	for _, have := range m.boundaries {
		if have == b {
			return
		}
	}
	switch {
	case b == "":
	case len(b) > maxBoundary, len(m.boundaries) >= maxClaims:
		if w != nil {
			w.miss(inspect.GapLimitEntries, 1)
		}
	default:
		m.boundaries = append(m.boundaries, b)
	}
}
