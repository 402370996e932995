package unpack

import (
	"bytes"
	"encoding/binary"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// between gives out the bytes [from, to) that no listed entry accounts for.
// Entries that only local headers know are read as entries, the rest comes out
// as it lies. Stretches of zeros are padding.
func (z *zipArchive) between(from, to int64) {
	buf := make([]byte, chunk)
	raw := zipRaw{z: z, to: to}
	for pos := from; pos < to && !z.m.stopped; {
		b := buf[:min(int64(len(buf)), to-pos)]
		if n, _ := z.r.ReadAt(b, pos); n < len(b) {
			z.m.Miss(inspect.GapBroken, to-pos)
			return
		}
		i, e, ok := z.nextLocal(b, pos, pos+int64(len(b)) == to)
		if !raw.write(pos, b[:i]) || !z.spend(int64(i)) {
			return
		}
		if pos += int64(i); ok {
			raw.open = false
			pos = z.unlisted(&e)
		}
	}
}

// nextLocal finds the first local header that b, which lies at pos, holds, and
// says how many bytes in front of it are none. The last bytes may be its start,
// unless nothing follows.
func (z *zipArchive) nextLocal(b []byte, pos int64, last bool) (n int, e zipEntry, ok bool) {
	for {
		k := bytes.Index(b[n:], zipSigLocal)
		if k < 0 {
			break
		}
		n += k
		if e, ok = z.localAt(pos + int64(n)); ok && e.plausible() {
			return n, e, true
		}
		n += len(zipSigLocal)
	}
	if last {
		return len(b), e, false
	}
	return max(n, len(b)-len(zipSigLocal)+1), e, false
}

// unlisted gives out an entry that only its local header knows and says where
// the reading goes on.
func (z *zipArchive) unlisted(e *zipEntry) (next int64) {
	data := e.header + e.length
	open := e.packed == 0 && e.flags&zipFlagDescriptor != 0
	if open && e.method == 0 && !e.encrypted {
		if e.packed = z.findDescriptor(data); e.packed < 0 {
			e.packed = 0
		}
		open = false
	}
	if !z.m.Begin(e.name, z.span(data, e.packed)) {
		return z.size
	}
	next = data
	if zipTelling(e.extra) {
		next -= int64(len(e.extra))
	}
	if open && zipReads(e.method) && e.method != zipDeflate {
		e.packed = z.size - data
	}
	n := z.unpack(e, data)
	if n == 0 {
		return next
	}
	if next = data + n; e.flags&zipFlagDescriptor != 0 {
		next += z.descriptor(next, n, e.crc)
	}
	return next
}

// findDescriptor finds how long stored data of unknown size are: up to the
// first descriptor that agrees; -1 when there is none.
func (z *zipArchive) findDescriptor(data int64) int64 {
	buf := make([]byte, chunk)
	for pos := data; pos < z.size; {
		b := buf[:min(int64(len(buf)), z.size-pos)]
		if n, _ := z.r.ReadAt(b, pos); n < len(b) || !z.spend(int64(n)) {
			return -1
		}
		for i := 0; ; i++ {
			k := bytes.Index(b[i:], zipSigDescriptor)
			if k < 0 || i+k+12 > len(b) {
				break
			}
			i += k
			if n := pos + int64(i) - data; binary.LittleEndian.Uint32(b[i+8:]) == uint32(n) {
				return n
			}
		}
		if len(b) < len(buf) {
			return -1
		}
		pos += int64(len(b) - 11)
	}
	return -1
}

// zipRaw writes bytes as they lie. A part begins with the first of them that is
// not zero.
type zipRaw struct {
	z    *zipArchive
	to   int64
	open bool
}

func (w *zipRaw) write(at int64, b []byte) bool {
	if !w.open {
		n := len(b)
		b = bytes.TrimLeft(b, "\x00")
		if len(b) == 0 {
			return true
		}
		at += int64(n - len(b))
		if w.open = w.z.m.Begin(nil, decode.Span{From: at, To: w.to}); !w.open {
			return false
		}
	}
	return w.z.m.Write(b)
}
