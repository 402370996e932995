package engine

import (
	"bytes"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/match"
	"github.com/datacustoms/customs/inspect/record"
	"github.com/datacustoms/customs/inspect/unpack"
)

// stream is one sequence of bytes: the wire, or what a decoder makes of the
// stream above it.
type stream struct {
	scan   *Scan
	path   []string
	claims []string // codings that are said to lie on it, outermost first

	depth  int   // streams above
	origin int64 // wire offset of its first byte if it stands there as it is, else -1
	mime   said  // what is said that it is
	title  bool  // what a part is called
	lines  bool  // short texts, a line each: text and nothing else
	small  int64 // so many random bytes are no gap: keys and signatures
	signed int64 // how long it is if it is a certificate or signed data
	quiet  bool  // what it begins as by chance may be broken
	thumb  bool  // the small picture of a document that shows its first page
	gaps   []gap // in it

	head   [headLen]byte
	nhead  int
	opened bool
	shut   bool // content that is not read

	entropy  decode.Entropy
	judgedTo int64          // as far as it was judged
	region   int64          // where what is judged together began
	strange  bool           // it does not begin as text
	base64   *decode.Base64 // as long as the text may be base64 from end to end
	flow     *flow          // of multipart content

	raw    view
	mem    *window
	esc    escaped
	coded  codings
	wide   *decode.Wide   // of binary content
	tokens *unpack.Tokens // the same
	words  *stream        // the texts in it

	columns columns
	rows    rows
	tables  tables
	book    *record.Book
	shaper  *shaper // nil where no layout is told
	shaped  bool    // the stream has a layout
	hits    []hit
	last    hit   // the last hit of the escaped view that was released
	safe    int64 // no later hit begins before it
	ended   bool

	box    *box              // what it holds, if it is a container
	store  store             // its bytes, where nobody else keeps them
	told   *told             // what the streams in it have told, where that is asked
	into   *told             // where it tells
	aside  []hit             // what waits for that
	again  reread            // in another charset
	tags   reread            // without the tags within words
	text   bool              // it is read as it lies and may be in any charset
	twin   *stream           // of which it is another reading
	below  []inspect.Finding // in its parts
	not    string            // what it is not taken for
	extent decode.Span       // the wire bytes of all of it, if it is not the wire

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
	marks   marks // of its bytes, as far as they are in the window
	got     int64 // bytes that were written
	dead    bool  // there was no memory for it
	held    int64 // memory that it has
}

func newStream(s *Scan, path, claims []string) *stream {
	return &stream{scan: s, path: path, claims: claims, origin: -1}
}

// write takes the next bytes. Where the stream is not the wire, at is their
// place on it.
func (s *stream) write(p []byte, at *places) {
	if s.scan.spent || s.dead || len(p) == 0 {
		return
	}
	if at != nil {
		if s.got == 0 {
			s.extent.From = at.of(0).From
		}
		s.extent.To = max(s.extent.To, at.of(len(p)-1).To)
		if s.box != nil && at.each != nil { // one place will do for what is opened as a whole
			at = &places{all: decode.Span{From: at.of(0).From, To: at.of(len(p) - 1).To}}
		}
		s.marks.add(at, len(p), s.got)
	}
	s.got += int64(len(p))
	if !s.opened {
		n := copy(s.head[s.nhead:], p)
		s.nhead += n
		p = p[n:]
		if s.nhead < len(s.head) {
			return
		}
		s.open()
	}
	s.feed(p)
}

func (s *stream) feed(p []byte) {
	for len(p) > 0 && !s.dead {
		n := min(len(p), wide)
		if s.path == nil {
			s.scan.budget.Wire(n)
		}
		if s.box != nil {
			s.hold(p[:n])
		} else {
			s.take(p[:n])
		}
		p = p[n:]
	}
}

// take reads one block in both views and hands it to the decoder.
func (s *stream) take(p []byte) {
	v := &s.raw
	from := v.end()
	v.room(len(p))
	s.marks.forget(v.base)
	v.buf = append(v.buf, p...)
	s.scan.work(int64(len(p)))
	if s.flow != nil { // first: what is a part must be known before it is read as it lies
		s.flow.write(p)
	}
	if watch := s.scan.engine.opt.Watch; watch != nil && s.child == nil && s.box == nil && !s.shut {
		watch(s.path, p)
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
	s.coded.follow()
	if s.text {
		s.again.follow(s)
		s.tags.follow(s)
	}
	s.survey(p)
	s.descend(p, from)
	s.release(false)
}

func (s *stream) wake(c match.Candidate) {
	if c.Kind == match.Run {
		s.coded.gate(s, &s.raw, c)
		return
	}
	if s.inflate == nil { // escapes in compressed bytes are chance
		s.esc.odd(s, c)
	}
}

func (s *stream) decideRaw(c match.Candidate) { s.decide(&s.raw, c, false) }

// open looks at the head and says what the stream is.
func (s *stream) open() {
	s.opened = true
	if s.path != nil && !s.lend(windowLen) {
		s.dead = true
		s.gap(inspect.GapLimitBytes, -1)
		return
	}
	s.mem = s.raw.lend(wireWindow)
	s.raw.matcher = match.NewStream(s.scan.engine.forms.words, 0)
	s.raw.slow = len(s.scan.engine.forms.slow) > 0
	whole := s.head[:s.nhead]
	head := whole[:min(len(whole), decode.SniffLen)]
	claimed := len(s.claims) > 0
	format := s.format(head)
	if !claimed {
		s.compare(whole, format)
	}
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
	if s.lines {
		format = decode.Plain
	} else if claimed || !s.contain(whole) {
		s.nest(format, claimed)
	}
	if (s.child == nil || s.utf16 != nil) && s.box == nil && !s.shut {
		s.raw.matcher.FindRuns()
	}
	s.signed = signedLen(whole)
	s.watch(whole)
	s.shapes(mode)
	if s.scan.meta.Kind != inspect.Head && len(s.scan.engine.forms.head) > 0 && s.nhead > 0 {
		s.raw.pending = append(s.raw.pending, match.Candidate{Kind: headKind, To: reach})
	}
	s.feed(whole)
	clear(s.head[:])
}

// windowLen is the memory of a stream that is open.
const windowLen = 2*wide + keepRaw + 8<<10

// lend takes n bytes of memory from what the scan may hold.
func (s *stream) lend(n int64) bool {
	if !s.scan.budget.Hold(n) {
		return false
	}
	s.held += n
	return true
}

// finish ends the stream and those below it.
func (s *stream) finish() {
	if s.ended {
		return
	}
	if !s.opened {
		s.open()
	}
	if s.dead {
		s.missed()
		s.ended = true
		return
	}
	if s.box != nil {
		s.unbox()
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
				s.gap(reason, bytes)
			}
		}
		s.child.finish()
	}
	s.conclude()
	s.release(true)
	s.close()
}

// close ends the records and gives back what was lent.
func (s *stream) close() {
	s.book.End()
	s.endShape()
	if s.text {
		s.again.finish(s)
		s.tags.finish(s)
	}
	s.esc.deeper.finish(s)
	s.settle()
	s.missed()
	s.ended = true
	s.raw.giveBack(s.mem)
	s.scan.budget.Hold(-s.held)
	s.held, s.marks = 0, marks{}
}
