package decode_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/ulikunitz/xz"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// bomb is a gigabyte of zeros for the formats that have members, made of one
// member that is repeated, and 64 MiB for brotli.
func bomb(t testing.TB, f decode.Format) []byte {
	switch f {
	case decode.Bzip2:
		return bytes.Repeat(file(t, "zeros.bz2"), 1<<30/(45<<20))
	case decode.Brotli:
		return coded(t, f, make([]byte, 64<<20))
	case decode.XZ:
		return bytes.Repeat(coded(t, f, make([]byte, 16<<20)), 64)
	}
	return bytes.Repeat(coded(t, f, make([]byte, 32<<20)), 32)
}

func TestBombs(t *testing.T) {
	for _, f := range []decode.Format{decode.Brotli, decode.Zstd, decode.Bzip2, decode.XZ, decode.LZ4} {
		p := bomb(t, f)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d := decode.NewInflate(f, &decode.Budget{Limits: decode.Limits{}.WithDefaults()})
		n := 0
		emit := func(b []byte, _ decode.Span) { n += len(b) }
		for rest := p; len(rest) > 0 && !d.Done(); {
			k := min(4096, len(rest))
			d.Write(rest[:k], emit)
			rest = rest[k:]
		}
		reason, _ := d.Close(int64(len(p)), emit)
		runtime.ReadMemStats(&after)
		want := inspect.GapLimitRatio
		if f == decode.LZ4 && len(p) > 1<<30/255 { // cannot be denser
			want = ""
		}
		if reason != want && want != "" || want != "" && n > 2<<20 {
			t.Errorf("%v: %q after %d bytes", f, reason, n)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
			t.Errorf("%v: %d MiB allocated", f, used>>20)
		}
	}
}

// xzHeader is a stream of xz up to the chunks of its first block, whose
// filter and dictionary are given.
func xzHeader(filter, dict byte) []byte {
	b := []byte("\xfd7zXZ\x00\x00\x00")
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b[6:]))
	block := []byte{2, 0, filter, 1, dict, 0, 0, 0}
	b = append(b, block...)
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(block))
}

// TestClaimsAreNotBelieved gives headers that ask for too much, for little
// that follows.
func TestClaimsAreNotBelieved(t *testing.T) {
	chunk := "\x01\x00\x04hello\x00"
	single := func(size uint64) string {
		return string(binary.LittleEndian.AppendUint64([]byte("\x28\xb5\x2f\xfd\xe0"), size)) + "\x29\x00\x00hello"
	}
	tests := []struct {
		name   string
		format decode.Format
		in     string
		text   string
		reason inspect.GapReason
	}{
		{"xz, 4 GiB", decode.XZ, string(xzHeader(0x21, 40)) + chunk, "", inspect.GapLimitBytes},
		{"xz, 96 MiB", decode.XZ, string(xzHeader(0x21, 29)) + chunk, "", inspect.GapLimitBytes},
		{"xz, 64 MiB", decode.XZ, string(xzHeader(0x21, 28)) + chunk, "hello", inspect.GapBroken},
		{"xz behind a filter for x86", decode.XZ, string(xzHeader(0x04, 0)) + chunk, "", inspect.GapUnknownFormat},
		{"xz, no reset", decode.XZ, string(xzHeader(0x21, 0)) + "\x02\x00\x04hello\x00", "", inspect.GapBroken},
		{"zstd, window of 64 MiB", decode.Zstd, "\x28\xb5\x2f\xfd\x00\x80\x29\x00\x00hello", "", inspect.GapLimitBytes},
		{"zstd, one segment of 16 EiB", decode.Zstd, single(1<<64 - 1), "", inspect.GapLimitBytes},
		{"zstd, window of 8 MiB", decode.Zstd, "\x28\xb5\x2f\xfd\x00\x68\x29\x00\x00hello", "hello", ""},
		{"zstd, dictionary", decode.Zstd, "\x28\xb5\x2f\xfd\x01\x40\x07\x29\x00\x00hello", "", inspect.GapUnknownFormat},
		{"lz4, blocks of 4 MiB", decode.LZ4, "\x04\x22\x4d\x18\x60\x70\x73\x00\x00\x40\x80hello", "hello", inspect.GapBroken},
		{"lz4, dictionary", decode.LZ4, "\x04\x22\x4d\x18\x61\x40\x00\x00\x00\x00\x00\x00", "", inspect.GapUnknownFormat},
		{"a frame of 4 GiB to skip", decode.Zstd, "\x50\x2a\x4d\x18\xff\xff\xff\xffhello", "", inspect.GapBroken},
		{"brotli with a large window", decode.Brotli, "\x11\x1e\x00\x00\x00", "", inspect.GapBroken},
	}
	for _, tt := range tests {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := inflate(tt.format, decode.Limits{}, []byte(tt.in), 3)
		runtime.ReadMemStats(&after)
		if string(r.out) != tt.text || r.reason != tt.reason {
			t.Errorf("%s: %q, %q, want %q, %q", tt.name, r.out, r.reason, tt.text, tt.reason)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
			t.Errorf("%s: %d MiB allocated", tt.name, used>>20)
		}
	}
}

