package unpack_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// rarReal is an archive of RAR 7 (-m5) with people.csv, a table of made-up
// persons, 421 bytes long.
const rarReal = "UmFyIRoHAQAzkrXlCgEFBgAFAQGAgAAtn4fbKAIDC8QCBKUDpIMCmLwvOIAFAQpwZW9wbGUuY3N2CgMT8LwCa94CTS7I00ABJgRUMy9WBV774tCE3dk2bvXfDHtokBQktiNQreqtHoUtpaFEFS1GhQqCti9CykRfGpsuvhsW5Ioj1XxLmm85w3eZzMzyXOfnTczhu58ZnRmeMKkwqwxsK0Y1YsDC5O+X291xclPnNz3psklNvzd069PmKY/Vea+rBm/BGTyVluVCCzm6ZdVyX4vMEImiBJ0xClHSOj8IZDpUobbQdjiIzwcNqzDVetVoIX3md2uwcozGmknADqEGbGIjTGvPJRrytV1fV1zdnKq/JN2xhB8FxxFGjQe1ChO5e5WfRN6f47OgBNANszX2GkNfHHHGybBQXIa1h+rBW332f4zXes0GhAACehUFOdJXAiSbY0GWn6hp744lxdE+DpaOGUZLm5S5iwjYYxPYMzbft73HP1iCk8DKCWKAScKoKDoA2x5+uYAdd1ZRAwUEAA=="

// rarPacked is s packed for RAR 3: one block, every symbol a code of nine bits,
// its lengths told in codes of four, and the mark of the end of the file.
func rarPacked(s string) string {
	var b []byte
	n := 0
	put := func(v, bits int) {
		for bits--; bits >= 0; bits-- {
			if n%8 == 0 {
				b = append(b, 0)
			}
			b[n/8] |= byte(v>>bits&1) << (7 - n%8)
			n++
		}
	}
	put(0, 2)
	for i := range 20 {
		if i < 16 {
			put(4, 4)
		} else {
			put(0, 4)
		}
	}
	for i := range 299 + 60 + 17 + 28 {
		if i < 299 {
			put(9, 4)
		} else {
			put(0, 4)
		}
	}
	for _, c := range []byte(s) {
		put(int(c), 9)
	}
	put(256, 9)
	put(0, 2)
	return string(b) + "\x00\x00"
}

// rar4Told is a packed file, or service data, with other sizes and checksum
// than those of its data.
func rar4Told(kind byte, flags uint16, name, plain string, size int) []byte {
	b := rar4File(kind, flags, name, rarPacked(plain), 0x33)
	return rar4Sum(b, size, crc32.ChecksumIEEE([]byte(plain)))
}

func rar4Sum(b []byte, size int, sum uint32) []byte {
	le := binary.LittleEndian
	le.PutUint32(b[11:], uint32(size))
	le.PutUint32(b[16:], sum)
	le.PutUint16(b, uint16(crc32.ChecksumIEEE(b[2:le.Uint16(b[5:])])))
	return b
}

// rar5Told is rarReal with another size and checksum of its file, whose header
// is the third of its blocks.
func rar5Told(t *testing.T, size uint16, sum uint32) []byte {
	b := unbase64(t, rarReal)
	h := b[23 : 23+4+1+40]
	i := bytes.Index(h, []byte("\xa5\x03"))
	h[i], h[i+1] = byte(size)&0x7f|0x80, byte(size>>7)
	if sum != 0 {
		binary.LittleEndian.PutUint32(h[i+5:], sum)
	}
	binary.LittleEndian.PutUint32(h, crc32.ChecksumIEEE(h[4:]))
	return b
}

