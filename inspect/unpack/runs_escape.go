package unpack

import "bytes"

const (
	maxSigns = 4 // layers of percent coding of one character
)

// percentAt reads a character of a run that percent coding has escaped, or a
// line break, whatever the layers.
func percentAt(p []byte) seam {
	c, n := percentOf(p)
	switch {
	case n < 0:
		return seam{n: -1}
	case isEscapable(c):
		return seam{n: n, c: c}
	case c == '\r':
		if len(p) == n {
			return seam{n: -1}
		}
		d, k := byte(0), 0
		if p[n] == '%' {
			d, k = percentOf(p[n:])
		}
		if k < 0 {
			return seam{n: -1}
		}
		if d != '\n' {
			return seam{}
		}
		n += k
	case c != '\n':
		return seam{}
	}
	switch {
	case n+1 >= len(p):
		return seam{n: -1}
	case runClass[p[n]]&isRun == 0:
		return seam{}
	}
	return seam{n: n, line: true}
}

// isEscapable reports whether a character of a run, or what fills one up, is
// one that is escaped.
func isEscapable(c byte) bool { return c == '+' || c == '/' || c == '=' || c == '-' || c == '_' }

// percentOf reads one escape. It returns n = 0 where there is none, and less if
// more must be seen.
func percentOf(p []byte) (c byte, n int) {
	n = 1
	for n < 1+2*maxSigns && len(p) >= n+2 && p[n] == '2' && p[n+1] == '5' {
		n += 2
	}
	if len(p) < n+2 {
		return 0, -1
	}
	if !isHexPair(p[n:]) {
		return 0, 0
	}
	return hexNibble[p[n]]<<4 | hexNibble[p[n+1]], n + 2
}

// references are how HTML writes the characters of a run that some escape.
var references = []struct {
	text []byte
	c    byte
}{
	{[]byte("&#43;"), '+'}, {[]byte("&#47;"), '/'}, {[]byte("&#61;"), '='}, {[]byte("&#x2b;"), '+'}, {[]byte("&#x2B;"), '+'},
	{[]byte("&#x2f;"), '/'}, {[]byte("&#x2F;"), '/'}, {[]byte("&#x3d;"), '='}, {[]byte("&#x3D;"), '='},
}

// referenceAt reads a character of a run that HTML has escaped.
func referenceAt(p []byte) seam {
	for _, x := range references {
		switch {
		case bytes.HasPrefix(p, x.text):
			return seam{n: len(x.text), c: x.c}
		case bytes.HasPrefix(x.text, p):
			return seam{n: -1}
		}
	}
	return seam{}
}

// referenceBefore is how long the reference is that p ends with, 0 if there is
// none.
func referenceBefore(p []byte) int {
	if p[len(p)-1] == ';' {
		for _, x := range references {
			if bytes.HasSuffix(p, x.text) {
				return len(x.text)
			}
		}
	}
	return 0
}
