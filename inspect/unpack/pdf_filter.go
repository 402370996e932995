package unpack

import (
	"bufio"
	"bytes"
	"compress/flate"
	"io"

	"github.com/datacustoms/customs/inspect"
)

// pdfPicture are the filters that end in pixels.
var pdfPicture = map[pdfName]bool{
	"DCTDecode": true, "DCT": true, "JPXDecode": true,
	"CCITTFaxDecode": true, "CCF": true, "JBIG2Decode": true,
}

// filters gives the filters of a stream with their parameters, outermost first.
func (d *pdfDoc) filters(dict pdfDict) (names []pdfName, parms []pdfDict) {
	get := func(long, short pdfName) any {
		if v, ok := dict[long]; ok {
			return d.resolve(v)
		}
		return d.resolve(dict[short])
	}
	list, ok := get("Filter", "F").([]any)
	if !ok {
		list = []any{get("Filter", "F")}
	}
	given, ok := get("DecodeParms", "DP").([]any)
	if !ok {
		given = []any{get("DecodeParms", "DP")}
	}
	for i, v := range list {
		n := d.name(v)
		if n == "" || i > 8 {
			continue
		}
		var p pdfDict
		if i < len(given) {
			p = d.dictOf(given[i])
		}
		names, parms = append(names, n), append(parms, p)
	}
	return names, parms
}

// reader decodes a stream as far as its filters are known; picture is the
// filter where it ends in pixels, "?" where a filter is not known.
func (d *pdfDoc) reader(s *pdfSource) (r io.Reader, picture pdfName) {
	r = bytes.NewReader(s.raw)
	if d.crypt != nil && !s.packed {
		r = d.crypt.stream(r, d, s)
	}
	names, parms := d.filters(s.dict)
	for i, n := range names {
		switch n {
		case "FlateDecode", "Fl":
			r = d.predict(newInflate(r), parms[i])
		case "LZWDecode", "LZW":
			early, ok := d.number(parms[i]["EarlyChange"])
			r = d.predict(newPDFLZW(r, !ok || early != 0), parms[i])
		case "ASCIIHexDecode", "AHx":
			r = &pdfHexReader{r: bufio.NewReader(r)}
		case "ASCII85Decode", "A85":
			r = &pdf85Reader{r: bufio.NewReader(r)}
		case "RunLengthDecode", "RL":
			r = &pdfRunReader{r: bufio.NewReader(r)}
		case "Crypt":
		default:
			if pdfPicture[n] {
				return r, n
			}
			return r, "?"
		}
	}
	return &pdfPump{r: r, d: d, in: int64(len(s.raw))}, ""
}

// decoded reads a whole stream, up to an eighth of the memory.
func (d *pdfDoc) decoded(s *pdfSource) []byte {
	r, picture := d.reader(s)
	if picture != "" {
		d.miss(streamKey(s), inspect.GapUnknownFormat, int64(len(s.raw)))
		return nil
	}
	most := d.l.Memory / 8
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if int64(len(b)) > most {
		b = b[:most]
		d.miss(streamKey(s), inspect.GapLimitBytes, int64(len(s.raw)))
	}
	if err != nil {
		d.miss(streamKey(s), inspect.GapBroken, int64(len(s.raw)))
	}
	return b
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

// newInflate reads zlib data without asking for a right checksum, and raw
// deflate where no zlib head stands.
func newInflate(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if head, err := b.Peek(2); err == nil && head[0]&0x0F == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		_, _ = b.Discard(2)
	}
	return flate.NewReader(b)
}

// predict undoes the predictor that a filter's parameters ask for.
func (d *pdfDoc) predict(r io.Reader, p pdfDict) io.Reader {
	num := func(key pdfName, otherwise, most int) int {
		f, ok := d.number(p[key])
		if !ok || f < 1 || f > float64(most) {
			return otherwise
		}
		return int(f)
	}
	kind := num("Predictor", 1, 15)
	if kind == 1 {
		return r
	}
	bits := num("BitsPerComponent", 8, 16) * num("Colors", 1, 32)
	row := (bits*num("Columns", 1, 1<<20) + 7) / 8
	return &pdfPredictor{
		r: bufio.NewReader(r), png: kind >= 10, step: max(1, bits/8),
		row: make([]byte, row), prev: make([]byte, row),
	}
}

// pdfPredictor undoes the differences between neighbours in rows of samples.
type pdfPredictor struct {
	r         *bufio.Reader
	png       bool // each row says how it was made; else as TIFF does, in whole bytes
	step      int  // bytes from a sample to its left neighbour
	row, prev []byte
	left      []byte // of row, not yet given out
	err       error
}

func (p *pdfPredictor) Read(b []byte) (int, error) {
	for len(p.left) == 0 {
		if p.err != nil {
			return 0, p.err
		}
		p.next()
	}
	n := copy(b, p.left)
	p.left = p.left[n:]
	return n, nil
}

func (p *pdfPredictor) next() {
	kind := byte(1)
	if p.png {
		if kind, p.err = p.r.ReadByte(); p.err != nil {
			return
		}
	}
	p.row, p.prev = p.prev, p.row
	n, err := io.ReadFull(p.r, p.row)
	if p.err = err; err == io.ErrUnexpectedEOF {
		p.err = io.EOF
	}
	row := p.row[:n]
	for i := range row {
		var left, up, corner int
		if up = int(p.prev[i]); i >= p.step {
			left, corner = int(row[i-p.step]), int(p.prev[i-p.step])
		}
		switch kind {
		case 1:
			row[i] += byte(left)
		case 2:
			row[i] += byte(up)
		case 3:
			row[i] += byte((left + up) / 2)
		case 4:
			row[i] += byte(paeth(left, up, corner))
		}
	}
	p.left = row
}

// paeth is the neighbour nearest to left + up - corner.
func paeth(left, up, corner int) int {
	abs := func(n int) int { return max(n, -n) }
	e := left + up - corner
	dl, du, dc := abs(e-left), abs(e-up), abs(e-corner)
	switch {
	case dl <= du && dl <= dc:
		return left
	case du <= dc:
		return up
	}
	return corner
}
