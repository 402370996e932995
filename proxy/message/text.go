package message

import "unicode/utf8"

// text checks that a stream is UTF-8, however it is cut.
type text struct {
	part [utf8.UTFMax]byte // a character that is not whole yet
	n    int
}

// write reports whether the stream can still be UTF-8.
func (t *text) write(p []byte) bool {
	for t.n > 0 && len(p) > 0 {
		t.part[t.n] = p[0]
		t.n++
		p = p[1:]
		if utf8.FullRune(t.part[:t.n]) {
			if r, size := utf8.DecodeRune(t.part[:t.n]); r == utf8.RuneError && size <= 1 {
				return false
			}
			t.n = 0
		}
	}
	// Only the last three bytes can begin a character that goes on.
	for i := max(0, len(p)-utf8.UTFMax+1); i < len(p); i++ {
		if utf8.RuneStart(p[i]) && !utf8.FullRune(p[i:]) {
			t.n = copy(t.part[:], p[i:])
			p = p[:i]
			break
		}
	}
	return utf8.Valid(p)
}

// end reports whether the stream ended with a whole character.
func (t *text) end() bool { return t.n == 0 }
