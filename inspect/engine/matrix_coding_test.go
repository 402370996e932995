package engine_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
)

// through gives what a writer of a coding makes of data.
func through(t testing.TB, open func(io.Writer) (io.WriteCloser, error)) func([]byte) []byte {
	return func(data []byte) []byte {
		var b bytes.Buffer
		w, err := open(&b)
		if err == nil {
			_, err = w.Write(data)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
}

// codings are the ways to make data shorter.
func codings(t testing.TB) []layer {
	const all = words | ascii | octets
	of := func(name, path, code string, must bool, open func(io.Writer) (io.WriteCloser, error)) layer {
		return layer{name: name, takes: all, gives: octets, path: path, code: code, must: must, wrap: through(t, open)}
	}
	out := []layer{
		of("gzip", "gzip", "gzip", false, func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }),
		of("zlib", "zlib|deflate", "deflate", true, newZlib),
		of("deflate", "deflate", "deflate", true, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 6) }),
		of("br", "br", "br", true, func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriter(w), nil }),
		of("zstd", "zstd", "zstd", false, func(w io.Writer) (io.WriteCloser, error) {
			return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<16))
		}),
		of("xz", "xz", "", false, func(w io.Writer) (io.WriteCloser, error) {
			return xz.WriterConfig{DictCap: 1 << 16}.NewWriter(w)
		}),
		of("lz4", "lz4", "", false, func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil }),
	}
	return append(out, layer{name: "bz2", takes: all, gives: octets, path: "bz2", wrap: bzip2})
}

func newZlib(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriter(w), nil }
