package unpack

import (
	"bytes"
	"encoding/binary"
)

// The signatures of the structures of a zip archive.
var (
	zipSigLocal      = []byte("PK\x03\x04")
	zipSigDirectory  = []byte("PK\x01\x02")
	zipSigEnd        = []byte("PK\x05\x06")
	zipSigEnd64      = []byte("PK\x06\x06")
	zipSigLocator    = []byte("PK\x06\x07")
	zipSigDescriptor = []byte("PK\x07\x08")
)

const (
	zipEndLen     = 22
	zipEnd64Len   = 56
	zipLocatorLen = 20
	// zipMaxEnds is how many records that look like an end are tried.
	zipMaxEnds = 64
)

// zipEnd says where the central directory is.
type zipEnd struct {
	from, to int64
	base     int64 // what offsets in it count from
	disk     uint16
}

// findEnd finds the last end record that leads to a central directory, however
// much lies behind it.
func (z *zipArchive) findEnd() (zipEnd, bool) {
	buf := make([]byte, chunk+zipEndLen)
	tried := 0
	for to := z.size; to >= zipEndLen && tried < zipMaxEnds; {
		from := max(0, to-int64(len(buf)))
		b := buf[:to-from]
		if n, _ := z.r.ReadAt(b, from); n < len(b) || !z.spend(int64(n)) {
			return zipEnd{}, false
		}
		for i := bytes.LastIndex(b, zipSigEnd); i >= 0 && tried < zipMaxEnds; i = bytes.LastIndex(b[:i], zipSigEnd) {
			if e, ok := z.endAt(from + int64(i)); ok {
				return e, true
			}
			tried++
		}
		if from == 0 {
			break
		}
		to = from + zipEndLen - 1
	}
	return zipEnd{}, false
}

// endAt reads the end record at an offset, and its zip64 kin in front of it.
func (z *zipArchive) endAt(at int64) (zipEnd, bool) {
	b := z.bytes(at, zipEndLen)
	if b == nil {
		return zipEnd{}, false
	}
	le := binary.LittleEndian
	size, off := int64(le.Uint32(b[12:])), int64(le.Uint32(b[16:]))
	e := zipEnd{to: at, disk: le.Uint16(b[4:])}
	if at64, b64 := z.end64(at - zipLocatorLen); b64 != nil {
		size, off = int64(le.Uint64(b64[40:])), int64(le.Uint64(b64[48:]))
		e.to = at64
	}
	if size < 0 || off < 0 {
		return e, false
	}
	if e.from = e.to - size; !z.directoryAt(e.from, e.to) {
		if e.from = off; !z.directoryAt(e.from, e.to) {
			return e, false
		}
	}
	e.base = e.from - off
	z.know(at, at+zipEndLen)
	if e.to < at {
		z.know(e.to, e.to+zipEnd64Len)
		z.know(at-zipLocatorLen, at)
	}
	return e, true
}

// end64 follows the zip64 locator at an offset. Where bytes were put in front
// of the archive it is right before the locator.
func (z *zipArchive) end64(locator int64) (at int64, b []byte) {
	l := z.bytes(locator, zipLocatorLen)
	if !bytes.HasPrefix(l, zipSigLocator) {
		return 0, nil
	}
	for _, at := range [2]int64{int64(binary.LittleEndian.Uint64(l[8:])), locator - zipEnd64Len} {
		if b := z.bytes(at, zipEnd64Len); at < locator && bytes.HasPrefix(b, zipSigEnd64) {
			return at, b
		}
	}
	return 0, nil
}

// directoryAt tells whether a central directory may begin there: with an entry,
// or empty.
func (z *zipArchive) directoryAt(from, to int64) bool {
	return from == to || from < to && bytes.Equal(z.bytes(from, 4), zipSigDirectory)
}
