package unpack

import "bytes"

// lineBreaks are the ways to write one, longest first.
var lineBreaks = [][]byte{[]byte(`\r\n`), []byte("\r\n"), []byte("\n"), []byte(`\n`)}

// seam is what stands between two characters of a run: a line break, the
// border of two strings or labels, or an escaped character of it. n is its
// length, 0 if this ends the run, -1 if more must be seen to tell.
type seam struct {
	n      int
	line   bool
	border bool
	blank  bool // what a line break became where text is put on one line
	c      byte
}

// joins reports whether a run goes on behind the seam if its line had so many
// characters up to it.
func (s seam) joins(width int) bool {
	return s.n > 0 && (s.line && width >= runLine || s.border && width >= borderLine || s.blank && isLineWidth(width))
}

// isLineWidth reports whether encoders break lines at that width.
func isLineWidth(n int) bool { return n == 60 || n == 64 || n == 72 || n == 76 }

// borderLine is how many characters of a run a string must have at least to be
// joined to the next one.
const borderLine = 4

// maxIndent is how far a line of a run may be indented.
const maxIndent = 40

// isEscaped reports whether p begins with a character of a run that is
// escaped as in JSON, in a URL or in HTML.
func isEscaped(p []byte) bool {
	if p[0] != '\\' && p[0] != '%' && p[0] != '&' {
		return false
	}
	s := breakAt(p)
	return s.n > 0 && s.c != 0
}

func breakAt(p []byte) seam {
	switch {
	case p[0] == '"' || p[0] == '\'':
		return stringsAt(p)
	case p[0] == ' ':
		return blankAt(p, false)
	case p[0] == '%':
		return percentAt(p)
	case p[0] == '&':
		return referenceAt(p)
	case p[0] != '\\' && p[0] != '\n' && p[0] != '\r':
		return seam{}
	case len(p) > 2 && p[0] == '\\' && p[1] == '/':
		return seam{n: 2, c: '/'}
	case len(p) > 6 && p[0] == '\\' && p[1] == 'u' && p[2] == '0' && p[3] == '0':
		if c := hexNibble[p[4]]<<4 | hexNibble[p[5]]; c == '+' || c == '/' || c == '=' {
			return seam{n: 6, c: c}
		}
		return seam{}
	}
	for _, b := range lineBreaks {
		if !bytes.HasPrefix(p, b) {
			if bytes.HasPrefix(b, p) {
				return seam{n: -1}
			}
			continue
		}
		n := len(b)
		for n < len(p) && n < maxIndent && (p[n] == ' ' || p[n] == '\t') {
			n++
		}
		switch {
		case n+1 >= len(p):
			return seam{n: -1}
		case runClass[p[n]]&isRun == 0, p[n] == '-' && p[n+1] == '-': // the end of PEM, a delimiter
			return seam{}
		}
		return seam{n: n, line: true}
	}
	if len(p) < 7 && p[0] == '\\' {
		return seam{n: -1}
	}
	return seam{}
}

// headOf returns the first characters of a run, of which n stand together at
// the start of p. Where its lines go on they are put together in buf.
func headOf(buf *[runHead]byte, p []byte, n int) []byte {
	if n >= runLine || n == len(p) || runClass[p[n]]&isSeam == 0 || breakAt(p[n:]).n <= 0 {
		return p[:n]
	}
	n, _ = walkRun(p, len(buf), buf[:0])
	return buf[:n]
}

// placeOf is where in p the character of that number of a run stands.
func placeOf(p []byte, number int) int {
	_, at := walkRun(p, number, nil)
	return at
}

// walkRun goes over as many characters of a run, and appends them to dst
// unless that is nil. It returns how many there were and where it stopped.
func walkRun(p []byte, number int, dst []byte) (n, at int) {
	width := 0
	for n < number && at < len(p) {
		c, used := p[at], 1
		if runClass[c]&isRun == 0 {
			s := breakAt(p[at:])
			if s.c == '=' || s.c == 0 && !s.joins(width) {
				break
			}
			if s.c == 0 {
				width = 0
				at += s.n
				continue
			}
			c, used = s.c, s.n
		}
		if dst != nil {
			dst = append(dst, c)
		}
		n, width, at = n+1, width+1, at+used
	}
	// The character itself stands behind a break.
	if n == number && at < len(p) && runClass[p[at]]&isRun == 0 {
		if s := breakAt(p[at:]); s.joins(width) {
			at += s.n
		}
	}
	return n, at
}
