package engine

import (
	"bytes"
	"io"
	"slices"
	"strconv"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// box is a stream that is a container: an archive, a document, a mail. It is
// opened when it is there as a whole, and until then nothing in it is settled.
type box struct {
	name   string // its path element
	open   unpack.Whole
	beside bool   // what lies plain in it is read as it lies, too
	held   []byte // its bytes, where nobody else keeps them
	over   bool   // more of them than may be held
}

// kinds are the containers that their first bytes tell.
var kinds = []struct {
	magic string
	box   box
}{
	{"PK\x03\x04", box{name: "zip", open: unpack.Office}},
	{"PK\x05\x06", box{name: "zip", open: unpack.Office}},
	{"PK\x07\x08", box{name: "zip", open: unpack.Office}},
	{"7z\xbc\xaf\x27\x1c", box{name: "7z", open: unpack.SevenZip}},
	{"Rar!\x1a\x07", box{name: "rar", open: unpack.Rar}},
	{"%PDF-", box{name: "pdf", open: unpack.PDF, beside: true}},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", box{name: "ole", open: unpack.OLE}},
	{"SQLite format 3\x00", box{name: "sqlite", open: unpack.SQLite}},
	{"PAR1", box{name: "parquet", open: unpack.Parquet}},
}

// openTar makes a Whole of a Flow.
func openTar(r io.ReaderAt, size int64, l unpack.Limits, out unpack.Out) {
	unpack.Tar(io.NewSectionReader(r, 0, size), l, out)
}

// boxed tells the container that a stream begins as, or nil.
func boxed(head []byte) *box {
	for _, k := range kinds {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			b := k.box
			return &b
		}
	}
	return nil
}

// headLen is how much of a stream is seen before it is opened.
const headLen = decode.TarLen + 2

// contain makes the stream a container if its head is that of one.
func (s *stream) contain(head []byte, format decode.Format) bool {
	b := boxed(head)
	switch {
	case s.scan.meta.Kind == inspect.Head:
		return false
	case b == nil && decode.IsTar(head):
		b = &box{name: "tar", open: openTar}
	case b == nil && format == decode.Image:
		b = &box{name: "image", open: unpack.Image, beside: true}
	case b == nil:
		return false
	}
	if b.name == s.not {
		return false
	}
	if len(s.path) >= 2*s.scan.engine.opt.Limits.Depth {
		s.shut = true
		s.scan.gap(inspect.GapLimitDepth, -1)
		return true
	}
	s.box = b
	return true
}

// muted reports whether the bytes are those of a container of which all that
// can be read comes out of it.
func (s *stream) muted() bool { return s.box != nil && !s.box.beside }

// hold keeps the next bytes of a container that lies in another stream; those
// of the wire its caller keeps.
func (s *stream) hold(p []byte) {
	b := s.box
	if b == nil || b.over || s.path == nil && s.scan.spool != nil {
		return
	}
	if s.scan.held += int64(len(p)); s.scan.held > holdMost {
		b.over, b.held = true, nil
		return
	}
	b.held = append(b.held, p...)
}

// holdMost is the most bytes of containers within others that a scan keeps.
const holdMost = 24 << 20

// unbox opens the container, of which all has come.
func (s *stream) unbox() {
	b, size := s.box, s.raw.end()
	if b.over {
		s.scan.gap(inspect.GapLimitBytes, -1)
		return
	}
	var r io.ReaderAt = bytes.NewReader(b.held)
	if s.path == nil && s.scan.spool != nil {
		r = s.scan.spool
	}
	l := s.scan.engine.opt.Limits
	o := &outlet{stream: s}
	b.open(r, size, unpack.Limits{Entries: maxParts, Memory: holdMost, Bytes: min(l.Bytes, max(1<<20, size*l.Ratio))}, o)
	o.end()
	s.scan.held -= int64(len(b.held))
	clear(b.held)
	b.held = nil
}

// maxParts is the most parts of one container.
const maxParts = 10_000

// outlet takes what a container gives out into streams of their own.
type outlet struct {
	stream *stream
	n      int
	child  *stream
	wire   decode.Span
	spans  []decode.Span
	over   bool
}

// Begin starts a part. What it is called is data as well.
func (o *outlet) Begin(name []byte, at decode.Span) bool {
	o.end()
	if o.over {
		return false
	}
	o.n++
	elem := o.stream.box.name + "#" + strconv.Itoa(o.n)
	o.wire = o.stream.place(at)
	o.spans = o.spans[:0]
	if len(name) > 0 {
		o.child = o.stream.part(elem, "name")
		o.Write(name)
		o.end()
	}
	o.child = o.stream.part(elem)
	if len(name) == 0 { // bytes that the opener did not understand
		o.child.not = o.stream.box.name
	}
	return !o.over
}

// Write gives bytes of the part to its stream.
func (o *outlet) Write(p []byte) bool {
	if o.over || o.child == nil {
		return false
	}
	if reason := o.stream.scan.budget.Spend(len(p)); reason != "" {
		o.over = true
		o.stream.scan.gap(reason, -1)
		return false
	}
	o.stream.scan.decoded += int64(len(p))
	for len(p) > 0 {
		n := min(len(p), block)
		for len(o.spans) < n {
			o.spans = append(o.spans, o.wire)
		}
		o.child.write(p[:n], o.spans[:n])
		p = p[n:]
	}
	return true
}

// Miss notes what the opener could not read.
func (o *outlet) Miss(reason inspect.GapReason, n int64) {
	if o.stream.path != nil {
		n = -1 // of other bytes than those of the wire
	}
	o.stream.scan.gap(reason, n)
}

// end ends the open part and keeps what was found in it.
func (o *outlet) end() {
	if o.child == nil {
		return
	}
	o.child.finish()
	o.stream.omitted += o.child.gather(&o.stream.below)
	if over := len(o.stream.below) - o.stream.scan.engine.opt.MaxFindings; over > 0 {
		o.stream.below = o.stream.below[:len(o.stream.below)-over]
		o.stream.omitted += int64(over)
	}
	o.child = nil
}

// part makes the stream of a part.
func (s *stream) part(elem ...string) *stream {
	return newStream(s.scan, slices.Concat(s.path, elem), nil)
}

// place maps a piece of a container to the wire; what lies in another stream
// is placed as the whole.
func (s *stream) place(at decode.Span) decode.Span {
	if s.path == nil {
		return at
	}
	return s.extent
}

// gather adds what was found in the stream and below it, and returns how much
// was not kept.
func (s *stream) gather(out *[]inspect.Finding) (omitted int64) {
	*out = append(append(*out, s.list...), s.below...)
	omitted = s.omitted
	if s.child != nil {
		omitted += s.child.gather(out)
	}
	return omitted
}
