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
// of a part stand while the text before it was not binary. Parts come out in
// the order they have, those of multiparts and messages within parts too: the
// headers of a part as "name: value" lines, without a name, then its body
// under the name of its file or field, with the transfer coding undone. Short
// values of a form are "name: value" lines together. The text before the first
// delimiter and behind the last is a body as well. A body whose text has a
// charset that cannot be seen from its bytes, or flowed lines, is read so line
// by line, and each line that this changes comes as it lies, too.
//
// Where Limits.Beside says that the caller reads the text as it lies, too,
// headers come out only as far as something in them was decoded, a value of a
// form only if it or its name was, and text in a declared charset and flowed
// lines only as they read. A body that stands in the text as it is comes out
// by Same; what a charset or flowed lines changes in it comes in its place,
// unless it begins as a format that is known.
//
// What comes out follows what was read by less than 12 KiB. The place of a
// part has no end: it is not known when the part begins.
func Multipart(contentType string) Flow {
	return func(r io.Reader, l Limits, out Out) {
		guard(out, func() {
			var info mimeInfo
			w := newWalk(r, newMeter(l, out), false, nil)
			info.take(w, &headerBlock{mute: true}, []byte("Content-Type"), []byte(contentType))
			if w.beside = l.Beside; len(info.boundaries) > 0 {
				w.levels = [][]string{info.boundaries}
			}
			w.run()
		})
	}
}

// LooksMultipart reports whether a text has, near its head, a line "--x" with
// a header of a part behind it, whatever it claims to be.
func LooksMultipart(head []byte) bool {
	for len(head) > 0 {
		line, rest, more := cutLine(head)
		if !more {
			return false
		}
		if len(line) > 2 && bytes.HasPrefix(line, []byte("--")) && line[2] > ' ' && len(line) < maxBoundary &&
			!bytes.HasPrefix(line, []byte("-----BEGIN ")) && lookAhead(rest).part {
			return true
		}
		head = rest
	}
	return false
}
