package tree

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Edge is the right edge of a growing tree: of each level, the hashes of the
// tile that is not full. It is all that a root needs. The zero value is a tree
// without entries. It is for one goroutine.
type Edge struct {
	size int64
	rows [][]Hash
}

// Add appends the hash of a leaf. Each tile that it fills is handed to full,
// lowest level first, and is not touched again.
func (e *Edge) Add(leaf Hash, full func(level int, index int64, row []Hash)) {
	e.size++
	for level := 0; ; level++ {
		if level == len(e.rows) {
			e.rows = append(e.rows, make([]Hash, 0, width))
		}
		e.rows[level] = append(e.rows[level], leaf)
		if len(e.rows[level]) < width {
			return
		}
		row := e.rows[level]
		full(level, e.size>>(Height*(level+1))-1, row)
		leaf = top(row)
		e.rows[level] = make([]Hash, 0, width)
	}
}

// top is the hash over 2^n hashes.
func top(row []Hash) Hash {
	for row = append([]Hash(nil), row...); len(row) > 1; row = row[:len(row)/2] {
		for i := range len(row) / 2 {
			row[i] = tlog.NodeHash(row[2*i], row[2*i+1])
		}
	}
	return row[0]
}

// Size returns the number of entries.
func (e *Edge) Size() int64 { return e.size }

// Levels returns how many levels of tiles the tree has.
func (e *Edge) Levels() int { return len(e.rows) }

// Row returns the tile of a level that is not full, and its index. What it
// returns stays as it is when the tree grows.
func (e *Edge) Row(level int) (index int64, row []Hash) {
	row = e.rows[level]
	return e.size >> (Height * (level + 1)), row[:len(row):len(row)]
}

// Root computes the root.
func (e *Edge) Root() (Hash, error) {
	return tlog.TreeHash(e.size, tlog.HashReaderFunc(func(stored []int64) ([]Hash, error) {
		out := make([]Hash, len(stored))
		for i, s := range stored {
			level, n := tlog.SplitStoredHashIndex(s)
			row, low := level/Height, level%Height
			from := n<<low - (e.size>>(Height*row))>>Height<<Height
			if row >= len(e.rows) || from < 0 || from+1<<low > int64(len(e.rows[row])) {
				return nil, fmt.Errorf("hash %d of level %d is not on the right edge", n, level)
			}
			out[i] = top(e.rows[row][from : from+1<<low])
		}
		return out, nil
	}))
}

// Encode returns hashes as the bytes of a tile.
func Encode(row []Hash) []byte {
	b := make([]byte, 0, len(row)*tlog.HashSize)
	for _, h := range row {
		b = append(b, h[:]...)
	}
	return b
}

// Decode returns the hashes of a tile's bytes.
func Decode(b []byte) []Hash {
	out := make([]Hash, len(b)/tlog.HashSize)
	for i := range out {
		out[i] = Hash(b[i*tlog.HashSize:])
	}
	return out
}
