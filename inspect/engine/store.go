package engine

import (
	"io"

	"github.com/datacustoms/customs/inspect/decode"
)

// store keeps the bytes of a container that lies in another one, until it is
// there as a whole. What it holds is taken from the scan's budget.
type store struct {
	pieces [][]byte
	size   int64
	over   bool // more came than may be held: nothing is kept
}

// storePiece is how much it grows by; a small container takes less.
const storePiece = 64 << 10

// write keeps the next bytes.
func (t *store) write(p []byte, b *decode.Budget) {
	for len(p) > 0 && !t.over {
		n := len(t.pieces)
		if n == 0 || len(t.pieces[n-1]) == cap(t.pieces[n-1]) {
			size := storePiece
			if n == 0 {
				size = 4 << 10
			}
			if !b.Hold(int64(size)) {
				t.drop(b)
				t.over = true
				return
			}
			t.pieces = append(t.pieces, make([]byte, 0, size))
			n++
		}
		last := t.pieces[n-1]
		k := min(len(p), cap(last)-len(last))
		t.pieces[n-1] = append(last, p[:k]...)
		t.size += int64(k)
		p = p[k:]
	}
}

// drop forgets the bytes: one flow's data must not lie about for another.
func (t *store) drop(b *decode.Budget) {
	for _, p := range t.pieces {
		b.Hold(-int64(cap(p)))
		clear(p)
	}
	t.pieces, t.size = nil, 0
}

// ReadAt reads back what was written.
func (t *store) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 || off >= t.size {
		return 0, io.EOF
	}
	i := 0
	for i < len(t.pieces) && off >= int64(len(t.pieces[i])) {
		off -= int64(len(t.pieces[i]))
		if i++; i == 1 && off >= storePiece { // all behind the first are of one size
			k := min(int(off/storePiece), len(t.pieces)-2)
			i, off = i+k, off-int64(k)*storePiece
		}
	}
	for n < len(p) && i < len(t.pieces) {
		n += copy(p[n:], t.pieces[i][off:])
		i, off = i+1, 0
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
