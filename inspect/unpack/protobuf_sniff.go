package unpack

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// isPlainText tells UTF-8 without control characters.
func isPlainText(b []byte) bool {
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c == 0x7F {
			return false
		}
	}
	return utf8.Valid(b)
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// LooksLikeProtobuf tells a message by its first bytes. There is no mark to
// know it by, so it asks for much: two fields or more with low numbers that
// follow each other to the end of head, text or a message in one of them, and
// something in between that no text has. A short head says less: give 512
// bytes or all there are.
func LooksLikeProtobuf(head []byte) bool {
	if len(head) < 4 || isPlainText(head) || bytes.HasPrefix(head, []byte("<")) || bytes.HasPrefix(head, []byte("{")) {
		return false
	}
	fields, words, inner, told := 0, 0, 0, 0
	for b := head; len(b) > 0; fields++ {
		f, n := nextField(b)
		if n == 0 {
			// The last field may go on behind the head.
			tag, k := binary.Uvarint(b)
			open := k > 0 && tag&7 == 2 && tag>>3 > 0 && tag>>3 < 256 && len(head) >= 256
			return open && fields >= 3 && words >= 2 || open && fields == 0 && opensMessage(b[k:]) || open && inner == fields && told >= 3
		}
		if f.num > 255 || f.wire == 3 || f.wire == 4 {
			return false
		}
		if f.wire == 2 && len(f.data) > 1 {
			if !isPlainText(f.data) && !isMessage(f.data) {
				return false
			}
			words++
			if isMessage(f.data) {
				inner++
				told += wordsOf(f.data)
			}
		}
		b = b[n:]
	}
	return fields >= 2 && words >= 1
}

// wordsOf counts the fields of a message that are text.
func wordsOf(b []byte) (words int) {
	for len(b) > 0 {
		f, n := nextField(b)
		if n == 0 {
			break
		}
		if f.wire == 2 && len(f.data) > 2 && isPlainText(f.data) {
			words++
		}
		b = b[n:]
	}
	return words
}

// opensMessage tells a first field whose message goes on behind the head.
func opensMessage(b []byte) bool {
	if _, n := binary.Uvarint(b); n > 0 {
		words := 0
		for b = b[n:]; len(b) > 0; {
			f, n := nextField(b)
			if n == 0 {
				return words >= 2
			}
			if f.num > 255 || f.wire == 3 || f.wire == 4 || f.wire == 2 && len(f.data) > 1 && !isPlainText(f.data) && !isMessage(f.data) {
				return false
			}
			if f.wire == 2 && len(f.data) > 1 {
				words++
			}
			b = b[n:]
		}
		return words >= 2
	}
	return false
}
