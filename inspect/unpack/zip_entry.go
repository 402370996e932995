package unpack

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
)

const (
	zipListedLen = 46
	zipLocalLen  = 30

	zipFlagEncrypted  = 1<<0 | 1<<6 | 1<<13 // by a password, strongly, with its header
	zipFlagMark       = 1 << 1              // LZMA ends by a mark
	zipFlagDescriptor = 1 << 3
)

// zipWay is how the data of an entry are to be read.
type zipWay struct {
	method    uint16
	encrypted bool
}

// zipEntry is an entry as one of its two headers has it. The byte slices are
// good until the next header is read.
type zipEntry struct {
	flags   uint16
	version uint16 // needed to extract
	zipWay
	crc                  uint32
	packed, unpacked     int64 // claimed sizes
	disk                 uint32
	header               int64 // offset of the local header, as claimed
	name, extra, comment []byte
	length               int64 // of this header
	late                 bool  // its sizes follow the data
}

// eachListed calls f for the entries of the central directory until it answers
// false, and says where it came to an end.
func (z *zipArchive) eachListed(end zipEnd, f func(zipEnd, *zipEntry) bool) (stop int64) {
	in := bufio.NewReaderSize(io.NewSectionReader(z.r, end.from, end.to-end.from), chunk)
	var head [zipListedLen]byte
	var buf []byte
	pos := end.from
	for {
		if _, err := io.ReadFull(in, head[:]); err != nil || !bytes.HasPrefix(head[:], zipSigDirectory) {
			return pos
		}
		le := binary.LittleEndian
		n, x, c := int(le.Uint16(head[28:])), int(le.Uint16(head[30:])), int(le.Uint16(head[32:]))
		if cap(buf) < n+x+c {
			buf = make([]byte, n+x+c)
		}
		buf = buf[:n+x+c]
		if _, err := io.ReadFull(in, buf); err != nil {
			return pos
		}
		e := zipEntry{
			version: le.Uint16(head[6:]), flags: le.Uint16(head[8:]),
			crc: le.Uint32(head[16:]), packed: int64(le.Uint32(head[20:])), unpacked: int64(le.Uint32(head[24:])),
			disk: uint32(le.Uint16(head[34:])), header: int64(le.Uint32(head[42:])),
			name: buf[:n], extra: buf[n : n+x], comment: buf[n+x:],
			length: int64(zipListedLen + n + x + c),
		}
		e.zipWay = zipWayOf(le.Uint16(head[10:]), e.flags)
		e.widen(true)
		if !z.spend(e.length) || !z.m.work(zipHeaderWork) || !f(end, &e) {
			return pos
		}
		pos += e.length
	}
}

// zipHeaderWork is about what it takes to read one header.
const zipHeaderWork = 300

// localAt reads the local header at an offset.
func (z *zipArchive) localAt(at int64) (e zipEntry, ok bool) {
	h := z.bytes(at, zipLocalLen)
	if !bytes.HasPrefix(h, zipSigLocal) {
		return e, false
	}
	le := binary.LittleEndian
	n, x := int(le.Uint16(h[26:])), int(le.Uint16(h[28:]))
	b := z.bytes(at+zipLocalLen, n+x)
	if b == nil {
		return e, false
	}
	e = zipEntry{
		version: le.Uint16(h[4:]), flags: le.Uint16(h[6:]),
		crc: le.Uint32(h[14:]), packed: int64(le.Uint32(h[18:])), unpacked: int64(le.Uint32(h[22:])),
		header: at, name: b[:n], extra: b[n:], length: int64(zipLocalLen + n + x),
	}
	e.zipWay = zipWayOf(le.Uint16(h[8:]), e.flags)
	e.widen(false)
	return e, z.spend(e.length)
}

// plausible tells a local header from bytes that look like its first four.
func (e *zipEntry) plausible() bool {
	m := e.method
	return e.version&0xff < 100 && (m <= 20 || m >= 93 && m <= 99) && len(e.name) > 0 && len(e.name) <= 4096
}

// zipWayOf takes method 99, which stands for AES, as encrypted.
func zipWayOf(method, flags uint16) zipWay {
	return zipWay{method, flags&zipFlagEncrypted != 0 || method == 99}
}

// widen takes from the zip64 field what did not fit: the size unpacked, the
// size packed, the offset of the local header and the disk, each only where
// the header says so by all ones.
func (e *zipEntry) widen(listed bool) {
	b := zipField(e.extra, 0x0001)
	take := func(n int) (v uint64) {
		if len(b) >= n {
			for i := range n {
				v |= uint64(b[i]) << (8 * i)
			}
			b = b[n:]
		}
		return v & (1<<63 - 1)
	}
	if len(b) == 0 {
		return
	}
	if e.unpacked == 1<<32-1 {
		e.unpacked = int64(take(8))
	}
	if e.packed == 1<<32-1 {
		e.packed = int64(take(8))
	}
	if listed && e.header == 1<<32-1 {
		e.header = int64(take(8))
	}
	if listed && e.disk == 1<<16-1 {
		e.disk = uint32(take(4))
	}
}

// zipField returns the extra field of that id.
func zipField(extra []byte, id uint16) (field []byte) {
	eachZipField(extra, func(i uint16, b []byte) {
		if i == id && field == nil {
			field = b
		}
	})
	return field
}

// eachZipField calls f for the extra fields; what is no field comes last, as
// one of id 0xffff.
func eachZipField(extra []byte, f func(id uint16, b []byte)) {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if n > len(extra)-4 {
			break
		}
		f(id, extra[4:4+n])
		extra = extra[4+n:]
	}
	if len(extra) > 0 {
		f(0xffff, extra)
	}
}
