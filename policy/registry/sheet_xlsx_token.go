package registry

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxToken bounds the bytes of one piece of XML: a text as long as a cell may
// be, each byte of it written as _xHHHH_. The decoder would keep a longer one
// whole before anybody could count it.
const maxToken = 8 * maxSheetCell

// markup is what ends a piece that begins with <, by how it begins.
type markup struct{ begin, end string }

var markups = []markup{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ""}, {"<", ">"}}

// errDirective is of a document type, which no part of a workbook has.
var errDirective = errors.New("has a document type")

// tokenReader passes XML on until a piece of it is longer than maxToken.
type tokenReader struct {
	in   io.Reader
	size int  // of the piece so far
	mark bool // the piece begins with <
	// In markup, head is how it begins until that is known, end what ends it,
	// and tail the last bytes.
	head, tail []byte
	end        string
	quote      byte // inside an attribute
	err        error
}

func (r *tokenReader) Read(b []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.in.Read(b)
	for rest := b[:n]; len(rest) > 0 && r.err == nil; {
		rest = r.take(rest)
		if r.err == nil && r.size > maxToken {
			r.err = &bookFault{fmt.Sprintf("holds a text or a tag of more than %d KiB", maxToken>>10), fmt.Sprintf("shorten the cell; one may have %d KiB", maxSheetCell>>10)}
		}
	}
	if r.err != nil {
		return 0, r.err
	}
	return n, err
}

// take counts a text up to the next markup, or one byte of markup, and returns
// the rest.
func (r *tokenReader) take(b []byte) []byte {
	if r.mark {
		r.size++
		r.markup(b[0])
		return b[1:]
	}
	at := bytes.IndexByte(b, '<')
	if at < 0 {
		r.size += len(b)
		return nil
	}
	if r.size += at; r.size > maxToken {
		return nil
	}
	r.mark, r.size, r.end, r.quote = true, 1, "", 0
	r.head, r.tail = append(r.head[:0], '<'), r.tail[:0]
	return b[at+1:]
}

// markup follows a piece that begins with < to its end.
func (r *tokenReader) markup(c byte) {
	if r.end == "" && !r.begun(c) {
		return
	}
	switch {
	case r.end == ">" && r.quote != 0:
		if c == r.quote {
			r.quote = 0
		}
		return
	case r.end == ">" && (c == '"' || c == '\''):
		r.quote = c
		return
	}
	if r.tail = append(r.tail, c); len(r.tail) > len(r.end) {
		r.tail = r.tail[1:]
	}
	if string(r.tail) == r.end {
		r.mark, r.size = false, 0
	}
}

// begun finds out what the piece is, and reports whether c belongs to what is
// inside it.
func (r *tokenReader) begun(c byte) bool {
	r.head = append(r.head, c)
	for _, m := range markups {
		switch {
		case strings.HasPrefix(string(r.head), m.begin):
			if r.end = m.end; m.end == "" {
				r.err = errDirective
			}
			return r.err == nil && len(r.head) > len(m.begin)
		case strings.HasPrefix(m.begin, string(r.head)):
			return false
		}
	}
	return false
}
