package decode_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/datacustoms/customs/inspect/decode"
)

// FuzzCodings wants the same from a stream whole and in pieces, no panic,
// spans within the source and output within the limit.
func FuzzCodings(f *testing.F) {
	short := []byte("some text, some more text")
	for i, format := range formats {
		p := coded(f, format, short)
		f.Add(uint8(i), p)
		f.Add(uint8(i), p[:len(p)/2])
	}
	f.Add(uint8(6), append(xzHeader(0x21, 28), "\x01\x00\x04hello\x00"...))
	f.Add(uint8(4), []byte("\x50\x2a\x4d\x18\x01\x00\x00\x00x\x28\xb5\x2f\xfd\x00\x68\x29\x00\x00hello"))
	f.Fuzz(func(t *testing.T, kind uint8, p []byte) {
		format := formats[int(kind)%len(formats)]
		l := decode.Limits{Bytes: 1 << 20}
		whole := inflate(format, l, p, len(p))
		inside(t, format.String(), whole.spans, len(p))
		if len(whole.out) > 1<<20+4096 {
			t.Fatalf("%v: %d bytes", format, len(whole.out))
		}
		cut := inflate(format, l, p, 1)
		inside(t, format.String(), cut.spans, len(p))
		same := bytes.Equal(cut.out, whole.out)
		if format == decode.Brotli && whole.reason != "" { // the library drops what it made of the last bytes it read
			same = bytes.HasPrefix(cut.out, whole.out)
		}
		if !same || cut.reason != whole.reason {
			t.Fatalf("%v: in pieces %q with %d bytes, whole %q with %d", format, cut.reason, len(cut.out), whole.reason, len(whole.out))
		}
	})
}

// TestTools reads what the tools of these formats write, with the settings
// that change the shape of a stream.
func TestTools(t *testing.T) {
	text := bytes.Repeat(lines(), 6)
	tests := []struct {
		format decode.Format
		tool   []string
	}{
		{decode.Bzip2, []string{"bzip2", "-1"}},
		{decode.XZ, []string{"xz", "-0", "--block-size=65536", "-T1", "--check=sha256"}},
		{decode.XZ, []string{"xz", "-9", "--check=crc32"}}, {decode.XZ, []string{"xz", "-6", "--check=none"}},
		{decode.XZ, []string{"xz", "-6", "-T2", "--block-size=100000"}},
		{decode.Zstd, []string{"zstd", "-1", "--check"}}, {decode.Zstd, []string{"zstd", "-19", "--no-check"}},
		{decode.LZ4, []string{"lz4", "-1"}}, {decode.LZ4, []string{"lz4", "-9", "-B4", "-BD", "-BX", "--content-size"}},
		{decode.LZ4, []string{"lz4", "-B7", "--no-frame-crc"}},
	}
	for _, tt := range tests {
		name, err := exec.LookPath(tt.tool[0])
		if err != nil {
			if os.Getenv("CUSTOMS_CI") != "" {
				t.Fatal(err)
			}
			t.Logf("without %s", tt.tool[0])
			continue
		}
		c := exec.Command(name, append(tt.tool[1:], "-c")...)
		c.Stdin, c.Stderr = bytes.NewReader(text), io.Discard
		p, err := c.Output()
		if err != nil {
			t.Errorf("%q: %v", tt.tool, err)
			continue
		}
		if got := decode.Sniff(p[:64]); got != tt.format {
			t.Errorf("%q: taken for %v", tt.tool, got)
		}
		r := inflate(tt.format, decode.Limits{}, p, 3000)
		if !bytes.Equal(r.out, text) || r.reason != "" {
			t.Errorf("%q: %d bytes of %d, %q, %d left", tt.tool, len(r.out), len(text), r.reason, r.rest)
		}
		inside(t, tt.tool[0], r.spans, len(p))
	}
}
