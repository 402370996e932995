package unpack

import "encoding/binary"

// cffEncoding reads which codes stand for which glyphs in a CFF font program
// that has an encoding of its own (Adobe Technical Note 5176), into t.
func cffEncoding(b []byte, t *[256]string) (found bool) {
	if len(b) < 4 {
		return false
	}
	_, at := cffIndex(b, int(b[2]))
	tops, at := cffIndex(b, at)
	custom, _ := cffIndex(b, at)
	if len(tops) != 1 {
		return false
	}
	top := cffDict(tops[0])
	count := 0
	if glyphs, _ := cffIndex(b, top[17]); len(glyphs) > 0 {
		count = len(glyphs)
	}
	if top[15] <= 2 || top[16] <= 1 || top[16] >= len(b) || count == 0 {
		return false
	}
	names := cffCharset(b, top[15], count, custom)
	put := func(code byte, glyph int) {
		if glyph < len(names) && names[glyph] != "" {
			t[code], found = names[glyph], true
		} else {
			t[code] = "\uFFFD"
		}
	}
	for i := range t {
		t[i] = "\uFFFD"
	}
	e := b[top[16]:]
	format, glyph := e[0]&0x7F, 1
	for i := 0; len(e) > 1 && i < int(e[1]); i++ {
		switch {
		case format == 0 && 2+i < len(e):
			put(e[2+i], glyph)
			glyph++
		case format == 1 && 3+2*i < len(e):
			for k := 0; k <= int(e[3+2*i]); k++ {
				put(e[2+2*i]+byte(k), glyph)
				glyph++
			}
		}
	}
	return found
}

// cffIndex reads a list of byte strings at a place, and gives where it ends.
func cffIndex(b []byte, at int) (list [][]byte, end int) {
	if at <= 0 || at+3 > len(b) {
		return nil, len(b)
	}
	n, size := int(binary.BigEndian.Uint16(b[at:])), int(b[at+2])
	if n == 0 {
		return nil, at + 2
	}
	base := at + 2 + (n+1)*size
	if size < 1 || size > 4 || base >= len(b) {
		return nil, len(b)
	}
	offset := func(i int) (v int) {
		for _, c := range b[at+3+i*size : at+3+(i+1)*size] {
			v = v<<8 | int(c)
		}
		return base + v
	}
	for i := range n {
		from, to := offset(i), offset(i+1)
		if from < base || to < from || to > len(b) {
			return nil, len(b)
		}
		list = append(list, b[from:to])
	}
	return list, offset(n)
}

// cffDict reads the operators of a dictionary that have one whole number.
func cffDict(b []byte) map[byte]int {
	d, v := map[byte]int{}, 0
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == 12:
			i++
		case c <= 21:
			d[c] = v
		case c == 28 && i+2 < len(b):
			v = int(int16(binary.BigEndian.Uint16(b[i+1:])))
			i += 2
		case c == 29 && i+4 < len(b):
			v = int(int32(binary.BigEndian.Uint32(b[i+1:])))
			i += 4
		case c == 30:
			for i++; i < len(b) && b[i]&0x0F != 0x0F && b[i]>>4 != 0x0F; {
				i++
			}
		case c >= 32 && c <= 246:
			v = int(c) - 139
		case c >= 247 && c <= 250 && i+1 < len(b):
			i++
			v = (int(c)-247)*256 + int(b[i]) + 108
		case c >= 251 && c <= 254 && i+1 < len(b):
			i++
			v = -(int(c)-251)*256 - int(b[i]) - 108
		}
	}
	return d
}

// cffCharset gives the text of the glyphs in their order.
func cffCharset(b []byte, at, count int, custom [][]byte) []string {
	names := make([]string, 1, count)
	add := func(sid int) {
		switch {
		case sid >= 1 && sid <= 95: // the standard strings begin as ASCII does
			s := string(rune(' ' + sid - 1))
			if sid == 8 || sid == 65 {
				s = map[int]string{8: "’", 65: "‘"}[sid]
			}
			names = append(names, s)
		case sid >= 391 && sid-391 < len(custom):
			s, _ := glyphText(string(custom[sid-391]))
			names = append(names, s)
		default:
			names = append(names, "")
		}
	}
	if at >= len(b) {
		return names
	}
	format := b[at]
	for at++; len(names) < count && at+2 <= len(b); {
		sid, more := int(binary.BigEndian.Uint16(b[at:])), 0
		at += 2
		if format > 0 && at < len(b) {
			more = int(b[at])
			at++
		}
		if format == 2 && at < len(b) {
			more = more<<8 | int(b[at])
			at++
		}
		for k := 0; k <= more && len(names) < count; k++ {
			add(sid + k)
		}
	}
	return names
}
