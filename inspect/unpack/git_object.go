package unpack

import (
	"bytes"
	"io"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// gitLeastCopy is the least that git copies from another object.
const gitLeastCopy = 16

// gitModes begin an entry of a tree.
var gitModes = [][]byte{[]byte("100644 "), []byte("100755 "), []byte("120000 "), []byte("160000 "), []byte("40000 ")}

// named leaves out the names of objects from what may be entries of a tree, of
// which only a file's name is text.
func (g *git) named(b []byte) (out []byte) {
	for {
		zero := bytes.IndexByte(b, 0)
		if zero < 0 || int64(len(b)-zero-1) < g.id {
			return append(out, b...)
		}
		entry := false
		for _, mode := range gitModes {
			entry = entry || bytes.Contains(b[:zero], mode)
		}
		out = append(append(out, b[:zero]...), '\n')
		if b = b[zero+1:]; entry {
			b = b[g.id:]
		}
	}
}

// object gives out one object of the pack that begins at start, and returns
// where the next one is.
func (g *git) object(start, at int64) (end int64, ok bool) {
	h, ok := g.head(at)
	if !ok || !g.work(2000) {
		return at, g.stopped
	}
	switch h.kind {
	case gitCommit, gitBlob, gitTag:
		return g.inflate(h.data, func(r io.Reader) bool {
			if !g.Begin(nil, decode.Span{From: at, To: g.size}) {
				return true
			}
			n, err := g.copy(io.LimitReader(r, h.size))
			return err == nil && (n == h.size || g.stopped)
		})
	case gitTree, gitOfsDelta, gitRefDelta:
	default:
		return at, false
	}
	var content []byte
	end, ok = g.inflate(h.data, func(r io.Reader) bool {
		content, ok = g.whole(r, h.size)
		return ok
	})
	if !ok {
		return at, false
	}
	kind := h.kind
	if kind != gitTree {
		base, baseKind, found := g.base(start, h, gitDepth)
		if found {
			content, ok = g.change(base, content)
			kind = baseKind
		} else {
			if content, ok = g.additions(content); content == nil {
				g.Miss(inspect.GapUnknownFormat, end-at)
			}
		}
	}
	if ok && g.Begin(nil, decode.Span{From: at, To: end}) {
		g.Write(g.listed(kind, content))
	}
	g.end() // nothing of it is needed any more
	return end, ok
}

// whole reads an object of a size into memory.
func (g *git) whole(r io.Reader, size int64) ([]byte, bool) {
	if size > gitHeld || !g.hold(size) {
		g.Miss(inspect.GapLimitBytes, -1)
		return nil, false
	}
	b := make([]byte, size)
	_, err := io.ReadFull(r, b)
	return b, err == nil && g.work(size*3)
}

// base puts together the object that a change is of.
func (g *git) base(start int64, of gitHead, depth int) (content []byte, kind byte, ok bool) {
	if of.kind != gitOfsDelta || of.base < start+12 || depth == 0 {
		return nil, 0, false
	}
	h, ok := g.head(of.base)
	if !ok || h.kind == gitRefDelta || h.kind == 0 || h.kind == 5 {
		return nil, 0, false
	}
	if _, ok = g.inflate(h.data, func(r io.Reader) (ok bool) {
		content, ok = g.whole(r, h.size)
		return ok
	}); !ok {
		return nil, 0, false
	}
	if h.kind != gitOfsDelta {
		return content, h.kind, true
	}
	below, kind, ok := g.base(start, h, depth-1)
	if !ok {
		return nil, 0, false
	}
	content, ok = g.change(below, content)
	return content, kind, ok
}

// step is one instruction of a change: bytes to add, or a piece to copy.
type step struct {
	add      []byte
	from, to int64
}

// steps takes a change apart.
func steps(b []byte) (base, size int64, out []step, ok bool) {
	number := func() (n int64) {
		for shift := 0; len(b) > 0 && shift < 48; shift += 7 {
			c := b[0]
			b = b[1:]
			n |= int64(c&0x7f) << shift
			if c&0x80 == 0 {
				return n
			}
		}
		return -1
	}
	base, size = number(), number()
	for len(b) > 0 {
		op := b[0]
		b = b[1:]
		if op&0x80 == 0 {
			if op == 0 || int(op) > len(b) {
				return 0, 0, nil, false
			}
			out = append(out, step{add: b[:op]})
			b = b[op:]
			continue
		}
		var from, n int64
		for i := range 7 {
			if op&(1<<i) == 0 {
				continue
			}
			if len(b) == 0 {
				return 0, 0, nil, false
			}
			if i < 4 {
				from |= int64(b[0]) << (8 * i)
			} else {
				n |= int64(b[0]) << (8 * (i - 4))
			}
			b = b[1:]
		}
		if n == 0 {
			n = 0x10000
		}
		out = append(out, step{from: from, to: from + n})
	}
	return base, size, out, base >= 0 && size >= 0
}

// change applies a change to what it is of.
func (g *git) change(base, delta []byte) ([]byte, bool) {
	was, size, all, ok := steps(delta)
	if !ok || was != int64(len(base)) || size > gitHeld || !g.hold(size) {
		return nil, false
	}
	out := make([]byte, 0, size)
	for _, s := range all {
		piece := s.add
		if piece == nil {
			if s.to > was {
				return nil, false
			}
			piece = base[s.from:s.to]
		}
		if int64(len(out)+len(piece)) > size {
			return nil, false
		}
		out = append(out, piece...)
	}
	return out, int64(len(out)) == size && g.work(size)
}

// additions are the bytes that a change adds to an object that is not here, a
// line each. The rest of it lies at the recipient already, so that the change
// says no more than they do, unless it picks its pieces smaller than git makes
// them: nil then.
func (g *git) additions(delta []byte) ([]byte, bool) {
	_, _, all, ok := steps(delta)
	out := []byte{}
	for _, s := range all {
		if s.add == nil {
			if s.to-s.from < gitLeastCopy {
				return nil, ok
			}
			continue
		}
		text := g.named(s.add)
		if int64(len(text)) <= g.id && !utf8.Valid(text) {
			continue // of the name of an object
		}
		out = append(append(out, text...), '\n')
	}
	return out, ok
}

// listed is what of an object is to be read: of a tree its names.
func (g *git) listed(kind byte, content []byte) []byte {
	if kind != gitTree {
		return content
	}
	var out []byte
	for b := content; len(b) > 0; {
		name, rest, ok := bytes.Cut(b, []byte{0})
		if _, text, spaced := bytes.Cut(name, []byte{' '}); ok && spaced && int64(len(rest)) >= g.id {
			out, b = append(append(out, text...), '\n'), rest[g.id:]
			continue
		}
		return content // no tree after all
	}
	return out
}
