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
	if !z.begin(e, e.name, z.place(e, data)) {
		return false
	}
	z.knowHeader(&local, e.name)
	z.read(e, local.header, data)
	late := local.flags&zipFlagDescriptor != 0 && local.packed == 0
	if local.packed != e.packed && !late && !z.m.stopped { // who goes by the local headers sees other entries
		z.m.Miss(inspect.GapBroken, 0)
	}
	if local.zipWay != e.zipWay && !z.m.stopped {
		if local.crc = e.crc; local.packed == 0 {
			local.packed = e.packed
		}
		if z.begin(&local, local.name, z.place(&local, data)) {
			z.read(&local, local.header, data)
		}
	}
	return !z.m.stopped
}

// begin starts the part of an entry.
func (z *zipArchive) begin(e *zipEntry, name []byte, at decode.Span) bool {
	if e.method == zipStore && !e.encrypted {
		return z.m.Same(name, at.From)
	}
	return z.m.Begin(name, at)
}

// place is where the data of an entry lie. Deflated data end where they
// themselves say: that is where the header has it when something follows there.
func (z *zipArchive) place(e *zipEntry, data int64) decode.Span {
	at := z.span(data, e.packed)
	if e.method != zipDeflate || e.encrypted {
		return at
	}
	for _, skip := range [3]int64{0, 12, 20} { // a descriptor need not have its signature
		if at.To+skip >= z.size || bytes.Equal(z.bytes(at.To+skip, 2), zipSigLocal[:2]) {
			return at
		}
	}
	return decode.Span{From: data, To: z.size}
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
	_, ok := z.seen[key]
	if plain := e.method == zipStore && !e.encrypted; ok && !(plain && e.packed > z.stored[data]) {
		return
	}
	z.seen[key] = struct{}{}
	n := z.unpack(e, data)
	z.know(data, data+n)
	if e.method != zipStore && n > 0 && n == e.packed { // an archive in it may show through
		z.nested = append(z.nested, decode.Span{From: data, To: data + n})
	}
	if e.flags&zipFlagDescriptor != 0 {
		z.know(data+n, data+n+z.descriptor(data+n, n, e.crc))
	}
}

// unpack gives out the data of an entry and says how many bytes of the archive
// that took. None means that they must be given out as they lie. Of data whose
// sizes follow it sets the checksum.
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
	case e.method == zipStore:
		z.store(e, data, have)
	case e.method == zipDeflate:
		if e.packed == 0 && e.unpacked == 0 && (data >= z.size || bytes.Equal(z.bytes(data, 2), zipSigLocal[:2])) {
			return 0 // nothing at all; and no deflated data begin so
		}
		have = z.size - data // where it ends is in the data themselves
	}
	in := z.at(data, data+min(have, z.budget+1))
	sum := crc32.NewIEEE()
	dec, err := z.codec.open(e, in.Reader, z.limits)
	if err == nil {
		_, err = z.m.copy(io.TeeReader(dec, sum))
	}
	z.codec.close()
	n := in.used()
	if !z.spend(n) {
		return 0
	}
	if err != nil {
		z.m.Miss(gapOf(err), min(e.packed, z.size))
		return 0
	}
	if e.late {
		e.crc = sum.Sum32()
		return n
	}
	switch {
	case n < e.packed:
		z.m.Miss(inspect.GapBroken, min(e.packed, z.size)-n)
	case sum.Sum32() != e.crc && (e.crc != 0 || e.flags&zipFlagDescriptor == 0):
		z.m.Miss(inspect.GapBroken, n)
	}
	return n
}

// store looks at stored data before they are read. Where they are told to be
// of two lengths, some reader takes other bytes for the next entry.
func (z *zipArchive) store(e *zipEntry, data, have int64) {
	if e.unpacked != e.packed {
		z.m.Miss(inspect.GapBroken, 0)
	}
	if z.stored != nil {
		z.stored[data] = e.packed
	}
	switch string(z.bytes(data, 4)) {
	case string(zipSigLocal), string(zipSigEnd), string(zipSigDescriptor):
		z.nested = append(z.nested, decode.Span{From: data, To: data + have})
	}
}

// span is the n bytes from an offset, as far as the archive goes.
func (z *zipArchive) span(from, n int64) decode.Span {
	return decode.Span{From: from, To: from + max(0, min(n, z.size-from))}
}

// descriptor is the length of the data descriptor at an offset, if one lies
// there that tells this: with or without its signature, with sizes of four or
// eight bytes.
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
	case len(b) < skip+12 || le.Uint32(b[skip:]) != crc:
		return 0
	case len(b) >= skip+20 && int64(le.Uint64(b[skip+4:])) == packed:
		return int64(skip + 20)
	case le.Uint32(b[skip+4:]) == uint32(packed):
		return int64(skip + 12)
	}
	return 0
}