// TestManyBlocks wants the blocks of a file to share one dictionary. The
// library takes 32 KiB for each chunk that is stored.
func TestManyBlocks(t *testing.T) {
	p := xzHeader(0x21, 28)
	block := append(bytes.Clone(p[12:]), "\x01\x00\x03food\x00"...) // eight bytes: no padding
	p = p[:12]
	for range 2000 {
		p = append(p, block...)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := inflate(decode.XZ, decode.Limits{}, p, len(p))
	runtime.ReadMemStats(&after)
	if len(r.out) != 8000 || r.reason != inspect.GapBroken { // there is no index
		t.Errorf("%d bytes, %q, %d left", len(r.out), r.reason, r.rest)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 100<<20 {
		t.Errorf("%d MiB allocated", used>>20)
	}
}

// TestFarBack decodes what refers further back than the first dictionary.
func TestFarBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	part := make([]byte, 64<<10)
	for i := range part {
		part[i] = byte(r.Uint32())
	}
	text := append(append(bytes.Clone(part), make([]byte, 2<<20)...), part...)
	var b bytes.Buffer
	w, err := xz.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if b.Len() > len(part)*3/2 {
		t.Fatalf("%d bytes: the writer did not look back", b.Len())
	}
	if got := inflate(decode.XZ, decode.Limits{}, b.Bytes(), 4096); !bytes.Equal(got.out, text) || got.reason != "" {
		t.Errorf("%d bytes of %d, %q", len(got.out), len(text), got.reason)
	}
}

// TestLive wants decoders to share memory, to be refused when there is none
// and to give it back.
func TestLive(t *testing.T) {
	text := lines()
	limits := decode.Limits{Live: decode.NewLive(5 << 20)}.WithDefaults()
	begin := func(f decode.Format, p []byte) (end func() inspect.GapReason) {
		d := decode.NewInflate(f, &decode.Budget{Limits: limits})
		emit := func([]byte, decode.Span) {}
		d.Write(p[:len(p)/2], emit)
		return func() inspect.GapReason {
			d.Write(p[len(p)/2:], emit)
			reason, _ := d.Close(int64(len(p)), emit)
			return reason
		}
	}
	b, x := coded(t, decode.Bzip2, text), coded(t, decode.XZ, text)
	for range 3 {
		first, second, third := begin(decode.Bzip2, b), begin(decode.XZ, x), begin(decode.Gzip, coded(t, decode.Gzip, text))
		if r1, r2, r3 := first(), second(), third(); r1 != "" || r2 != inspect.GapLimitBytes || r3 != "" {
			t.Errorf("%q, %q and %q, want the second refused", r1, r2, r3)
		}
		if r := begin(decode.XZ, x)(); r != "" {
			t.Errorf("%q when all is given back", r)
		}
	}
}

func TestClaimed(t *testing.T) {
	z := string(coded(t, decode.Zstd, []byte("text")))
	tests := []struct {
		coding, head string
		want         decode.Format
		ok           bool
	}{
		{"gzip", "\x1f\x8b\x08\x00", decode.Gzip, true}, {"x-gzip", "\x1f\x8b\x08\x00", decode.Gzip, true},
		{"gzip", "plain", decode.Plain, false}, {"gzip", z, decode.Zstd, false}, {"gzip", "PK\x03\x04", decode.Opaque, false},
		{"deflate", "\x78\x9c\x03", decode.Zlib, true}, {"deflate", "\x4b\x04", decode.RawDeflate, true},
		{"br", "\x0b\x02\x80", decode.Brotli, true}, {"zstd", z, decode.Zstd, true}, {"zstd", "plain", decode.Plain, false},
		{"identity", z, decode.Zstd, true}, {"compress", "\x1f\x9d\x90", decode.Opaque, true}, {"new", "text", decode.Opaque, true},
	}
	for _, tt := range tests {
		if f, ok := decode.Claimed(tt.coding, []byte(tt.head)); f != tt.want || ok != tt.ok {
			t.Errorf("%s of %.4q: %v, %v, want %v, %v", tt.coding, tt.head, f, ok, tt.want, tt.ok)
		}
	}
}

func TestMarks(t *testing.T) {
	for head, want := range map[string]decode.Format{
		"BZh91AY&SY": decode.Bzip2, "BZh1\x17rE8P\x90": decode.Bzip2, "BZh01AY&SY": decode.Opaque, "BZhang, ": decode.Opaque,
		"\x04\x22\x4d\x18": decode.LZ4, "\x5f\x2a\x4d\x18": decode.Zstd, "\x4f\x2a\x4d\x18": decode.Plain, "\x02\x21\x4c\x18": decode.Opaque,
	} {
		if got := decode.Sniff([]byte(head)); got != want {
			t.Errorf("%q: %v, want %v", head, got, want)
		}
	}
	for f, name := range map[decode.Format]string{decode.Brotli: "br", decode.Zstd: "zstd", decode.Bzip2: "bz2", decode.XZ: "xz", decode.LZ4: "lz4"} {
		if f.String() != name {
			t.Errorf("%v, want %s", f, name)
		}
	}
}
