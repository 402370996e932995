package unpack

import (
	"bufio"
	"bytes"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Tar opens a tar archive: POSIX.1 ustar and pax, GNU, and the old one. A
// block that should be a header and is none is given out as it lies and
// Missed, and the next one is tried, as GNU tar does; behind the end marker it
// is given out only. The extended headers are parts themselves, as are owner
// names when they change, and header fields that hold what they should not.
// Sparse files come out as stored, without their holes.
//
// Missed: an archive that ends without its marker, or before the size that r
// tells, if it has a Size; an extended header that cannot be read or that tells
// another size than the header behind it, so that readers differ on where the
// next one is; a sparse file whose pieces are not stored in their order.
func Tar(r io.Reader, l Limits, out Out) {
	guard(out, func() {
		t := &tarArchive{in: bufio.NewReaderSize(r, chunk), m: newMeter(l, out), memory: l.Memory}
		defer t.m.end()
		for !t.m.stopped && t.next() {
		}
		if t.m.stopped {
			return
		}
		if s, ok := r.(interface{ Size() int64 }); ok && s.Size() > t.pos {
			t.m.Miss(inspect.GapBroken, s.Size()-t.pos)
		} else if !t.ended {
			t.m.Miss(inspect.GapBroken, 0)
		}
	})
}

const (
	tarBlock = 512
	// tarMaxExtended is how much of an extended header is looked at.
	tarMaxExtended = 512 << 10
)

// tarArchive is one archive that is being read.
type tarArchive struct {
	in     *bufio.Reader
	m      *meter
	memory int64
	pos    int64
	block  [tarBlock]byte
	ended  bool   // the end marker was seen
	raw    bool   // a part of bytes that are no entry is open
	owner  []byte // owner names given out last
	ahead  *tarAhead
}

// next reads a header and what belongs to it. It answers false at the end.
func (t *tarArchive) next() bool {
	n, err := io.ReadFull(t.in, t.block[:])
	at := t.pos
	t.pos += int64(n)
	b := t.block[:n]
	switch {
	case !t.m.work(tarBlock):
		return false
	case len(bytes.Trim(b, "\x00")) == 0:
		t.ended = t.ended || n == tarBlock
		t.raw = false
	case n == tarBlock && tarSum(b):
		t.ended, t.raw = false, false
		t.entry(tarHeader(b), at)
	default:
		if !t.raw && !t.ended {
			t.m.Miss(inspect.GapBroken, int64(n))
		}
		t.rawBytes(at, b)
	}
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		t.m.Miss(inspect.GapBroken, -1)
	}
	return err == nil
}

// rawBytes gives out bytes that are in no entry; those that follow each other
// are one part.
func (t *tarArchive) rawBytes(at int64, b []byte) {
	if t.raw || t.m.Same(nil, at) {
		t.raw = true
		t.m.Write(b)
	}
}

// aside gives out bytes of the block at an offset as a part.
func (t *tarArchive) aside(at int64, b []byte) {
	t.raw = false
	if len(b) > 0 && t.m.Begin(nil, decode.Span{From: at, To: at + tarBlock}) {
		t.m.Write(b)
	}
}

// entry gives out an entry, of which the header was read.
func (t *tarArchive) entry(h tarHeader, at int64) {
	size, ok := h.size()
	kind := h.kind()
	if !ok || kind == tarVolume { // a piece of a file is in another archive
		t.m.Miss(inspect.GapBroken, tarBlock)
	}
	if tarExtends(kind) {
		t.extend(kind, h.name(), size)
		return
	}
	ahead := t.ahead
	t.ahead = nil
	if ahead == nil {
		ahead = &tarAhead{size: -1}
	}
	name := ahead.called(h.name())
	if ahead.size >= 0 {
		if ahead.size != size && ahead.size <= tarMaxOctal {
			t.m.Miss(inspect.GapBroken, tarBlock)
		}
		size = ahead.size
	}
	if owner := h.owner(); !bytes.Equal(owner, t.owner) {
		t.owner = append(t.owner[:0], owner...)
		t.aside(at, owner)
	}
	if strange := h.strange(); len(strange) > 0 {
		t.aside(at, strange)
	}
	name = append(bytes.Clone(name), h.link()...)
	if kind == tarSparse {
		ahead.pieces(h[tarMap:tarMore])
		if h[tarMore] != 0 && !t.maps(ahead) {
			return
		}
	}
	if tarNoData(kind) {
		size = 0
	}
	if !t.m.Same(name, t.pos) {
		return
	}
	var keep *tarKeep
	if ahead.mapped {
		keep = &tarKeep{left: min(tarMaxExtended, t.memory/4)}
	}
	t.data(size, keep)
	if keep != nil && !ahead.mapIn(keep.kept) || ahead.mixed {
		t.m.Miss(inspect.GapBroken, size)
	}
}

// data writes n bytes into the part that has begun, and keeps the first of
// them in keep. What fills the last block should be zeros.
func (t *tarArchive) data(n int64, keep *tarKeep) {
	r := io.Reader(io.LimitReader(t.in, n))
	if keep != nil {
		r = io.TeeReader(r, keep)
	}
	got, err := t.m.copy(r)
	t.pos += got
	if t.m.stopped {
		return
	}
	if err != nil || got < n {
		t.m.Miss(inspect.GapBroken, n-got)
		return
	}
	pad := t.block[:(tarBlock-n%tarBlock)%tarBlock]
	k, _ := io.ReadFull(t.in, pad)
	if pad = pad[:k]; len(bytes.Trim(pad, "\x00")) > 0 {
		t.aside(t.pos, pad)
	}
	t.pos += int64(k)
}

// maps reads the blocks that go on with the map of an old sparse file.
func (t *tarArchive) maps(a *tarAhead) bool {
	for more := true; more && t.m.work(tarBlock); {
		if n, err := io.ReadFull(t.in, t.block[:]); err != nil {
			t.m.Miss(inspect.GapBroken, -1)
			t.aside(t.pos, t.block[:n])
			t.pos += int64(n)
			return false
		}
		a.pieces(t.block[:tarMapMore])
		if !tarOctal(t.block[:tarMapMore]) || len(bytes.Trim(t.block[tarMapMore+1:], "\x00")) > 0 {
			t.aside(t.pos, t.block[:])
		}
		t.pos += tarBlock
		more = t.block[tarMapMore] != 0
	}
	return !t.m.stopped
}

// extend gives out an extended header and takes from it what it tells of the
// next file.
func (t *tarArchive) extend(kind byte, name []byte, size int64) {
	if !t.m.Same(bytes.Clone(name), t.pos) {
		return
	}
	keep := tarKeep{left: min(tarMaxExtended, t.memory/4)}
	t.data(size, &keep)
	if t.ahead == nil {
		t.ahead = &tarAhead{size: -1}
	}
	switch {
	case size > keep.left+int64(len(keep.kept)):
		t.m.Miss(inspect.GapLimitBytes, size)
	case kind == tarLongName:
		t.ahead.name = bytes.TrimRight(keep.kept, "\x00")
	case kind == tarPax || kind == tarPaxOld || kind == tarPaxGlobal:
		if !t.ahead.records(keep.kept, kind == tarPaxGlobal) && !t.m.stopped {
			t.m.Miss(inspect.GapBroken, size)
		}
	}
}
