package decode

import (
	"bufio"
	"encoding/binary"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// The marks of frames (RFC 8878 section 3.1; LZ4 frame format 1.6.4). Both
// formats share the frames that are to be skipped, whose low four bits are
// free.
const (
	zstdMagic = 0xfd2fb528
	lz4Magic  = 0x184d2204
	skipMagic = 0x184d2a50
)

// zstdWindow is the largest window that is decoded: what RFC 9659 allows on
// the wire.
const zstdWindow = 8 << 20

// zstdBase is what a decoder holds besides its window.
const zstdBase = 512 << 10

// frames reads frames of zstd and of lz4, one after the other. The content of
// a frame to be skipped is no part of what is coded; it is seen where the
// source is read as it lies.
func (d *Inflate) frames() error {
	var z *zstd.Decoder
	var l lz4
	for begun := false; ; begun = true {
		head, err := d.desk.source.Peek(zstd.HeaderMaxSize)
		if err != nil && err != io.EOF {
			return err
		}
		if len(head) == 0 && begun {
			break
		}
		if len(head) < 4 {
			return io.ErrUnexpectedEOF
		}
		switch magic := binary.LittleEndian.Uint32(head); {
		case magic == zstdMagic:
			if z == nil {
				z = zstdPool.Get().(*zstd.Decoder)
			}
			err = d.zstd(z, head)
		case magic == lz4Magic:
			err = l.frame(d)
		case magic&^15 == skipMagic:
			err = d.skip(head)
		default:
			err = errBroken
		}
		if err != nil {
			putZstd(z)
			return err
		}
	}
	putZstd(z)
	return nil
}

func (d *Inflate) skip(head []byte) error {
	if len(head) < 8 {
		return io.ErrUnexpectedEOF
	}
	n := int64(binary.LittleEndian.Uint32(head[4:])) + 8
	if m, _ := io.CopyN(io.Discard, d.desk.source, n); m < n {
		return io.ErrUnexpectedEOF
	}
	return nil
}

var zstdPool = sync.Pool{New: func() any {
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
	if err != nil {
		panic("decode: zstd refuses our options")
	}
	return z
}}

// putZstd keeps a decoder for the next stream. One that panicked is dropped.
func putZstd(z *zstd.Decoder) {
	if z != nil && z.Reset(nil) == nil {
		zstdPool.Put(z)
	}
}

// zstd reads one frame.
func (d *Inflate) zstd(z *zstd.Decoder, head []byte) error {
	var h zstd.Header
	if err := h.Decode(head); err != nil {
		return err
	}
	window := h.WindowSize
	if h.SingleSegment {
		window = h.FrameContentSize
	}
	switch {
	case h.DictionaryID != 0:
		return errUnknown
	case window > zstdWindow:
		return errMemory
	}
	if err := d.hold(int64(window) + zstdBase); err != nil {
		return err
	}
	f := &zstdFrame{source: d.desk.source, left: h.HeaderSize}
	if h.HasCheckSum {
		f.tail = 4
	}
	if err := z.Reset(f); err != nil {
		return err
	}
	_, err := z.WriteTo(sink{d}) // blocks whole, where Read would wait to fill a buffer
	return err
}

// zstdFrame is the source up to the end of one frame.
type zstdFrame struct {
	source *bufio.Reader
	left   int // bytes up to the next header of a block
	tail   int // bytes of the checksum
	last   bool
}

func (f *zstdFrame) Read(p []byte) (int, error) {
	if f.left == 0 {
		if err := f.header(); err != nil {
			return 0, err
		}
	}
	n, err := f.source.Read(p[:min(len(p), f.left)])
	f.left -= n
	return n, err
}

func (f *zstdFrame) header() error {
	if f.last {
		if f.tail == 0 {
			return io.EOF
		}
		f.left, f.tail = f.tail, 0
		return nil
	}
	b, err := f.source.Peek(3)
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	h := int(b[0]) | int(b[1])<<8 | int(b[2])<<16
	f.last = h&1 != 0
	f.left = 3 + h>>3
	if h>>1&3 == 1 { // one byte, repeated
		f.left = 3 + 1
	}
	return nil
}
