package unpack

import (
	"bytes"
	"io"

	"github.com/datacustoms/customs/inspect"
)

// rarBlock is a block of an archive.
type rarBlock struct {
	kind      rarKind
	header    int64 // its length
	known     int64 // bytes of it that were understood
	data      int64 // and length of what follows it
	size      int64 // unpacked; -1 when it does not tell
	window    int64 // of the packer
	sum       uint32
	summed    bool
	packed    bool // the data are compressed
	encrypted bool
	version   byte // of the packer
	again     bool // goes on with a file of the block before
	goesOn    bool // goes on in another block
	solid     bool // of the archive
	name      []byte
	view      []byte // the header as the library is to see it
}

type rarKind uint8

const (
	rarOther   rarKind = iota
	rarMain            // tells of the archive
	rarFile            //
	rarService         //
	rarComment         // of old, in the header, packed
	rarLast            //
	rarDark            // all behind it is encrypted
)

// plain tells whether the data of a file are the file.
func (b *rarBlock) plain() bool {
	return !b.packed && !b.encrypted && !b.again && !b.goesOn
}

// rarBlockWork is about what it takes to read a header.
const rarBlockWork = 1000

// walk takes down the blocks, so that what is in none of them can be given
// out, and the files.
func (a *rarArchive) walk() {
	next, pos := a.block4, a.start+int64(len(rarSig4))
	if a.five {
		next, pos = a.block5, a.start+int64(len(rarSig5))
	}
	a.know(a.start, pos)
	for ; a.blocks > 0 && a.m.work(rarBlockWork); a.blocks-- {
		if pos == a.size && !a.five && !a.ends() {
			return
		}
		b, ok := next(pos)
		if !ok {
			a.m.Miss(inspect.GapBroken, a.size-pos)
			return
		}
		a.know(pos, pos+b.known)
		data := pos + b.header
		whole := b.data <= a.size-data
		switch b.kind {
		case rarMain:
			a.solid = b.solid
		case rarComment:
			a.m.Miss(inspect.GapUnknownFormat, b.header)
		case rarDark:
			a.know(pos, a.size)
			return
		case rarLast:
			return
		case rarFile, rarService:
			if !a.keeps(int64(len(b.view) + len(b.name) + rarPartCost)) {
				a.m.Miss(inspect.GapLimitBytes, a.size-pos)
				return
			}
			a.part(b, pos, data)
		}
		if !whole {
			a.m.Miss(inspect.GapBroken, a.size-pos)
			return
		}
		pos = data + b.data
	}
	if !a.m.stopped {
		a.m.Miss(inspect.GapLimitEntries, a.size-pos)
	}
}

// rarPartCost is what is held of a file beside its name and header.
const rarPartCost = 512

// keeps asks for n bytes that are held until the end.
func (a *rarArchive) keeps(n int64) bool {
	a.kept += n
	return a.kept <= holdFree || a.kept <= a.memory/4 && a.m.hold(n)
}

// ends tells whether the archive must have an end block: RAR 3 writes one, and
// calls the packer of a stored file an older one.
func (a *rarArchive) ends() bool {
	for i := range a.list {
		if a.list[i].packed && a.list[i].version < 29 {
			return false
		}
	}
	return true
}

// part takes down a file. Service data that are not packed are left to be given
// out as they lie; packed ones the library takes for a file, but not in a solid
// archive, where they are not packed with the files around them.
func (a *rarArchive) part(b rarBlock, pos, data int64) {
	if b.kind == rarService {
		if b.plain() {
			return
		}
		if a.solid || b.view == nil {
			a.know(data, min(data+b.data, a.size))
			reason := inspect.GapUnknownFormat
			if b.encrypted {
				reason = inspect.GapEncrypted
			}
			a.m.Miss(reason, b.data)
			return
		}
	}
	if b.view != nil && !b.encrypted {
		a.view.put(pos, b.view)
	}
	if b.view = nil; !b.again {
		a.list = append(a.list, rarPart{rarBlock: b, at: data, ask: a.asks(b, data)})
	}
	a.know(data, min(data+b.data, a.size))
}

// asks is how many MiB, less one, packed data of RAR 3 ask for when they begin
// with PPMd: a bit for it, then seven flags, of which one says that the number
// follows.
func (a *rarArchive) asks(b rarBlock, data int64) byte {
	var head [2]byte
	if a.five || !b.packed || b.version != 29 {
		return 0
	}
	if n, _ := a.r.ReadAt(head[:], data); n < len(head) || head[0]&0xa0 != 0xa0 {
		return 0
	}
	return head[1]
}

// bytes reads n bytes at an offset; fewer are none.
func (a *rarArchive) bytes(at int64, n int) []byte {
	if n < 0 || at > a.size-int64(n) {
		return nil
	}
	b := make([]byte, n)
	if k, _ := a.r.ReadAt(b, at); k < n {
		return nil
	}
	return b
}

// rarView reads an archive with other headers in the place of some.
type rarView struct {
	r         io.ReaderAt
	pos, size int64
	headers   []rarHeader // by their offsets
}

type rarHeader struct {
	at int64
	b  []byte
}

func (v *rarView) put(at int64, b []byte) {
	v.headers = append(v.headers, rarHeader{at, bytes.Clone(b)})
}

func (v *rarView) Read(p []byte) (n int, err error) {
	p = p[:min(int64(len(p)), v.size-v.pos)]
	if len(p) == 0 {
		return 0, io.EOF
	}
	if n, err = v.r.ReadAt(p, v.pos); n > 0 {
		err = nil
	}
	for _, h := range v.headers {
		if h.at >= v.pos+int64(n) {
			break
		}
		if from := h.at - v.pos; from >= 0 {
			copy(p[from:n], h.b)
		} else if -from < int64(len(h.b)) {
			copy(p[:n], h.b[-from:])
		}
	}
	v.pos += int64(n)
	for len(v.headers) > 0 && v.headers[0].at+int64(len(v.headers[0].b)) <= v.pos {
		v.headers = v.headers[1:]
	}
	return n, err
}
