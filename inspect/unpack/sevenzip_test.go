package unpack_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// Archives of 7-Zip 26.02. The first two hold a.txt with the mark, and the
// first an empty folder e; the third has its header encrypted as well.
const (
	sevenPlain  = "N3q8ryccAATIq8uaVgAAAAAAAAAgAAAAAAAAAIQ0dowBAAtNQVJLLTEyMzQ1NjcAAACBMweuD87ysgwHyEN/QbH6/duIttdjJR+kRkoEFOvssaSCfetkhnS/PgQunZzIsisZjpOKl2Y+hZPwKKIuLKVAcMb4ABcGEAEJRgAHCwEAASMDAQEFXQAQAAAMTgoBxvA4HQAA"
	sevenSecret = "N3q8ryccAATZmZxREAAAAAAAAABWAAAAAAAAACGmIkmV5PvvP/PjSBo5w3D4JfguAQQGAAEJEAAHCwEAAiQG8QcBElMP7huPLDgNsEMlsHcW+R5bMiEhAQABAAwQDAAICgGXvOWMAAAFARkBABENAGEALgB0AHgAdAAAABUGAQAggKSBAAA="
	sevenDark   = "N3q8ryccAAQXbEfDcAAAAAAAAAAuAAAAAAAAAPTLrY/GATCdz5NmlQfI2vAQ/+8F/Wqs6PSIjqo2T1P1L69M6x0br+5L9tUcseiAKsv5oBCbygYkG1KrSGSXcZqWI/A8eqykNB9PHsXWOA4FxkwhvnTbr+9K6syl4tFgYNfWWd7MhNVs6HoAMlze40s82rZzFwYQAQlgAAcLAQABJAbxBwESUw9q/GJZ3XLKvD7w2SVqD7R0DFYKAWRq3TAAAA=="
)

func unbase64(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sevenOf is an archive with that header, not packed, and those packed bytes.
func sevenOf(packed string, header ...byte) []byte {
	le := binary.LittleEndian
	start := le.AppendUint64(le.AppendUint64(nil, uint64(len(packed))), uint64(len(header)))
	start = le.AppendUint32(start, crc32.ChecksumIEEE(header))
	b := le.AppendUint32([]byte("7z\xbc\xaf\x27\x1c\x00\x04"), crc32.ChecksumIEEE(start))
	return slices.Concat(b, start, []byte(packed), header)
}

// sevenHeaderOf is a header of one folder with one coder and one file "a".
func sevenHeaderOf(packed, unpacked byte, coder ...byte) []byte {
	b := []byte{1, 4, 6, 0, 1, 9, packed, 0, 7, 0x0b, 1, 0, 1}
	b = append(append(b, coder...), 0x0c, unpacked, 0, 0)
	return append(b, 5, 1, 0x11, 5, 0, 'a', 0, 0, 0, 0, 0)
}

func TestSevenZip(t *testing.T) {
	plain := unbase64(t, sevenPlain)
	twisted := bytes.Clone(plain)
	twisted[36] ^= 1
	copied := sevenHeaderOf(byte(len(mark)), byte(len(mark)), 1, 0)
	tests := []struct {
		name string
		data []byte
		want string // of the file
		file string
		gap  inspect.GapReason
	}{
		{"of 7-Zip", plain, mark, "a.txt", ""},
		{"copied", sevenOf(mark, copied...), mark, "a", ""},
		{"behind a program", append([]byte("program "), plain...), mark, "a.txt", ""},
		{"with bytes behind", append(bytes.Clone(plain), "behind"...), mark, "a.txt", ""},
		{"encrypted", unbase64(t, sevenSecret), "", "a.txt", inspect.GapEncrypted},
		{"encrypted header", unbase64(t, sevenDark), "", "", inspect.GapEncrypted},
		{"changed data", twisted, "L@RK-1234567", "a.txt", inspect.GapBroken},
		{"cut off", plain[:120], "", "", inspect.GapBroken},
		{"packed stream beyond the file", sevenOf("x", sevenHeaderOf(99, 99, 1, 0)...), "", "a", inspect.GapBroken},
		{"unknown coder", sevenOf("x", sevenHeaderOf(1, 1, 1, 0x77)...), "", "a", inspect.GapUnknownFormat},
		{"PPMd with 2 GiB", sevenOf("xxxxxx", sevenHeaderOf(6, 6, 0x23, 3, 4, 1, 5, 6, 0, 0, 0, 0x80)...), "", "a", inspect.GapLimitBytes},
		{"properties of 4 GiB", sevenOf("x", sevenHeaderOf(1, 1, 0x21, 0x21, 0xf0, 0xff, 0xff, 0xff, 0xff)...), "", "", inspect.GapBroken},
		{"a header of nothing", sevenOf(""), "", "", ""},
		{"a stream that no header tells of", sevenOf("x"), "", "", inspect.GapBroken},
		{"not at all", []byte("hello"), "", "", inspect.GapBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.SevenZip, tt.data, roomy)
			if got, ok := c.find(tt.file); tt.file != "" && (!ok || tt.want != "" && tt.gap == "" && got != tt.want) {
				t.Errorf("file is %q, want %q", got, tt.want)
			}
			if tt.gap == "" && len(c.misses) > 0 || tt.gap != "" && c.misses[tt.gap] == 0 {
				t.Errorf("gaps %v, want %q", c.misses, tt.gap)
			}
		})
	}
	if c := whole(unpack.SevenZip, append(slices.Concat([]byte("front"), plain), "behind"...), roomy); !c.holds("front") || !c.holds("behind") {
		t.Errorf("bytes around it were not given out: %v", c.parts)
	}
}

