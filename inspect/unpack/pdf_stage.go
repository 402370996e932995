package unpack

import (
	"bufio"
	"bytes"
	"io"

	"github.com/datacustoms/customs/inspect"
)

// pdfStage is one filter of a stream. When it has come to its end, what stands
// behind that is taken as debris, for no reader shows it.
type pdfStage struct {
	r      io.Reader
	src    *bufio.Reader // what r reads
	check  int           // bytes of a checksum behind the end
	junk   []byte        // bytes in between that r passed over
	d      *pdfDoc
	key    int
	stream string
	done   bool
}

func (g *pdfStage) Read(b []byte) (int, error) {
	n, err := g.r.Read(b)
	if err == io.EOF && !g.done {
		g.done = true
		g.tail()
	}
	return n, err
}

// tail takes the rest of the source, once for each stream.
func (g *pdfStage) tail() {
	d := g.d
	if d.tails[g.key] {
		return
	}
	d.tails[g.key] = true
	if len(g.junk) > 0 { // it may belong together with what the digits between stand for
		d.miss(g.stream, inspect.GapBroken, int64(len(g.junk)))
		d.debrisRaw(g.junk)
	}
	_, _ = g.src.Discard(g.check)
	rest, err := io.ReadAll(io.LimitReader(g.src, d.l.Memory/16))
	if err != nil {
		d.miss(g.stream, inspect.GapBroken, -1)
	}
	if int64(len(rest)) == d.l.Memory/16 {
		d.miss(g.stream, inspect.GapLimitBytes, -1)
	}
	if rest = bytes.Trim(rest, "\x00\r\n\t "); len(rest) > 0 {
		d.debris(rest)
	}
}

// pdfPump ends a stream that grows beyond all measure.
type pdfPump struct {
	r       io.Reader
	d       *pdfDoc
	in, out int64
}

// pdfRatio is output to input from which a stream is a bomb, after the first MiB.
const pdfRatio = 1000

func (p *pdfPump) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.out += int64(n)
	if !p.d.spend(n) {
		return n, io.EOF
	}
	if p.out > 1<<20 && p.out/pdfRatio > p.in {
		p.d.miss("ratio", inspect.GapLimitRatio, p.in)
		return n, io.EOF
	}
	return n, err
}
