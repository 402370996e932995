package check

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// hanBits is a set of characters of the block CJK Unified Ideographs.
type hanBits [(0xa000 - 0x4e00) / 64]uint64

func hanSet(chars string) *hanBits {
	set := new(hanBits)
	for _, r := range chars {
		if i := uint32(r) - 0x4e00; i < 0xa000-0x4e00 {
			set[i>>6] |= 1 << (i & 63)
		}
	}
	return set
}

func (set *hanBits) has(r rune) bool {
	i := uint32(r) - 0x4e00
	return i < 0xa000-0x4e00 && set[i>>6]>>(i&63)&1 != 0
}

// pairBits is a set of characters of two bytes in GB18030.
type pairBits [1 << 10]uint64

func pairSet(chars string) *pairBits {
	set := new(pairBits)
	for _, r := range chars {
		if b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(string(r))); err == nil && len(b) == 2 {
			i := uint16(b[0])<<8 | uint16(b[1])
			set[i>>6] |= 1 << (i & 63)
		}
	}
	return set
}

func (set *pairBits) has(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	i := uint16(b[0])<<8 | uint16(b[1])
	return set[i>>6]>>(i&63)&1 != 0
}

func ideograph(r rune) bool {
	return r >= 0x4e00 && r < 0xa000 || r >= 0x3400 && r < 0x4dc0 || r >= 0x20000 && r < 0x32000 || r == '〇'
}

// runeText is the beginning of a text as characters, and where each ends in
// it.
type runeText struct {
	r   [48]rune
	end [48]int
	n   int
}

// readRunes reads at most n characters of UTF-8 or GB18030, up to the first
// that is neither.
func readRunes(b []byte, gb bool, n int) (t runeText) {
	n = min(n, len(t.r))
	if gb {
		t.readGB(b, n)
		return t
	}
	for at := 0; at < len(b) && t.n < n; t.n++ {
		r, size := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError {
			break
		}
		at += size
		t.r[t.n], t.end[t.n] = r, at
	}
	return t
}

func (t *runeText) readGB(b []byte, n int) {
	at, count := 0, 0
	for at < len(b) && count < n {
		size := 1
		if b[at] >= 0x81 {
			if size = 2; at+1 < len(b) && b[at+1] >= '0' && b[at+1] <= '9' {
				size = 4
			}
		}
		if at+size > len(b) {
			break
		}
		at += size
		t.end[count] = at
		count++
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b[:at])
	if err != nil {
		return
	}
	for _, r := range string(text) {
		if r == utf8.RuneError || t.n == count {
			break
		}
		t.r[t.n] = r
		t.n++
	}
}

// han returns how many ideographs begin the text.
func (t *runeText) han() int {
	for i := range t.n {
		if !ideograph(t.r[i]) {
			return i
		}
	}
	return t.n
}
