package decode

import "bytes"

// Lead returns the index of the first byte in p that begins an escape, or
// may begin one that goes on behind p, or len(p). It knows escapes only, not
// characters that are folded.
func (e *Escapes) Lead(p []byte) int {
	end := len(p)
	if e.Plus {
		if i := bytes.IndexByte(p, '+'); i >= 0 {
			end = i
		}
	}
	for _, lead := range [...]byte{'%', '\\', '&'} {
		end = first(p, end, lead)
	}
	return end
}

// first returns the index of the first escape before end with this lead byte,
// or end.
func first(p []byte, end int, lead byte) int {
	for i := 0; ; i++ {
		k := bytes.IndexByte(p[i:end], lead)
		if k < 0 {
			return end
		}
		if i += k; begins(p[i:]) {
			return i
		}
	}
}

// LastLead is Lead from the end; it returns -1 where there is none.
func (e *Escapes) LastLead(p []byte) int {
	low := -1
	if e.Plus {
		low = bytes.LastIndexByte(p, '+')
	}
	for _, lead := range [...]byte{'%', '\\', '&'} {
		for i := len(p); i > low+1; {
			if i = low + 1 + bytes.LastIndexByte(p[low+1:i], lead); i <= low {
				break
			}
			if begins(p[i:]) {
				low = i
				break
			}
		}
	}
	return low
}

// begins reports whether p begins with an escape, or with one that is cut off.
func begins(p []byte) bool {
	switch {
	case len(p) < 2:
		return true
	case p[0] == '%':
		return allHex(p[1:], 2)
	case p[0] == '&':
		x := reference(p[:min(len(p), maxReference)], false)
		return x.more || x.used > 0
	case p[1] == 'u':
		return allHex(p[2:], 4)
	case p[1] == 'x':
		return allHex(p[2:], 2)
	}
	return bytes.IndexByte([]byte(shortEscapes), p[1]) >= 0
}
