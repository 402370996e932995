package unpack

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"regexp"
	"strconv"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Kinds of objects in a pack.
const (
	gitCommit   = 1
	gitTree     = 2
	gitBlob     = 3
	gitTag      = 4
	gitOfsDelta = 6
	gitRefDelta = 7
)

const (
	gitHeld  = 16 << 20 // most bytes of an object that is held as a whole
	gitDepth = 64       // most deltas on one another; git makes 50
)

var gitCommand = regexp.MustCompile(`^[0-9a-f]{4}(shallow |push-cert|[0-9a-f]{40}([0-9a-f]{24})? [0-9a-f]{40}([0-9a-f]{24})? refs/)`)

// LooksGit reports whether a head is that of a pack, or of a push with one.
func LooksGit(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PACK\x00\x00\x00\x02")) || bytes.HasPrefix(head, []byte("PACK\x00\x00\x00\x03")) || gitCommand.Match(head)
}

// Git opens a pack of git's objects, or what a push sends: lines that name refs,
// then a pack. Its parts, all without a name: a line; a commit, a tag, a file;
// the names in a tree. An object that is told as a change of another is put
// together; where the other is not in the pack, what the change adds is given
// out, for the other is at the recipient already.
func Git(r io.ReaderAt, size int64, l Limits, out Out) {
	m := newMeter(l, out)
	guard(m, func() {
		g := &git{meter: m, r: r, size: size, id: 20}
		if at, ok := g.lines(); !ok {
			m.Miss(inspect.GapBroken, -1)
			m.raw(r, 0, size)
		} else if at < size {
			g.pack(at)
		}
	})
	m.end()
}

// git is an open push.
type git struct {
	*meter
	r    io.ReaderAt
	size int64
	id   int64 // length of an object's name
}

// bytes reads up to n bytes at an offset.
func (g *git) bytes(at, n int64) []byte {
	b := make([]byte, max(0, min(n, g.size-at)))
	k, _ := g.r.ReadAt(b, at)
	return b[:k]
}

// lines gives out the packet lines, and returns where the pack begins.
func (g *git) lines() (at int64, ok bool) {
	for at < g.size && !g.stopped {
		head := g.bytes(at, 4)
		if string(head) == "PACK" {
			return at, true
		}
		n, err := strconv.ParseUint(string(head), 16, 16)
		switch {
		case err != nil, n == 3, at+int64(max(n, 4)) > g.size:
			return at, false
		case n <= 4:
			at += 4
			continue
		}
		line := g.bytes(at+4, int64(n)-4)
		if at == 0 && len(line) > 64 && line[64] == ' ' {
			g.id = 32
		}
		if g.Begin(nil, decode.Span{From: at, To: at + int64(n)}) {
			g.Write(bytes.ReplaceAll(line, []byte{0}, []byte{'\n'}))
		}
		at += int64(n)
	}
	return at, true
}

// pack gives out the objects of a pack.
func (g *git) pack(at int64) {
	head := g.bytes(at, 12)
	if len(head) < 12 || binary.BigEndian.Uint32(head[4:])&^1 != 2 {
		g.Miss(inspect.GapBroken, g.size-at)
		return
	}
	start := at
	at += 12
	for n := binary.BigEndian.Uint32(head[8:]); n > 0 && !g.stopped; n-- {
		end, ok := g.object(start, at)
		if !ok {
			g.Miss(inspect.GapBroken, g.size-at)
			return
		}
		at = end
	}
	if !g.stopped && at+g.id != g.size { // there is more than the pack's own digest
		g.Miss(inspect.GapBroken, g.size-at)
	}
}

// gitHead is what stands before the bytes of an object.
type gitHead struct {
	kind byte
	size int64
	data int64 // where its compressed bytes begin
	base int64 // of a change: where the other object is
}

func (g *git) head(at int64) (h gitHead, ok bool) {
	b := g.bytes(at, 32)
	i, shift := 0, 4
	if len(b) == 0 {
		return h, false
	}
	h.kind, h.size = b[0]>>4&7, int64(b[0]&15)
	for b[i]&0x80 != 0 {
		if i++; i >= len(b) || shift > 46 {
			return h, false
		}
		h.size |= int64(b[i]&0x7f) << shift
		shift += 7
	}
	i++
	switch h.kind {
	case gitRefDelta:
		i += int(g.id)
	case gitOfsDelta:
		back := int64(-1)
		for more := true; more; i++ {
			if i >= len(b) || back > 1<<40 {
				return h, false
			}
			back = (back+1)<<7 | int64(b[i]&0x7f)
			more = b[i]&0x80 != 0
		}
		h.base = at - back
	}
	h.data = at + int64(i)
	return h, h.data < g.size
}

// counter counts what is read of it, byte by byte: a decompressor takes no byte
// too much of it then.
type counter struct {
	*bufio.Reader
	n int64
}

func (c *counter) ReadByte() (byte, error) {
	b, err := c.Reader.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// inflate calls f with what the compressed bytes at an offset hold, and returns
// where they end.
func (g *git) inflate(at int64, f func(r io.Reader) bool) (end int64, ok bool) {
	c := &counter{Reader: bufio.NewReader(io.NewSectionReader(g.r, at, g.size-at))}
	z, err := zlib.NewReader(c)
	if err != nil || !f(z) {
		return at, false
	}
	rest, err := io.Copy(io.Discard, io.LimitReader(z, 1))
	return at + c.n, err == nil && rest == 0 && z.Close() == nil
}
