package engine

import (
	"io"
	"math"
	"strings"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// flow is a stream that is a multipart or a mail. Its text is read as it lies;
// beside that, as it comes, its parts are: those that are coded, compressed or
// containers get streams of their own.
type flow struct {
	stream *stream
	push   *push
	out    outlet
	apart  []decode.Span // pieces of the stream that have streams of their own
	plain  []decode.Span // parts that are read in the stream
	undone []undone      // pieces that were a transfer coding
	wait   []hit         // what stands in the last of them, until it has ended
}

// undone is a piece of the stream that was undone into a part.
type undone struct {
	at   decode.Span
	told *told
	open bool
}

// begin opens such a piece, and end closes it.
func (f *flow) begin(from int64) *told {
	for len(f.undone) > 64 && f.undone[0].at.To < f.stream.raw.base { // nobody asks for that any more
		f.undone = f.undone[1:]
	}
	u := undone{at: decode.Span{From: from, To: math.MaxInt64}, told: &told{outer: f.stream.into}, open: true}
	f.undone = append(f.undone, u)
	return u.told
}

func (f *flow) end(to int64) {
	if n := len(f.undone); n == 0 || !f.undone[n-1].open {
		return
	}
	u := &f.undone[len(f.undone)-1]
	u.at.To, u.open = to, false
	for i := range f.wait {
		if h := &f.wait[i]; h.at.From >= to || !u.told.has(h) {
			f.stream.alone(h)
		}
	}
	f.wait = f.wait[:0]
}

// coded is the piece in which an offset lies, or nil.
func (f *flow) coded(at int64) *undone {
	for i := len(f.undone) - 1; i >= 0; i-- {
		if u := &f.undone[i]; u.at.From <= at {
			if at < u.at.To {
				return u
			}
			return nil
		}
	}
	return nil
}

// takes reports whether a hit in the text of the stream is not to be given out:
// it stands in a part, which has it, or waits for one.
func (f *flow) takes(h *hit) bool {
	if f.hides(h.at.From) {
		return true
	}
	u := f.coded(h.at.From)
	switch {
	case u == nil:
		return false
	case !u.open:
		if !u.told.has(h) {
			f.stream.alone(h)
		}
		return true
	case len(f.wait) >= f.stream.scan.engine.opt.MaxFindings:
		return false
	}
	f.wait = append(f.wait, *h)
	return true
}

// write hands the next bytes of the text over.
func (f *flow) write(p []byte) {
	f.push.Write(p)
	if f.push.done { // it wants no more: what follows is read as it lies alone
		f.out.end()
		f.end(f.push.given)
	}
}

// flows tells the path element of what a text begins as, or nothing.
func flows(head []byte, contentType string) string {
	ct := strings.ToLower(strings.TrimSpace(contentType))
	switch {
	case strings.HasPrefix(ct, "multipart/"), unpack.LooksMultipart(head), unpack.LooksUU(head):
		return "multipart"
	case strings.HasPrefix(ct, "message/"), unpack.IsMail(head):
		return "mail"
	case unpack.LooksQuoted(head):
		return "quoted"
	}
	return ""
}

// flowing starts the reading of parts if the stream has any.
func (s *stream) flowing(head []byte) {
	name := flows(head, s.mime.media)
	if name == "" || s.deep() {
		return
	}
	f := &flow{stream: s, out: outlet{stream: s, name: name, beside: true}}
	open := unpack.Flow(unpack.Mail)
	switch name {
	case "multipart":
		open = unpack.Multipart(s.mime.media)
	case "quoted":
		open, f.out.undo = unpack.Quoted, true
	}
	l := s.scan.engine.opt.Limits
	limits := unpack.Limits{Entries: l.Parts, Memory: 1 << 20, Bytes: l.Bytes, Budget: &s.scan.budget, Beside: true}
	f.push = newPush(func(r io.Reader) { open(r, limits, &f.out) })
	s.flow = f
}

// known is the offset in the stream up to which it is known what is a part.
func (f *flow) known() int64 {
	if f.push.done {
		return math.MaxInt64
	}
	return max(f.push.given-lag, 0)
}

// hides reports whether what stands at an offset is read in a part. Offsets
// are asked for in order.
func (f *flow) hides(at int64) bool {
	for len(f.apart) > 0 && f.apart[0].To <= at {
		f.apart = f.apart[1:]
	}
	return len(f.apart) > 0 && f.apart[0].From <= at
}

// lag is how far the parts may follow behind the text.
const lag = 16 << 10

// settled is the wire offset before which no later finding of the parts can
// begin. Parts of what does not stand on the wire as it is may lie anywhere in
// it.
func (f *flow) settled() int64 {
	s := f.stream
	low := s.onWire(min(max(f.known(), s.raw.base), s.raw.end()))
	if s.origin < 0 && !f.push.done {
		low = s.extent.From
	}
	if c := f.out.child; c != nil && !c.ended {
		low = min(low, f.out.wire.From, c.settled())
	}
	if len(f.wait) > 0 {
		low = min(low, f.wait[0].wire.From)
	}
	return low
}

// finish ends the text.
func (f *flow) finish() {
	f.push.Close()
	f.out.end()
	f.end(math.MaxInt64)
}
