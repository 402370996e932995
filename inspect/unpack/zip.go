package unpack

import (
	"bufio"
	"io"

	"github.com/datacustoms/customs/inspect"
)

// Zip opens a zip archive (APPNOTE.TXT 6.3.10). It believes neither the
// central directory nor the local headers alone: an entry that one of them
// hides or tells otherwise is read as each of them has it. Bytes that are in
// no entry are given out as they lie, in parts without a name, and comments
// and strange extra fields as one more.
//
// Missed: encrypted entries, methods without a decoder here, and entries whose
// data or checksum is wrong. Not given out: extra fields of a few bytes that
// are times, owners and sizes.
func Zip(r io.ReaderAt, size int64, l Limits, out Out) {
	guard(out, func() {
		z := &zipArchive{r: r, size: size, limits: l, m: newMeter(l, out), seen: map[zipKey]struct{}{}}
		z.m.parts = int(min(int64(z.m.parts), l.Memory/zipEntryCost))
		z.budget = zipPasses*size + 256<<10
		z.run()
	})
}

const (
	// zipPasses is how often the bytes of an archive may be read over. Honest
	// archives need two; entries that share their data need one for each.
	zipPasses = 4
	// zipEntryCost is what is held of an entry until the end: spans and keys.
	zipEntryCost = 256
)

// zipArchive is one archive that is being read.
type zipArchive struct {
	r      io.ReaderAt
	size   int64
	limits Limits
	m      *meter
	budget int64 // bytes of the archive that may still be read
	in     zipInput
	codec  zipCodec
	seen   map[zipKey]struct{} // what was read already
	ledger
}

// zipKey is one way to read the data of one local header.
type zipKey struct {
	header int64
	way    zipWay
}

func (z *zipArchive) run() {
	if end, ok := z.findEnd(); ok {
		stop := z.eachListed(end, z.listed)
		if stop < end.to && !z.m.stopped {
			z.m.Miss(inspect.GapBroken, end.to-stop)
		}
		if stop > end.from {
			z.know(end.from, stop)
			z.notes(end, stop)
		}
	} else {
		z.m.Miss(inspect.GapBroken, 0)
	}
	z.rest(z.size, func(from, to int64) bool {
		if !z.m.stopped {
			z.between(from, to)
		}
		return !z.m.stopped
	})
}

// spend counts n bytes of the archive as read. The answer is false when it has
// been read over too often.
func (z *zipArchive) spend(n int64) bool {
	z.budget -= n
	if z.budget < 0 && !z.m.stopped {
		z.m.stop(inspect.GapLimitRatio)
	}
	return !z.m.stopped
}

// bytes reads n bytes at an offset; fewer are none.
func (z *zipArchive) bytes(at int64, n int) []byte {
	if at < 0 || n < 0 || at > z.size-int64(n) {
		return nil
	}
	b := make([]byte, n)
	if k, _ := z.r.ReadAt(b, at); k < n {
		return nil
	}
	return b
}

// zipInput reads a stretch of the archive and knows how far it got.
type zipInput struct {
	sec *io.SectionReader
	*bufio.Reader
}

// at sets the input to [from, to).
func (z *zipArchive) at(from, to int64) *zipInput {
	z.in.sec = io.NewSectionReader(z.r, from, max(0, to-from))
	if z.in.Reader == nil {
		z.in.Reader = bufio.NewReaderSize(nil, 16<<10)
	}
	z.in.Reset(z.in.sec)
	return &z.in
}

// used is how many bytes were taken from the input.
func (i *zipInput) used() int64 {
	n, _ := i.sec.Seek(0, io.SeekCurrent)
	return n - int64(i.Buffered())
}
