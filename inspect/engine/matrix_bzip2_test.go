package engine_test

import (
	"bytes"
	stdbzip2 "compress/bzip2"
	"io"
	"math/bits"
	"slices"
	"sort"
	"testing"
)

// bitWriter writes bits, the highest first.
type bitWriter struct {
	b    []byte
	left int // free bits of the last byte
}

func (w *bitWriter) put(n int, v uint64) {
	for i := n - 1; i >= 0; i-- {
		if w.left == 0 {
			w.b, w.left = append(w.b, 0), 8
		}
		w.left--
		w.b[len(w.b)-1] |= byte(v>>i&1) << w.left
	}
}

// bzip2 writes one block with codes of nearly the same length for all symbols:
// a small writer, for the standard library has none.
func bzip2(data []byte) []byte {
	runs := bzip2Runs(data)
	n := len(runs)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	twice := append(slices.Clone(runs), runs...)
	sort.SliceStable(order, func(a, b int) bool {
		return bytes.Compare(twice[order[a]:order[a]+n], twice[order[b]:order[b]+n]) < 0
	})
	last, origin := make([]byte, n), 0
	for i, at := range order {
		last[i] = twice[at+n-1]
		if at == 0 {
			origin = i
		}
	}
	var used [256]bool
	for _, c := range runs {
		used[c] = true
	}
	symbols, count := bzip2Symbols(last, &used)
	sum := bzip2Sum(data)
	w := &bitWriter{b: []byte("BZh9")}
	w.put(48, 0x314159265359)
	w.put(32, uint64(sum))
	w.put(1, 0)
	w.put(24, uint64(origin))
	bzip2Used(w, &used)
	w.put(3, 2) // two tables, as the format wants; the first one is used
	groups := (len(symbols) + 49) / 50
	w.put(15, uint64(groups))
	w.put(groups, 0)
	short := bits.Len(uint(count)) - 1 // bits of the shorter codes
	few := 1<<(short+1) - count        // symbols that have them
	for range 2 {
		w.put(5, uint64(short))
		for s := range count {
			if s == few {
				w.put(2, 2) // one more
			}
			w.put(1, 0)
		}
	}
	for _, s := range symbols {
		if s < few {
			w.put(short, uint64(s))
		} else {
			w.put(short+1, uint64(s+few))
		}
	}
	w.put(48, 0x177245385090)
	w.put(32, uint64(sum))
	return w.b
}

// bzip2Runs is the first coding: four equal bytes are followed by how many more
// there are.
func bzip2Runs(data []byte) (out []byte) {
	for i := 0; i < len(data); {
		n := 1
		for n < 255 && i+n < len(data) && data[i+n] == data[i] {
			n++
		}
		out = append(out, bytes.Repeat(data[i:i+1], min(n, 4))...)
		if n >= 4 {
			out = append(out, byte(n-4))
		}
		i += n
	}
	return out
}

// bzip2Symbols moves to the front and counts zeros in twos.
func bzip2Symbols(last []byte, used *[256]bool) (symbols []int, count int) {
	var front []byte
	for c := range 256 {
		if used[c] {
			front = append(front, byte(c))
		}
	}
	count = len(front) + 2
	zeros := 0
	flush := func() {
		for ; zeros > 0; zeros = (zeros - 1) / 2 {
			symbols = append(symbols, (zeros-1)%2)
		}
	}
	for _, c := range last {
		i := bytes.IndexByte(front, c)
		if i == 0 {
			zeros++
			continue
		}
		flush()
		symbols = append(symbols, i+1)
		copy(front[1:i+1], front[:i])
		front[0] = c
	}
	flush()
	return append(symbols, count-1), count
}

func bzip2Used(w *bitWriter, used *[256]bool) {
	some := func(i int) uint64 {
		if slices.Contains(used[i*16:i*16+16], true) {
			return 1
		}
		return 0
	}
	for i := range 16 {
		w.put(1, some(i))
	}
	for i := range 16 {
		for j := range 16 {
			switch {
			case some(i) == 0:
			case used[i*16+j]:
				w.put(1, 1)
			default:
				w.put(1, 0)
			}
		}
	}
}

func bzip2Sum(data []byte) uint32 {
	sum := ^uint32(0)
	for _, c := range data {
		sum ^= uint32(c) << 24
		for range 8 {
			if sum&(1<<31) != 0 {
				sum = sum<<1 ^ 0x04c11db7
			} else {
				sum <<= 1
			}
		}
	}
	return ^sum
}

func TestBzip2Writer(t *testing.T) {
	for _, data := range [][]byte{[]byte("a"), []byte("身份证号 aaaaaaaaaaaa bbbb"), random(5000), bytes.Repeat([]byte{0}, 3000)} {
		got, err := io.ReadAll(stdbzip2.NewReader(bytes.NewReader(bzip2(data))))
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes become %d, %v", len(data), len(got), err)
		}
	}
}
