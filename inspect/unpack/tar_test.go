package unpack_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// tarOf is an archive as archive/tar writes it.
func tarOf(t testing.TB, entries ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := range entries {
		h := &entries[i]
		data := h.PAXRecords["TEST.data"]
		delete(h.PAXRecords, "TEST.data")
		h.Size = int64(len(data))
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(data))
	}
	w.Close()
	return b.Bytes()
}

// holding is an entry with data.
func holding(name, data string, more ...tar.Header) tar.Header {
	h := tar.Header{}
	if len(more) > 0 {
		h = more[0]
	}
	h.Name, h.Mode, h.PAXRecords = name, 0o644, map[string]string{"TEST.data": data}
	return h
}

// resum makes the checksum of the first header right again.
func resum(b []byte) []byte {
	sum := 8 * int(' ')
	for i, c := range b[:512] {
		if i < 148 || i >= 156 {
			sum += int(c)
		}
	}
	copy(b[148:], fmt.Sprintf("%06o\x00 ", sum))
	return b
}

func TestTarShowsWhatIsHidden(t *testing.T) {
	plain := tarOf(t, holding("a", "x"))
	edit := func(f func(b []byte)) []byte {
		b := bytes.Clone(plain)
		f(b)
		return resum(b)
	}
	long := strings.Repeat("long/", 40) + mark
	broken := func(b []byte) []byte { b = bytes.Clone(b); b[148] = '7'; return b }
	tests := []struct {
		name string
		tar  []byte
		gap  inspect.GapReason
	}{
		{"data", tarOf(t, holding("a", mark)), ""},
		{"name", tarOf(t, holding("../../"+mark, "")), ""},
		{"long name of pax", tarOf(t, holding(long, "", tar.Header{Format: tar.FormatPAX})), ""},
		{"long name of GNU", tarOf(t, holding(long, "", tar.Header{Format: tar.FormatGNU})), ""},
		{"prefix of ustar", tarOf(t, holding(mark+"/"+strings.Repeat("n", 99), "", tar.Header{Format: tar.FormatUSTAR})), ""},
		{"link", tarOf(t, tar.Header{Name: "a", Typeflag: tar.TypeSymlink, Linkname: mark}), ""},
		{"long link", tarOf(t, tar.Header{Name: "a", Typeflag: tar.TypeSymlink, Linkname: long, Format: tar.FormatGNU}), ""},
		{"owner", tarOf(t, holding("a", "", tar.Header{Uname: mark})), ""},
		{"pax record", tarOf(t, tar.Header{Name: "a", PAXRecords: map[string]string{"NOTE.x": mark}}), ""},
		{"global pax record", tarOf(t, tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"NOTE.x": mark}}), ""},
		{"behind the NUL of the name", edit(func(b []byte) { copy(b[20:], mark) }), ""},
		{"in the header of an old archive", edit(func(b []byte) { clear(b[257:512]); copy(b[300:], mark) }), ""},
		{"in the place of numbers", edit(func(b []byte) { copy(b[100:], mark) }), ""},
		{"behind the data in the block", edit(func(b []byte) { copy(b[700:], mark) }), ""},
		{"in the data of a link", append(edit(func(b []byte) { b[156] = '2'; copy(b[512:], mark) }), 0), inspect.GapBroken},
		{"behind the end", append(bytes.Clone(plain), mark...), ""},
		{"behind the end, in an archive", append(bytes.Clone(plain), tarOf(t, holding("b", mark))...), ""},
		{"behind a broken header", append(broken(plain[:1024]), tarOf(t, holding("b", mark))...), inspect.GapBroken},
		{"a broken header itself", broken(tarOf(t, holding(mark, "x"))), inspect.GapBroken},
		{"data cut off", tarOf(t, holding("a", mark+strings.Repeat("x", 2000)))[:1000], inspect.GapBroken},
		{"no tar at all", []byte("some text " + mark), inspect.GapBroken},
		{"size in base 256", edit(func(b []byte) {
			copy(b[124:136], "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x20")
			copy(b[512:], mark)
		}), ""},
		{"size beyond all measure", edit(func(b []byte) {
			copy(b[124:136], bytes.Repeat([]byte{0xff}, 12))
			copy(b[512:], mark)
		}), inspect.GapBroken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := flow(unpack.Tar, tt.tar, roomy)
			if !c.holds(mark) {
				t.Errorf("the mark was not given out: %v", c.parts)
			}
			if tt.gap == "" && len(c.misses) > 0 || tt.gap != "" && c.misses[tt.gap] == 0 {
				t.Errorf("gaps %v, want %q", c.misses, tt.gap)
			}
		})
	}
}

func TestTarOfOtherPrograms(t *testing.T) {
	dir := t.TempDir()
	text := noise(5000)
	long := strings.Repeat("n", 120)
	put(t, dir, long, text)
	ran(t, dir, "truncate", "-s", "3M", "holes")
	ran(t, dir, "sh", "-c", "echo "+mark+" >> holes; truncate -s 8M holes")
	for _, format := range []string{"gnu", "pax", "oldgnu"} {
		t.Run(format, func(t *testing.T) {
			ran(t, dir, "tar", "--sparse", "--format", format, "-cf", "a.tar", long, "holes")
			c := flow(unpack.Tar, read(t, dir, "a.tar"), roomy)
			if got, _ := c.find(long); got != text || len(c.misses) > 0 {
				t.Errorf("%d bytes of %d, gaps %v", len(got), len(text), c.misses)
			}
			if n := len(c.parts); !strings.Contains(string(c.parts[n-1].data), mark) || c.total > 1<<20 {
				t.Errorf("%d bytes in all, the last part has %d", c.total, len(c.parts[n-1].data))
			}
		})
	}
}

func TestTarGivesBackWhatWasPacked(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var hs []tar.Header
		var want []string
		for range rapid.IntRange(0, 5).Draw(r, "entries") {
			text := rapid.StringN(0, 600, -1).Draw(r, "text")
			name := rapid.StringMatching(`[a-z/]{0,150}[a-z]`).Draw(r, "name")
			hs, want = append(hs, holding(name, text)), append(want, text)
		}
		c := flow(unpack.Tar, tarOf(t, hs...), roomy)
		var got []string
		for _, p := range c.parts {
			if !strings.Contains(p.name, "PaxHeaders.0") {
				got = append(got, string(p.data))
			}
		}
		if !slices.Equal(got, want) || len(c.misses) > 0 {
			r.Fatalf("got %q, want %q, gaps %v", got, want, c.misses)
		}
	})
}

func FuzzTar(f *testing.F) {
	f.Add(tarOf(f, holding("a", "text"), holding(strings.Repeat("n", 200), "")))
	f.Fuzz(func(t *testing.T, b []byte) { bounded(t, flow(unpack.Tar, b, tight)) })
}
