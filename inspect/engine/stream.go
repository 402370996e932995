package engine

import (
	"bytes"
	"math"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/match"
	"github.com/datacustoms/customs/inspect/record"
)

// stream is one sequence of bytes: the wire, or what a decoder makes of the
// stream above it.
type stream struct {
	scan   *Scan
	path   []string
	claims []string // codings that are said to lie on it, outermost first

	head   [decode.SniffLen]byte
	nhead  int
	opened bool
	shut   bool // a container that is not read

	tar    bool           // it has been looked for
	base64 *decode.Base64 // as long as the text may be base64 from end to end
	parts  *decode.Parts  // of multipart content
	missed int64          // bytes of parts that could not be read

	raw  view
	mem  *window
	wire []decode.Span // wire bytes of head, while the stream is not opened
	esc  escaped

	columns columns
	rows    rows
	tables  tables
	book    *record.Book
	hits    []hit
	last    hit   // the last hit of the escaped view that was released
	safe    int64 // no later hit begins before it
	ended   bool

	list    []inspect.Finding
	omitted int64

	child   *stream
	inflate *decode.Inflate
	utf16   *decode.UTF16
	digits  []byte // of the candidate in hand, for forms
	shape   int
	fit     []*form // scratch for those that can have so many digits
	track   check.Track
	units   []byte
	uspans  []decode.Span
	marks   marks
}

func newStream(s *Scan, path, claims []string) *stream {
	return &stream{scan: s, path: path, claims: claims}
}

// write takes the next bytes. Where the stream is not the wire, at is their
// place on it.
func (s *stream) write(p []byte, at []decode.Span) {
	if !s.opened {
		n := copy(s.head[s.nhead:], p)
		s.nhead += n
		if at != nil {
			s.wire = append(s.wire, at[:n]...)
			at = at[n:]
		}
		p = p[n:]
		if s.nhead < len(s.head) {
			return
		}
		s.open()
	}
	s.feed(p, at)
}

func (s *stream) feed(p []byte, at []decode.Span) {
	for len(p) > 0 {
		n := min(len(p), wide)
		if at != nil {
			n = min(n, block)
		}
		var spans []decode.Span
		if at != nil {
			spans, at = at[:n], at[n:]
		}
		s.take(p[:n], spans)
		p = p[n:]
	}
}

// take reads one block in both views and hands it to the decoder.
func (s *stream) take(p []byte, at []decode.Span) {
	v := &s.raw
	from := v.end()
	v.room(len(p))
	v.buf = append(v.buf, p...)
	if v.spans != nil {
		v.spans = append(v.spans, at...)
	}
	if !s.columns.read {
		s.columns.header(s.scan.engine, v.buf)
		s.rows = rows{pos: s.columns.from, begun: s.columns.from}
	}
	v.seek(false, s.wake)
	s.rows.follow(&s.columns, v)
	s.tables.follow(v, false)
	s.tables.ready(v, s.decideRaw)
	s.esc.follow(s)
	s.survey(p, at, from)
	s.descend(p, at, from)
	s.release(false)
}

func (s *stream) wake(c match.Candidate) { s.esc.odd(s, c) }

func (s *stream) decideRaw(c match.Candidate) { s.decide(&s.raw, c, false) }

// open looks at the head and says what the stream is.
func (s *stream) open() {
	s.opened = true
	kind := wireWindow
	if s.path != nil {
		kind = rawWindow
	}
	s.mem = s.raw.lend(kind)
	s.raw.matcher = match.NewStream(s.scan.engine.forms.words, 0)
	s.raw.slow = len(s.scan.engine.forms.slow) > 0
	head := s.head[:s.nhead]
	format := s.format(head)
	form := s.scan.meta.Kind == inspect.Head
	mode := record.Lines
	if s.scan.meta.Kind != inspect.Head {
		ct := strings.ToLower(s.scan.meta.ContentType)
		claim := strings.HasPrefix(ct, "application/x-www-form-urlencoded")
		switch {
		case decode.IsJSON(head):
			mode = record.Objects
		case decode.IsMarkup(head):
			mode = record.Markup
		case claim && bytes.IndexByte(head, '=') >= 0 || decode.IsForm(head):
			mode, form = record.Whole, true
		}
	}
	s.book = record.NewBook(s.scan.persons(), mode)
	s.tables.begin(s.scan.engine, &s.columns, mode, s.scan.meta.Kind)
	s.columns.read = mode != record.Lines || s.scan.meta.Kind != inspect.Body
	s.esc.plus = form
	s.nest(format)
	s.watch(head)
	if s.scan.meta.Kind != inspect.Head && len(s.scan.engine.forms.head) > 0 && s.nhead > 0 {
		s.raw.pending = append(s.raw.pending, match.Candidate{Kind: headKind, To: reach})
	}
	wire := s.wire
	s.wire = nil
	s.feed(head, wire)
	clear(s.head[:])
}

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
		s.scan.gap(inspect.GapBroken, -1)
	}
	if f == decode.Opaque {
		s.claims = nil
	}
	return f
}

