package unpack

import "github.com/datacustoms/customs/inspect/decode"

const (
	tokenMin   = 11 // digits of the shortest identifier that is looked for
	tokenMost  = 19 // and of the longest
	tokenBack  = 64 // bytes before it that are given out as well
	tokenAhead = 32 // bytes behind the first digit that must be there to judge it

	// TokenReach is how far the last byte that was written may be behind what
	// Emit gives out next.
	TokenReach = 1 << 10
)

// Tokens finds identifiers in binary data that is pushed into it whose digits
// touch a letter or a digit that is none of theirs, but a mark of the format:
// the type or the length of the value, or the type of the next one. Such are
// the formats of python's marshal and of Java, MessagePack, protocol buffers
// and many of one program's own.
//
// A run of 11 to 19 digits, or of 17 and an X, is one of them if it is as long
// as the length before it says, or longer; if it touches a letter on one side
// only and that stands between it and a byte that no text has. Nothing else is
// given out: what stands free is found as the data lies.
type Tokens struct {
	// Emit takes the digits, with a little of the text before them, as one
	// line, and where they stand. It must not keep text.
	Emit func(text []byte, at decode.Span)

	buf  [TokenReach]byte
	n    int
	off  int64 // of the first byte of buf
	pos  int   // what is judged
	text []byte
}

// NewTokens returns a Tokens.
func NewTokens(emit func(text []byte, at decode.Span)) *Tokens { return &Tokens{Emit: emit} }

// Write takes the next bytes.
func (t *Tokens) Write(p []byte) {
	for len(p) > 0 {
		k := copy(t.buf[t.n:], p)
		t.n, p = t.n+k, p[k:]
		if t.n == len(t.buf) {
			t.scan(t.n - tokenAhead)
			t.keep()
		}
	}
}

// keep drops what was judged but for what stands before the next.
func (t *Tokens) keep() {
	if cut := t.pos - tokenBack; cut > 0 {
		copy(t.buf[:], t.buf[cut:t.n])
		t.n, t.pos, t.off = t.n-cut, t.pos-cut, t.off+int64(cut)
	}
}

// Finish ends the data.
func (t *Tokens) Finish() {
	t.scan(t.n)
	clear(t.buf[:])
	clear(t.text)
	t.off += int64(t.n)
	t.n, t.pos = 0, 0
}

// scan judges the runs that begin before an end.
func (t *Tokens) scan(end int) {
	for t.pos < end {
		k := t.pos + tokenMin - 1
		if k >= t.n {
			t.pos = end
			return
		}
		if !isDigit(t.buf[k]) {
			t.pos = k + 1
			continue
		}
		from := k
		for from > t.pos && isDigit(t.buf[from-1]) {
			from--
		}
		if from >= end {
			t.pos = end
			return
		}
		to := k + 1
		for to < t.n && to < from+tokenAhead && isDigit(t.buf[to]) {
			to++
		}
		if to-from >= tokenMin && (from == 0 || !isDigit(t.buf[from-1])) {
			t.judge(from, to)
		}
		t.pos = to
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// judge gives out a run of digits if it is an identifier that could not be
// told apart where it stands.
func (t *Tokens) judge(from, to int) {
	said := t.said(from)
	if said > 0 && t.buf[from-1]-' ' < 0x60 && !t.foreign(from-2) && !t.foreign(from+said) && !t.foreign(from+said+1) {
		said = 0 // what could be a length is a letter of a text
	}
	if n := to - from; n == 17 && to < t.n && t.buf[to]|0x20 == 'x' && (said == 0 || said == 18) {
		to++
	}
	left := from > 0 && isLetter(t.buf[from-1])
	right := to < t.n && (isLetter(t.buf[to]) || isDigit(t.buf[to]))
	switch n := to - from; {
	case said > 0 && n > said:
		t.give(from, from+said)
	case n > tokenMost || !left && !right || t.isTime(from, to):
	case said == n, !right && t.foreign(from-2) && t.foreign(to), !left && t.foreign(from-1) && t.foreign(to+1) && t.buf[to+1] != 0:
		t.give(from, to)
	}
}

// foreign reports whether the byte at a place is none of a text in ASCII.
func (t *Tokens) foreign(k int) bool {
	return k >= 0 && k < t.n && (t.buf[k] >= 0x80 || isControl(t.buf[k]))
}

// said is the length that stands before a value, if it is that of an
// identifier: in a byte, in one with a type in its upper bits, or in two or
// four bytes of either order.
func (t *Tokens) said(from int) int {
	b := t.buf[max(from-4, 0):from]
	if len(b) == 0 {
		return 0
	}
	n := int(b[len(b)-1])
	switch {
	case n == 0 && len(b) == 4 && b[2] == 0 && b[1] == 0:
		n = int(b[0])
	case n == 0 && len(b) > 1:
		n = int(b[len(b)-2])
	case n >= 0xa0:
		n -= 0xa0
	case n >= 0x60 && n < 0x80:
		n -= 0x60
	case n >= 0x50 && n < 0x60:
		n -= 0x50
	}
	if n < tokenMin || n > tokenMost {
		return 0
	}
	return n
}

// isTime knows the times of certificates, "200102030405Z" behind their length.
func (t *Tokens) isTime(from, to int) bool {
	n := to - from
	return (n == 12 || n == 14) && to < t.n && t.buf[to] == 'Z' && from > 0 && int(t.buf[from-1]) == n+1
}

// give gives out a value, and before it the text that stands there: without
// other long numbers, and without the mark that touches it.
func (t *Tokens) give(from, to int) {
	t.text = t.text[:0]
	end := from
	if from > 0 && isLetter(t.buf[from-1]) {
		end--
	}
	digits := 0
	for _, c := range t.buf[max(from-tokenBack, 0):end] {
		if digits++; !isDigit(c) {
			digits = 0
		}
		switch {
		case digits == tokenCut:
			t.text = append(t.text[:len(t.text)-tokenCut+1], ' ')
		case digits > tokenCut:
		case c >= ' ' && c != 0x7f:
			t.text = append(t.text, c)
		case len(t.text) > 0 && t.text[len(t.text)-1] != ' ':
			t.text = append(t.text, ' ')
		}
	}
	t.unmarked()
	t.text = append(append(t.text, ' '), t.buf[from:to]...)
	t.Emit(t.text, decode.Span{From: t.off + int64(from), To: t.off + int64(to)})
}

// tokenCut is how many digits are too many for a word of the text before.
const tokenCut = 7

// unmarked repeats the last word without its last letter, which may be the mark
// of the value behind it.
func (t *Tokens) unmarked() {
	n := len(t.text)
	for n > 0 && t.text[n-1] == ' ' {
		n--
	}
	from := n
	for from > 0 && (isLetter(t.text[from-1]) || t.text[from-1] == '_') {
		from--
	}
	if n-from > 2 {
		t.text = append(append(t.text, ' '), t.text[from:n-1]...)
	}
}
