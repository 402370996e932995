package unpack_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// rar4Block is a block of RAR 3 with the fields behind the size of its header.
func rar4Block(kind byte, flags uint16, fields []byte, data string) []byte {
	le := binary.LittleEndian
	h := le.AppendUint16(le.AppendUint16([]byte{kind}, flags), uint16(7+len(fields)))
	h = append(h, fields...)
	return append(append(le.AppendUint16(nil, uint16(crc32.ChecksumIEEE(h))), h...), data...)
}

// rar4File is a file block, or of kind 0x7a a service block.
func rar4File(kind byte, flags uint16, name, data string, method byte) []byte {
	le := binary.LittleEndian
	f := le.AppendUint32(le.AppendUint32(nil, uint32(len(data))), uint32(len(data)))
	f = le.AppendUint32(append(f, 3), crc32.ChecksumIEEE([]byte(data)))
	f = append(le.AppendUint32(f, 0), 29, method)
	f = append(le.AppendUint32(le.AppendUint16(f, uint16(len(name))), 0o644), name...)
	return rar4Block(kind, flags|0x8000, f, data)
}

// rar4 is an archive of RAR 3 with those blocks.
func rar4(flags uint16, blocks ...[]byte) []byte {
	return slices.Concat([]byte("Rar!\x1a\x07\x00"), rar4Block(0x73, flags, make([]byte, 6), ""), slices.Concat(blocks...))
}

func rar4End() []byte { return rar4Block(0x7b, 0x4000, nil, "") }

// rar5Block is a block of RAR 5 with its fields behind the flags and sizes.
func rar5Block(kind, flags byte, fields []byte, data string) []byte {
	h := []byte{kind, flags}
	if flags&2 != 0 {
		h = binary.AppendUvarint(h, uint64(len(data)))
	}
	h = append(h, fields...)
	h = append(binary.AppendUvarint(nil, uint64(len(h))), h...)
	return append(append(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(h)), h...), data...)
}

// rar5File is a file block, or of kind 3 a service block. packing is the
// method with its dictionary.
func rar5File(kind byte, name, data string, packing uint64) []byte {
	f := append([]byte{4}, binary.AppendUvarint(nil, uint64(len(data)))...) // with a checksum
	f = append(f, 0)
	f = binary.LittleEndian.AppendUint32(f, crc32.ChecksumIEEE([]byte(data)))
	f = append(binary.AppendUvarint(f, packing), 1)
	f = append(binary.AppendUvarint(f, uint64(len(name))), name...)
	return rar5Block(kind, 2, f, data)
}

func rar5(blocks ...[]byte) []byte {
	return slices.Concat([]byte("Rar!\x1a\x07\x01\x00"), rar5Block(1, 0, []byte{0}, ""), slices.Concat(blocks...))
}

func rar5End() []byte { return rar5Block(5, 0, []byte{0}, "") }

