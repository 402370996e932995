package unpack

import "encoding/binary"

// bitsAt reads a number of so many bits, low end first; beyond b are zeros.
func bitsAt(b []byte, at int64, width uint) (v uint64) {
	if width == 0 {
		return 0
	}
	i, shift := at>>3, uint(at&7)
	if width+shift <= 64 && i+8 <= int64(len(b)) {
		return binary.LittleEndian.Uint64(b[i:]) >> shift & (1<<width - 1)
	}
	for got := uint(0); got < width && i < int64(len(b)); i++ {
		v |= uint64(b[i]) >> shift << got
		got += 8 - shift
		shift = 0
	}
	if width < 64 {
		v &= 1<<width - 1
	}
	return v
}

// parquetRuns reads the RLE and bit-packing hybrid.
type parquetRuns struct {
	b      []byte
	width  uint
	left   int64 // of the run in hand
	packed []byte
	at     int64 // in packed, in bits
	value  uint64
}

func (r *parquetRuns) next() (uint64, bool) {
	for r.left == 0 {
		if !r.run() {
			return 0, false
		}
	}
	r.left--
	if r.packed == nil {
		return r.value, true
	}
	v := bitsAt(r.packed, r.at, r.width)
	r.at += int64(r.width)
	return v, true
}

// run begins the next run.
func (r *parquetRuns) run() bool {
	head, n := binary.Uvarint(r.b)
	if n <= 0 || head>>1 > 1<<40 {
		return false
	}
	r.b = r.b[n:]
	r.packed, r.at = nil, 0
	if head&1 == 0 {
		size := int(r.width+7) / 8
		if size > len(r.b) {
			return false
		}
		r.value, r.left = bitsAt(r.b[:size], 0, r.width), int64(head>>1)
		r.b = r.b[size:]
		return true
	}
	r.left = int64(head>>1) * 8
	size := int64(head>>1) * int64(r.width)
	if size > int64(len(r.b)) { // the last run may be cut to what is used
		size = int64(len(r.b))
		if r.width > 0 {
			r.left = size * 8 / int64(r.width)
		}
	}
	r.packed = r.b[:size:size]
	if r.packed == nil {
		r.packed = []byte{}
	}
	r.b = r.b[size:]
	return true
}

// parquetDelta reads DELTA_BINARY_PACKED.
type parquetDelta struct {
	b      []byte // behind what was read
	per    int64  // values of a miniblock
	minis  int64
	left   int64 // values still to come
	first  bool
	value  int64
	least  int64
	widths []byte
	packed []byte
	inMini int64
	at     int64
	width  uint
	bad    bool
}

func newParquetDelta(b []byte) *parquetDelta {
	d := &parquetDelta{b: b, first: true}
	block, minis := d.uvarint(), d.uvarint()
	d.left = int64(min(d.uvarint(), 1<<40))
	d.value = d.zigzag()
	if minis == 0 || minis > 1<<12 || block > 1<<24 || block%(minis*8) != 0 || block == 0 {
		d.bad = true
	}
	if !d.bad {
		d.minis, d.per = int64(minis), int64(block/minis)
	}
	return d
}

func (d *parquetDelta) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.bad = true
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *parquetDelta) zigzag() int64 {
	v := d.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (d *parquetDelta) next() (int64, bool) {
	if d.bad || d.left <= 0 {
		return 0, false
	}
	d.left--
	if d.first {
		d.first = false
		return d.value, true
	}
	if d.inMini == 0 && !d.mini() {
		return 0, false
	}
	d.inMini--
	d.value += d.least + int64(bitsAt(d.packed, d.at, d.width))
	d.at += int64(d.width)
	return d.value, true
}

// mini begins the next miniblock.
func (d *parquetDelta) mini() bool {
	if len(d.widths) == 0 {
		d.least = d.zigzag()
		if d.bad || int64(len(d.b)) < d.minis {
			d.bad = true
			return false
		}
		d.widths, d.b = d.b[:d.minis], d.b[d.minis:]
	}
	d.width, d.widths = uint(d.widths[0]), d.widths[1:]
	if d.width > 64 {
		d.bad = true
		return false
	}
	size := min(d.per*int64(d.width)/8, int64(len(d.b)))
	d.packed, d.b = d.b[:size], d.b[size:]
	d.inMini, d.at = d.per, 0
	return true
}

// skip passes over all values and answers what stands behind them.
func (d *parquetDelta) skip() (rest []byte, ok bool) {
	e := *d
	if e.left > 0 && e.first {
		e.left--
	}
	for e.left > 0 && !e.bad {
		if !e.mini() {
			return nil, false
		}
		e.left -= e.inMini
	}
	return e.b, !e.bad
}
