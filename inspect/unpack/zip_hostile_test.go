package unpack_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// placed is where a part lies; one that was begun by Same goes as far as it is
// long.
func (p part) placed() decode.Span {
	if p.at.From == p.at.To {
		p.at.To += int64(len(p.data))
	}
	return p.at
}

// wide is s in UTF-16, which nobody sees in the bytes as they lie.
func wide(s string) string {
	var b []byte
	for _, c := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return string(b)
}

// zipField is an extra field.
func zipField(id uint16, s string) string {
	b := binary.LittleEndian.AppendUint16(nil, id)
	return string(binary.LittleEndian.AppendUint16(b, uint16(len(s)))) + s
}

// poked is b with bytes put over those at i, from the end when that is negative.
func poked(b []byte, i int, s string) []byte {
	copy(b[(i+len(b))%len(b):], s)
	return b
}

// TestZipConserves puts a mark where it can only be seen by unpacking, or where
// readers differ on what is there: it comes out, or something is missed.
func TestZipConserves(t *testing.T) {
	text := strings.Repeat("some words and ", 9) + mark
	packed := zipped{name: "a.txt", data: deflated(text), plain: text, method: 8}
	with := func(f func(*zipped)) zipped { e := packed; f(&e); return e }
	stored := func(s string) zipped { return zipped{name: "s", data: s, plain: s} }
	tests := []struct {
		name string
		zip  []byte
		seen bool // the mark, else it may be missed
		gap  inspect.GapReason
	}{
		{"in a local header without a name", zipOf("", stored("x"), with(func(e *zipped) { e.name, e.unlisted = "", true })), false, inspect.GapBroken},
		{"in a local header of a strange method", zipOf("", stored("x"), with(func(e *zipped) { e.method, e.unlisted = 50, true })), false, inspect.GapBroken},
		{"behind extra fields that tell, unlisted", zipOf("", stored("x"), with(func(e *zipped) { e.unlisted, e.localExtra = true, zipField(0x6666, "0123456789abcdef") })), true, ""},
		{"in the extra fields, unlisted", zipOf("", stored("x"), zipped{name: "u", method: 8, data: deflated("y"), plain: "y", unlisted: true, localExtra: zipField(0x6666, mark)}), true, ""},
		{"in an archive inside stored bytes that begin otherwise", zipOf("", stored("junk"+string(zipOf("", packed)))), true, ""},
		{"in the archive that the comment ends", zipOf(string(zipOf("", packed)), stored("x")), true, ""},
		{"with the directory of another", append(zipOf("", packed), zipOf("", stored("x"))...), true, ""},
		{"in stored bytes that are two", poked(zipOf("", stored("xx"+string(zipOf("", packed)[:35+len(packed.data)]))), 18, "\x02"), false, inspect.GapBroken},
		{"stored, unpacked longer than packed", zipOf("", zipped{name: "a", data: "x", plain: mark}), false, inspect.GapBroken},
		{"told twice, first shorter", zipOf("", zipped{name: "a", data: mark, plain: mark}, zipped{name: "b", sameAs: 1, data: mark + "\x01", plain: mark + "\x01"}), true, inspect.GapBroken},
		{"behind a deflated stream", zipOf("", with(func(e *zipped) { e.data = deflated("first") + e.data })), false, inspect.GapBroken},
		{"in the place of a descriptor", zipOf("", with(func(e *zipped) { e.flags, e.data, e.plain = 8, deflated("x")+"PK\x07\x08"+mark, "x" })), true, inspect.GapBroken},
		{"strongly encrypted", zipOf("", with(func(e *zipped) { e.flags = 1 << 6 })), false, inspect.GapEncrypted},
		{"with an encrypted directory", zipOf("", with(func(e *zipped) { e.flags = 1 << 13 })), false, inspect.GapEncrypted},
		{"in the times, wide", zipOf("", zipped{name: "a", extra: zipField(0x000a, wide("13800138000"))}), false, ""},
		{"in a name, wide", zipOf("", zipped{name: wide(mark)}), false, ""},
		{"unicode path in the local header", zipOf("", zipped{name: "a", localExtra: zipField(0x7075, "\x01abcd"+mark)}), true, ""},
		{"listed as nothing", zipOf("", with(func(e *zipped) { e.localMethod, e.method = 9, 0; e.packed = 1 })), true, inspect.GapBroken},
		{"xz", zipOf("", with(func(e *zipped) { e.method = 95 })), false, inspect.GapUnknownFormat},
		{"on another disk", poked(zipOf("", packed), -18, "\x01"), false, inspect.GapBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Zip, tt.zip, roomy)
			if tt.seen && !c.holds(mark) {
				t.Errorf("the mark was not given out: %v", c.parts)
			}
			if tt.gap == "" && len(c.misses) > 0 || tt.gap != "" && c.misses[tt.gap] == 0 {
				t.Errorf("gaps %v, want %q", c.misses, tt.gap)
			}
		})
	}
	if c := whole(unpack.Zip, tests[14].zip, roomy); !c.holds(wide("13800138000")) {
		t.Errorf("times that are text were not given out: %v", c.parts)
	}
}

func TestZipPlacesWhatHasNoSize(t *testing.T) {
	text := strings.Repeat("some words and ", 9) + mark
	e := zipped{name: "a", data: deflated(text), plain: text, method: 8, flags: 8, descriptor: 16}
	hidden, short := e, e
	hidden.unlisted = true
	short.packed = 3
	s := zipped{name: "a", data: text, plain: text, flags: 8, descriptor: 12}
	hiddenStored := s
	hiddenStored.unlisted, hiddenStored.descriptor = true, 16
	for _, es := range [][]zipped{{e}, {hidden}, {hidden, e}, {short}, {s}, {hiddenStored}} {
		b := zipOf("", es...)
		for _, p := range whole(unpack.Zip, b, roomy).parts {
			if at := p.placed(); p.name != "" && !strings.Contains(string(b[at.From:at.To]), es[0].data) {
				t.Errorf("%d bytes lie at %v, where they are not", len(p.data), p.at)
			}
		}
	}
}

func TestZipReadsAStoredArchiveOnce(t *testing.T) {
	inner := string(zipOf("", zipped{name: "i", data: deflated(mark), plain: mark, method: 8}))
	c := whole(unpack.Zip, zipOf("", zipped{name: "o", data: inner, plain: inner}), roomy)
	if len(c.parts) != 1 || len(c.misses) > 0 {
		t.Errorf("parts %v, gaps %v", c.parts, c.misses)
	}
}

func TestZipSurvivesChanges(t *testing.T) {
	text := strings.Repeat("some words and ", 9)
	b := zipOf("", zipped{name: "a", data: deflated(text + mark), plain: text + mark, method: 8, extra: zipField(0x5455, "\x01abcd")},
		zipped{name: "b", data: deflated(text + "SECOND"), plain: text + "SECOND", method: 8, flags: 8, descriptor: 16},
		zipped{name: "c", data: wide("THIRD"), plain: wide("THIRD")})
	changed{swap: true}.try(t, unpack.Zip, b, mark, "SECOND", wide("THIRD"))
}
