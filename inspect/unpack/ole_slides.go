package unpack

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/zlib"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Records of a PowerPoint Document stream (MS-PPT 2.13.24) and of pictures
// (MS-ODRAW 2.2.23).
const (
	pptChars   = 0x0fa0 // UTF-16
	pptBytes   = 0x0fa8 // the low bytes of UTF-16
	pptString  = 0x0fba // UTF-16: names, tags, notes
	pptObject  = 0x1011 // a compound file, compressed or not
	pptCrypt   = 0x2f14
	pptLongest = 1 << 20

	blipFirst = 0xf01a // EMF
	blipPict  = 0xf01c // the last that may be compressed
	blipLast  = 0xf02a
)

// oleSlides is a stream of such records that is being read.
type oleSlides struct {
	f      *oleFile
	e      *oleEntry
	s      *oleStream
	text   *officeText
	beside []decode.Span // what is given out as stored
	done   int64         // up to here it is known what is
	inner  []oleInner
	buf    []byte
}

// oleInner is where a file lies in the stream.
type oleInner struct {
	from, to int64
	packed   bool // by zlib
}

// readSlides reads the text of a presentation: all of its text atoms, in the
// order of the file, what older saves left behind included. Embedded objects
// and pictures are parts of their own. All else is given out as stored.
func readSlides(f *oleFile, e *oleEntry, s *oleStream) bool {
	p := &oleSlides{f: f, e: e, s: s, text: &officeText{o: f.o.meter, name: []byte(e.name), at: s.span()}}
	for pos := int64(0); pos+8 <= s.size && f.o.work(100); {
		var h [8]byte
		if n, _ := s.ReadAt(h[:], pos); n < len(h) {
			f.o.Miss(inspect.GapBroken, s.size-pos)
			break
		}
		kind, n := binary.LittleEndian.Uint16(h[2:]), int64(binary.LittleEndian.Uint32(h[4:]))
		pos += 8
		if kind == pptCrypt {
			p.text.flush()
			f.o.Miss(inspect.GapEncrypted, s.size)
			return true
		}
		if h[0]&15 == 15 { // a container: what it holds comes next
			continue
		}
		if n > s.size-pos {
			f.o.Miss(inspect.GapBroken, s.size-pos)
			break
		}
		p.atom(kind, binary.LittleEndian.Uint16(h[:])>>4, pos, n)
		pos += n
	}
	p.text.flush()
	p.giveInner()
	f.rawSpans(e, s, append(p.beside, decode.Span{From: p.done, To: s.size}))
	return true
}

// readPictures reads the stream of pictures, which is atoms as well.
func readPictures(f *oleFile, e *oleEntry, s *oleStream) bool { return readSlides(f, e, s) }

func (p *oleSlides) atom(kind, instance uint16, pos, n int64) {
	wide := kind == pptChars || kind == pptString
	switch {
	case (wide || kind == pptBytes) && n <= pptLongest:
		if int64(cap(p.buf)) < n {
			p.buf = make([]byte, n)
		}
		b := p.buf[:n]
		if k, _ := p.s.ReadAt(b, pos); int64(k) < n {
			return // it is given out as stored, and missed there
		}
		odd := b[:0]
		if wide {
			odd = b[n&^1:]
		}
		b = append(biffChars(nil, b, len(b), wide), odd...)
		p.text.add(breakLines(b))
		p.text.addByte('\n')
		p.understood(pos, pos+n)
	case kind == pptObject && n > 4:
		skip := int64(0)
		if instance == 1 {
			skip = 4 // its size
		}
		p.innerFile(pos+skip, pos+n, instance == 1)
	case kind >= blipFirst && kind <= blipLast:
		p.picture(kind, instance, pos, n)
	}
}

// picture finds the file in a record: behind one or two hashes, and a byte or
// the head of a metafile.
func (p *oleSlides) picture(kind, instance uint16, pos, n int64) {
	skip := int64(16)
	if instance&1 != 0 {
		skip = 32
	}
	if kind > blipPict {
		skip++
	} else {
		skip += 34
	}
	if skip >= n {
		return
	}
	packed := false
	if kind <= blipPict {
		var b [1]byte
		_, _ = p.s.ReadAt(b[:], pos+skip-2)
		packed = b[0] == 0
	}
	p.innerFile(pos+skip, pos+n, packed)
}

func (p *oleSlides) innerFile(from, to int64, packed bool) {
	if p.f.o.hold(64) {
		p.inner = append(p.inner, oleInner{from, to, packed})
		p.understood(from, to)
	}
}

// understood leaves a stretch out of what is given out as stored.
func (p *oleSlides) understood(from, to int64) {
	if p.f.o.hold(32) {
		p.beside = append(p.beside, decode.Span{From: p.done, To: from})
		p.done = to
	}
}

// giveInner gives out the files in the stream.
func (p *oleSlides) giveInner() {
	for _, in := range p.inner {
		name := []byte(p.e.name + "#file")
		span := []decode.Span{{From: in.from, To: in.to}}
		if !in.packed {
			out := &officeText{o: p.f.o.meter, name: name, at: p.s.span()}
			eachPiece(p.s, span, p.f.o, out.add)
			out.flush()
			continue
		}
		if p.f.o.stopped || !p.f.o.Begin(name, p.s.span()) {
			return
		}
		if !p.inflate(in, p.f.o.meter) && !p.f.o.stopped {
			p.f.o.Miss(inspect.GapBroken, in.to-in.from)
			p.f.rawSpans(p.e, p.s, span)
			continue
		}
		wide := newWideText(p.f.o, append(name, "#text"...), p.s.span())
		p.inflate(in, wide)
		wide.close()
	}
}

// inflate unpacks a file into to, and answers whether it was whole.
func (p *oleSlides) inflate(in oleInner, to interface{ Write([]byte) bool }) bool {
	src := bufio.NewReader(io.NewSectionReader(p.s, in.from, in.to-in.from))
	z, err := zlib.NewReader(src)
	if err != nil {
		return false
	}
	buf := make([]byte, chunk)
	for idle := 0; err == nil && idle < 100 && p.f.o.work(10*chunk); idle++ {
		var n int
		if n, err = z.Read(buf); n > 0 {
			idle = 0
			to.Write(buf[:n])
		}
	}
	_, more := src.ReadByte()
	return err == io.EOF && more == io.EOF
}

// breakLines makes the marks of paragraphs and lines line ends, in place.
func breakLines(p []byte) []byte {
	for i, c := range p {
		if c == '\r' || c == '\v' {
			p[i] = '\n'
		}
	}
	return p
}
