package unpack

import (
	"bytes"
	"errors"
	"io"

	"github.com/nwaples/rardecode/v2"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Rar opens a RAR archive of version 3 to 7, a self-extracting one too. The
// library reads the files; the blocks are walked here as well, so that service
// data (comments, recovery records) and bytes around the archive come out as
// they lie.
//
// Missed: what is encrypted, what lies in another volume, service data that
// are packed, and files in need of more memory than there is. After a file
// that cannot be begun nothing more is read.
//
// BUG(rar): a file of RAR 3 may ask for up to 256 MiB in the midst of its data
// (PPMd). It is refused only when it asks for them at its beginning.
func Rar(r io.ReaderAt, size int64, l Limits, out Out) {
	guard(out, func() {
		a := &rarArchive{r: r, size: size, memory: l.Memory, m: newMeter(l, out)}
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
	start  int64  // of the signature
	five   bool   // the format of RAR 5 and later
	blocks int    // that may still be walked
	ppmd   []byte // per file the MiB it asks for at its beginning, less one
	ledger
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

// files gives out the files.
func (a *rarArchive) files() {
	// Without Seek, so that the library sees where the archive is cut off.
	in := struct{ io.Reader }{io.NewSectionReader(a.r, a.start, a.size-a.start)}
	window := max(rarMinWindow, a.memory/2)
	r, err := rardecode.NewReader(in, rardecode.MaxDictionarySize(window), rardecode.BufferSize(chunk))
	for i := 0; err == nil; i++ {
		var h *rardecode.FileHeader
		if h, err = r.Next(); err != nil {
			break
		}
		name := []byte(h.Name)
		if h.LinkTarget != "" {
			name = append(append(name, '\n'), h.LinkTarget...)
		}
		for _, owner := range []*string{h.UnixOwnerUserName, h.UnixOwnerGroupName} {
			if owner != nil {
				name = append(append(name, '\n'), *owner...)
			}
		}
		if !a.m.Begin(name, decode.Span{From: a.start, To: a.size}) {
			return
		}
		if h.IsDir {
			continue
		}
		if i < len(a.ppmd) && int64(a.ppmd[i])<<20 > a.memory {
			a.m.Miss(inspect.GapLimitBytes, h.PackedSize)
			continue
		}
		if _, err := a.m.copy(r); err != nil {
			a.m.Miss(rarGap(err), max(0, h.PackedSize))
		}
		if a.m.stopped {
			return
		}
	}
	if err != io.EOF {
		a.m.Miss(rarGap(err), -1)
	}
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
	return inspect.GapBroken
}
