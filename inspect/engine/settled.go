package engine

import (
	"math"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// settled is the wire offset before which no later finding of this stream or
// of one below can begin.
func (s *stream) settled() int64 {
	if s.ended {
		return math.MaxInt64
	}
	low := int64(0)
	switch {
	case !s.opened && s.got > 0 && s.path != nil:
		low = s.extent.From
	case !s.opened: // nothing has come; whoever writes knows better
		low = math.MaxInt64
		if s.path == nil {
			low = 0
		}
	case s.box != nil: // its parts may lie anywhere
		low = max(s.extent.From, s.origin)
	default:
		low = s.onWire(s.safe)
	}
	if s.child != nil && !s.child.ended {
		low = min(low, s.child.settled(), s.frontier())
	}
	if len(s.aside) > 0 {
		low = min(low, s.aside[0].wire.From)
	}
	if s.text {
		low = min(low, s.again.settled(s), s.tags.settled(s))
	}
	if s.flow != nil {
		low = min(low, s.flow.settled())
	}
	if s.wide != nil { // its texts come out of order
		low = min(low, s.onWire(max(s.raw.end()-max(decode.WideReach, unpack.TokenReach), s.raw.base)))
		if s.words != nil {
			low = min(low, s.words.extent.From)
		}
	}
	low = min(low, s.esc.deeper.settled(s, &s.esc.text))
	if s.opened && (s.child == nil || s.utf16 != nil) {
		low = min(low, s.coded.settled(s), s.esc.coded.settled(s))
	}
	return low
}

// frontier is the wire offset from which what the child has not yet seen is
// made.
func (s *stream) frontier() int64 {
	at := s.raw.end()
	if s.utf16 != nil {
		if begun, ok := s.utf16.Begun(); ok {
			at = begun
		}
	} else {
		at = s.inflate.Settled()
	}
	return s.marks.wire(decode.Span{From: at, To: at}).From
}

// onWire maps an offset in the stream to the wire. An offset at the end maps
// behind all that is known: the writer's frontier is lower.
func (s *stream) onWire(at int64) int64 {
	switch {
	case s.path == nil:
		return at
	case at >= s.raw.end():
		return math.MaxInt64
	}
	return s.marks.find(at).From
}
