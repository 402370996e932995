package unpack

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Kinds of directory entries (MS-CFB 2.6.1).
const (
	oleIsStorage = 1
	oleIsStream  = 2
	oleIsRoot    = 5

	oleDirEntry = 128 // bytes
)

// oleEntry is an entry of the directory.
type oleEntry struct {
	name               string // with those of the storages it is in
	units              int    // of the name as it is stored
	kind               byte
	left, right, child uint32
	start              uint32
	size               int64
	placed             bool
	data               *oleStream // once it was looked for
}

// readDirectory reads the entries, and finds the storage each is in.
func (f *oleFile) readDirectory(dir *oleStream) inspect.GapReason {
	reason := inspect.GapReason("")
	var b [oleDirEntry]byte
	for at := int64(0); at+oleDirEntry <= dir.size; at += oleDirEntry {
		if len(f.entries) >= f.o.parts || !f.o.hold(256) || !f.o.work(200) {
			reason = inspect.GapLimitEntries
			break
		}
		if n, _ := dir.ReadAt(b[:], at); n < len(b) {
			reason = inspect.GapBroken
			break
		}
		f.entries = append(f.entries, f.dirEntry(b[:]))
	}
	if len(f.entries) > 0 {
		f.place(f.entries[0].child)
	}
	return reason
}

func (f *oleFile) dirEntry(b []byte) oleEntry {
	le := binary.LittleEndian
	n := min(int(le.Uint16(b[64:])), 64) / 2
	units := make([]uint16, 0, 32)
	for i := 0; i < n; i++ {
		if u := le.Uint16(b[2*i:]); u != 0 {
			units = append(units, u)
		}
	}
	size := int64(le.Uint64(b[120:]) & (1<<62 - 1))
	if f.sector <= oleHeader { // the upper half may be rubbish there
		size &= 0xffffffff
	}
	return oleEntry{
		name: string(utf16.Decode(units)), units: n, kind: b[66],
		left: le.Uint32(b[68:]), right: le.Uint32(b[72:]), child: le.Uint32(b[76:]),
		start: le.Uint32(b[116:]), size: size,
	}
}

// place walks the tree of the directory and puts the names of storages before
// those of what they hold. An entry is placed once: a cycle ends there.
func (f *oleFile) place(first uint32) {
	type visit struct {
		i      uint32
		parent string
	}
	todo := []visit{{first, ""}}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if int64(v.i) >= int64(len(f.entries)) || v.i == 0 || f.entries[v.i].placed {
			continue
		}
		e := &f.entries[v.i]
		e.placed = true
		todo = append(todo, visit{e.left, v.parent}, visit{e.right, v.parent})
		name := e.name
		if v.parent != "" && len(v.parent) < 1024 && f.o.hold(len(v.parent)+len(name)) {
			e.name = v.parent + "/" + name
		}
		if e.kind == oleIsStorage {
			todo = append(todo, visit{e.child, e.name})
		}
	}
}

// names gives out what streams and storages are called, empty ones and those
// that are not used any more among them.
func (f *oleFile) names() {
	out := &officeText{o: f.o.meter, name: []byte("#names"), at: decode.Span{To: f.size}}
	for i := range f.entries {
		if name := f.entries[i].name; name != "" && name != "Root Entry" {
			out.addLine([]byte(name))
			out.addByte('\n')
		}
	}
	out.flush()
}

// stream returns the bytes of an entry.
func (f *oleFile) stream(e *oleEntry) *oleStream {
	if e.data != nil {
		return e.data
	}
	var s *oleStream
	if e.size < f.cutoff {
		s = f.smallChain(e.start, e.size)
	} else {
		s = f.chain(e.start, e.size)
	}
	if s.broken && e.kind == oleIsStream {
		f.o.Miss(inspect.GapBroken, max(0, e.size-s.size))
	}
	e.data = s
	return s
}

// find returns the entry of that name in the same storage as e.
func (f *oleFile) find(e *oleEntry, name string) *oleEntry {
	full := e.name[:strings.LastIndexByte(e.name, '/')+1] + name
	for i := range f.entries {
		if f.o.work(20); f.entries[i].kind == oleIsStream && strings.EqualFold(f.entries[i].name, full) {
			return &f.entries[i]
		}
	}
	return nil
}
