package unpack

import "bytes"

// maxBorder is how much may stand between two strings that are joined.
const maxBorder = 64

// stringsAt reads the end of a string and the start of the next one, which a
// program makes one of: an operator stands between them, or a line break and
// nothing else. Strings behind commas are a list.
func stringsAt(p []byte) seam {
	lines, ops := 0, 0
	for i := 1; i < min(len(p), maxBorder); i++ {
		switch c := p[i]; {
		case c == p[0]:
			switch {
			case lines == 0 && ops == 0:
				return seam{}
			case i+1 == len(p):
				return seam{n: -1}
			case runClass[p[i+1]]&isRun == 0:
				return seam{}
			}
			return seam{n: i + 1, border: true}
		case c == '\n':
			lines++
		case c == ' ' || c == '\t' || c == '\r':
		case bytes.IndexByte([]byte(`+.&_\`), c) >= 0 && ops < 3:
			ops++
		default:
			return seam{}
		}
	}
	if len(p) < maxBorder {
		return seam{n: -1}
	}
	return seam{}
}

// longWord is how long a word is that is none.
const longWord = 20

// blankAt reads one blank before characters of a run: many of them, or as many
// as the last line of base64 may have, with nothing but a mark behind them. end
// says that p is all there is.
func blankAt(p []byte, end bool) seam {
	n := 1
	for n < len(p) && n <= longWord && runClass[p[n]]&isRun != 0 {
		n++
	}
	if n > longWord {
		return seam{n: 1, blank: true}
	}
	word := n - 1
	for n < len(p) && n < word+3 && word > 1 && p[n] == '=' {
		n++
	}
	switch {
	case n == len(p) && !end:
		return seam{n: -1}
	case word == 0 || (n-1)%4 != 0, n < len(p) && n == word+1 && bytes.IndexByte([]byte("\r\n\"'`<,;)]}"), p[n]) < 0:
		return seam{}
	}
	return seam{n: 1, blank: true}
}

// maxLabel is the longest label of a host, and sureLabel how long one is that
// is no word.
const (
	maxLabel  = 63
	sureLabel = 8
)

// labelAt reads the dot between two labels of a host that hold one run: the
// next one has nothing but characters of the alphabet, and is no word, as the
// name of a zone would be. end says that p is all there is.
func labelAt(p []byte, values *[256]byte, end bool) seam {
	digits := false
	for i, c := range p[1:min(len(p), maxLabel+2)] {
		if values[c] < 64 {
			digits = digits || c <= '9'
			continue
		}
		if i < 2 || i < sureLabel && !digits || runClass[c]&isRun != 0 {
			return seam{}
		}
		return seam{n: 1, border: true}
	}
	switch n := len(p) - 1; {
	case n > maxLabel:
		return seam{}
	case !end:
		return seam{n: -1}
	case n >= sureLabel || n > 1 && digits:
		return seam{n: 1, border: true}
	}
	return seam{}
}
