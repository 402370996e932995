package unpack

import (
	"bytes"
	"io"
)

// Multipart opens a multipart body that is said to be of the given content
// type, which may be empty or wrong.
//
// Delimiters are the lines of the boundaries that the content type claims, of
// those that headers of parts claim, and any line "--x" behind which headers
// stand while the text before it was not binary. Parts come out in the order
// they have, those of multiparts and messages within parts too: the headers of
// a part as "name: value" lines, without a name, then its body under the name
// of its file or field, with the transfer coding undone. Short plain values of
// a form are "name: value" lines together. The text before the first delimiter
// and behind the last is a body as well. A body whose text has a charset that
// cannot be seen from its bytes, or flowed lines, comes a second time so read.
//
// The place of a part has no end: it is not known when the part begins.
func Multipart(contentType string) Flow {
	return func(r io.Reader, l Limits, out Out) {
		var info mimeInfo
		info.take(nil, []byte("Content-Type"), []byte(contentType))
		guard(out, func() { walk(r, l, out, false, info.boundaries) })
	}
}

// LooksMultipart reports whether a text has, near its head, a line "--x" with
// a header of a part behind it, whatever it claims to be.
func LooksMultipart(head []byte) bool {
	for len(head) > 0 {
		line, rest, more := bytes.Cut(head, []byte("\n"))
		if !more {
			return false
		}
		if len(line) > 2 && bytes.HasPrefix(line, []byte("--")) && line[2] > ' ' && len(line) < maxBoundary &&
			len(rest) >= 8 && bytes.EqualFold(rest[:8], []byte("content-")) {
			return true
		}
		head = rest
	}
	return false
}
