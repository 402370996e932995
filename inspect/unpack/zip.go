package unpack

import (
	"bufio"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Zip opens a zip archive (APPNOTE.TXT 6.3.10). It believes neither the
// central directory nor the local headers alone: an entry that one of them
// hides or tells otherwise is read as each of them has it, and every central
// directory that an end record leads to is followed. Bytes that are in no entry
// are given out as they lie, in parts without a name, and comments and strange
// extra fields as one more.
//
// Missed: encrypted entries, methods without a decoder here, entries whose data,
// checksum or sizes are wrong, and what only looks like a local header. Not
// given out: extra fields of a few bytes that are times, owners and sizes.
func Zip(r io.ReaderAt, size int64, l Limits, out Out) {
	guard(out, func() {
		z := &zipArchive{r: r, size: size, limits: l, m: newMeter(l, out), seen: map[zipKey]struct{}{}}
		defer z.m.end()
		z.m.parts = int(min(int64(z.m.parts), l.Memory/zipEntryCost))
		z.budget = zipPasses*size + 256<<10
		z.run()
	})
}

const (
	// zipPasses is how often the bytes of an archive may be read over. Honest
	// archives need three; entries that share their data need one for each.
	zipPasses = 6
	// zipEntryCost is what is held of an entry until the end: spans and keys.
	zipEntryCost = 256
	// zipLeast is the least that an entry takes in an archive.
	zipLeast = zipListedLen + zipLocalLen
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
	stored map[int64]int64     // of stored data that were read, their length by where they begin
	nested []decode.Span       // data of entries in which an archive of its own may stand
	ends   []zipEnd            // that were found so far
	odd    bool                // something that is no local header looked like one
	ledger
}

// zipKey is one way to read the data of one local header.
type zipKey struct {
	header int64
	way    zipWay
}

func (z *zipArchive) run() {
	z.stored = map[int64]int64{}
	if need := min(int64(z.m.parts), z.size/zipLeast+1) * zipEntryCost; need > holdFree {
		if z.m.hold(need) {
			defer z.m.free(need)
		} else {
			z.m.parts = holdFree / zipEntryCost
		}
	}
	if _, ok := z.findEnd(); ok {
		for i := 0; i < len(z.ends) && !z.m.stopped; i++ {
			z.directory(z.ends[i])
			if i == 0 {
				z.moreEnds()
			}
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
	if z.odd && !z.m.stopped {
		z.m.Miss(inspect.GapBroken, 0)
	}
}

// directory gives out what a central directory lists.
func (z *zipArchive) directory(end zipEnd) {
	stop := z.eachListed(end, z.listed)
	if z.m.stopped {
		return
	}
	if stop < end.to {
		z.m.Miss(inspect.GapBroken, end.to-stop)
	}
	if stop > end.from {
		z.know(end.from, stop)
		z.notes(end, stop)
	}
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
	z.codec.m = z.m
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
