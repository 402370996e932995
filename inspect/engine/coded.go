package engine

import (
	"math"
	"slices"
	"strconv"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/match"
	"github.com/datacustoms/customs/inspect/unpack"
)

// codedAhead is how far behind the last place where a run may begin reading
// goes on, so that it is judged by all that it is judged by.
const codedAhead = unpack.RunAhead

// codedLag is how far the matcher looks before it tells of a run.
const codedLag = 128

// codings reads what stands in base64 and its kin within the text of a stream.
// It is awake only around places where the matcher saw so many characters of
// their alphabets in a row. Short texts of one alphabet share a stream, a line
// each; what is longer or a format of its own has one.
type codings struct {
	stream *stream
	view   *view
	anew   bool // the view is the text with escapes undone
	runs   *unpack.Runs
	on     bool
	pos    int64 // offset in the view up to which it has read
	until  int64 // where it falls asleep unless a run comes
	begun  bool  // in a run whose first piece was seen
	found  bool  // there was a run
	n      int   // runs that had streams of their own
	one    *stream
	texts  []shared
}

// shared is the stream of the short texts of one alphabet.
type shared struct {
	kind   string
	stream *stream
	at     decode.Span // of the last text
	fresh  bool        // nothing came behind it
}

// blank is behind what nothing is waited for.
var blank = func() (b [2*context + headLen]byte) {
	for i := range b {
		b[i] = '\n'
	}
	return b
}()

// gate notes a place where a run may begin.
func (x *codings) gate(s *stream, v *view, c match.Candidate) {
	if x.on && c.From > x.until { // it would have slept, had it known
		x.read(x.until)
		x.sleep()
	}
	if !x.on {
		if x.stream, x.view = s, v; x.runs == nil {
			x.runs = unpack.NewRuns(x.emit)
		}
		x.on, x.pos = true, max(c.From, x.pos)
		x.runs.Reset(x.pos)
	}
	x.until = max(x.until, c.To+codedAhead)
}

// follow reads as far as the matcher has looked.
func (x *codings) follow() {
	if !x.on {
		return
	}
	to := min(x.view.matcher.Pos()-codedLag, x.until)
	if f := x.stream.flow; f != nil && !x.anew {
		to = min(to, f.known())
	}
	x.read(to)
	if x.pos == x.until {
		x.sleep()
	}
}

func (x *codings) read(to int64) {
	if to > x.pos {
		x.stream.scan.work((to - x.pos) * codedWork)
		x.runs.Write(x.view.slice(x.pos, to))
		x.pos = to
	}
}

// codedWork is what a byte costs that is looked through for runs.
const codedWork = 3

// sleep ends the text at hand. Blank lines let go of what waits for more.
func (x *codings) sleep() {
	x.runs.Close()
	x.on = false
	for i := range x.texts {
		if t := &x.texts[i]; t.fresh {
			t.fresh = false
			x.give(t.stream, t.at, blank[:])
		}
	}
}

// rest reads to the end of the view.
func (x *codings) rest() {
	if x.on {
		x.read(x.view.end())
		x.sleep()
	}
}

// again makes ready for another text in the same view.
func (x *codings) again() { x.pos, x.until, x.begun, x.one = 0, 0, false, nil }

// finish ends all that was found.
func (x *codings) finish(s *stream) {
	x.rest()
	for _, t := range x.texts {
		t.stream.finish()
		s.keep(t.stream)
	}
	x.texts = nil
}

// keysLen is how many random bytes in a row keys, signatures and certificates
// may have.
const keysLen = 1 << 10

// idLen is how many bytes an identifier may stand for that begins as a format by
// chance.
const idLen = 64

