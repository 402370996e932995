package decode_test

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

var formats = []decode.Format{decode.Gzip, decode.Zlib, decode.RawDeflate, decode.Brotli, decode.Zstd, decode.Bzip2, decode.XZ, decode.LZ4}

// lines is the text of testdata/lines.bz2.
func lines() []byte {
	var b []byte
	for i := range 1200 {
		b = fmt.Appendf(b, "%d: some text, not all of it the same; %x\n", i, uint32(i)*2654435761)
	}
	return b
}

// file returns a compressed file: the library has no writer of bzip2.
func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// coded compresses a text. That of bzip2 must be lines.
func coded(t testing.TB, f decode.Format, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch f {
	case decode.Brotli:
		w = brotli.NewWriter(&b)
	case decode.Zstd:
		w, err = zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	case decode.XZ:
		w, err = xz.NewWriter(&b)
	case decode.LZ4:
		l := lz4.NewWriter(&b)
		err = l.Apply(lz4.BlockSizeOption(lz4.Block64Kb), lz4.BlockChecksumOption(true), lz4.ConcurrencyOption(1))
		w = l
	case decode.Bzip2:
		return file(t, "lines.bz2")
	default:
		return pack(t, f, text)
	}
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inside wants spans that rise and lie within a source.
func inside(t *testing.T, name string, spans []decode.Span, size int) {
	t.Helper()
	last := decode.Span{}
	for _, s := range spans {
		if s.From < last.From || s.To < last.To || s.From >= s.To || s.To > int64(size) {
			t.Fatalf("%s: [%d, %d) after [%d, %d) of %d", name, s.From, s.To, last.From, last.To, size)
		}
		last = s
	}
}

func TestCodings(t *testing.T) {
	text := lines()
	for _, f := range formats {
		t.Run(fmt.Sprint(int(f), f), func(t *testing.T) {
			p := coded(t, f, text)
			for _, n := range []int{1, 7, 4096, len(p)} {
				r := inflate(f, decode.Limits{}, p, n)
				if !bytes.Equal(r.out, text) || r.reason != "" || r.rest != 0 {
					t.Fatalf("in pieces of %d: %d bytes, %q, %d left", n, len(r.out), r.reason, r.rest)
				}
				inside(t, f.String(), r.spans, len(p))
			}
			for i := range 16 {
				cut := p[:len(p)*i/16]
				r := inflate(f, decode.Limits{}, cut, 64)
				if r.reason != inspect.GapBroken || !bytes.HasPrefix(text, r.out) {
					t.Errorf("cut after %d of %d: %q", len(cut), len(p), r.reason)
				}
				inside(t, f.String(), r.spans, len(cut))
			}
			for i := range 24 {
				bad := bytes.Clone(p)
				bad[i*len(p)/24] ^= 0x41
				r := inflate(f, decode.Limits{Bytes: 1 << 20}, bad, 64)
				inside(t, f.String(), r.spans, len(bad))
				if r.reason == "" && f != decode.LZ4 && f != decode.RawDeflate && f != decode.Brotli && !bytes.Equal(r.out, text) {
					t.Errorf("byte %d changed: other text and no gap", i*len(p)/24)
				}
			}
			if r := inflate(f, decode.Limits{}, append(bytes.Clone(p), "more behind it"...), 5); r.reason != inspect.GapBroken || !bytes.Equal(r.out, text) {
				t.Errorf("with bytes behind: %q, %d bytes", r.reason, len(r.out))
			}
		})
	}
}

// TestMembers reads what stands behind the first end.
func TestMembers(t *testing.T) {
	text := lines()
	skip := binary.LittleEndian.AppendUint32(nil, 0x184d2a53)
	skip = append(binary.LittleEndian.AppendUint32(skip, 5), "notes"...)
	z, l := coded(t, decode.Zstd, text), coded(t, decode.LZ4, text)
	x, b, g := coded(t, decode.XZ, text), coded(t, decode.Bzip2, text), coded(t, decode.Gzip, text)
	tests := []struct {
		name   string
		format decode.Format
		in     [][]byte
		texts  int
	}{
		{"gzip members", decode.Gzip, [][]byte{g, g}, 2},
		{"bzip2 streams", decode.Bzip2, [][]byte{b, b, b}, 3},
		{"xz streams with padding", decode.XZ, [][]byte{x, make([]byte, 8), x}, 2},
		{"zstd frames", decode.Zstd, [][]byte{z, z, z}, 3},
		{"frames to skip around zstd", decode.Zstd, [][]byte{skip, z, skip, skip, z, skip}, 2},
		{"frames to skip around lz4", decode.LZ4, [][]byte{l, skip, l}, 2},
		{"lz4 and zstd", decode.Zstd, [][]byte{skip, l, z}, 2},
	}
	for _, tt := range tests {
		p := slices.Concat(tt.in...)
		if f := decode.Sniff(p[:64]); f != tt.format {
			t.Errorf("%s: taken for %v", tt.name, f)
		}
		for _, n := range []int{1, len(p)} {
			r := inflate(tt.format, decode.Limits{}, p, n)
			if !bytes.Equal(r.out, bytes.Repeat(text, tt.texts)) || r.reason != "" {
				t.Errorf("%s in pieces of %d: %d bytes, %q", tt.name, n, len(r.out), r.reason)
			}
			inside(t, tt.name, r.spans, len(p))
		}
	}
}

// TestNothingWaits wants all the text of a block as soon as the block is there
// and Settled not to pass what is still to come.
func TestNothingWaits(t *testing.T) {
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	d := decode.NewInflate(decode.Zstd, &decode.Budget{Limits: decode.Limits{}.WithDefaults()})
	settled, got := int64(0), 0
	emit := func(p []byte, s decode.Span) {
		if s.From < settled {
			t.Errorf("[%d, %d) after %d was settled", s.From, s.To, settled)
		}
		got += len(p)
	}
	for i := range 20 {
		fmt.Fprintf(z, "line %d\n%s", i, bytes.Repeat([]byte{'x'}, 5000*(i%3)))
		if err := z.Flush(); err != nil {
			t.Fatal(err)
		}
		d.Write(b.Next(b.Len()), emit)
		settled = d.Settled()
	}
	want := 0
	for i := range 20 {
		want += len(fmt.Sprintf("line %d\n", i)) + 5000*(i%3)
	}
	if got != want {
		t.Errorf("%d bytes came out of what was flushed, want %d", got, want)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	d.Write(b.Bytes(), emit)
	if reason, _ := d.Close(total, emit); reason != "" {
		t.Errorf("%q", reason)
	}
}

func TestLines(t *testing.T) {
	b, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(file(t, "lines.bz2"))))
	if err != nil || !bytes.Equal(b, lines()) {
		t.Errorf("testdata/lines.bz2 is not what it should be: %v", err)
	}
}

// TestSettled wants nothing to come from bytes that were said to be settled,
// at any time.
func TestSettled(t *testing.T) {
	text := lines()
	for _, f := range formats {
		p := coded(t, f, text)
		for _, n := range []int{1, 100, len(p)} {
			d := decode.NewInflate(f, &decode.Budget{Limits: decode.Limits{}.WithDefaults()})
			settled := int64(0)
			emit := func(_ []byte, s decode.Span) {
				if s.From < settled {
					t.Fatalf("%v: [%d, %d) after %d was settled", f, s.From, s.To, settled)
				}
				settled = d.Settled()
			}
			for rest := p; len(rest) > 0; {
				k := min(n, len(rest))
				d.Write(rest[:k], emit)
				rest, settled = rest[k:], d.Settled()
			}
			if reason, _ := d.Close(int64(len(p)), emit); reason != "" {
				t.Errorf("%v: %q", f, reason)
			}
		}
	}
}
