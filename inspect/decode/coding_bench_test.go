package decode_test

import (
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"
	"os/exec"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"

	"github.com/datacustoms/customs/inspect/decode"
)

// bare is the library alone.
func bare(b *testing.B, f decode.Format, r io.Reader) io.Reader {
	var err error
	switch f {
	case decode.Gzip:
		r, err = gzip.NewReader(r)
	case decode.Zlib:
		r, err = zlib.NewReader(r)
	case decode.RawDeflate:
		r = flate.NewReader(r)
	case decode.Brotli:
		r = brotli.NewReader(r)
	case decode.Zstd:
		r, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	case decode.Bzip2:
		r = bzip2.NewReader(r)
	case decode.XZ:
		r, err = xz.NewReader(r)
	case decode.LZ4:
		l := lz4.NewReader(r)
		err = l.Apply(lz4.ConcurrencyOption(1))
		r = l
	}
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func BenchmarkCodings(b *testing.B) {
	var text []byte
	for i := 0; len(text) < 4<<20; i++ {
		text = fmt.Appendf(text, `{"id":%d,"time":"2026-11-22T10:%02d:%02d","level":"info","path":"/api/v1/items/%x","ms":%d}`+"\n", i, i/60%60, i%60, uint32(i)*2654435761, i*7919%1000)
	}
	for _, f := range formats {
		p := []byte(nil)
		if f == decode.Bzip2 {
			c := exec.Command("bzip2", "-c")
			c.Stdin = bytes.NewReader(text)
			if p, _ = c.Output(); len(p) == 0 {
				continue
			}
		} else {
			p = coded(b, f, text)
		}
		name := fmt.Sprint(int(f), f)
		b.Run(name+"/ours", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			limits := decode.Limits{}.WithDefaults()
			for b.Loop() {
				d := decode.NewInflate(f, &decode.Budget{Limits: limits})
				emit := func([]byte, decode.Span) {}
				for rest := p; len(rest) > 0; {
					k := min(32<<10, len(rest))
					d.Write(rest[:k], emit)
					rest = rest[k:]
				}
				if reason, _ := d.Close(int64(len(p)), emit); reason != "" {
					b.Fatal(reason)
				}
			}
		})
		b.Run(name+"/bare", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := io.Copy(io.Discard, bare(b, f, bytes.NewReader(p))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
