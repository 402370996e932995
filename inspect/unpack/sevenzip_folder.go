package unpack

import (
	"bufio"
	"bytes"
	"encoding/binary"
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
	sevenCopy = "\x00"
	sevenAES  = "\x06\xf1\x07\x01"
	sevenZstd = "\x04\xf7\x11\x01"
	sevenLZMA = "\x03\x01\x01"
	sevenPPMd = "\x03\x04\x01"
)

// openFolder returns a reader of what a folder gives. Coders that know where
// their data end are not told how long they are to be.
func (s *sevenArchive) openFolder(streams *sevenStreams, f *sevenFolder) (*sevenReader, error) {
	from := s.base + f.at
	if from+f.packed > s.size {
		return nil, errBroken
	}
	s.know(from, from+f.packed)
	packs := streams.sizes[f.first : f.first+f.packs]
	packed := newSevenPacked(s.r, from, packs)
	if f.copied() && f.packs == 1 {
		return &sevenReader{in: packed.stream(), packed: packed}, nil
	}
	raw, sizes := bytes.Clone(f.raw), slices.Clone(f.sizes)
	need, err := sevenNeeds(f, raw, sizes)
	if err != nil {
		return nil, err
	}
	if len(f.coders) == 1 && f.coders[0].id == sevenZstd {
		in := bufio.NewReader(packed.stream())
		need = zstdWants(in, s.memory/2) + zstdMemory
		if !s.holds(need) {
			return nil, errMemory
		}
		r, err := openZstd(in, need-zstdMemory)
		return &sevenReader{in: r, packed: packed, held: need}, err
	}
	if need > s.memory/2 || !s.holds(need) {
		return nil, errMemory
	}
	alone := newSevenAlone(packed, raw, packs, sizes)
	r, err := sevenzip.NewReader(alone, alone.size())
	if err != nil || len(r.File) != 1 {
		s.m.free(need)
		return nil, errBroken
	}
	packed.counts = true
	out, err := r.File[0].Open()
	if err != nil {
		s.m.free(need)
		return nil, err
	}
	return &sevenReader{in: out, packed: packed, held: need}, nil
}

// sevenFilters are the coders that change bytes in place. The library's readers
// of them never end for one behind them, so they must be the last.
var sevenFilters = map[string]bool{
	"\x03": true, "\x0a": true, "\x03\x03\x01\x03": true, "\x03\x03\x01\x1b": true,
	"\x03\x03\x02\x05": true, "\x03\x03\x05\x01": true, "\x03\x03\x08\x05": true,
}

// sevenNeeds is the memory that the coders of a folder need. It cuts down
// dictionaries in raw, and raises the sizes of coders that can do without.
func sevenNeeds(f *sevenFolder, raw []byte, sizes []int64) (need int64, err error) {
	for _, c := range f.coders {
		if c.id == sevenAES {
			return 0, errEncrypted
		}
	}
	if len(f.coders) == 1 && f.coders[0].id == sevenZstd {
		return 0, nil
	}
	for i, c := range f.coders {
		n, ok := sevenCoders[c.id]
		if !ok || sevenFilters[c.id] && i < len(f.coders)-1 {
			return 0, errMethod
		}
		if n < 0 {
			if n, ok = sevenDictionary(c.id, raw[c.props:c.end], sizes[i]); !ok {
				return 0, errBroken
			}
		}
		if c.id != sevenLZMA && c.id != sevenPPMd {
			sizes[i] += sevenMore
		}
		need += n
	}
	return need, nil
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
	case id == sevenLZMA && len(props) == 5:
		if int64(le.Uint32(props[1:])) > unpacked {
			le.PutUint32(props[1:], uint32(max(unpacked, 4<<10)))
		}
		return int64(le.Uint32(props[1:])), true
	case id == sevenPPMd && len(props) == 5:
		return int64(le.Uint32(props[1:])), true
	}
	return 0, false
}