func TestRar(t *testing.T) {
	changed := func(b []byte) []byte { b[len(b)-1] ^= 1; return b }
	tests := []struct {
		name string
		data []byte
		seen bool // the mark
		gap  inspect.GapReason
	}{
		{"RAR 3", rar4(0, rar4File(0x74, 0, "a", mark, 0x30), rar4End()), true, ""},
		{"RAR 3 without an end", rar4(0, rar4File(0x74, 0, "a", mark, 0x30)), true, inspect.GapBroken},
		{"RAR 3, name", rar4(0, rar4File(0x74, 0, "..\\"+mark, "x", 0x30), rar4End()), true, ""},
		{"RAR 3, comment", rar4(0, rar4File(0x7a, 0, "CMT", mark, 0x30), rar4End()), true, ""},
		{"RAR 3, packed comment", rar4(0, rar4File(0x7a, 0, "CMT", mark, 0x33), rar4End()), false, inspect.GapBroken},
		{"RAR 3, encrypted file", rar4(0, rar4File(0x74, 4, "a", "0123456789abcdef", 0x30), rar4End()), false, inspect.GapEncrypted},
		{"RAR 3, encrypted headers", append(rar4(0x80), "0123456789abcdef"...), false, inspect.GapEncrypted},
		{"RAR 3, file goes on elsewhere", rar4(1, rar4File(0x74, 2, "a", mark, 0x30), rar4Block(0x7b, 0x4001, nil, "")), true, inspect.GapBroken},
		{"RAR 3, second volume", rar4(1, rar4File(0x74, 1, "a", mark, 0x30), rar4End()), false, inspect.GapBroken},
		{"RAR 3, PPMd with 256 MiB", rar4(0, rar4File(0x74, 0, "a", "\xa4\xff........", 0x33), rar4End()), false, inspect.GapLimitBytes},
		{"RAR 5", rar5(rar5File(2, "a", mark, 0), rar5End()), true, ""},
		{"RAR 5, name", rar5(rar5File(2, "../"+mark, "x", 0), rar5End()), true, ""},
		{"RAR 5, comment", rar5(rar5File(3, "CMT", mark, 0), rar5End()), true, ""},
		{"RAR 5, packed service", rar5(rar5File(3, "XXX", mark, 3<<7), rar5End()), false, inspect.GapBroken},
		{"RAR 5, encrypted headers", slices.Concat(rar5()[:8], rar5Block(4, 0, append([]byte{0, 0, 15}, "0123456789abcdef"...), ""), []byte("0123456789abcdef")), false, inspect.GapEncrypted},
		{"RAR 5, wrong checksum", rar5(changed(rar5File(2, "a", mark+"x", 0)), rar5End()), true, inspect.GapBroken},
		{"RAR 5, broken data", rar5(rar5File(2, "a", "\x00\x01\x02", 3<<7), rar5End()), false, inspect.GapBroken},
		{"RAR 5, unknown method", rar5(rar5File(2, "a", "abc", 3<<7|9), rar5End()), false, inspect.GapUnknownFormat},
		{"RAR 5, without an end", rar5(rar5File(2, "a", mark, 0)), true, inspect.GapBroken},
		{"RAR 5, cut off", rar5(rar5File(2, "a", mark+"xxxxxxxxx", 0))[:60], true, inspect.GapBroken},
		{"bytes in front", append([]byte("program "+mark), rar5(rar5End())...), true, ""},
		{"bytes behind", append(rar5(rar5End()), mark...), true, ""},
		{"not at all", []byte(mark), true, inspect.GapBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Rar, tt.data, roomy)
			if c.holds(mark) != tt.seen {
				t.Errorf("the mark was seen: %v, want %v: %v", !tt.seen, tt.seen, c.parts)
			}
			if tt.gap == "" && len(c.misses) > 0 || tt.gap != "" && c.misses[tt.gap] == 0 {
				t.Errorf("gaps %v, want %q", c.misses, tt.gap)
			}
		})
	}
}

func TestRarGoesOnBehindAFileThatIsBroken(t *testing.T) {
	bad := rar5File(2, "a", "abc", 0)
	bad[len(bad)-1] ^= 1
	c := whole(unpack.Rar, rar5(bad, rar5File(2, "b", mark, 0), rar5End()), roomy)
	if got, _ := c.find("b"); got != mark || c.misses[inspect.GapBroken] != 1 {
		t.Errorf("got %q, gaps %v", got, c.misses)
	}
}

func TestRarWindow(t *testing.T) {
	// A dictionary of 4 GiB (128 KiB << 15) for a file that claims 1 TiB.
	f := append([]byte{0}, binary.AppendUvarint(nil, 1<<40)...)
	f = append(binary.AppendUvarint(append(f, 0), 15<<10|3<<7), 1, 1, 'a')
	c := whole(unpack.Rar, rar5(rar5Block(2, 2, f, "data"), rar5End()), roomy)
	if c.misses[inspect.GapLimitBytes] != 1 {
		t.Errorf("gaps %v", c.misses)
	}
}

func TestManyRarBlocksAreTooMany(t *testing.T) {
	b := rar5(bytes.Repeat(rar5Block(9, 0, nil, ""), 20_000), rar5End())
	if c := whole(unpack.Rar, b, roomy); c.misses[inspect.GapLimitEntries] == 0 {
		t.Errorf("gaps %v", c.misses)
	}
}

func FuzzRar(f *testing.F) {
	f.Add(rar4(0, rar4File(0x74, 0, "a", "text", 0x30), rar4File(0x74, 0, "a", "\xa4\x00........", 0x33), rar4End()))
	f.Add(rar5(rar5File(2, "a", "text", 0), rar5File(2, "b", "abcdefgh", 3<<7), rar5End()))
	f.Fuzz(func(t *testing.T, b []byte) { bounded(t, whole(unpack.Rar, b, tight)) })
}
