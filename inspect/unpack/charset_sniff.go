package unpack

import "bytes"

// SniffCharset tells by its first bytes that a text may be in a charset that
// is neither UTF-8 nor GB 18030 nor UTF-16. The text is to be read as it lies
// beside it: none of these can be known for certain.
func SniffCharset(head []byte) (Coding, bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")), utf32ByNUL(head, 0):
		return UTF32LE, true
	case bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")), utf32ByNUL(head, 3):
		return UTF32BE, true
	case bytes.Contains(head, markGB), bytes.Contains(head, markG0):
		return ISO2022CN, true
	case looksHZ(head):
		return HZ, true
	case looksUTF7(head):
		return UTF7, true
	case LooksBig5(head):
		return Big5, true
	}
	return 0, false
}

// utf32ByNUL knows text without a mark by the bytes that are zero in every
// character, and those that are in none.
func utf32ByNUL(head []byte, low int) bool {
	if len(head) < 16 {
		return false
	}
	for i := 0; i+4 <= len(head); i += 4 {
		q := head[i : i+4]
		if q[3-low] != 0 || q[(3-low)^1] > 0x10 || q[low] == 0 && q[low^1] == 0 {
			return false
		}
	}
	return true
}

// looksHZ knows what stands between the marks by its bytes: pairs of GB 2312
// with the high bits off, a frequent character among them.
func looksHZ(head []byte) bool {
	_, rest, ok := bytes.Cut(head, []byte("~{"))
	if !ok {
		return false
	}
	n, frequent := 0, false
	for ; n+1 < len(rest) && rest[n] != '~'; n += 2 {
		if rest[n] <= ' ' || rest[n] > 'w' || rest[n+1] <= ' ' || rest[n+1] > '~' {
			return false
		}
		frequent = frequent || rest[n] >= '0' && rest[n] <= 'W'
	}
	return frequent && (n+2 > len(rest) || bytes.HasPrefix(rest[n:], []byte("~}")))
}

// looksUTF7 knows a stretch behind a plus sign whose units are Chinese, or
// ASCII that no one would have to write so.
func looksUTF7(head []byte) bool {
	for {
		k := bytes.IndexByte(head, '+')
		if k < 0 {
			return false
		}
		head = head[k+1:]
		n := 0
		for n < len(head) && n < 64 && runValue[runBase64][head[n]] < 64 && head[n] != '-' && head[n] != '_' {
			n++
		}
		var buf [48]byte
		if b := decodeHead(buf[:], head[:n], runBase64); n >= 3 && unitsOfText(b) {
			return true
		}
		head = head[n:]
	}
}

// unitsOfText reports whether b is UTF-16, high halves first, of at least two
// Chinese characters or three of ASCII.
func unitsOfText(b []byte) bool {
	ascii, han := 0, 0
	for i := 0; i+1 < len(b); i += 2 {
		switch h := b[i]; {
		case h == 0 && b[i+1] >= ' ' && b[i+1] < 0x7f:
			ascii++
		case h >= 0x4e && h <= 0x9f || h == 0x30 || h == 0xff:
			han++
		default:
			return false
		}
	}
	return han >= 2 || ascii >= 3
}
