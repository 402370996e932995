package engine

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// watch starts what looks for content that is not read in a stream that is
// scanned as it lies. Plain text costs a look at its head.
func (s *stream) watch(head []byte) {
	if s.scan.meta.Kind == inspect.Head || s.shut || s.child != nil && s.utf16 == nil || s.box != nil || s.lines {
		return
	}
	if s.utf16 != nil { // what only looks like it may be a form all the same
		s.flowing(head)
		return
	}
	if s.twin == nil {
		s.text = true
		s.again.begin(s, head)
		s.tags.off = true
		if isPage(head) {
			s.tags.start(s, new(unpack.Untag), "markup", 0)
			if s.tags.child != nil {
				s.tags.child.lines = true
			}
		}
	}
	if b := new(decode.Base64); len(head) > 0 && b.Write(head) {
		s.base64 = new(decode.Base64)
	}
	s.flowing(head)
	s.strange = s.flow == nil && unlikeText(head)
}

// isPage reports whether text begins as HTML or SVG. In other markup each tag may
// end a value, so that to leave it out would join two.
func isPage(head []byte) bool {
	if !decode.IsMarkup(head) {
		return false
	}
	head = bytes.ToLower(head)
	for _, tag := range [...]string{"html", "<head", "<body", "<meta", "<div", "<p>", "<p ", "<span", "<b>", "<br", "<td", "<svg", "<font", "<style", "<h1"} {
		if bytes.Contains(head, []byte(tag)) {
			return true
		}
	}
	return false
}

// wideText reads a text that binary content holds otherwise than as it lies, a
// line of a stream of its own.
func (s *stream) wideText(text []byte, at decode.Span) {
	if s.words == nil {
		if s.deep() {
			return
		}
		s.words = s.part("strings")
		s.words.lines = true
	}
	if s.path != nil {
		at = s.marks.wire(at)
	}
	if reason := s.scan.budget.Spend(len(text)); reason != "" {
		s.gap(reason, -1)
		return
	}
	s.scan.decoded += int64(len(text))
	s.words.write(text, &places{all: at})
	s.words.write(blank[:1], &places{all: at})
}

// survey looks at one block.
func (s *stream) survey(p []byte) {
	if s.base64 != nil && !s.base64.Write(p) {
		s.base64 = nil
	}
	if s.judged() {
		s.judge(s.raw.end())
	}
}

// conclude tells what can be told only at the end.
func (s *stream) conclude() {
	if s.flow != nil {
		s.flow.finish()
	}
	s.coded.finish(s)
	if s.base64 != nil && s.base64.Whole() && !s.coded.found && s.raw.end() > keysLen*4/3 {
		s.refuse(inspect.GapUnknownFormat)
	}
	if s.judged() {
		s.random()
	}
	if s.words != nil {
		s.words.finish()
		s.keep(s.words)
		s.words = nil
	}
	if s.child == nil && !s.shut && s.box == nil && !s.title {
		s.scan.scanned += s.raw.end()
	}
}

// judged reports whether the stream is read as it lies and might be content
// that only looks so.
func (s *stream) judged() bool {
	return (s.child == nil || s.utf16 != nil) && s.box == nil && !s.shut && !s.title && !s.lines && s.scan.meta.Kind != inspect.Head
}

// judge looks on for what is no text up to an offset, but not in what is read in
// streams of parts.
func (s *stream) judge(to int64) {
	if s.flow != nil {
		to = min(to, s.flow.known())
	}
	for s.judgedTo < to {
		next := to
		if s.flow != nil {
			var past int64
			if past, next = s.flow.between(s.judgedTo, to); past > s.judgedTo {
				s.endWide()
				s.judgedTo, s.region = past, past
				continue
			}
		}
		s.lookThrough(s.judgedTo, next)
		s.judgedTo = next
	}
}

// between tells where the piece ends that has a stream of its own and in which
// an offset lies, and else where the next one begins.
func (f *flow) between(at, to int64) (past, next int64) {
	for _, a := range f.apart {
		if a.To <= at {
			continue
		}
		if a.From <= at {
			return min(a.To, to), to
		}
		return at, min(to, a.From)
	}
	return at, to
}

// lookThrough reads bytes that stand as they lie for random ones and for text
// that is in other units than bytes. It begins with that where the first zero
// byte is, which text has not.
func (s *stream) lookThrough(from, to int64) {
	p := s.raw.slice(from, to)
	s.entropy.Write(p)
	if s.utf16 != nil {
		return
	}
	if s.wide == nil {
		i := int64(0)
		if !s.strange {
			if i = int64(bytes.IndexByte(p, 0)); i < 0 {
				return
			}
		}
		const part = 64 // what Wide looks at at once
		start := max(s.region, s.raw.base, (from+i)&^(part-1)-part)
		s.wide = decode.NewWide(func(text []byte, at decode.Span) {
			s.wideText(text, decode.Span{From: at.From + start, To: at.To + start})
		})
		s.tokens = unpack.NewTokens(func(text []byte, at decode.Span) {
			s.wideText(text, decode.Span{From: at.From + start, To: at.To + start})
		})
		p = s.raw.slice(start, to)
	}
	s.wide.Write(p)
	s.tokens.Write(p)
}

// endWide ends such texts.
func (s *stream) endWide() {
	if s.wide != nil {
		s.wide.Finish()
		s.tokens.Finish()
		s.wide, s.tokens = nil, nil
	}
}

// random notes what looks like compressed or encrypted bytes in the stream.
func (s *stream) random() {
	s.judge(s.raw.end())
	s.endWide()
	s.entropy.Finish()
	if s.signed > 0 && s.signed == s.got {
		s.small = max(s.small, 4*keysLen)
	}
	if n := s.entropy.Bytes(); n > s.small {
		s.gap(inspect.GapHighEntropy, n)
	}
	if at, ok := s.entropy.Packed(); ok && s.not == "" {
		s.gap(inspect.GapUnknownFormat, s.raw.end()-at)
	} else if at := zipEnd(s.raw.slice(s.raw.base, s.raw.end())); at && s.not == "" {
		s.gap(inspect.GapUnknownFormat, s.raw.end())
	}
}

// signedLen is the length of a certificate or of signed data that begin so, or 0:
// they hold keys and signatures (RFC 5280, RFC 5652).
func signedLen(head []byte) int64 {
	if len(head) < 32 || head[0] != 0x30 || head[1] != 0x82 {
		return 0
	}
	if bytes.Contains(head[:32], []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")) || string(head[4:6]) == "\x30\x82" && bytes.HasPrefix(head[8:], []byte("\xa0\x03\x02\x01")) {
		return int64(head[2])<<8 + int64(head[3]) + 4
	}
	return 0
}

// zipEnd reports whether bytes end as a zip archive does, whose readers begin
// there and do not care what the first bytes are.
func zipEnd(b []byte) bool {
	const length = 22 // of the record that ends an archive, without a comment
	for i := bytes.LastIndex(b, []byte("PK\x05\x06")); i >= 0; i = bytes.LastIndex(b[:i], []byte("PK\x05\x06")) {
		if i+length <= len(b) && i+length+int(b[i+20])+int(b[i+21])<<8 == len(b) {
			return true
		}
	}
	return false
}
