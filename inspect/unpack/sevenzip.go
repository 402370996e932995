package unpack

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// SevenZip opens a 7z archive (7zFormat.txt of the LZMA SDK), self-extracting
// ones too. The headers are read here, so that no count or size in them is
// believed; the packed streams are left to the library, one at a time.
//
// Missed: streams that are encrypted, of a method that is not read, or in need
// of more memory than there is, streams that hold more than is told or that no
// file is in, and archives whose header cannot be read: those are given out as
// they lie. Files are given out in the order of their streams.
func SevenZip(r io.ReaderAt, size int64, l Limits, out Out) {
	guard(out, func() {
		s := &sevenArchive{r: r, size: size, memory: l.Memory, m: newMeter(l, out)}
		defer s.m.end()
		err := s.open()
		if err != nil && !s.m.stopped {
			s.m.Miss(gapOf(err), -1)
		}
		s.rest(size, func(from, to int64) bool {
			if err == nil && from < s.end && to > s.base && !s.m.stopped { // 7-Zip leaves nothing between
				s.m.Miss(inspect.GapBroken, to-from)
			}
			return s.m.raw(r, from, to)
		})
	})
}

// sevenArchive is one archive that is being read.
type sevenArchive struct {
	r      io.ReaderAt
	size   int64
	memory int64
	m      *meter
	base   int64 // where packed streams are counted from
	end    int64 // of the header
	ledger
}

const (
	sevenHeadLen = 32
	// sevenSearch is how far a self-extracting program may reach.
	sevenSearch = 1 << 20
	// sevenNests is how many times a header may be packed.
	sevenNests = 4
	// sevenRoom is what a byte of a header may be held as.
	sevenRoom = 64
)

var sevenSig = []byte("7z\xbc\xaf\x27\x1c")

// open finds the header, unpacks it and gives out what it tells of.
func (s *sevenArchive) open() error {
	at, head := s.find()
	if head == nil {
		return errBroken
	}
	s.base = at + sevenHeadLen
	le := binary.LittleEndian
	off, n := le.Uint64(head[12:]), le.Uint64(head[20:])
	left := uint64(s.size - s.base)
	if off > left || n > left-off {
		return errBroken
	}
	if int64(n) > s.memory/8 || !s.holds(int64(n)) {
		return errMemory
	}
	b := make([]byte, n)
	if k, _ := s.r.ReadAt(b, s.base+int64(off)); k < len(b) || crc32.ChecksumIEEE(b) != le.Uint32(head[28:]) {
		return errBroken
	}
	s.know(at, s.base)
	s.end = s.base + int64(off) + int64(n)
	s.know(s.base+int64(off), s.end)
	for range sevenNests {
		if len(b) == 0 {
			return nil
		}
		in := sevenBytes{b: b, room: min(s.memory/2, sevenRoom*int64(len(b)))}
		if !s.holds(in.room) {
			return errMemory
		}
		switch in.byte() {
		case sevenHeader:
			return s.header(&in)
		case sevenPackedHeader:
			var err error
			if b, err = s.unpackHeader(&in); err != nil {
				return err
			}
		default:
			return errBroken
		}
	}
	return errBroken
}

// holds asks for n bytes of memory.
func (s *sevenArchive) holds(n int64) bool {
	return n <= holdFree || s.m.hold(n) && s.m.work(n/4)
}

// find finds the signature header: at the beginning, or behind a program.
func (s *sevenArchive) find() (at int64, head []byte) {
	b := make([]byte, min(s.size, sevenSearch+sevenHeadLen))
	n, _ := s.r.ReadAt(b, 0)
	b = b[:n]
	for from := 0; ; from++ {
		i := bytes.Index(b[from:], sevenSig)
		if i < 0 || len(b)-from-i < sevenHeadLen {
			return 0, nil
		}
		from += i
		h := b[from : from+sevenHeadLen]
		if crc32.ChecksumIEEE(h[12:]) == binary.LittleEndian.Uint32(h[8:]) {
			return int64(from), bytes.Clone(h)
		}
	}
}

