package unpack

import (
	"encoding/binary"

	"github.com/datacustoms/customs/inspect"
)

// rarBlock is a block of an archive.
type rarBlock struct {
	kind    rarKind
	header  int64 // its length
	data    int64 // and that of what follows it
	packed  bool  // the data are compressed
	version byte  // of the packer
	again   bool  // goes on with a file of the block before
}

type rarKind uint8

const (
	rarOther rarKind = iota
	rarFile
	rarService
	rarLast
	rarDark // all behind it is encrypted
)

// walk takes down the blocks, so that what is in none of them can be given
// out, and looks at how the files begin.
func (a *rarArchive) walk() {
	next, pos := a.block4, a.start+int64(len(rarSig4))
	if a.five {
		next, pos = a.block5, a.start+int64(len(rarSig5))
	}
	a.know(a.start, pos)
	for ; a.blocks > 0; a.blocks-- {
		if pos == a.size && !a.five {
			return // an end block is not a duty of old
		}
		b, ok := next(pos)
		if !ok || b.data > a.size-pos-b.header {
			a.m.Miss(inspect.GapBroken, a.size-pos)
			a.know(pos, min(a.size, pos+b.header+min(b.data, a.size)))
			return
		}
		data := pos + b.header
		a.know(pos, data)
		switch b.kind {
		case rarDark:
			a.know(pos, a.size)
			return
		case rarLast:
			return
		case rarFile:
			if !b.again {
				a.ppmd = append(a.ppmd, a.asks(b, data))
			}
			a.know(data, data+b.data)
		case rarService:
			if b.packed {
				a.m.Miss(inspect.GapUnknownFormat, b.data)
				a.know(data, data+b.data)
			}
		}
		pos = data + b.data
	}
	a.m.Miss(inspect.GapLimitEntries, a.size-pos)
}

// asks is how many MiB, less one, packed data of RAR 3 ask for when they begin
// with PPMd: a bit for it, then seven flags, of which one says that the number
// follows.
func (a *rarArchive) asks(b rarBlock, data int64) byte {
	var head [2]byte
	if a.five || !b.packed || b.version != 29 {
		return 0
	}
	if n, _ := a.r.ReadAt(head[:], data); n < len(head) || head[0]&0xa0 != 0xa0 {
		return 0
	}
	return head[1]
}

// block4 reads the header of a block of RAR 1.5 to 4.
func (a *rarArchive) block4(pos int64) (b rarBlock, ok bool) {
	var h [36]byte
	n, _ := a.r.ReadAt(h[:], pos)
	le := binary.LittleEndian
	flags := le.Uint16(h[3:])
	if b.header = int64(le.Uint16(h[5:])); n < 7 || b.header < 7 {
		return b, false
	}
	if flags&0x8000 != 0 {
		b.data = int64(le.Uint32(h[7:]))
	}
	switch h[2] {
	case 0x73:
		if flags&0x80 != 0 {
			b.kind = rarDark
		}
	case 0x74, 0x7a:
		b.kind = rarFile
		if h[2] == 0x7a {
			b.kind = rarService
		}
		if b.header < 32 || n < 32 {
			return b, false
		}
		b.version, b.packed, b.again = h[24], h[25] != 0x30, flags&1 != 0
		if flags&0x100 != 0 {
			b.data |= int64(le.Uint32(h[32:])&0x7fffffff) << 32
		}
	case 0x7b:
		b.kind = rarLast
	}
	return b, true
}

// block5 reads the header of a block of RAR 5.
func (a *rarArchive) block5(pos int64) (b rarBlock, ok bool) {
	h := make([]byte, 96)
	n, _ := a.r.ReadAt(h, pos)
	if n < 7 {
		return b, false
	}
	in := rarBytes{b: h[4:n]}
	size := in.num()
	b.header = int64(4 + (n - 4 - len(in.b)) + int(min(size, 2<<20)))
	kind, flags := in.num(), in.num()
	if flags&1 != 0 {
		in.num()
	}
	if flags&2 != 0 {
		b.data = int64(min(in.num(), 1<<62))
	}
	if in.bad || size == 0 || size > 2<<20 {
		return b, false
	}
	switch kind {
	case 2, 3:
		b.kind = rarFile
		if kind == 3 {
			b.kind = rarService
		}
		b.again = flags&8 != 0
		has := in.num()
		in.num() // unpacked
		in.num() // attributes
		if has&2 != 0 {
			in.skip(4)
		}
		if has&4 != 0 {
			in.skip(4)
		}
		b.packed = in.num()>>7&7 != 0
	case 4:
		b.kind = rarDark
	case 5:
		b.kind = rarLast
	}
	return b, !in.bad
}

// rarBytes reads a header of RAR 5. What is not there sets bad, and is zero.
type rarBytes struct {
	b   []byte
	bad bool
}

func (in *rarBytes) skip(n int) {
	if n > len(in.b) {
		in.bad, n = true, len(in.b)
	}
	in.b = in.b[n:]
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