func TestRarConserves(t *testing.T) {
	text := strings.Repeat("some words and ", 9) + mark
	short := crc32.ChecksumIEEE([]byte(text[:5]))
	last := "地址"
	seen := func(b []byte) string { return string(whole(unpack.Rar, b, roomy).parts[0].data) }
	if got := seen(unbase64(t, rarReal)); !strings.Contains(got, last) || len(got) != 421 {
		t.Fatalf("a file of RAR 7 came out with %d bytes", len(got))
	}
	whole5 := seen(unbase64(t, rarReal))
	folder := rar4File(0x74, 0xe0, "d", mark, 0x30)
	longer := rar4Sum(rar4File(0x74, 0, "a", mark, 0x30), 2, crc32.ChecksumIEEE([]byte(mark[:2])))
	wideName := "ab\x00\x00\xaa" + wide("MARK")
	tests := []struct {
		name string
		rar  []byte
		want string
		gap  inspect.GapReason
	}{
		{"packed", rar4(0, rar4Told(0x74, 0, "a", text, len(text)), rar4End()), text, ""},
		{"packed, told to be shorter", rar4(0, rar4Sum(rar4Told(0x74, 0, "a", text, 0), 5, short), rar4End()), text, inspect.GapBroken},
		{"packed by RAR 7, told to be shorter", rar5Told(t, 5, crc32.ChecksumIEEE([]byte(whole5[:5]))), whole5, inspect.GapBroken},
		{"packed by RAR 7, told to be longer", rar5Told(t, 500, 0), whole5, inspect.GapBroken},
		{"folder with data", rar4(0, folder, rar4End()), mark, ""},
		{"packed folder", rar4(0, rar4Told(0x74, 0xe0, "d", text, len(text)), rar4End()), text, ""},
		{"stored, told to be shorter", rar4(0, longer, rar4End()), mark, inspect.GapBroken},
		{"packed comment", rar4(0, rar4Told(0x7a, 0, "CMT", text, len(text)), rar4End()), text, ""},
		{"packed comment of a solid archive", rar4(8, rar4Told(0x7a, 0, "CMT", text, len(text)), rar4End()), "", inspect.GapUnknownFormat},
		{"comment of old", slices.Concat([]byte("Rar!\x1a\x07\x00"), rar4Block(0x73, 2, make([]byte, 6), ""), rar4Block(0x75, 0, []byte("\x0c\x00\x1d\x33\x00\x00packed"), ""), rar4End()), "", inspect.GapUnknownFormat},
		{"wide name", rar4(0, rar4File(0x74, 0x200, wideName, "x", 0x30), rar4End()), "MARK", ""},
		{"behind the fields of a header", rar4(0, rar4Padded(rar4File(0x74, 0, "a", "x", 0x30), wide(mark)), rar4End()), wide(mark), ""},
		{"record nobody knows", rar5(rar5Block(2, 1, []byte("\x0e\x00\x00\x00\x00\x01\x01a\x0d\x77"+mark), ""), rar5End()), mark, ""},
		{"block nobody knows", rar5(rar5Block(9, 2, nil, wide(mark)), rar5End()), wide(mark), ""},
		{"stored file behind one that cannot be begun", rar5(rar5Block(2, 2, append(binary.AppendUvarint(binary.AppendUvarint(append(binary.AppendUvarint([]byte{0}, 1<<40), 0), 15<<10|3<<7), 1), 1, 'a'), "data"), rar5File(2, "b", wide(mark), 0), rar5End()), wide(mark), inspect.GapLimitBytes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Rar, tt.rar, roomy)
			if tt.want != "" && !c.holds(tt.want) {
				t.Errorf("%.30q was not given out, %d parts", tt.want, len(c.parts))
			}
			if tt.gap == "" && len(c.misses) > 0 || tt.gap != "" && c.misses[tt.gap] == 0 {
				t.Errorf("gaps %v, want %q", c.misses, tt.gap)
			}
		})
	}
}

// rar4Padded is a block with more bytes at the end of its header.
func rar4Padded(b []byte, more string) []byte {
	le := binary.LittleEndian
	n := le.Uint16(b[5:])
	le.PutUint16(b[5:], n+uint16(len(more)))
	b = slices.Concat(b[:n], []byte(more), b[n:])
	le.PutUint16(b, uint16(crc32.ChecksumIEEE(b[2:int(n)+len(more)])))
	return b
}

func TestRarSurvivesChanges(t *testing.T) {
	text := strings.Repeat("some words and ", 9)
	changed{swap: true}.try(t, unpack.Rar, rar4(0, rar4Told(0x74, 0, "a", text+mark, len(text+mark)),
		rar4File(0x74, 0, "b", wide("SECOND"), 0x30), rar4End()), mark, wide("SECOND"))
	changed{swap: true}.try(t, unpack.Rar, rar5(rar5File(2, "a", wide(mark), 0), rar5File(3, "CMT", "comment", 0), rar5End()), wide(mark))
	changed{swap: true}.try(t, unpack.Rar, unbase64(t, rarReal), "地址")
}