func TestSevenZipMemory(t *testing.T) {
	// LZMA2 with a dictionary of 4 GiB for 100 bytes, and for 2^40.
	small := sevenOf("\x00", sevenHeaderOf(1, 100, 0x21, 0x21, 1, 40)...)
	if c := whole(unpack.SevenZip, small, roomy); c.misses[inspect.GapLimitBytes] > 0 {
		t.Errorf("refused for a dictionary that it cannot use: %v", c.misses)
	}
	head := sevenHeaderOf(1, 0, 0x21, 0x21, 1, 40)
	i := bytes.Index(head, []byte{0x0c, 0}) + 1
	large := sevenOf("\x00", slices.Concat(head[:i], []byte{0xff, 0, 0, 0, 0, 0, 1, 0, 0}, head[i+1:])...)
	if c := whole(unpack.SevenZip, large, roomy); c.misses[inspect.GapLimitBytes] != 1 {
		t.Errorf("gaps %v", c.misses)
	}
}

func TestSevenZipOfOtherPrograms(t *testing.T) {
	dir := t.TempDir()
	text := noise(20_000)
	put(t, dir, "a.txt", text)
	put(t, dir, "b.txt", "second "+text)
	put(t, dir, "empty", "")
	for i, args := range [][]string{
		{}, {"-mx=9"}, {"-mx=0"}, {"-m0=LZMA"}, {"-m0=LZMA2", "-ms=off"}, {"-m0=PPMd"}, {"-m0=BZip2"},
		{"-m0=Deflate"}, {"-m0=BCJ", "-m1=LZMA"}, {"-m0=BCJ2", "-m1=LZMA", "-m2=LZMA", "-m3=LZMA", "-mb0:1", "-mb0s1:2", "-mb0s2:3"},
		{"-m0=Delta:4", "-m1=LZMA2"}, {"-mhc=off"},
	} {
		name := string(rune('a'+i)) + ".7z"
		ran(t, dir, "7z", append(append([]string{"a"}, args...), name, "a.txt", "b.txt", "empty")...)
		c := whole(unpack.SevenZip, read(t, dir, name), roomy)
		a, _ := c.find("a.txt")
		b, _ := c.find("b.txt")
		if _, ok := c.find("empty"); a != text || b != "second "+text || !ok || len(c.misses) > 0 || len(c.parts) != 3 {
			t.Errorf("%v: %d and %d bytes, %d parts, gaps %v", args, len(a), len(b), len(c.parts), c.misses)
		}
	}
}

func FuzzSevenZip(f *testing.F) {
	for _, s := range []string{sevenPlain, sevenSecret, sevenDark} {
		f.Add(unbase64(f, s), false)
		f.Add(unbase64(f, s), true)
	}
	f.Add(sevenOf("\x00", sevenHeaderOf(1, 100, 0x21, 0x21, 1, 40)...), true)
	f.Fuzz(func(t *testing.T, b []byte, mend bool) {
		if mend && len(b) > 32 { // make the checksums right, so that more is read
			at, n := binary.LittleEndian.Uint64(b[12:]), binary.LittleEndian.Uint64(b[20:])
			if left := uint64(len(b) - 32); at <= left && n <= left-at {
				binary.LittleEndian.PutUint32(b[28:], crc32.ChecksumIEEE(b[32+at:32+at+n]))
			}
			binary.LittleEndian.PutUint32(b[8:], crc32.ChecksumIEEE(b[12:32]))
		}
		bounded(t, whole(unpack.SevenZip, b, tight))
	})
}
