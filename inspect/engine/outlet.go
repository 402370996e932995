package engine

import (
	"math"
	"slices"
	"strconv"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// outlet takes what a container gives out into streams of their own.
type outlet struct {
	stream *stream
	name   string // of the container in a path
	beside bool   // plain text that stands as it is in the stream is read there
	undo   bool   // every part is made of the stream's text as a whole
	n      int
	state  outletState
	child  *stream
	wire   decode.Span // of the part, where its bytes have no place of their own
	same   int64       // place in the stream of the next byte, or -1

	head   [headLen]byte
	nhead  int
	length int64  // of the part so far
	called []byte // what the part is called
}

type outletState uint8

const (
	noPart  outletState = iota
	peeking             // the head of a part is gathered that may be plain text
	passing             // it is, and was read in the stream
	giving              // it has a stream of its own
	full                // no more is taken
)

// Begin starts a part. What it is called is data as well.
func (o *outlet) Begin(name []byte, at decode.Span) bool {
	if o.undo {
		return o.Coded(name, at.From)
	}
	if !o.next(name, at) {
		return false
	}
	o.same = -1
	o.start()
	return o.state != full
}

// Same starts a part that stands in the container as it is written.
func (o *outlet) Same(name []byte, from int64) bool {
	if !o.next(name, decode.Span{From: from, To: from + 1}) {
		return false
	}
	o.same = from
	if o.state = peeking; !o.beside {
		o.start()
	}
	return o.state != full
}

// Coded starts a part that was made of what stands in the stream from an offset
// on.
func (o *outlet) Coded(name []byte, from int64) bool {
	if !o.next(name, decode.Span{From: from, To: from + 1}) {
		return false
	}
	o.same = -1
	o.start()
	o.child.into = o.stream.flow.begin(from)
	return o.state != full
}

// Over ends such a part.
func (o *outlet) Over(to int64) {
	if o.child != nil {
		o.child.extent.To = max(o.child.extent.To, o.stream.place(decode.Span{From: to - 1, To: to}).To)
	}
	o.end()
	o.stream.flow.end(to)
}

// next ends the part before and counts the new one.
func (o *outlet) next(name []byte, at decode.Span) bool {
	if o.beside && o.child != nil && o.same < 0 { // now it is known where the one before ended
		o.child.extent.To = max(o.child.extent.To, o.stream.place(at).From)
	}
	o.end()
	if o.state == full || o.stream.scan.spent {
		return false
	}
	o.n++
	o.length = 0
	o.wire = o.stream.place(at)
	o.called = append(o.called[:0], name...)
	return true
}

// thumbs are where documents keep a small picture of their first page, whose
// text is read (ODF 1.3 part 2, 3.7; ECMA-376 part 2, 9.2.5.1).
var thumbs = map[string]bool{"Thumbnails/thumbnail.png": true, "docProps/thumbnail.jpeg": true, "docProps/thumbnail.png": true}

// start makes the stream of a part, and before it one of its name, unless that
// stands in the text of the stream.
func (o *outlet) start() {
	elem := o.name + "#" + strconv.Itoa(o.n)
	if len(o.called) > 0 && !o.beside {
		same := o.same
		o.same = -1
		o.child = o.stream.part(elem, "name")
		o.child.title = true
		o.give(o.called)
		o.close()
		o.same = same
	}
	o.state = giving
	o.child = o.stream.part(elem)
	if f := o.stream.flow; f != nil && o.same >= 0 {
		f.apart = append(f.apart, decode.Span{From: o.same, To: math.MaxInt64})
	}
	o.child.mime = said{name: ending(o.called)}
	if o.same >= 0 && o.stream.origin >= 0 {
		o.child.origin = o.stream.origin + o.same
	}
	o.child.thumb = o.stream.box != nil && o.name != o.stream.box.name && thumbs[string(o.called)]
	if b := o.stream.box; b != nil && len(o.called) == 0 { // bytes that the opener did not understand
		o.child.not = b.name
	}
}

// Write gives bytes of the part to its stream.
func (o *outlet) Write(p []byte) bool {
	sc := o.stream.scan
	if sc.spent {
		return false
	}
	o.length += int64(len(p))
	if o.state == peeking {
		n := copy(o.head[o.nhead:], p)
		o.nhead += n
		if p = p[n:]; o.nhead == len(o.head) {
			o.look()
		}
	}
	if o.state != giving {
		return o.state == peeking || o.state == passing
	}
	if reason := sc.budget.Spend(len(p)); reason != "" {
		o.state = full
		o.stream.gap(reason, -1)
		return false
	}
	sc.decoded += int64(len(p))
	o.give(p)
	return !sc.spent
}

// look decides whether a part that stands in the stream needs one of its own.
func (o *outlet) look() {
	head := o.head[:o.nhead]
	o.nhead = 0
	if o.state = passing; nests(head) {
		o.start()
		o.give(head)
	} else if f := o.stream.flow; f != nil {
		f.plain = append(f.plain, decode.Span{From: o.same, To: math.MaxInt64})
	}
}

// nests reports whether bytes begin as anything that is not read as it lies.
func nests(head []byte) bool {
	return unlikeText(head) || decode.IsMarkup(head) || decode.Sniff(head) != decode.Plain || boxed(head, &inspect.Meta{}) != nil || flows(head, "") != ""
}

// give writes bytes of the part.
func (o *outlet) give(p []byte) {
	at := places{all: o.wire}
	if o.same >= 0 {
		if o.stream.origin >= 0 {
			at.all.From, at.row = o.stream.origin+o.same, true
		}
		o.same += int64(len(p))
	}
	o.child.write(p, &at)
}

// Miss notes what the opener could not read.
func (o *outlet) Miss(reason inspect.GapReason, n int64) { o.stream.gap(reason, n) }

// end ends the open part.
func (o *outlet) end() {
	if o.state == peeking {
		o.look()
	}
	if f := o.stream.flow; f != nil && o.state == passing {
		f.plain[len(f.plain)-1].To = o.same + o.length
	}
	o.close()
	if o.state != full {
		o.state = noPart
	}
}

// close ends the stream of the part and keeps what was found in it.
func (o *outlet) close() {
	if o.child == nil {
		return
	}
	if f := o.stream.flow; f != nil && o.same >= 0 && len(f.apart) > 0 {
		f.apart[len(f.apart)-1].To = o.same
	}
	o.child.finish()
	o.stream.keep(o.child)
	o.child = nil
}

// keep takes over what was found in a part.
func (s *stream) keep(child *stream) {
	s.omitted += child.gather(&s.below)
	if over := len(s.below) - s.scan.engine.opt.MaxFindings; over > 0 {
		s.below = s.below[:len(s.below)-over]
		s.omitted += int64(over)
	}
}

// part makes the stream of a part.
func (s *stream) part(elem ...string) *stream {
	c := newStream(s.scan, slices.Concat(s.path, elem), nil)
	c.depth, c.into = s.depth+1, s.into
	if s.told != nil {
		c.into = s.told
	}
	return c
}

// place maps a piece of a container to the wire. What lies in a stream that
// does not stand on the wire as it is, is placed as the whole.
func (s *stream) place(at decode.Span) decode.Span {
	if at.To = max(at.To, at.From+1); at.From > 0 && at.From >= s.got && (s.flow == nil || s.flow.push.eof) { // what stands at the end is placed on the last byte
		at.From, at.To = s.got-1, s.got
	}
	if s.origin >= 0 {
		return decode.Span{From: s.origin + at.From, To: s.origin + at.To}
	}
	return s.extent
}

// gather adds what was found in the stream and below it, and returns how much
// was not kept.
func (s *stream) gather(out *[]inspect.Finding) (omitted int64) {
	*out = append(append(*out, s.list...), s.below...)
	omitted = s.omitted
	for _, c := range s.inner() {
		omitted += c.gather(out)
	}
	return omitted
}

// inner are the streams in this one that are open.
func (s *stream) inner() (out []*stream) {
	if s.child != nil {
		out = append(out, s.child)
	}
	if s.again.child != nil {
		out = append(out, s.again.child)
	}
	if s.tags.child != nil {
		out = append(out, s.tags.child)
	}
	if s.esc.deeper.child != nil {
		out = append(out, s.esc.deeper.child)
	}
	if s.words != nil {
		out = append(out, s.words)
	}
	if s.flow != nil && s.flow.out.child != nil {
		out = append(out, s.flow.out.child)
	}
	return s.esc.coded.inner(s.coded.inner(out))
}
