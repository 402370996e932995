package unpack

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"github.com/datacustoms/customs/inspect"
)

// between gives out the bytes [from, to) that no listed entry accounts for.
// Entries that only local headers know are read as entries, the rest comes out
// as it lies. Stretches of zeros are padding.
func (z *zipArchive) between(from, to int64) {
	buf := make([]byte, chunk)
	raw := zipRaw{z: z}
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
			pos = z.unlisted(&e, to)
		}
	}
}

// nextLocal finds the first local header that b, which lies at pos, holds, and
// says how many bytes in front of it are none. The last bytes may be its start,
// unless nothing follows.
func (z *zipArchive) nextLocal(b []byte, pos int64, last bool) (n int, e zipEntry, ok bool) {
	for z.m.work(zipHeaderWork) {
		k := bytes.Index(b[n:], zipSigLocal)
		if k < 0 {
			break
		}
		n += k
		if e, ok = z.localAt(pos + int64(n)); ok && e.plausible() {
			return n, e, true
		}
		z.odd = true
		n += len(zipSigLocal)
	}
	if last {
		return len(b), e, false
	}
	return max(n, len(b)-len(zipSigLocal)+1), e, false
}

// unlisted gives out an entry that only its local header knows and says where
// the reading goes on. to is where the stretch ends that it was found in.
func (z *zipArchive) unlisted(e *zipEntry, to int64) (next int64) {
	data := e.header + e.length
	if zipTelling(e.extra) && !z.m.raw(z.r, data-int64(len(e.extra)), data) {
		return z.size
	}
	at := z.span(data, e.packed)
	e.late = e.packed == 0 && e.flags&zipFlagDescriptor != 0 && !e.encrypted && zipReads(e.method)
	lost := false
	switch {
	case e.late && e.method == zipStore:
		if e.packed = z.findDescriptor(data); e.packed < 0 {
			e.packed, lost = 0, true
		}
		e.unpacked = e.packed
		at = z.span(data, e.packed)
	case e.late:
		e.packed = z.size - data
		at = z.span(data, max(to, data+1)-data)
	}
	if !z.begin(e, e.name, at) {
		return z.size
	}
	if lost {
		z.m.Miss(inspect.GapBroken, 0)
		return data
	}
	n := z.unpack(e, data)
	if n == 0 {
		return data
	}
	if next = data + n; e.flags&zipFlagDescriptor != 0 {
		next += z.descriptor(next, n, e.crc)
	}
	return next
}

// findDescriptor finds how long stored data of unknown size are: up to the
// first descriptor that agrees with them; -1 when there is none.
func (z *zipArchive) findDescriptor(data int64) int64 {
	buf := make([]byte, chunk)
	le := binary.LittleEndian
	sum, summed := uint32(0), data // of the data up to there
	for pos := data; pos < z.size; {
		b := buf[:min(int64(len(buf)), z.size-pos)]
		if n, _ := z.r.ReadAt(b, pos); n < len(b) || !z.spend(int64(n)) {
			return -1
		}
		upTo := func(i int) {
			sum = crc32.Update(sum, crc32.IEEETable, b[summed-pos:i])
			summed = pos + int64(i)
		}
		for i := 0; ; i++ {
			k := bytes.Index(b[i:], zipSigDescriptor)
			if k < 0 || i+k+12 > len(b) {
				break
			}
			i += k
			n := pos + int64(i) - data
			if upTo(i); le.Uint32(b[i+8:]) == uint32(n) && le.Uint32(b[i+4:]) == sum {
				return n
			}
		}
		if len(b) < len(buf) {
			return -1
		}
		upTo(len(b) - 11)
		pos = summed
	}
	return -1
}

// zipRaw writes bytes as they lie. A part begins with the first of them that is
// not zero.
type zipRaw struct {
	z    *zipArchive
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
		if w.open = w.z.m.Same(nil, at); !w.open {
			return false
		}
	}
	return w.z.m.Write(b)
}
