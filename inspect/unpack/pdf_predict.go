package unpack

import (
	"bufio"
	"io"

	"github.com/datacustoms/customs/inspect"
)

// pdfRow is the longest row of samples.
const pdfRow = 1 << 20

// predict undoes the predictor that a filter's parameters ask for. Samples
// that are no bytes are not undone where that would take more than bytes.
func (d *pdfDoc) predict(r io.Reader, p pdfDict, s *pdfSource) io.Reader {
	sane := true
	num := func(key pdfName, otherwise, most int) int {
		f, ok := d.number(p[key])
		if !ok {
			return otherwise
		}
		if f < 1 || f > float64(most) {
			sane = false
			return otherwise
		}
		return int(f)
	}
	kind := num("Predictor", 1, 15)
	if kind == 1 && sane {
		return r
	}
	each := num("BitsPerComponent", 8, 16)
	bits := each * num("Colors", 1, 64)
	row := (bits*num("Columns", 1, pdfRow) + 7) / 8
	if !sane || row > pdfRow || kind > 2 && kind < 10 || kind == 2 && each != 8 {
		d.miss(streamKey(s), inspect.GapUnknownFormat, int64(len(s.raw)))
		return r
	}
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