// unpackHeader unpacks a header that is packed.
func (s *sevenArchive) unpackHeader(in *sevenBytes) ([]byte, error) {
	streams := in.streams()
	if in.bad || len(streams.folders) != 1 {
		return nil, in.fault()
	}
	f := &streams.folders[0]
	if f.unpacked() > s.memory/8 || !s.holds(f.unpacked()) {
		return nil, errMemory
	}
	r, err := s.openFolder(&streams, f)
	if err == errEncrypted {
		s.know(s.base, s.size) // all that it tells of is encrypted too
	}
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r, f.unpacked()))
	if err != nil || int64(len(b)) < f.unpacked() || f.summed && crc32.ChecksumIEEE(b) != f.sum {
		return nil, errBroken
	}
	s.more(r)
	return b, nil
}

// header gives out all that the header tells of.
func (s *sevenArchive) header(in *sevenBytes) error {
	h := in.header()
	if in.bad {
		return in.fault()
	}
	if len(h.other) > 0 && s.m.Begin(nil, s.whole()) {
		s.m.Write(h.other)
	}
	for i := range h.streams.folders {
		if f := &h.streams.folders[i]; !guard(s.m, func() { s.folder(&h, f) }) || s.m.stopped {
			break
		}
	}
	for {
		name, ok := h.files.next(s.m, s.whole())
		if !ok || !s.m.Begin(name, s.whole()) {
			break
		}
		s.m.Miss(inspect.GapBroken, 0)
	}
	if len(h.files.names) > 0 && s.m.Begin(nil, s.whole()) { // of no file
		s.m.Write(h.files.names)
	}
	return nil
}

// folder gives out the files of a folder.
func (s *sevenArchive) folder(h *sevenTold, f *sevenFolder) {
	r, err := s.openFolder(&h.streams, f)
	if r != nil {
		defer s.m.free(r.held)
	}
	missed := false
	miss := func(err error) {
		if !missed && !s.m.stopped {
			s.m.Miss(gapOf(err), f.packed)
			missed = true
		}
	}
	left := f.unpacked()
	for i := range max(1, len(f.files)) {
		var name []byte
		size := left
		if len(f.files) > 0 {
			name, _ = h.files.next(s.m, s.whole())
			size = f.files[i].size
		}
		if !s.begin(name, f, f.unpacked()-left) {
			return
		}
		if err != nil {
			miss(err)
			continue
		}
		var got int64
		sum := crc32.NewIEEE()
		if got, err = s.m.copy(io.TeeReader(io.LimitReader(r, size), sum)); err == nil && got < size {
			err = errBroken
		}
		left -= got
		if err != nil {
			miss(err)
		} else if len(f.files) > 0 && f.files[i].summed && f.files[i].sum != sum.Sum32() {
			miss(errBroken)
		}
	}
	if err == nil {
		s.more(r)
	}
}

// begin starts the part of a file so many bytes into what its folder gives.
func (s *sevenArchive) begin(name []byte, f *sevenFolder, at int64) bool {
	if f.copied() {
		return s.m.Same(name, s.base+f.at+at)
	}
	return s.m.Begin(name, s.whole())
}

// more gives out what a folder has beyond what it was told to have: as it
// unpacks, and the packed bytes that were not needed for that.
func (s *sevenArchive) more(r *sevenReader) {
	var b [1]byte
	if n, _ := io.ReadFull(r, b[:]); n > 0 && s.m.Begin(nil, s.whole()) {
		s.m.Write(b[:])
		_, _ = s.m.copy(r)
		s.m.Miss(inspect.GapBroken, -1)
	}
	r.rest(func(from, to int64) {
		if !s.m.stopped {
			s.m.Miss(inspect.GapBroken, to-from)
			s.m.raw(s.r, from, to)
		}
	})
}

// whole is the span of a part, which lies among others in its stream.
func (s *sevenArchive) whole() decode.Span { return decode.Span{To: s.size} }
