package unpack

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect/decode"
)

// The ids of 7zFormat.txt.
const (
	sevenEnd          = 0x00
	sevenHeader       = 0x01
	sevenProperties   = 0x02
	sevenMainStreams  = 0x04
	sevenFileInfo     = 0x05
	sevenPackInfo     = 0x06
	sevenUnpackInfo   = 0x07
	sevenSubStreams   = 0x08
	sevenSize         = 0x09
	sevenCRC          = 0x0a
	sevenFolderID     = 0x0b
	sevenUnpackSizes  = 0x0c
	sevenStreamCount  = 0x0d
	sevenEmptyStream  = 0x0e
	sevenNames        = 0x11
	sevenPackedHeader = 0x17
	sevenDummy        = 0x19
	sevenNoTextFirst  = 0x0f // from here to the last but names and comments: flags, times, positions
	sevenNoTextLast   = 0x18
	sevenComment      = 0x16
)

// sevenTold is what a header tells of.
type sevenTold struct {
	streams sevenStreams
	files   sevenFiles
	other   []byte // properties that may hold a text
}

// sevenFiles is the list of files, read one by one.
type sevenFiles struct {
	n, i  uint64
	names []byte // in UTF-16, each with its NUL
	empty []byte // a bit a file: it has no stream
}

// next returns the name of the next file that has a stream. Those without come
// out on the way, as parts with a name only.
func (f *sevenFiles) next(m *meter, at decode.Span) (name []byte, ok bool) {
	for f.i < f.n && !m.stopped {
		name = f.name()
		i := f.i
		f.i++
		if i/8 >= uint64(len(f.empty)) || f.empty[i/8]&(0x80>>(i%8)) == 0 {
			return name, true
		}
		m.Begin(name, at)
	}
	return nil, false
}

// quiet tells whether a property has no more in it than flags and a number of
// eight bytes a file, and no text in their place.
func (f *sevenFiles) quiet(b []byte) bool {
	return uint64(len(b)) <= 2+(f.n+7)/8+8*f.n && textRun(b) <= 8
}

// name takes the next name, in UTF-8.
func (f *sevenFiles) name() []byte {
	var u []uint16
	for len(f.names) >= 2 {
		c := binary.LittleEndian.Uint16(f.names)
		f.names = f.names[2:]
		if c == 0 {
			break
		}
		u = append(u, c)
	}
	return []byte(string(utf16.Decode(u)))
}

// header reads a header, its first byte gone.
func (in *sevenBytes) header() (h sevenTold) {
	for !in.bad {
		switch id := in.num(); id {
		case sevenEnd:
			h.other = append(h.other, in.b...)
			return h
		case sevenProperties:
			for !in.bad && in.num() != sevenEnd {
				h.other = append(h.other, in.take(in.num())...)
			}
		case sevenMainStreams:
			h.streams = in.streams()
		case sevenFileInfo:
			in.files(&h)
		default:
			in.bad = true
		}
	}
	return h
}

// files reads the properties of the files.
func (in *sevenBytes) files(h *sevenTold) {
	h.files.n = in.num()
	for !in.bad {
		id := in.num()
		if id == sevenEnd {
			return
		}
		b := in.take(in.num())
		switch {
		case id == sevenEmptyStream && h.files.empty == nil:
			h.files.empty = b
		case id == sevenNames && h.files.names == nil:
			if len(b) == 0 || b[0] != 0 {
				in.bad = true
				return
			}
			h.files.names = b[1:]
		case id == sevenDummy && len(bytes.Trim(b, "\x00")) == 0:
		case id >= sevenNoTextFirst && id <= sevenNoTextLast && id != sevenComment && h.files.quiet(b):
		default:
			h.other = append(append(h.other, b...), '\n')
		}
	}
}

// sevenBytes reads a header. What is not there sets bad, and is zero.
type sevenBytes struct {
	b    []byte
	bad  bool
	room int64 // what may be held of what is read
}

// holds takes n bytes of the room.
func (in *sevenBytes) holds(n int) {
	if in.room -= int64(n); in.room < 0 {
		in.bad = true
	}
}

// fault is why a header is bad.
func (in *sevenBytes) fault() error {
	if in.room < 0 {
		return errMemory
	}
	return errBroken
}

func (in *sevenBytes) take(n uint64) []byte {
	if n > uint64(len(in.b)) {
		in.bad, n = true, 0
	}
	b := in.b[:n:n]
	in.b = in.b[n:]
	return b
}

func (in *sevenBytes) byte() byte {
	if b := in.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

// num reads a number: the ones in front of the first byte say how many follow.
func (in *sevenBytes) num() (v uint64) {
	first := in.byte()
	mask := byte(0x80)
	for i := range 8 {
		if first&mask == 0 {
			return v | uint64(first&(mask-1))<<(8*i)
		}
		v |= uint64(in.byte()) << (8 * i)
		mask >>= 1
	}
	return v
}

// count reads how many things follow that take a byte each at least.
func (in *sevenBytes) count() int {
	n := in.num()
	if n > uint64(len(in.b)) {
		in.bad = true
		return 0
	}
	return int(n)
}

// size reads the size of something, which must be one.
func (in *sevenBytes) size() int64 {
	n := in.num()
	if n >= 1<<60 {
		in.bad = true
		return 0
	}
	return int64(n)
}

// sums reads the checksums of n things, of which some may have none.
func (in *sevenBytes) sums(n int, set func(i int, sum uint32)) {
	var bits []byte
	if in.byte() == 0 {
		bits = in.take(uint64(n+7) / 8)
	}
	for i := 0; i < n && !in.bad; i++ {
		if bits == nil || bits[i/8]&(0x80>>(i%8)) != 0 {
			if b := in.take(4); len(b) == 4 {
				set(i, binary.LittleEndian.Uint32(b))
			}
		}
	}
}
