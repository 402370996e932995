package unpack

import (
	"bytes"
	"encoding/binary"
	"sort"
)

// pdfCMap maps character codes to text, as a ToUnicode map does, and says how
// many bytes a code has.
type pdfCMap struct {
	spaces []pdfCodeSpace
	chars  map[uint32]string
	ranges []pdfRange // in order of from, once read
	wide   bool       // codes of two bytes, where no code space is given
}

type pdfCodeSpace struct {
	n        int
	from, to uint32
}

// pdfRange maps [from, to] to text whose last character counts up.
type pdfRange struct {
	from, to uint32
	text     string
}

// pdfMapSize bounds the entries of one map.
const pdfMapSize = 1 << 17

// readCMap reads the text of a CMap.
func readCMap(b []byte) *pdfCMap {
	m := &pdfCMap{chars: map[uint32]string{}}
	x := pdfLex{b: b}
	var args []any
	for {
		v, ok := x.value()
		if !ok {
			break
		}
		op, is := v.(pdfOp)
		if !is {
			if len(args) < 4*pdfMapSize {
				args = append(args, v)
			}
			continue
		}
		switch op {
		case "endcodespacerange":
			m.addSpaces(args)
		case "endbfchar":
			m.addChars(args)
		case "endbfrange":
			m.addRanges(args)
		}
		args = args[:0]
	}
	// A later range goes before an earlier one that begins at the same code.
	sort.SliceStable(m.ranges, func(i, j int) bool { return m.ranges[i].from < m.ranges[j].from })
	return m
}

func pdfCode(v any) (code uint32, n int, ok bool) {
	s, ok := v.(pdfStr)
	if !ok || len(s) == 0 || len(s) > 4 {
		return 0, 0, false
	}
	for _, c := range s {
		code = code<<8 | uint32(c)
	}
	return code, len(s), true
}

func (m *pdfCMap) addSpaces(args []any) {
	for i := 0; i+1 < len(args) && len(m.spaces) < 256; i += 2 {
		from, n, ok1 := pdfCode(args[i])
		to, k, ok2 := pdfCode(args[i+1])
		if ok1 && ok2 && n == k {
			m.spaces = append(m.spaces, pdfCodeSpace{n, from, to})
		}
	}
}

func pdfTarget(v any) (string, bool) {
	s, ok := v.(pdfStr)
	if !ok || len(s) > 128 {
		return "", false
	}
	if len(s) == 1 {
		return string(rune(s[0])), true
	}
	return string(utf16Text(s, binary.BigEndian)), true
}

func (m *pdfCMap) addChars(args []any) {
	for i := 0; i+1 < len(args) && len(m.chars) < pdfMapSize; i += 2 {
		code, _, ok := pdfCode(args[i])
		if text, good := pdfTarget(args[i+1]); ok && good {
			m.chars[code] = text
		}
	}
}

func (m *pdfCMap) addRanges(args []any) {
	for i := 0; i+2 < len(args); i += 3 {
		from, _, ok1 := pdfCode(args[i])
		to, _, ok2 := pdfCode(args[i+1])
		if !ok1 || !ok2 || to < from {
			continue
		}
		if list, ok := args[i+2].([]any); ok {
			for k, v := range list {
				if text, good := pdfTarget(v); good && len(m.chars) < pdfMapSize {
					m.chars[from+uint32(k)] = text
				}
			}
			continue
		}
		if text, good := pdfTarget(args[i+2]); good && text != "" && len(m.ranges) < pdfMapSize {
			m.ranges = append(m.ranges, pdfRange{from, to, text})
		}
	}
}

// text gives what a code stands for.
func (m *pdfCMap) text(code uint32) (string, bool) {
	if s, ok := m.chars[code]; ok {
		return s, true
	}
	i := sort.Search(len(m.ranges), func(i int) bool { return m.ranges[i].from > code })
	for k := i - 1; k >= 0 && k >= i-8; k-- {
		if r := m.ranges[k]; code <= r.to {
			runes := []rune(r.text)
			runes[len(runes)-1] += rune(code - r.from)
			return string(runes), true // U+FFFD where that is no character
		}
	}
	return "", false
}

// next tells how many bytes the code has that s begins with, and the code.
func (m *pdfCMap) next(s []byte) (n int, code uint32) {
	for n, code = 1, 0; n <= 4 && n <= len(s); n++ {
		code = code<<8 | uint32(s[n-1])
		for _, sp := range m.spaces {
			if sp.n == n && sp.holds(code) {
				return n, code
			}
		}
	}
	n = 1
	if m.wide && len(s) > 1 {
		n = 2
	}
	code = 0
	for _, c := range s[:n] {
		code = code<<8 | uint32(c)
	}
	return n, code
}

// holds compares byte by byte, as the standard wants it.
func (sp pdfCodeSpace) holds(code uint32) bool {
	for k := 0; k < sp.n; k++ {
		shift := 8 * k
		c := byte(code >> shift)
		if c < byte(sp.from>>shift) || c > byte(sp.to>>shift) {
			return false
		}
	}
	return true
}

// looksLikeCMap tells a CMap from other streams.
func looksLikeCMap(b []byte) bool {
	return bytes.Contains(b, []byte("begincmap"))
}
