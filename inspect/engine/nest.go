package engine

import (
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// format tells the coding that lies on the stream. What is claimed and what
// is there must agree; a claim that cannot be met is a gap.
func (s *stream) format(head []byte) decode.Format {
	if s.scan.meta.Kind == inspect.Head || len(head) == 0 {
		return decode.Plain
	}
	sniffed := decode.Sniff(head)
	if len(s.claims) == 0 {
		return sniffed
	}
	claim := s.claims[0]
	s.claims = s.claims[1:]
	f, ok := decode.Claimed(claim, head)
	if !ok {
		s.gap(inspect.GapBroken, -1)
		s.scan.mismatch(inspect.Mismatch{Path: s.path, Said: claim, Found: f.String()})
	}
	if f == decode.Opaque {
		s.claims = nil
	}
	return f
}

// nest starts the decoder for what lies below.
func (s *stream) nest(format decode.Format, claimed bool) {
	switch format {
	case decode.Plain:
		return
	case decode.Opaque, decode.Tar:
		s.refuse(inspect.GapUnknownFormat)
		return
	case decode.Encrypted:
		s.refuse(inspect.GapEncrypted)
		return
	case decode.Image: // what lies plain in it is read as it is
		s.gap(inspect.GapUnknownFormat, -1)
		return
	}
	if s.deep() {
		return
	}
	if format != decode.UTF16LE && format != decode.UTF16BE {
		s.told = &told{outer: s.into}
	}
	s.child = s.part(format.String())
	if s.child.claims = s.claims; claimed {
		s.child.mime = s.mime
	}
	switch format {
	case decode.UTF16LE, decode.UTF16BE:
		s.utf16 = &decode.UTF16{Big: format == decode.UTF16BE}
	default:
		s.inflate = decode.NewInflate(format, &s.scan.budget)
	}
}

// refuse gives up reading the stream.
func (s *stream) refuse(reason inspect.GapReason) {
	s.shut = true
	s.gap(reason, -1)
}

// gap notes bytes of the stream that were not read, -1 for all of it.
func (s *stream) gap(r inspect.GapReason, bytes int64) {
	for i := range s.gaps {
		if g := &s.gaps[i]; g.reason == r {
			if g.bytes += bytes; bytes < 0 || g.bytes < bytes {
				g.bytes = -1
			}
			return
		}
	}
	s.gaps = append(s.gaps, gap{r, bytes})
}

// thumbLen is how large the picture of a document's first page may be.
const thumbLen = 32 << 10

// missed tells the scan of the gaps, now that the stream's extent is known.
// Bytes that do not stand on the wire as they are count as the whole, and none
// counts twice.
func (s *stream) missed() {
	left := s.extent.To - s.extent.From
	if s.path == nil {
		left = s.got
	}
	for _, g := range s.gaps {
		if s.quiet && (g.reason == inspect.GapBroken || g.reason == inspect.GapUnknownFormat) || s.thumb && s.got <= thumbLen && g.reason == inspect.GapUnknownFormat {
			continue
		}
		if s.origin < 0 || g.bytes < 0 {
			g.bytes = left
		}
		g.bytes = min(g.bytes, left)
		left -= g.bytes
		s.scan.gap(g.reason, g.bytes)
	}
	s.gaps = nil
}

// descend pushes a block through the decoder into the child.
func (s *stream) descend(p []byte, from int64) {
	if s.child == nil || s.child.ended {
		return
	}
	if s.utf16 != nil {
		s.units, s.uspans = s.utf16.Append(s.units[:0], s.uspans[:0], p, from)
		for i, sp := range s.uspans {
			s.uspans[i] = s.marks.wire(sp)
		}
		s.scan.decoded += int64(len(s.units))
		s.child.write(s.units, &places{each: s.uspans})
		return
	}
	s.inflate.Write(p, s.inflated)
	if s.inflate.Done() {
		s.child.finish()
	}
}

// inflated takes what came out of the decompressor.
func (s *stream) inflated(b []byte, from decode.Span) {
	s.scan.decoded += int64(len(b))
	s.child.write(b, &places{all: s.marks.wire(from)})
}
