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
	m        *meter // asked for memory
	held     int64
	inflater io.ReadCloser
	zstd     *zstd.Decoder
	window   int64 // of the one for zstd
}

const (
	zipBzip2Memory = 4 << 20
	// zstdWindow is what is granted where the first frame does not tell, and
	// what RFC 8878 3.1.1.1.2 wants every decoder to grant.
	zstdWindow = 8 << 20
	zstdMemory = 1 << 20 // beside the window
)

// hold asks for the memory of a decoder.
func (c *zipCodec) hold(n int64) error {
	if c.m == nil || n <= holdFree {
		return nil
	}
	if !c.m.hold(n) {
		return errMemory
	}
	c.held += n
	c.m.work(n / 4) // to make it; the copying behind it stops
	return nil
}

// close gives back what the decoder held that was opened last.
func (c *zipCodec) close() {
	if c.window > holdFree {
		c.zstd, c.window = nil, 0
	}
	if c.m != nil {
		c.m.free(c.held)
	}
	c.held = 0
}

// open returns a reader of the data of an entry. Its decoder takes no more
// from in than belongs to it, or all of it. The one before is done with.
func (c *zipCodec) open(e *zipEntry, in *bufio.Reader, l Limits) (io.Reader, error) {
	c.close()
	switch e.method {
	case zipDeflate:
		if c.inflater == nil {
			c.inflater = flate.NewReader(in)
			return c.inflater, nil
		}
		return c.inflater, c.inflater.(flate.Resetter).Reset(in, nil)
	case zipBzip2:
		return bzip2.NewReader(in), c.hold(zipBzip2Memory)
	case zipLZMA:
		return c.openLZMA(in, e, l.Memory/2)
	case zipZstd, zipZstdOld:
		window := zstdWants(in, l.Memory/2)
		if err := c.hold(window + zstdMemory); err != nil {
			return nil, err
		}
		if c.zstd != nil && window <= c.window {
			return c.zstd, c.zstd.Reset(in)
		}
		dec, err := openZstd(in, window)
		if err == nil {
			c.zstd, c.window = dec, window
		}
		return dec, err
	}
	return in, nil
}

// zstdWants is the window that the first frame asks for, or the most there is.
func zstdWants(in *bufio.Reader, most int64) int64 {
	head, _ := in.Peek(zstd.HeaderMaxSize)
	var h zstd.Header
	want := uint64(zstdWindow)
	if h.Decode(head) == nil && !h.Skippable {
		if want = h.WindowSize; h.SingleSegment {
			want = h.FrameContentSize
		}
	}
	return int64(max(holdFree, min(want, uint64(max(0, most)), zstd.MaxWindowSize)))
}

// openZstd reads zstd streams with windows up to that size. It starts no
// goroutine.
func openZstd(in io.Reader, window int64) (*zstd.Decoder, error) {
	return zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(uint64(window)))
}

// openLZMA reads the method of that name (APPNOTE.TXT 5.8): two bytes of
// version, two of the size of the properties, the properties, the stream. It
// ends by its mark, or where the entry says that there is none by its size.
func (c *zipCodec) openLZMA(in *bufio.Reader, e *zipEntry, memory int64) (io.Reader, error) {
	var head [9]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint16(head[2:]) != 5 {
		return nil, errBroken
	}
	dict := int64(binary.LittleEndian.Uint32(head[5:]))
	if dict > memory {
		return nil, errMemory
	}
	size := ^uint64(0)
	if e.flags&zipFlagMark == 0 {
		size = uint64(e.unpacked)
		dict = min(dict, e.unpacked)
	}
	if err := c.hold(dict); err != nil {
		return nil, err
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
