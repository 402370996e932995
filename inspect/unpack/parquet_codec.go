package unpack

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"github.com/datacustoms/customs/inspect"
)

// The ways to pack a page.
const (
	parquetUnpacked = iota
	parquetSnappy
	parquetGzip
	parquetLZO
	parquetBrotli
	parquetLZ4
	parquetZstd
	parquetLZ4Raw
)

// unpack gives the bytes of a page, size of them as its head claims, which are
// held. What was unpacked before something went wrong is given, too.
func (p *parquetFile) unpack(codec int64, b []byte, size int64) ([]byte, inspect.GapReason) {
	var most int64 // times the packed bytes, which no codec exceeds
	switch codec {
	case parquetSnappy:
		most = 32
	case parquetLZ4, parquetLZ4Raw:
		most = 256
	case parquetGzip:
		most = 1100
	case parquetBrotli, parquetZstd:
		most = 1 << 20
	default:
		return nil, inspect.GapUnknownFormat
	}
	size = min(size, most*int64(len(b))+64)
	if !p.work(20*int64(len(b)) + size) {
		return nil, inspect.GapLimitTime
	}
	switch codec {
	case parquetSnappy:
		if n, err := s2.DecodedLen(b); err != nil || int64(n) > size {
			return nil, inspect.GapBroken
		}
		out, err := s2.Decode(nil, b)
		if err != nil {
			return nil, inspect.GapBroken
		}
		return out, ""
	case parquetLZ4Raw:
		return sound(lz4Raw(nil, b, int(size)))
	case parquetLZ4:
		return sound(lz4Hadoop(b, int(size)))
	}
	return p.stream(codec, b, size)
}

func sound(b []byte, ok bool) ([]byte, inspect.GapReason) {
	if !ok {
		return b, inspect.GapBroken
	}
	return b, ""
}

// stream unpacks what a reader does.
func (p *parquetFile) stream(codec int64, b []byte, size int64) (out []byte, reason inspect.GapReason) {
	var r io.Reader
	window := int64(64 << 10)
	switch src := bytes.NewReader(b); codec {
	case parquetGzip:
		z, err := gzip.NewReader(src)
		if err != nil {
			return nil, inspect.GapBroken
		}
		r = z
	case parquetBrotli:
		r, window = brotli.NewReader(src), 16<<20
	case parquetZstd:
		window = 8 << 20
		if p.zstd == nil {
			z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(uint64(window)))
			if err != nil {
				return nil, inspect.GapBroken
			}
			p.zstd = z
		}
		if err := p.zstd.Reset(src); err != nil {
			return nil, gapOf(err)
		}
		r = p.zstd
	}
	if window = min(window, 2*size+1<<16); !p.hold(window) {
		return nil, inspect.GapLimitBytes
	}
	defer p.free(window)
	out = make([]byte, 0, min(size, 64*int64(len(b))+512)+1)
	for int64(len(out)) <= size {
		if len(out) == cap(out) {
			out = append(out, 0)[:len(out)]
		}
		n, err := r.Read(out[len(out):min(int64(cap(out)), size+1)])
		if out = out[:len(out)+n]; err == io.EOF {
			return out, ""
		}
		if err != nil {
			return out, gapOf(err)
		}
	}
	return out[:size], inspect.GapBroken // more than the head says
}

// lz4Hadoop unpacks blocks with their two lengths in front, or one block
// without them; both are written under the old name.
func lz4Hadoop(b []byte, size int) ([]byte, bool) {
	var out []byte
	ok := len(b) >= 8
	for rest := b; ok && len(rest) >= 8; {
		want, n := int(binary.BigEndian.Uint32(rest)), int(binary.BigEndian.Uint32(rest[4:]))
		if ok = n <= len(rest)-8 && want <= size-len(out); !ok {
			break
		}
		from := len(out)
		if out, ok = lz4Raw(out, rest[8:8+n], from+want); ok {
			ok = len(out) == from+want
		}
		rest = rest[8+n:]
	}
	if ok {
		return out, true
	}
	return lz4Raw(nil, b, size)
}

// lz4Raw appends what a block unpacks to, up to a length of size.
func lz4Raw(out, b []byte, size int) ([]byte, bool) {
	from := len(out)
	length := func(n int) int {
		for more := n == 15; more && len(b) > 0; b = b[1:] {
			n += int(b[0])
			more = b[0] == 255
		}
		return n
	}
	for len(b) > 0 {
		token := b[0]
		b = b[1:]
		n := length(int(token >> 4))
		if n > len(b) || len(out)+n > size {
			return out, false
		}
		if out, b = append(out, b[:n]...), b[n:]; len(b) == 0 {
			return out, true
		}
		if len(b) < 2 {
			return out, false
		}
		back := int(b[0]) | int(b[1])<<8
		b = b[2:]
		n = length(int(token&15)) + 4
		if back == 0 || back > len(out)-from || len(out)+n > size {
			return out, false
		}
		for n > 0 { // a match may reach into itself
			at := len(out) - back
			k := min(n, back)
			out = append(out, out[at:at+k]...)
			n, back = n-k, back+k
		}
	}
	return out, size == from
}
