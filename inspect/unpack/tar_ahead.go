package unpack

import (
	"bytes"
	"math"
)

// tarAhead is what extended headers tell of the file behind them.
type tarAhead struct {
	name   []byte
	size   int64 // -1 for none
	mapped bool  // a sparse file whose map is at the beginning of its data
	end    int64 // of the piece before, in the file that is sparse
	mixed  bool  // the pieces are not stored in their order
}

// tarMaxOctal is the largest size that fits into a header.
const tarMaxOctal = 1<<33 - 1

// called is the name of the file, and the one in its header where that is no
// piece of it.
func (a *tarAhead) called(header []byte) []byte {
	if a.name == nil {
		return header
	}
	if bytes.Contains(a.name, header) {
		return a.name
	}
	return append(append(bytes.Clone(a.name), '\n'), header...)
}

// records takes the records of a pax header: length, blank, key, "=", value,
// newline. The answer is false for what is no such list, and where those for
// all files tell of sizes: not every reader heeds them.
func (a *tarAhead) records(b []byte, global bool) (ok bool) {
	ok = true
	for b = bytes.TrimRight(b, "\x00"); len(b) > 0; {
		sp := bytes.IndexByte(b, ' ')
		if sp <= 0 {
			return false
		}
		n := tarDecimal(b[:sp])
		if n <= int64(sp) || n > int64(len(b)) {
			return false
		}
		k, v, cut := bytes.Cut(b[sp+1:n], []byte("="))
		if !cut || !bytes.HasSuffix(v, []byte("\n")) {
			return false
		}
		key, value := string(k), v[:len(v)-1]
		if global {
			ok = ok && key != "size" && !bytes.HasPrefix(k, []byte("GNU.sparse."))
		} else {
			ok = a.record(key, value) && ok
		}
		b = b[n:]
	}
	return ok
}

// record takes one record (POSIX.1-2017 pax; GNU tar manual, "Storing Sparse
// Files").
func (a *tarAhead) record(key string, value []byte) (ok bool) {
	switch key {
	case "path", "GNU.sparse.name":
		a.name = value
	case "size":
		a.size = tarDecimal(value)
		return a.size >= 0
	case "GNU.sparse.offset":
		a.piece(tarDecimal(value), 0)
	case "GNU.sparse.numbytes":
		a.piece(a.end, tarDecimal(value))
	case "GNU.sparse.map":
		fields := bytes.Split(value, []byte(","))
		for ; len(fields) > 1; fields = fields[2:] {
			a.piece(tarDecimal(fields[0]), tarDecimal(fields[1]))
		}
		return len(fields) == 0
	case "GNU.sparse.major":
		a.mapped = string(value) != "0"
	}
	return true
}

// piece takes a piece of a sparse file: where it belongs and its length.
func (a *tarAhead) piece(at, n int64) {
	if at < a.end || n < 0 || at > math.MaxInt64-n {
		a.mixed = true
		return
	}
	a.end = at + n
}

// pieces takes the pieces of the map in the header of an old sparse file.
func (a *tarAhead) pieces(b []byte) {
	for ; len(b) >= 24 && b[0] != 0; b = b[24:] {
		at, ok := tarNumber(b[:12])
		n, fine := tarNumber(b[12:24])
		if a.piece(at, n); !ok || !fine {
			a.mixed = true
		}
	}
}

// mapIn reads the map at the beginning of the data of a sparse file, a number
// a line: how many pieces, and of each where it belongs and its length. The
// answer is false when it is not there as a whole.
func (a *tarAhead) mapIn(b []byte) bool {
	number := func() int64 {
		line, rest, ok := bytes.Cut(b, []byte("\n"))
		if b = rest; !ok {
			return -1
		}
		return tarDecimal(line)
	}
	n := number()
	for range n {
		at, size := number(), number()
		if at < 0 || size < 0 {
			return false
		}
		a.piece(at, size)
	}
	return n >= 0
}

// tarKeep keeps the first bytes that are written to it.
type tarKeep struct {
	kept []byte
	left int64
}

func (k *tarKeep) Write(p []byte) (int, error) {
	n := min(int64(len(p)), k.left)
	k.kept = append(k.kept, p[:n]...)
	k.left -= n
	return len(p), nil
}
