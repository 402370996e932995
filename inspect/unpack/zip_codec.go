package unpack

import (
	"bufio"
	"compress/bzip2"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz/lzma"
)

// The methods of APPNOTE.TXT 4.4.5 that are read here.
const (
	zipStore   = 0
	zipDeflate = 8
	zipBzip2   = 12
	zipLZMA    = 14
	zipZstdOld = 20
	zipZstd    = 93
)

func zipReads(method uint16) bool {
	switch method {
	case zipStore, zipDeflate, zipBzip2, zipLZMA, zipZstdOld, zipZstd:
		return true
	}
	return false
}

// zipCodec holds the decoders of an archive that can be used again.
type zipCodec struct {
	inflater io.ReadCloser
	zstd     *zstd.Decoder
}

// open returns a reader of the data of an entry. Its decoder takes no more
// from in than belongs to it, or all of it.
func (c *zipCodec) open(e *zipEntry, in *bufio.Reader, l Limits) (io.Reader, error) {
	switch e.method {
	case zipDeflate:
		if c.inflater == nil {
			c.inflater = flate.NewReader(in)
			return c.inflater, nil
		}
		return c.inflater, c.inflater.(flate.Resetter).Reset(in, nil)
	case zipBzip2:
		return bzip2.NewReader(in), nil
	case zipLZMA:
		return openZipLZMA(in, e, l.Memory/2)
	case zipZstd, zipZstdOld:
		var err error
		if c.zstd == nil {
			c.zstd, err = openZstd(in, l.Memory/2)
		} else {
			err = c.zstd.Reset(in)
		}
		return c.zstd, err
	}
	return in, nil
}

// openZstd reads zstd streams whose window needs no more memory than that. It
// starts no goroutine.
func openZstd(in io.Reader, memory int64) (*zstd.Decoder, error) {
	window := uint64(max(zstd.MinWindowSize, min(memory, zstd.MaxWindowSize)))
	return zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(window))
}

// openZipLZMA reads the method of that name (APPNOTE.TXT 5.8): two bytes of
// version, two of the size of the properties, the properties, the stream. It
// ends by its mark, or where the entry says that there is none by its size.
func openZipLZMA(in *bufio.Reader, e *zipEntry, memory int64) (io.Reader, error) {
	var head [9]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint16(head[2:]) != 5 {
		return nil, errBroken
	}
	if int64(binary.LittleEndian.Uint32(head[5:])) > memory {
		return nil, errMemory
	}
	size := ^uint64(0)
	if e.flags&zipFlagMark == 0 {
		size = uint64(e.unpacked)
	}
	classic := binary.LittleEndian.AppendUint64(head[4:9:9], size)
	return lzma.ReaderConfig{DictCap: int(max(lzma.MinDictCap, min(memory, lzma.MaxDictCap)))}.NewReader(&zipLZMAInput{classic, in})
}

// zipLZMAInput puts a head in front of a stream and reads no byte too many.
type zipLZMAInput struct {
	head []byte
	*bufio.Reader
}

func (i *zipLZMAInput) Read(p []byte) (int, error) {
	if len(i.head) == 0 {
		return i.Reader.Read(p)
	}
	n := copy(p, i.head)
	i.head = i.head[n:]
	return n, nil
}

func (i *zipLZMAInput) ReadByte() (byte, error) {
	if len(i.head) == 0 {
		return i.Reader.ReadByte()
	}
	c := i.head[0]
	i.head = i.head[1:]
	return c, nil
}
