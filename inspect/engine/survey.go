package engine

import (
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// watch starts what looks for content that is not read in a stream that is
// scanned as it lies. Plain text costs a look at its head.
func (s *stream) watch(head []byte) {
	if s.scan.meta.Kind == inspect.Head || s.shut || s.child != nil {
		s.tar = true
		return
	}
	if b := new(decode.Base64); len(head) > 0 && b.Write(head) {
		s.base64 = new(decode.Base64)
	}
	ct := strings.ToLower(strings.TrimSpace(s.scan.meta.ContentType))
	if decode.IsParts(head) || strings.HasPrefix(ct, "multipart/") || strings.HasPrefix(ct, "message/") {
		s.parts = &decode.Parts{Miss: func(reason inspect.GapReason, n, wire int64) {
			s.missed += n
			s.scan.gap(reason, wire)
		}}
	}
}

// survey looks at one block.
func (s *stream) survey(p []byte, at []decode.Span, from int64) {
	if !s.tar && s.raw.end() >= decode.TarLen {
		s.tar = true
		if decode.IsTar(s.raw.buf) { // the window still begins where the stream does
			s.scan.gap(inspect.GapUnknownFormat, -1)
		}
	}
	if s.base64 != nil && !s.base64.Write(p) {
		s.base64 = nil
	}
	if s.parts != nil {
		s.parts.Write(p, at, from)
	}
}

// conclude tells what can be told only at the end.
func (s *stream) conclude() {
	if s.parts != nil {
		s.parts.Finish()
	}
	if s.base64 != nil && s.base64.Whole() {
		s.shut = true
		s.scan.gap(inspect.GapUnknownFormat, -1)
	}
}
