package unpack

import (
	"bytes"
	"errors"
	"hash/crc32"
	"io"

	"github.com/nwaples/rardecode/v2"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Rar opens a RAR archive of version 2 to 7, a self-extracting one too. The
// blocks are walked here: stored files are given out from where they lie, and
// service data (comments, recovery records), unknown header fields and bytes
// around the archive as they lie. The library unpacks the others, from a view
// of the archive that hides from it how long they are said to be: all that is
// packed comes out.
//
// Missed: what is encrypted, what lies in another volume, packed service data
// of a solid archive, files in need of more memory than there is, files whose
// size or checksum is not as told, and an archive without an end. After a file
// that cannot be begun only stored ones are given out. Of archives older than
// RAR 3 no more can be unpacked than they tell, so that is missed as well.
//
// BUG(rar): a file of RAR 3 may ask for up to 256 MiB in the midst of its data
// (PPMd). It is refused only when it asks for them at its beginning.
func Rar(r io.ReaderAt, size int64, l Limits, out Out) {
	guard(out, func() {
		a := &rarArchive{r: r, size: size, memory: l.Memory, m: newMeter(l, out)}
		defer a.m.end()
		if a.find() {
			a.blocks = 4*l.Entries + 1000
			a.walk()
			guard(a.m, a.files)
		} else {
			a.m.Miss(inspect.GapBroken, -1)
		}
		a.rest(size, func(from, to int64) bool { return a.m.raw(r, from, to) })
	})
}

// rarArchive is one archive that is being read.
type rarArchive struct {
	r      io.ReaderAt
	size   int64
	memory int64
	m      *meter
	start  int64 // of the signature
	five   bool  // the format of RAR 5 and later
	solid  bool
	blocks int       // that may still be walked
	kept   int64     // bytes of names and headers
	list   []rarPart // in their order
	view   rarView
	ledger
}

// rarPart is a file, or packed service data.
type rarPart struct {
	rarBlock
	at  int64 // of its data
	ask byte  // MiB it asks for at its beginning, less one
}

const (
	rarSearch    = 1 << 20 // how far a self-extracting program may reach
	rarMinWindow = 256 << 10
)

var (
	rarSig4 = []byte("Rar!\x1a\x07\x00")
	rarSig5 = []byte("Rar!\x1a\x07\x01\x00")
)

// find finds the signature.
func (a *rarArchive) find() bool {
	b := make([]byte, min(a.size, rarSearch))
	n, _ := a.r.ReadAt(b, 0)
	i, k := bytes.Index(b[:n], rarSig4), bytes.Index(b[:n], rarSig5)
	a.five = k >= 0 && (i < 0 || k < i)
	if a.five {
		i = k
	}
	a.start = int64(i)
	return i >= 0
}

// window asks for the memory of the largest window that may be granted.
func (a *rarArchive) window() int64 {
	window := int64(rarMinWindow)
	for i := range a.list {
		if w := a.list[i].window; w <= a.memory/2 {
			window = max(window, w)
		}
	}
	if 2*window > holdFree && !a.m.hold(2*window) { // a larger one is made beside the one before
		return rarMinWindow
	}
	return window
}

// files gives out the files.
func (a *rarArchive) files() {
	a.view.r, a.view.pos, a.view.size = a.r, a.start, a.size
	// Without Seek, so that the library sees where the archive is cut off.
	in := struct{ io.Reader }{&a.view}
	r, err := rardecode.NewReader(in, rardecode.MaxDictionarySize(a.window()), rardecode.BufferSize(chunk))
	next := 0
	for err == nil {
		var h *rardecode.FileHeader
		if h, err = r.Next(); err != nil {
			break
		}
		if next >= len(a.list) || a.list[next].data != h.PackedSize {
			err = errBroken // the library sees other files
			break
		}
		p := &a.list[next]
		next++
		if p.plain() {
			a.stored(p)
		} else if !a.unpack(r, p) {
			err = errMemory // what is behind it in a solid archive needs it
		}
		if a.m.stopped {
			return
		}
	}
	if err == io.EOF && next < len(a.list) {
		err = errBroken
	}
	if err != io.EOF {
		a.m.Miss(rarGap(err), -1)
	}
	for ; next < len(a.list) && !a.m.stopped; next++ {
		if p := &a.list[next]; p.plain() {
			a.stored(p)
		}
	}
}

// stored gives out a file that is not packed.
func (a *rarArchive) stored(p *rarPart) {
	if !a.m.Same(p.name, p.at) {
		return
	}
	sum := crc32.NewIEEE()
	n, err := a.m.copy(io.TeeReader(io.NewSectionReader(a.r, p.at, min(p.data, a.size-p.at)), sum))
	if a.m.stopped {
		return
	}
	if err != nil || n < p.data || p.size != p.data || p.summed && sum.Sum32() != p.sum {
		a.m.Miss(inspect.GapBroken, p.data)
	}
}

// unpack gives out a file that is packed or cannot be read. The answer is false
// when the library must not read on.
func (a *rarArchive) unpack(r *rardecode.Reader, p *rarPart) (goOn bool) {
	if !a.m.Begin(p.name, decode.Span{From: p.at, To: min(p.at+p.data, a.size)}) {
		return false
	}
	if need := (int64(p.ask) + 1) << 20 * 4 / 3; p.ask > 0 && (need > a.memory || !a.m.hold(need)) {
		a.m.Miss(inspect.GapLimitBytes, p.data)
		return !a.solid
	}
	if !a.m.work(p.window / 8) { // it is made or cleared
		return false
	}
	n, err := a.m.copy(r)
	switch {
	case a.m.stopped:
		return false
	case err != nil:
		a.m.Miss(rarGap(err), p.data)
	case !p.encrypted && p.size >= 0 && n != p.size:
		a.m.Miss(inspect.GapBroken, p.data)
	case !a.five && p.packed && p.version < 29:
		a.m.Miss(inspect.GapUnknownFormat, p.data)
	}
	return true
}

// rarGap is the reason behind an error of the library.
func rarGap(err error) inspect.GapReason {
	switch {
	case errors.Is(err, rardecode.ErrArchiveEncrypted), errors.Is(err, rardecode.ErrArchivedFileEncrypted):
		return inspect.GapEncrypted
	case errors.Is(err, rardecode.ErrDictionaryTooLarge):
		return inspect.GapLimitBytes
	case errors.Is(err, rardecode.ErrUnsupportedDecoder), errors.Is(err, rardecode.ErrUnknownDecoder),
		errors.Is(err, rardecode.ErrUnknownVersion):
		return inspect.GapUnknownFormat
	}
	return gapOf(err)
}
