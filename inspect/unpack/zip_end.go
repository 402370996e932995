package unpack

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
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
	if len(z.ends) > 0 {
		return z.ends[0], true
	}
	buf := make([]byte, chunk+zipEndLen)
	tried := 0
	for to := z.size; to >= zipEndLen && tried < zipMaxEnds; {
		from := max(0, to-int64(len(buf)))
		b := buf[:to-from]
		if n, _ := z.r.ReadAt(b, from); n < len(b) || !z.spend(int64(n)) {
			return zipEnd{}, false
		}
		for i := bytes.LastIndex(b, zipSigEnd); i >= 0 && tried < zipMaxEnds; i = bytes.LastIndex(b[:i], zipSigEnd) {
			if z.endAt(from + int64(i)); len(z.ends) > 0 {
				return z.ends[0], true
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

// moreEnds finds the other end records: a reader that takes one of them for
// the last sees other entries. Those in the data of an entry are left to
// whoever opens these.
func (z *zipArchive) moreEnds() {
	slices.SortFunc(z.nested, func(a, b decode.Span) int { return cmp.Compare(a.From, b.From) })
	buf := make([]byte, chunk+zipEndLen)
	tried := 0
	for pos := int64(0); pos <= z.size-zipEndLen && !z.m.stopped; {
		if over := z.inNested(pos); over > pos {
			pos = over
			continue
		}
		b := buf[:min(int64(len(buf)), z.size-pos)]
		if n, _ := z.r.ReadAt(b, pos); n < len(b) || !z.spend(int64(n)) {
			return // what reads them misses them
		}
		for i := 0; ; i += len(zipSigEnd) {
			k := bytes.Index(b[i:], zipSigEnd)
			if i += k; k < 0 || i > len(b)-zipEndLen {
				break
			}
			if at := pos + int64(i); z.inNested(at) == at {
				if tried++; tried > zipMaxEnds {
					z.m.Miss(inspect.GapLimitEntries, 0)
					return
				}
				z.endAt(at)
			}
		}
		pos += int64(len(b)) - zipEndLen + 1
	}
}

// inNested returns where the data of an entry end in which an offset lies, or
// the offset when it lies in none.
func (z *zipArchive) inNested(at int64) int64 {
	i, _ := slices.BinarySearchFunc(z.nested, at, func(s decode.Span, at int64) int { return cmp.Compare(s.From, at+1) })
	if i > 0 && z.nested[i-1].To > at {
		return z.nested[i-1].To
	}
	return at
}

// endAt reads the end record at an offset, and its zip64 kin in front of it,
// and takes down where they lead to. Readers differ: some take what lies right
// before the record, some go where its offset says, and not all heed the zip64
// record where the sizes in the other have room.
func (z *zipArchive) endAt(at int64) {
	b := z.bytes(at, zipEndLen)
	if b == nil {
		return
	}
	le := binary.LittleEndian
	known := len(z.ends)
	e := zipEnd{to: at, disk: le.Uint16(b[4:])}
	if at64, b64 := z.end64(at - zipLocatorLen); b64 != nil {
		if le.Uint64(b64[4:]) > zipEnd64Len-12 { // version 2, of a directory that is encrypted
			z.m.Miss(inspect.GapEncrypted, 0)
		}
		e.to = at64
		if z.leads(e, int64(le.Uint64(b64[40:])), int64(le.Uint64(b64[48:]))); len(z.ends) > known {
			z.know(at64, at64+zipEnd64Len)
			z.know(at-zipLocatorLen, at)
		}
		e.to = at
	}
	if z.leads(e, int64(le.Uint32(b[12:])), int64(le.Uint32(b[16:]))); len(z.ends) > known {
		z.know(at, at+zipEndLen)
	}
}

// leads takes down the directories to which a record in front of e.to leads
// that tells their size and offset, unless they are known.
func (z *zipArchive) leads(e zipEnd, size, off int64) {
	if size < 0 || off < 0 || size > z.size || off > z.size {
		return
	}
	before := e.to - size
	for _, from := range [2]int64{before, off} {
		e.from, e.base = from, from-off
		if from != before {
			e.to = min(e.to, from+size)
		}
		if e.from < 0 || !z.directoryAt(e.from, e.to) ||
			slices.ContainsFunc(z.ends, func(x zipEnd) bool { return x.from == e.from && x.to >= e.to }) {
			continue
		}
		z.ends = append(z.ends, e)
	}
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
