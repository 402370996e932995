package unpack

import (
	"encoding/binary"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Records of a PowerPoint Document stream (MS-PPT 2.13.24).
const (
	pptChars   = 0x0fa0 // UTF-16
	pptBytes   = 0x0fa8 // the low bytes of UTF-16
	pptString  = 0x0fba // UTF-16: names, tags, notes
	pptCrypt   = 0x2f14
	pptLongest = 1 << 20
)

// readSlides reads the text of a presentation: all of its text atoms, in the
// order of the file, what older saves left behind included. All else of the
// stream is given out as stored.
func readSlides(f *oleFile, e *oleEntry, s *oleStream) bool {
	out := &officeText{o: f.o.meter, name: []byte(e.name), at: s.span()}
	var spans []decode.Span
	var h [8]byte
	var buf []byte
	done, pos := int64(0), int64(0)
	for pos+8 <= s.size && !f.o.stopped {
		if _, err := s.ReadAt(h[:], pos); err != nil {
			break
		}
		kind, n := binary.LittleEndian.Uint16(h[2:]), int64(binary.LittleEndian.Uint32(h[4:]))
		pos += 8
		if kind == pptCrypt {
			out.flush()
			f.o.Miss(inspect.GapEncrypted, s.size)
			return true
		}
		if h[0]&15 == 15 { // a container: what it holds comes next
			continue
		}
		if n > s.size-pos {
			f.o.Miss(inspect.GapBroken, s.size-pos)
			break
		}
		if wide := kind == pptChars || kind == pptString; (wide || kind == pptBytes) && n <= pptLongest {
			b := make([]byte, n)
			_, _ = s.ReadAt(b, pos)
			buf = biffChars(buf[:0], b, len(b), wide)
			out.add(breakLines(buf))
			out.addByte('\n')
			if f.o.hold(16) {
				spans = append(spans, decode.Span{From: done, To: pos})
				done = pos + n
			}
		}
		pos += n
	}
	out.flush()
	f.rawSpans(e, s, append(spans, decode.Span{From: done, To: s.size}))
	return true
}

// breakLines makes the marks of paragraphs and lines line ends, in place.
func breakLines(p []byte) []byte {
	for i, c := range p {
		if c == '\r' || c == '\v' {
			p[i] = '\n'
		}
	}
	return p
}
