package unpack

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"

	"github.com/bodgit/sevenzip"
)

// The coders that are read (Methods.txt of the LZMA SDK, and the ids of 7-Zip
// ZS), each with the memory it holds; -1 where its properties say so.
var sevenCoders = map[string]int64{
	"\x00":             0,         // copy
	"\x03":             1 << 10,   // delta
	"\x0a":             64 << 10,  // ARM64
	"\x21":             -1,        // LZMA2
	"\x03\x01\x01":     -1,        // LZMA
	"\x03\x04\x01":     -1,        // PPMd
	"\x03\x03\x01\x03": 64 << 10,  // BCJ
	"\x03\x03\x01\x1b": 64 << 10,  // BCJ2
	"\x03\x03\x02\x05": 64 << 10,  // PPC
	"\x03\x03\x05\x01": 64 << 10,  // ARM
	"\x03\x03\x08\x05": 64 << 10,  // SPARC
	"\x04\x01\x08":     256 << 10, // deflate
	"\x04\x02\x02":     5 << 20,   // bzip2
	"\x04\xf7\x11\x02": 18 << 20,  // brotli
	"\x04\xf7\x11\x04": 18 << 20,  // LZ4
}

const (
	sevenAES  = "\x06\xf1\x07\x01"
	sevenZstd = "\x04\xf7\x11\x01"
)

// openFolder returns a reader of what a folder gives.
func (s *sevenArchive) openFolder(streams *sevenStreams, f *sevenFolder) (io.Reader, error) {
	from := s.base + f.at
	if from+f.packed > s.size {
		return nil, errBroken
	}
	s.know(from, from+f.packed)
	packed := io.NewSectionReader(s.r, from, f.packed)
	if len(f.coders) == 1 && f.coders[0].id == sevenZstd {
		return openZstd(packed, s.memory/2)
	}
	raw, need := bytes.Clone(f.raw), int64(0)
	for _, c := range f.coders {
		if c.id == sevenAES {
			return nil, errEncrypted
		}
	}
	for i, c := range f.coders {
		n, ok := sevenCoders[c.id]
		if !ok {
			return nil, errMethod
		}
		if n < 0 {
			if n, ok = sevenDictionary(c.id, raw[c.props:c.end], f.sizes[i]); !ok {
				return nil, errBroken
			}
		}
		need += n
	}
	if need > s.memory/2 {
		return nil, errMemory
	}
	alone := newSevenAlone(packed, raw, streams.sizes[f.first:f.first+f.packs], f.sizes)
	r, err := sevenzip.NewReader(alone, alone.size())
	if err != nil || len(r.File) != 1 {
		return nil, errBroken
	}
	return r.File[0].Open()
}

// sevenDictionary is the memory that a coder asks for by its properties. One
// that asks for more than it can give out is cut down to that.
func sevenDictionary(id string, props []byte, unpacked int64) (need int64, ok bool) {
	le := binary.LittleEndian
	switch {
	case id == "\x21" && len(props) == 1 && props[0] <= 40:
		size := func(p byte) int64 { return (2 | int64(p&1)) << (p/2 + 11) }
		for props[0] > 0 && size(props[0]-1) >= unpacked {
			props[0]--
		}
		return size(props[0]), true
	case id == "\x03\x01\x01" && len(props) == 5:
		if int64(le.Uint32(props[1:])) > unpacked {
			le.PutUint32(props[1:], uint32(max(unpacked, 4<<10)))
		}
		return int64(le.Uint32(props[1:])), true
	case id == "\x03\x04\x01" && len(props) == 5:
		return int64(le.Uint32(props[1:])), true
	}
	return 0, false
}

// sevenAlone is an archive of one folder with one file, made for the library:
// a head, the packed streams as they are, a header that says nothing more.
type sevenAlone struct {
	head, tail []byte
	packed     *io.SectionReader
}

func newSevenAlone(packed *io.SectionReader, folder []byte, packs, sizes []int64) *sevenAlone {
	num := func(b []byte, n int64) []byte { return binary.LittleEndian.AppendUint64(append(b, 0xff), uint64(n)) }
	b := []byte{sevenHeader, sevenMainStreams, sevenPackInfo, 0}
	b = append(num(b, int64(len(packs))), sevenSize)
	for _, n := range packs {
		b = num(b, n)
	}
	b = append(b, sevenEnd, sevenUnpackInfo, sevenFolderID, 1, 0)
	b = append(append(b, folder...), sevenUnpackSizes)
	for _, n := range sizes {
		b = num(b, n)
	}
	b = append(b, sevenEnd, sevenEnd, sevenFileInfo, 1, sevenNames, 5, 0, 'a', 0, 0, 0, sevenEnd, sevenEnd)

	le := binary.LittleEndian
	start := le.AppendUint64(le.AppendUint64(nil, uint64(packed.Size())), uint64(len(b)))
	start = le.AppendUint32(start, crc32.ChecksumIEEE(b))
	head := append(slices.Clone(sevenSig), 0, 4)
	head = append(le.AppendUint32(head, crc32.ChecksumIEEE(start)), start...)
	return &sevenAlone{head: head, tail: b, packed: packed}
}

func (a *sevenAlone) size() int64 {
	return int64(len(a.head)) + a.packed.Size() + int64(len(a.tail))
}

// ReadAt reads across the three.
func (a *sevenAlone) ReadAt(p []byte, off int64) (n int, err error) {
	pieces := [3]io.ReaderAt{bytes.NewReader(a.head), a.packed, bytes.NewReader(a.tail)}
	sizes := [3]int64{int64(len(a.head)), a.packed.Size(), int64(len(a.tail))}
	for i, r := range pieces {
		if off >= sizes[i] {
			off -= sizes[i]
			continue
		}
		want := min(int64(len(p)-n), sizes[i]-off)
		k, err := r.ReadAt(p[n:n+int(want)], off)
		if n += k; int64(k) < want {
			return n, err
		}
		if n == len(p) {
			return n, nil
		}
		off = 0
	}
	return n, io.EOF
}
