package engine

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/datacustoms/customs/inspect"
)

const (
	textLeast   = 16        // a line shorter than this says too little
	textShort   = 64        // of lines shorter than this one in eight may be sampled
	textMost    = 2048      // how much of a line is looked at
	textFull    = 8 << 10   // so much text is read whatever its lines are
	textSparse  = 128       // beyond it only where lines are as long on average
	textFar     = 128 << 10 // and that not further than here
	textRecords = 32 << 10  // nor in JSON than here, whose rows say more
)

// shapeText samples the lines of a text. Which are sampled hangs on their own
// bytes, so that a piece of a text samples the same lines as the whole.
type shapeText struct {
	open  []byte   // the beginning of the line at hand
	low   []uint64 // the smallest fingerprints and what came since they were sorted
	limit uint64   // one larger than this is none of the smallest
	bytes int64    // up to the end of the last line
	ends  int64    // lines that ended
	lines int64    // of them, those that are long enough
	far   int64    // where lines are looked at no more
	off   bool     // lines are counted only
}

// clear forgets the text.
func (t *shapeText) clear() {
	clear(t.open[:cap(t.open)])
	*t = shapeText{open: t.open[:0], low: t.low[:0]}
}

// write reads on.
func (t *shapeText) write(k *shapeKeys, p []byte) {
	for !t.off {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			t.bytes += int64(len(p))
			t.open = append(t.open, p[:min(len(p), textMost-len(t.open))]...)
			return
		}
		line := p[:i]
		if len(t.open) > 0 {
			t.open = append(t.open, p[:min(i, textMost-len(t.open))]...)
			line = t.open
		}
		t.line(k, line)
		t.open = t.open[:0]
		t.bytes += int64(i) + 1
		t.ends++
		p = p[i+1:]
		t.off = t.bytes > textFull && (t.bytes < t.ends*textSparse || t.bytes > t.far)
	}
	t.ends += int64(bytes.Count(p, newline))
}

var newline = []byte{'\n'}

// line samples one line.
func (t *shapeText) line(k *shapeKeys, b []byte) {
	b = b[:min(len(b), textMost)]
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	n := len(b)
	if n < textLeast {
		return
	}
	t.lines++
	x := k.line(b)
	if x > t.limit || n < textShort && x>>61 != 0 {
		return
	}
	if t.low = append(t.low, x); len(t.low) == 2*inspect.MaxText {
		t.sort()
	}
}

// line is the fingerprint of a line. Its upper half orders the sample and costs
// little; the lower half is made of no more of a long line than its ends.
func (k *shapeKeys) line(b []byte) uint64 {
	n := len(b)
	u := binary.LittleEndian.Uint64
	first, last := u(b)^k[0], u(b[n-8:])^k[1]
	x := mix(mix(first, last)^k[2], u(b[n/2-4:])^uint64(n)<<32^k[3])
	y := x
	for i, j := 8, n-16; i < 32 && i <= j; i, j = i+8, j-8 {
		y = mix(y^u(b[i:]), u(b[j:])^k[2])
	}
	return x&^(1<<32-1) | y>>32
}

// sort leaves the smallest fingerprints, each once.
func (t *shapeText) sort() {
	order(t.low)
	t.low = slices.Compact(t.low)
	if len(t.low) >= inspect.MaxText {
		t.low = t.low[:inspect.MaxText]
		t.limit = t.low[inspect.MaxText-1]
	}
}

// order sorts values that are spread evenly: into buckets, and then those that
// are near their places.
func order(list []uint64) {
	if len(list) < 32 {
		slices.Sort(list)
		return
	}
	var from [257]int
	var out [2 * inspect.MaxText]uint64
	most := uint64(1)
	for _, x := range list {
		most = max(most, x)
	}
	shift := bits.LeadingZeros64(most)
	for _, x := range list {
		from[x<<shift>>56+1]++
	}
	for i := range 256 {
		from[i+1] += from[i]
	}
	for _, x := range list {
		at := &from[x<<shift>>56]
		out[*at] = x
		*at++
	}
	for i := range list {
		x, k := out[i], i
		for ; k > 0 && list[k-1] > x; k-- {
			list[k] = list[k-1]
		}
		list[k] = x
	}
}

// end samples the last line and returns the sample.
func (t *shapeText) end(k *shapeKeys) []uint64 {
	if !t.off {
		t.line(k, t.open)
	}
	t.sort()
	return slices.Clone(t.low)
}

// shapeKeys are what digests of shapes are keyed with.
type shapeKeys [4]uint64

func (e *Engine) shapeKeys() (k shapeKeys) {
	a, b := e.subject("shape 1", nil), e.subject("shape 2", nil)
	k[0], k[1] = binary.LittleEndian.Uint64(a[:]), binary.LittleEndian.Uint64(a[8:])
	k[2], k[3] = binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])
	return k
}

// digest is a keyed digest of what is no secret by itself: names of columns,
// counts and classes.
func (k *shapeKeys) digest(kind uint64, b []byte) (out inspect.Subject) {
	x, y := k[0]^kind, k[1]^kind<<8
	for n := 0; n < len(b); n += 8 {
		var w [8]byte
		copy(w[:], b[n:])
		u := binary.LittleEndian.Uint64(w[:])
		x, y = mix(x^u, k[2]), mix(y^u^k[3], k[0]+x)
	}
	n := uint64(len(b))
	binary.LittleEndian.PutUint64(out[:], mix(x^n, k[3]))
	binary.LittleEndian.PutUint64(out[8:], mix(y^n, k[2]))
	return out
}

// mix multiplies and folds.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
