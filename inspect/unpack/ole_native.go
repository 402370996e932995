package unpack

import (
	"bytes"
	"encoding/binary"

	"github.com/datacustoms/customs/inspect/decode"
)

// nativeHead is the longest head of an embedded file that is read.
const nativeHead = 4 << 10

// readNative gives out a file that was put into a document by the packager:
// behind its size stand two names, a path and the size of the data, and behind
// the data there may be more names. A stream with another head is given out as
// it is.
func readNative(f *oleFile, e *oleEntry, s *oleStream) bool {
	b := make([]byte, min(nativeHead, s.size))
	if n, _ := s.ReadAt(b, 0); n < len(b) {
		return false
	}
	head := len(b)
	take := func(n int) []byte {
		v := b[:min(n, len(b))]
		b = b[len(v):]
		return v
	}
	text := func() []byte { // up to a zero
		i := bytes.IndexByte(b, 0)
		if i < 0 {
			b = nil
			return nil
		}
		v := b[:i]
		b = b[i+1:]
		return v
	}
	take(4 + 2)
	name := text()
	text()
	take(2 + 2)
	if k := take(4); len(k) == 4 {
		take(int(min(binary.LittleEndian.Uint32(k), nativeHead)))
	}
	size := take(4)
	if len(size) < 4 {
		return false
	}
	from := int64(head - len(b))
	to := from + int64(binary.LittleEndian.Uint32(size))
	if to > s.size {
		return false
	}
	out := &officeText{o: f.o.meter, name: name, at: s.span()}
	eachPiece(s, []decode.Span{{From: from, To: to}}, f.o, out.add)
	out.flush()
	f.rawSpans(e, s, []decode.Span{{To: from}, {From: to, To: s.size}})
	return true
}
