package unpack

import (
	"bytes"
	"io"
)

const (
	pieceLen = 4 << 10 // of a line that is looked at in one piece
	aheadLen = 1 << 10 // how far may be looked ahead of it
)

// mimeLines cuts a text into lines, whatever ends them: LF, CR and LF, or CR
// alone. Where it cuts does not hang on how the text comes.
type mimeLines struct {
	in   io.Reader
	idle func() // called before each read, which may wait
	buf  [4 * pieceLen]byte
	from int
	to   int
	seen int // bytes from there on that hold no end of a line
	err  error
}

// next returns a line with its end, or pieceLen bytes of a longer one, and
// nothing at the end of the text. It is valid until next is called again.
func (l *mimeLines) next() []byte {
	if len(l.buf)-l.from <= pieceLen+aheadLen { // what peek reads must not move the line
		l.to = copy(l.buf[:], l.buf[l.from:l.to])
		l.from = 0
	}
	for {
		b := l.buf[l.from:l.to]
		n := l.cut(b)
		if n == 0 && len(b) <= pieceLen && l.fill() {
			continue
		}
		if n == 0 {
			n = min(len(b), pieceLen)
		}
		l.from += n
		l.seen = 0
		return b[:n]
	}
}

// cut returns the length of the line that b begins with, 0 if its end is not
// there.
func (l *mimeLines) cut(b []byte) int {
	n := min(len(b), pieceLen)
	feed := bytes.IndexByte(b[l.seen:n], '\n')
	if feed >= 0 {
		n = l.seen + feed + 1
	}
	if k := bytes.IndexByte(b[l.seen:n], '\r'); k >= 0 {
		k += l.seen
		switch {
		case k+1 == len(b) && l.err == nil: // a line feed may follow
			l.seen = k
			return 0
		case k+1 < len(b) && b[k+1] == '\n':
			return k + 2
		}
		return k + 1
	}
	if feed >= 0 {
		return n
	}
	l.seen = n
	return 0
}

// peek returns the next n bytes, or fewer at the end of the text. The line in
// hand stays where it is.
func (l *mimeLines) peek(n int) []byte {
	for l.to-l.from < n && l.fill() {
	}
	return l.buf[l.from:min(l.to, l.from+n)]
}

// fill reads more, and reports whether there was more to learn.
func (l *mimeLines) fill() bool {
	if l.err != nil {
		return false
	}
	if l.idle != nil {
		l.idle()
	}
	for range 100 {
		n, err := l.in.Read(l.buf[l.to:])
		l.to += n
		if l.err = err; n > 0 || err != nil {
			return true
		}
	}
	l.err = io.ErrNoProgress
	return true
}

// cutLine splits b behind its first line and takes the end off that. Whole
// says that it has one.
func cutLine(b []byte) (line, rest []byte, whole bool) {
	k := bytes.IndexAny(b, "\r\n")
	if k < 0 {
		return b, nil, false
	}
	line, rest = b[:k], b[k+1:]
	if b[k] == '\r' {
		rest = bytes.TrimPrefix(rest, []byte("\n"))
	}
	return line, rest, true
}

// cutEnd splits the end off a line.
func cutEnd(p []byte) (line, end []byte) {
	line = bytes.TrimSuffix(p, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	return line, p[len(line):]
}

// hasFold reports whether p begins with a word, which is given in small
// letters.
func hasFold(p []byte, word string) bool {
	return len(p) >= len(word) && bytes.EqualFold(p[:len(word)], []byte(word))
}
