package unpack

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// listed gives out an entry of the central directory. The local header decides
// where the data begin; where it names another method, the data are read that
// way too. It answers false when no more is wanted.
func (z *zipArchive) listed(end zipEnd, e *zipEntry) bool {
	local, ok := zipEntry{}, false
	if e.disk == uint32(end.disk) {
		if local, ok = z.localAt(e.header + end.base); !ok {
			local, ok = z.localAt(e.header)
		}
	}
	if !ok {
		if z.m.Begin(e.name, decode.Span{To: z.size}) {
			z.m.Miss(inspect.GapBroken, min(e.packed, z.size))
		}
		return !z.m.stopped
	}
	data := local.header + local.length
	if !z.m.Begin(e.name, z.span(data, e.packed)) {
		return false
	}
	z.knowHeader(&local, e.name)
	z.read(e, local.header, data)
	if local.zipWay != e.zipWay && !z.m.stopped && z.m.Begin(local.name, z.span(data, local.packed)) {
		if local.crc = e.crc; local.packed == 0 {
			local.packed = e.packed
		}
		z.read(&local, local.header, data)
	}
	return !z.m.stopped
}

// knowHeader takes down a local header, but not a name and not extra fields
// that its entry in the central directory does not have: those are given out
// with the bytes between the entries.
func (z *zipArchive) knowHeader(local *zipEntry, name []byte) {
	at := local.header + zipLocalLen
	z.know(local.header, at)
	if bytes.Equal(local.name, name) {
		z.know(at, at+int64(len(local.name)))
	}
	if !zipTelling(local.extra) {
		z.know(at+int64(len(local.name)), local.header+local.length)
	}
}

// read gives out the data of an entry into the part that has begun, unless
// they were read this way before, and takes down what it understood.
func (z *zipArchive) read(e *zipEntry, header, data int64) {
	key := zipKey{header, e.zipWay}
	if _, ok := z.seen[key]; ok {
		return
	}
	z.seen[key] = struct{}{}
	n := z.unpack(e, data)
	z.know(data, data+n)
	if e.flags&zipFlagDescriptor != 0 {
		z.know(data+n, data+n+z.descriptor(data+n, n, e.crc))
	}
}

// unpack gives out the data of an entry and says how many bytes of the archive
// that took. None means that they must be given out as they lie.
func (z *zipArchive) unpack(e *zipEntry, data int64) int64 {
	claimed := z.span(data, e.packed)
	have := claimed.To - claimed.From
	switch {
	case e.encrypted:
		z.m.Miss(inspect.GapEncrypted, have)
		return have
	case !zipReads(e.method):
		z.m.Miss(inspect.GapUnknownFormat, have)
		return have
	case e.method == zipDeflate:
		have = z.size - data // where it ends is in the data themselves
	}
	in := z.at(data, data+min(have, z.budget+1))
	sum := crc32.NewIEEE()
	dec, err := z.codec.open(e, in.Reader, z.limits)
	if err == nil {
		_, err = z.m.copy(io.TeeReader(dec, sum))
	}
	n := in.used()
	if !z.spend(n) {
		return 0
	}
	switch {
	case err != nil:
		z.m.Miss(gapOf(err), min(e.packed, z.size))
		return 0
	case n < e.packed:
		z.m.Miss(inspect.GapBroken, min(e.packed, z.size)-n)
	case sum.Sum32() != e.crc && (e.crc != 0 || e.flags&zipFlagDescriptor == 0):
		z.m.Miss(inspect.GapBroken, n)
	}
	return n
}

// span is the n bytes from an offset, as far as the archive goes.
func (z *zipArchive) span(from, n int64) decode.Span {
	return decode.Span{From: from, To: from + max(0, min(n, z.size-from))}
}

// descriptor is the length of the data descriptor at an offset: with or
// without its signature, with sizes of four or eight bytes.
func (z *zipArchive) descriptor(at, packed int64, crc uint32) int64 {
	b := make([]byte, 24)
	n, _ := z.r.ReadAt(b, at)
	b = b[:n]
	skip := 0
	if bytes.HasPrefix(b, zipSigDescriptor) {
		skip = 4
	}
	le := binary.LittleEndian
	switch {
	case len(b) < skip+12 || skip == 0 && le.Uint32(b) != crc:
		return 0
	case len(b) >= skip+20 && int64(le.Uint64(b[skip+4:])) == packed:
		return int64(skip + 20)
	}
	return int64(skip + 12)
}
