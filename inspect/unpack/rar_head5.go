package unpack

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

const (
	rar5MaxHeader = 1 << 20
	rar5Window    = 128 << 10 // the least
)

// block5 reads the header of a block of RAR 5.
func (a *rarArchive) block5(pos int64) (b rarBlock, ok bool) {
	h := a.bytes(pos, int(min(14, a.size-pos)))
	if len(h) < 7 {
		return b, false
	}
	in := rarBytes{b: h[4:]}
	size := in.num()
	front := len(h) - len(in.b)
	if in.bad || size == 0 || size > rar5MaxHeader {
		return b, false
	}
	if h = a.bytes(pos, front+int(size)); h == nil {
		return b, false
	}
	in.b, b.header = h[front:], int64(len(h))
	kind, flags := in.num(), in.num()
	extra := len(h)
	if flags&1 != 0 {
		n := in.num()
		if n > uint64(len(in.b)) {
			return b, false
		}
		extra -= int(n)
	}
	if flags&2 != 0 {
		b.data = int64(min(in.num(), 1<<60))
	}
	b.again, b.goesOn = flags&8 != 0, flags&16 != 0
	switch kind {
	case 1:
		has := in.num()
		if b.kind, b.solid = rarMain, has&4 != 0; has&2 != 0 {
			in.num() // of the volume
		}
		b.knows(h, in.b, extra, 1)
	case 2, 3:
		if b.kind = rarFile; kind == 3 {
			b.kind = rarService
		}
		b.file5(h, &in, extra, front)
	case 4:
		b.kind = rarDark
	case 5:
		b.kind, b.known = rarLast, min(b.header, 16)
	}
	return b, !in.bad
}

// file5 reads the header of a file behind the sizes.
func (b *rarBlock) file5(h []byte, in *rarBytes, extra, front int) {
	at := func() int { return len(h) - len(in.b) }
	flagsAt := at()
	flags := in.num()
	b.size = int64(in.num())
	in.num() // attributes
	if flags&2 != 0 {
		in.take(4)
	}
	if flags&4 != 0 {
		if sum := in.take(4); len(sum) == 4 {
			b.sum, b.summed = binary.LittleEndian.Uint32(sum), true
		}
	}
	packAt := at()
	packing := in.num()
	packEnd := at()
	b.packed = packing>>7&7 != 0
	in.num() // system
	b.name = bytes.Clone(in.take(in.num()))
	if flags&8 != 0 || b.size < 0 {
		b.size = -1
	}
	b.encrypted = b.knows(h, in.b, extra, 4)

	// The window need not be larger than the file, unless others go before.
	if packing&0x40 == 0 && b.size >= 0 {
		for n := packing >> 10 & 31; n > 0 && rar5Window<<(n-1) >= b.size; n = packing >> 10 & 31 {
			packing = packing&^0xffc00 | (n-1)<<10
		}
	}
	b.window = rar5Window << (packing >> 10 & 31)
	b.window += b.window / 32 * int64(packing>>15&31)
	if b.packed && b.size >= 0 && b.data > 0 && !b.again && !b.goesOn && !in.bad && h[flagsAt] < 0x80 &&
		binary.LittleEndian.Uint32(h) == crc32.ChecksumIEEE(h[4:]) {
		v := bytes.Clone(h)
		v[flagsAt] |= 8 // the size is unknown
		for i := packAt; i < packEnd; i++ {
			v[i] = v[i]&0x80 | byte(packing)&0x7f
			packing >>= 7
		}
		if b.kind == rarService {
			v[front] = 2
		}
		binary.LittleEndian.PutUint32(v, crc32.ChecksumIEEE(v[4:]))
		b.view = v
	}
}

// knows takes down how much of a header was understood: what is in front of the
// rest, and the extra records if all are of the first kinds, which hold numbers
// only. It tells whether one is of encryption.
func (b *rarBlock) knows(h, rest []byte, extra int, kinds uint64) (encrypted bool) {
	b.known = int64(len(h) - len(rest))
	quiet := b.known == int64(extra)
	in := rarBytes{b: h[extra:]}
	for len(in.b) > 0 && !in.bad {
		r := rarBytes{b: in.take(in.num())}
		kind := r.num()
		encrypted = encrypted || kind == 1
		quiet = quiet && kind <= kinds && len(r.b) <= 80
	}
	if quiet && !in.bad {
		b.known = int64(len(h))
	}
	return encrypted
}

// rarBytes reads a header of RAR 5. What is not there sets bad, and is zero.
type rarBytes struct {
	b   []byte
	bad bool
}

func (in *rarBytes) take(n uint64) []byte {
	if n > uint64(len(in.b)) {
		in.bad, n = true, 0
	}
	b := in.b[:n:n]
	in.b = in.b[n:]
	return b
}

func (in *rarBytes) byte() byte {
	if b := in.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

// num reads a number of seven bits a byte, the lowest first.
func (in *rarBytes) num() uint64 {
	v, n := binary.Uvarint(in.b)
	if n <= 0 {
		in.bad = true
		return 0
	}
	in.b = in.b[n:]
	return v
}