// nest starts the decoder for what lies below.
func (s *stream) nest(format decode.Format) {
	switch format {
	case decode.Plain:
		return
	case decode.Opaque:
		s.shut = true
		s.scan.gap(inspect.GapUnknownFormat, -1)
		return
	case decode.Encrypted:
		s.shut = true
		s.scan.gap(inspect.GapEncrypted, -1)
		return
	case decode.Image: // what lies plain in it is read as it is
		s.scan.gap(inspect.GapUnknownFormat, -1)
		return
	}
	if len(s.path) >= s.scan.engine.opt.Limits.Depth {
		s.shut = true
		s.scan.gap(inspect.GapLimitDepth, -1)
		return
	}
	path := append(append([]string(nil), s.path...), format.String())
	s.child = newStream(s.scan, path, s.claims)
	switch format {
	case decode.UTF16LE, decode.UTF16BE:
		s.utf16 = &decode.UTF16{Big: format == decode.UTF16BE}
	default:
		s.inflate = decode.NewInflate(format, &s.scan.budget)
	}
}

// descend pushes a block through the decoder into the child.
func (s *stream) descend(p []byte, at []decode.Span, from int64) {
	if s.child == nil || s.child.ended {
		return
	}
	if at != nil {
		s.marks.add(at, from)
	}
	if s.utf16 != nil {
		s.units, s.uspans = s.utf16.Append(s.units[:0], s.uspans[:0], p, from)
		for i, sp := range s.uspans {
			s.uspans[i] = s.marks.wire(sp)
		}
		s.scan.decoded += int64(len(s.units))
		s.child.write(s.units, s.uspans)
		if at != nil {
			s.marks.forget(from)
		}
		return
	}
	s.inflate.Write(p, s.inflated)
	if s.inflate.Done() {
		s.child.finish()
	}
}

// inflated takes what came out of the decompressor.
func (s *stream) inflated(b []byte, from decode.Span) {
	from = s.marks.wire(from)
	s.uspans = s.uspans[:0]
	for range b {
		s.uspans = append(s.uspans, from)
	}
	s.scan.decoded += int64(len(b))
	s.child.write(b, s.uspans)
	s.marks.forget(s.inflate.Settled())
}

// settled is the wire offset before which no later finding of this stream or
// of one below can begin.
func (s *stream) settled() int64 {
	if s.ended {
		return math.MaxInt64
	}
	low := int64(0)
	switch {
	case !s.opened && len(s.wire) > 0:
		low = s.wire[0].From
	case !s.opened: // nothing has come; whoever writes knows better
		low = math.MaxInt64
		if s.path == nil {
			low = 0
		}
	default:
		low = s.onWire(s.safe)
	}
	if s.child != nil && !s.child.ended {
		low = min(low, s.child.settled(), s.frontier())
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
	return s.raw.spans[max(at-s.raw.base, 0)].From
}

// finish ends the stream and those below it.
func (s *stream) finish() {
	if s.ended {
		return
	}
	if !s.opened {
		s.open()
	}
	s.raw.seek(true, s.wake)
	s.rows.end(&s.columns, &s.raw)
	s.tables.follow(&s.raw, true)
	s.raw.ready(true, s.decideRaw)
	s.esc.finish(s)
	if s.child != nil {
		if s.inflate != nil {
			reason, bytes := s.inflate.Close(s.raw.end(), s.inflated)
			if reason != "" {
				s.scan.gap(reason, bytes)
			}
		}
		s.child.finish()
	}
	s.conclude()
	if s.child == nil && !s.shut {
		s.scan.scanned += s.raw.end() - s.missed
	}
	s.release(true)
	s.book.End()
	s.ended = true
	s.raw.giveBack(s.mem)
	s.marks = marks{}
}
