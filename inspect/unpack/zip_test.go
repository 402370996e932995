package unpack_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

const mark = "MARK-1234567"

func TestZipShowsWhatIsHidden(t *testing.T) {
	text := strings.Repeat("some words and ", 40) + mark
	plain := func(s string) zipped { return zipped{name: "a.txt", data: s, plain: s} }
	packed := zipped{name: "a.txt", data: deflated(text), plain: text, method: 8}
	with := func(e zipped, f func(*zipped)) zipped { f(&e); return e }
	enc, _ := zstd.NewWriter(nil)
	zs := string(enc.EncodeAll([]byte(text), nil))
	field := func(id uint16, s string) string {
		return string(binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, id), uint16(len(s)))) + s
	}
	tests := []struct {
		name string
		zip  []byte
		gaps []inspect.GapReason
	}{
		{"stored", zipOf("", plain(mark)), nil},
		{"deflated", zipOf("", packed), nil},
		{"zstd", zipOf("", with(packed, func(e *zipped) { e.method, e.data = 93, zs })), nil},
		{"data descriptor with signature", zipOf("", with(packed, func(e *zipped) { e.flags, e.descriptor = 8, 16 })), nil},
		{"data descriptor without signature", zipOf("", with(packed, func(e *zipped) { e.flags, e.descriptor = 8, 12 })), nil},
		{"known to its local header only", zipOf("", plain("x"), with(packed, func(e *zipped) { e.unlisted = true })), nil},
		{"local header only, with descriptor", zipOf("", plain("x"), with(packed, func(e *zipped) { e.unlisted, e.flags, e.descriptor = true, 8, 16 })), nil},
		{"local header only, stored with descriptor", zipOf("", with(plain("PK\x03\x04"+mark), func(e *zipped) { e.unlisted, e.flags, e.descriptor = true, 8, 16 })), nil},
		{"name in the directory", zipOf("", zipped{name: "../../" + mark}), nil},
		{"name in the local header", zipOf("", zipped{name: "a", local: "../" + mark}), nil},
		{"name without data or header", zipOf("", zipped{name: mark, ghost: true}), []inspect.GapReason{inspect.GapBroken}},
		{"comment of the archive", zipOf(mark, plain("x")), nil},
		{"comment of an entry", zipOf("", zipped{name: "a", comment: mark}), nil},
		{"unicode path", zipOf("", zipped{name: "a", extra: field(0x7075, "\x01abcd"+mark)}), nil},
		{"local extra field", zipOf("", zipped{name: "a", localExtra: field(0x6666, mark)}), nil},
		{"extra field in the guise of times", zipOf("", zipped{name: "a", extra: field(0x000a, mark)}), nil},
		{"bytes in front", append([]byte("#!/bin/sh "+mark+"\n"), zipOf("", plain("x"))...), nil},
		{"bytes behind", append(zipOf("", plain("x")), mark...), nil},
		{"many bytes behind", append(zipOf("", packed), bytes.Repeat([]byte("y"), 200<<10)...), nil},
		{"archive in front", append(zipOf("", packed), zipOf("", plain("x"))...), nil},
		{"end record in the comment", zipOf("PK\x05\x06"+strings.Repeat("\x00", 18), packed), nil},
		{"local header says deflated, directory stored", zipOf("", with(packed, func(e *zipped) { e.method, e.localMethod = 0, 9 })), []inspect.GapReason{inspect.GapBroken}},
		{"size claimed too small", zipOf("", with(packed, func(e *zipped) { e.packed = 5 })), nil},
		{"size claimed too large", zipOf("", with(packed, func(e *zipped) { e.packed = 1 << 30 })), []inspect.GapReason{inspect.GapBroken}},
		{"stored longer than claimed", zipOf("", with(plain("xy"+mark), func(e *zipped) { e.packed = 2 })), []inspect.GapReason{inspect.GapBroken}},
		{"wrong checksum", zipOf("", with(packed, func(e *zipped) { e.plain = "other" })), []inspect.GapReason{inspect.GapBroken}},
		{"two entries of one header", zipOf("", packed, with(packed, func(e *zipped) { e.name, e.sameAs = "b", 1 })), nil},
		{"no directory", zipOf("", packed)[:60+len(packed.data)-25], nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Zip, tt.zip, roomy)
			if tt.name == "no directory" {
				tt.gaps = []inspect.GapReason{inspect.GapBroken}
			}
			if !c.holds(mark) {
				t.Errorf("the mark was not given out: %v", c.parts)
			}
			if len(c.misses) != len(tt.gaps) {
				t.Errorf("gaps %v, want %v", c.misses, tt.gaps)
			}
			for _, g := range tt.gaps {
				if c.misses[g] == 0 {
					t.Errorf("gaps %v, want %v", c.misses, tt.gaps)
				}
			}
		})
	}
}

