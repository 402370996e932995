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
func Tar(r io.Reader, l Limits, out Out) {
	guard(out, func() {
		t := &tarArchive{in: bufio.NewReaderSize(r, chunk), m: newMeter(l, out), memory: l.Memory}
		for !t.m.stopped && t.next() {
		}
	})
}

const (
	tarBlock = 512
	// tarMaxExtended is how much of an extended header is looked at.
	tarMaxExtended = 1 << 20
)

// tarArchive is one archive that is being read.
type tarArchive struct {
	in       *bufio.Reader
	m        *meter
	memory   int64
	pos      int64
	block    [tarBlock]byte
	ended    bool   // the end marker was seen
	raw      bool   // a part of bytes that are no entry is open
	owner    []byte // owner names given out last
	name     []byte // of the next file, as an extended header has it
	size     int64  // of the next file, likewise; -1 for none
	extended bool   // name and size are set
}

// next reads a header and what belongs to it. It answers false at the end.
func (t *tarArchive) next() bool {
	n, err := io.ReadFull(t.in, t.block[:])
	at := t.pos
	t.pos += int64(n)
	b := t.block[:n]
	switch {
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
	if t.raw || t.m.Begin(nil, decode.Span{From: at, To: at + int64(len(b))}) {
		t.raw = true
		t.m.Write(b)
	}
}

// aside gives out bytes of a header as a part.
func (t *tarArchive) aside(at int64, b []byte) {
	if len(b) > 0 {
		t.raw = false
		t.rawBytes(at, b)
		t.raw = false
	}
}

// entry gives out an entry, of which the header was read.
func (t *tarArchive) entry(h tarHeader, at int64) {
	size, ok := h.size()
	name, kind := h.name(), h.kind()
	if !ok {
		t.m.Miss(inspect.GapBroken, tarBlock)
	}
	if kind == tarPax || kind == tarPaxGlobal || kind == tarLongName || kind == tarLongLink {
		t.extend(kind, name, size)
		return
	}
	if t.extended {
		t.extended = false
		if t.name != nil {
			name = t.name
		}
		if t.size >= 0 {
			size = t.size
		}
	}
	if owner := h.owner(); !bytes.Equal(owner, t.owner) {
		t.owner = append(t.owner[:0], owner...)
		t.aside(at, owner)
	}
	if strange := h.strange(); len(strange) > 0 {
		t.aside(at, strange)
	}
	name = append(bytes.Clone(name), h.link()...)
	if kind == tarSparse && h[tarMore] != 0 && !t.skipMaps() {
		return
	}
	if tarNoData(kind) {
		size = 0
	}
	if t.m.Begin(name, decode.Span{From: t.pos, To: t.pos + size}) {
		t.data(size, nil)
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

// skipMaps reads the blocks that go on with the map of an old sparse file.
func (t *tarArchive) skipMaps() bool {
	for more := true; more && !t.m.stopped; {
		if _, err := io.ReadFull(t.in, t.block[:]); err != nil {
			t.m.Miss(inspect.GapBroken, -1)
			return false
		}
		if !tarOctal(t.block[:]) {
			t.aside(t.pos, t.block[:])
		}
		t.pos += tarBlock
		more = t.block[tarMapMore] != 0
	}
	return !t.m.stopped
}

// extend gives out an extended header and takes from it the name and the size
// of the next file.
func (t *tarArchive) extend(kind byte, name []byte, size int64) {
	if !t.m.Begin(bytes.Clone(name), decode.Span{From: t.pos, To: t.pos + size}) {
		return
	}
	var b tarKeep
	b.left = min(tarMaxExtended, t.memory/4)
	t.data(size, &b)
	if !t.extended {
		t.extended, t.name, t.size = true, nil, -1
	}
	switch kind {
	case tarLongName:
		t.name = bytes.TrimRight(b.kept, "\x00")
	case tarPax:
		if path := tarRecord(b.kept, "path"); path != nil {
			t.name = path
		}
		t.size = max(t.size, tarDecimal(tarRecord(b.kept, "size")))
	}
	if size > b.left+int64(len(b.kept)) {
		t.m.Miss(inspect.GapLimitBytes, size)
	}
}