// emit takes what a run stands for, piece by piece.
func (x *codings) emit(kind string, at decode.Span, b []byte, last bool) {
	s := x.stream
	x.found = true
	if first := !x.begun; first {
		x.one = nil
		switch {
		case x.anew && !x.escaped(at), x.undone(at):
		case s.scan.spent || s.deep():
		case last && !nests(b):
			x.short(s, x.view, kind, at, b)
		default:
			x.n++
			if reason := s.scan.budget.Part(); reason != "" {
				s.gap(reason, -1)
				break
			}
			x.one = s.part(x.path(kind + "#" + strconv.Itoa(x.n))...)
			x.one.small = keysLen
		}
	}
	x.begun = !last
	if x.one == nil {
		return
	}
	x.give(x.one, at, b)
	if last {
		x.one.quiet = x.one.got <= idLen
		x.one.finish()
		s.keep(x.one)
		x.one = nil
	}
}

// short writes a text into the stream of its alphabet.
func (x *codings) short(s *stream, v *view, kind string, at decode.Span, b []byte) {
	x.stream, x.view = s, v
	i := slices.IndexFunc(x.texts, func(t shared) bool { return t.kind == kind })
	if i < 0 {
		t := s.part(x.path(kind)...)
		t.lines = true
		i, x.texts = len(x.texts), append(x.texts, shared{kind: kind, stream: t})
	}
	t := &x.texts[i]
	t.at, t.fresh = at, true
	x.give(t.stream, at, b)
	x.give(t.stream, at, blank[:1])
	if b = unpack.Plain(b); b != nil { // it was in another charset
		x.give(t.stream, at, b)
		x.give(t.stream, at, blank[:1])
	}
}

// give writes decoded bytes into a stream.
func (x *codings) give(to *stream, at decode.Span, b []byte) {
	s := x.stream
	if len(b) == 0 {
		return
	}
	if reason := s.scan.budget.Spend(len(b)); reason != "" {
		s.gap(reason, -1)
		return
	}
	s.scan.decoded += int64(len(b))
	to.write(b, &places{all: x.wire(at)})
}

// inner adds the streams that are open.
func (x *codings) inner(out []*stream) []*stream {
	if x.one != nil {
		out = append(out, x.one)
	}
	for i := range x.texts {
		out = append(out, x.texts[i].stream)
	}
	return out
}

// path is where a stream stands.
func (x *codings) path(elem string) []string {
	if x.anew {
		return []string{"escaped", elem}
	}
	return []string{elem}
}

// wire maps a piece of the view to the wire.
func (x *codings) wire(at decode.Span) decode.Span {
	at = x.view.source(at.From, max(at.To, at.From+1))
	if x.stream.path != nil {
		return x.stream.marks.wire(at)
	}
	return at
}

// escaped reports whether a run in the text with escapes undone is one only
// there: an escape stands so near its beginning that it was not seen in the
// text as it lies, or not from there on.
func (x *codings) escaped(at decode.Span) bool {
	v := x.view
	from := max(at.From-v.base, 0)
	for _, sp := range v.spans[from:min(from+unpack.RunMin, v.end()-v.base)] {
		if sp.To-sp.From != 1 {
			return true
		}
	}
	return false
}

// undone reports whether a run stands in the text of a transfer coding: the
// part that was made of it has what it says.
func (x *codings) undone(at decode.Span) bool {
	f := x.stream.flow
	return f != nil && f.coded(x.view.source(at.From, max(at.To, at.From+1)).From) != nil
}

// settled is the wire offset before which nothing more is found in runs.
func (x *codings) settled(s *stream) int64 {
	low := int64(math.MaxInt64)
	switch {
	case x.on:
		at := min(max(x.runs.Held(), x.view.base), x.view.end()-1)
		low = x.wire(decode.Span{From: at, To: at + 1}).From
	case !x.anew:
		low = s.onWire(min(max(s.raw.matcher.Pos()-codedLag, s.raw.base), s.raw.end()))
	}
	if x.one != nil && !x.one.ended {
		low = min(low, x.one.settled())
	}
	for _, t := range x.texts {
		low = min(low, t.stream.settled())
	}
	return low
}
