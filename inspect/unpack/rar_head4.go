package unpack

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"unicode/utf16"
)

// The flags of a file block of RAR 1.5 to 4.
const (
	rar4Before  = 0x0001
	rar4After   = 0x0002
	rar4Secret  = 0x0004
	rar4Comment = 0x0008
	rar4Large   = 0x0100
	rar4Unicode = 0x0200
	rar4Salt    = 0x0400
	rar4Times   = 0x1000
	rar4Data    = 0x8000
)

const (
	rar4MainLen = 13
	rar4FileLen = 32
	rar4EndLen  = 20
)

// block4 reads the header of a block of RAR 1.5 to 4.
func (a *rarArchive) block4(pos int64) (b rarBlock, ok bool) {
	h := a.bytes(pos, 7)
	if h == nil {
		return b, false
	}
	le := binary.LittleEndian
	kind, flags, size := h[2], le.Uint16(h[3:]), int(le.Uint16(h[5:]))
	if kind == 0x73 && flags&2 != 0 {
		size = rar4MainLen // and a comment as the next block
	}
	if h = a.bytes(pos, size); size < 7 || h == nil || flags&rar4Data != 0 && size < 11 {
		return b, false
	}
	b.header = int64(size)
	if flags&rar4Data != 0 {
		b.data = int64(le.Uint32(h[7:]))
	}
	switch kind {
	case 0x73:
		b.kind, b.solid, b.known = rarMain, flags&8 != 0, min(b.header, rar4MainLen)
		if flags&0x80 != 0 {
			b.kind = rarDark
		}
	case 0x74, 0x7a:
		if b.kind = rarFile; kind == 0x7a {
			b.kind = rarService
		}
		return b, size >= rar4FileLen && b.file4(h, flags)
	case 0x75:
		if size >= 11 && h[10] != 0x30 {
			b.kind = rarComment
		}
	case 0x7b:
		b.kind, b.known = rarLast, min(b.header, rar4EndLen)
	}
	return b, true
}

// file4 reads the header of a file.
func (b *rarBlock) file4(h []byte, flags uint16) (ok bool) {
	le := binary.LittleEndian
	b.size, b.sum, b.summed = int64(le.Uint32(h[11:])), le.Uint32(h[16:]), true
	b.version, b.packed = h[24], h[25] != 0x30
	b.again, b.goesOn, b.encrypted = flags&rar4Before != 0, flags&rar4After != 0, flags&rar4Secret != 0
	b.window = 64 << 10 << (flags >> 5 & 7)
	at, n := rar4FileLen, int(le.Uint16(h[26:]))
	if flags&rar4Large != 0 {
		if len(h) < at+8 {
			return false
		}
		b.data |= int64(le.Uint32(h[at:])&0x7fffffff) << 32
		b.size |= int64(le.Uint32(h[at+4:])) << 32
		at += 8
	} else if b.size == 1<<32-1 {
		b.size = -1
	}
	if len(h) < at+n {
		return false
	}
	b.name = rarName(h[at:at+n], flags&rar4Unicode != 0)
	if at += n; flags&rar4Salt != 0 {
		at += 8
	}
	if flags&rar4Times != 0 && len(h) >= at+2 {
		at += rarTimes(le.Uint16(h[at:]))
	}
	b.known = int64(min(at, len(h)))
	if flags&rar4Comment != 0 { // a block in the header, of old
		b.summed = false
		return true
	}
	if b.packed && b.version >= 29 && b.size >= 0 && b.data > 0 && !b.again && !b.goesOn {
		b.view4(h, flags)
	}
	return true
}

// view4 makes a header that does not tell how long the file is, of which
// service data are one.
func (b *rarBlock) view4(h []byte, flags uint16) {
	le := binary.LittleEndian
	if le.Uint16(h) != uint16(crc32.ChecksumIEEE(h[2:])) {
		return
	}
	v := bytes.Clone(h)
	v[2] = 0x74
	le.PutUint32(v[11:], 1<<32-1)
	if flags&rar4Large != 0 {
		le.PutUint32(v[rar4FileLen+4:], 1<<32-1)
	}
	le.PutUint16(v, uint16(crc32.ChecksumIEEE(v[2:])))
	b.view = v
}

// rarTimes is the length of the times in a header: flags, four bits for each.
func rarTimes(flags uint16) int {
	n := 2
	for i := range 4 {
		if t := flags >> (12 - 4*i); t&8 != 0 {
			if n += int(t & 3); i > 0 {
				n += 4
			}
		}
	}
	return n
}

// rarName is a name in UTF-8. One in Unicode may stand behind the plain one as
// differences to it: a byte for what is above, then for each character two bits
// of what follows: a byte, a byte below that, two bytes, or how many characters
// of the plain name to take, with a byte to add to them or without.
func rarName(b []byte, wide bool) []byte {
	plain, enc, ok := bytes.Cut(b, []byte{0})
	if !wide || !ok || len(enc) < 2 {
		return b
	}
	in := rarBytes{b: enc[1:]}
	high := uint16(enc[0]) << 8
	var name []uint16
	for flags, left := byte(0), 0; len(in.b) > 0; flags, left = flags<<2, left-2 {
		if left == 0 {
			flags, left = in.byte(), 8
		}
		if len(in.b) == 0 {
			break
		}
		switch c := in.byte(); flags >> 6 {
		case 0:
			name = append(name, uint16(c))
		case 1:
			name = append(name, uint16(c)|high)
		case 2:
			name = append(name, uint16(c)|uint16(in.byte())<<8)
		case 3:
			add, above := byte(0), uint16(0)
			if c&0x80 != 0 {
				add, above = in.byte(), high
			}
			for n := int(c&0x7f) + 2; n > 0 && len(name) < len(plain); n-- {
				name = append(name, uint16(plain[len(name)]+add)|above)
			}
		}
	}
	return []byte(string(utf16.Decode(name)))
}
