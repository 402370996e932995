package unpack

import "bytes"

// pair reads the pair at place i, and says where the next one may stand: at i
// if there is none here.
func (r *Runs) pair(p []byte, i int) (c byte, next int) {
	s, at := &r.style, i
	switch s.mark {
	case 'o':
		if len(p)-at < 4 || !isOctal(p[at:]) {
			return 0, i
		}
		return p[at+1]<<6 | p[at+2]&7<<3 | p[at+3]&7, at + 4
	case 0:
		if len(p)-at < 2 || !isHexPair(p[at:]) {
			return 0, i
		}
	default:
		if len(p)-at < 4 || !isMarked(p[at:], s.mark) {
			return 0, i
		}
		at += 2
	}
	c = hexNibble[p[at]]<<4 | hexNibble[p[at+1]]
	at += 2
	switch {
	case s.mark == '0':
		for k := 0; k < pairGaps && at < len(p) && runClass[p[at]]&isGap != 0 && p[at] != '\n' && p[at] != '\r'; k++ {
			at++
		}
	case s.mark != 0:
	case s.gap[0] == ' ' && s.gaps == 1:
		if next := rowAt(p, at); next > at {
			return c, next
		}
		at = s.blank(p, at)
	default:
		for k := 0; k < s.gaps && at < len(p) && p[at] == s.gap[k]; k++ {
			at++
		}
	}
	if s.mark == 0 && at < len(p) && runClass[p[at-1]]&isGap == 0 && runClass[p[at]]&isRun != 0 && !s.half(p, i) {
		return 0, i // a longer number
	}
	if at < len(p) && (p[at] == '\n' || p[at] == '\r') {
		for k := 0; k < maxIndent && at < len(p) && (p[at] == '\n' || p[at] == '\r' || p[at] == ' ' || p[at] == '\t'); k++ {
			at++
		}
	}
	return c, at
}

// blank steps over the blank behind a pair, and over the second one in the
// middle of a row of hexdump.
func (s *pairStyle) blank(p []byte, at int) int {
	if at < len(p) && p[at] == ' ' {
		if at++; !s.twice && len(p)-at >= 3 && p[at] == ' ' && isHexPair(p[at+1:]) {
			at++
		}
	}
	return at
}

// half reports whether the pair at place i is the first of two that adjoin.
func (s *pairStyle) half(p []byte, i int) bool {
	return s.twice && len(p)-i >= 4 && isHexPair(p[i+2:]) && (len(p)-i == 4 || runClass[p[i+4]]&isRun == 0)
}

// How a row of a dump looks: at most so many bytes of text behind the pairs,
// and digits of the place before those of the next row.
const (
	dumpText           = 24
	placeMin, placeMax = 4, 16
)

// rowAt returns where the pairs of the next row of a dump begin if one ends at
// the given place, or that place. Before them stands their offset, with a colon
// or without. Text may stand behind those of the row that ends, in dumps of hexdump
// between bars.
func rowAt(p []byte, at int) int {
	n := bytes.IndexByte(p[at:min(at+dumpText, len(p))], '\n')
	if n < 0 || n > 1 && (p[at] != ' ' || p[at+1] != ' ') {
		return at
	}
	i := at + n + 1
	digits := 0
	for i < len(p) && digits < placeMax && hexNibble[p[i]] < 16 {
		i, digits = i+1, digits+1
	}
	if i < len(p) && p[i] == ':' {
		i++
	}
	blanks := i
	for i < len(p) && i < blanks+pairGaps && p[i] == ' ' {
		i++
	}
	if digits < placeMin || i == blanks || len(p)-i < 2 || !isHexPair(p[i:]) {
		return at
	}
	return i
}