func TestZipMisses(t *testing.T) {
	tests := []struct {
		name string
		zip  []byte
		want inspect.GapReason
	}{
		{"traditional encryption", zipOf("", zipped{name: "a", data: "0123456789abcdef", flags: 1}), inspect.GapEncrypted},
		{"AES", zipOf("", zipped{name: "a", data: "0123456789abcdef", flags: 1, method: 99}), inspect.GapEncrypted},
		{"encrypted by the local header only", zipOf("", zipped{name: "a", data: "0123456789abcdef", method: 8, localMethod: 100}), inspect.GapEncrypted},
		{"imploded", zipOf("", zipped{name: "a", data: "0123456789abcdef", method: 6}), inspect.GapUnknownFormat},
		{"deflate64", zipOf("", zipped{name: "a", data: "0123456789abcdef", method: 9}), inspect.GapUnknownFormat},
		{"broken deflate", zipOf("", zipped{name: "a", data: "\xff\xff\xff\xff", method: 8}), inspect.GapBroken},
		{"LZMA with a dictionary of 4 GiB", zipOf("", zipped{name: "a", data: "\x10\x02\x05\x00\x5d\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00", method: 14}), inspect.GapLimitBytes},
		{"directory cut off", cutDirectory(), inspect.GapBroken},
		{"no zip at all", []byte("hello"), inspect.GapBroken},
		{"nothing", nil, inspect.GapBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if c := whole(unpack.Zip, tt.zip, roomy); c.misses[tt.want] == 0 {
				t.Errorf("gaps %v, want %v", c.misses, tt.want)
			}
		})
	}
}

func cutDirectory() []byte {
	b := zipOf("", zipped{name: "a"}, zipped{name: "b"})
	i := bytes.LastIndex(b, []byte("PK\x01\x02"))
	copy(b[i:], "junk")
	return b
}

func TestZipOfGoHasNothingBetween(t *testing.T) {
	c := whole(unpack.Zip, zipWritten(t, map[string]string{"a.txt": mark, "dir/b": "x"}), roomy)
	if got, _ := c.find("a.txt"); got != mark || len(c.parts) != 2 || len(c.misses) != 0 {
		t.Errorf("parts %v, gaps %v", c.parts, c.misses)
	}
}

func TestZipPlacesItsParts(t *testing.T) {
	b := append([]byte("front"), zipOf("", zipped{name: "a", data: mark, plain: mark})...)
	c := whole(unpack.Zip, b, roomy)
	for _, p := range c.parts {
		if got := string(b[p.at.From:p.placed().To]); got != string(p.data) {
			t.Errorf("part %q lies at %v: %q", p.data, p.at, got)
		}
	}
}

func TestZipGivesBackWhatWasPacked(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var want, names []string
		var es []zipped
		for i := range rapid.IntRange(0, 6).Draw(r, "entries") {
			text := rapid.StringN(1, 300, -1).Draw(r, "text")
			e := zipped{name: string(rune('a' + i)), data: text, plain: text}
			if rapid.Bool().Draw(r, "deflate") {
				e.method, e.data = 8, deflated(text)
			}
			if e.method == 8 && rapid.Bool().Draw(r, "descriptor") {
				e.flags, e.descriptor = 8, 16
			}
			e.unlisted = rapid.Bool().Draw(r, "unlisted")
			want, names, es = append(want, text), append(names, e.name), append(es, e)
		}
		c := whole(unpack.Zip, zipOf("", es...), roomy)
		for i := range want {
			if got, ok := c.find(names[i]); !ok || got != want[i] {
				r.Fatalf("entry %s: got %q, want %q", names[i], got, want[i])
			}
		}
		if len(c.misses) > 0 || len(c.parts) != len(want) {
			r.Fatalf("gaps %v, parts %v", c.misses, c.parts)
		}
	})
}

func FuzzZip(f *testing.F) {
	f.Add(zipOf("note", zipped{name: "a", data: deflated("abc"), plain: "abc", method: 8}, zipped{name: "b", unlisted: true}))
	f.Add(append([]byte("x"), cutDirectory()...))
	f.Fuzz(func(t *testing.T, b []byte) { bounded(t, whole(unpack.Zip, b, tight)) })
}

// tight are limits that a fuzzer reaches.
var tight = unpack.Limits{Entries: 50, Memory: 4 << 20, Bytes: 1 << 20}

// bounded checks what holds for every opener and every input.
func bounded(t *testing.T, c *collect) {
	t.Helper()
	if len(c.parts) > tight.Entries || c.total > tight.Bytes || c.late > 0 {
		t.Errorf("%d parts, %d bytes, %d calls after the end", len(c.parts), c.total, c.late)
	}
}
