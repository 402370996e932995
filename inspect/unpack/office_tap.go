package unpack

import (
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// officeTap stands between the zip opener and who takes its parts. It leaves
// out stored data that were read as text, and counts the parts that are XML
// with a reader and come out as stored all the same, as those of entries that
// no directory lists: in them text may lie in pieces.
type officeTap struct {
	Out
	read  map[int64]int64 // where stored data begin that were read, and how many
	from  int64           // of the part that stands in the zip as it is
	skip  int64           // bytes of it that were read
	head  []byte
	found int
}

func (t *officeTap) Begin(name []byte, at decode.Span) bool {
	t.judge()
	t.skip = 0
	return t.Out.Begin(name, at)
}

func (t *officeTap) Same(name []byte, from int64) bool {
	t.judge()
	t.from, t.skip = from, t.read[from]
	return t.Out.Same(name, from)
}

func (t *officeTap) Write(p []byte) bool {
	if k := min(t.skip, int64(len(p))); k > 0 {
		p = p[k:]
		t.from, t.skip = t.from+k, t.skip-k
		if len(p) == 0 {
			return true
		}
		if !t.Out.Same(nil, t.from) {
			return false
		}
	}
	if n := rootNear - len(t.head); n > 0 {
		t.head = append(t.head, p[:min(n, len(p))]...)
	}
	return t.Out.Write(p)
}

// judge looks at the part that ends.
func (t *officeTap) judge() {
	if looksLikeXML(t.head) && officeReaders[rootName(t.head)] != nil {
		t.found++
	}
	t.head = t.head[:0]
}

// rest gives out the zip but for what was read. XML that should have been read
// and was not is a gap.
func (d *officeDoc) rest() {
	t := &officeTap{Out: d.z.m.out, read: d.plain}
	d.z.m.out = t
	d.z.run()
	d.z.m.out = t.Out
	if t.judge(); t.found > d.stored && !d.o.stopped {
		d.o.Miss(inspect.GapBroken, 0)
	}
}
