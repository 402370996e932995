package unpack

import (
	"encoding/binary"
	"strings"

	"github.com/datacustoms/customs/inspect"
)

const (
	// vbaLargest is the largest module that is unpacked.
	vbaLargest = 4 << 20
	// vbaChunk is what a chunk holds unpacked.
	vbaChunk = 4096
)

// macros gives out the source text in a stream of a VBA project, which is
// compressed and stands behind code that is not (MS-OVBA 2.4.1).
func (f *oleFile) macros(e *oleEntry, s *oleStream) {
	name := strings.ToLower(e.name)
	i := strings.LastIndexByte(name, '/')
	if i < 0 || !strings.HasSuffix("/"+name[:i], "/vba") || s.size == 0 {
		return
	}
	if name = name[i+1:]; name == "_vba_project" || strings.HasPrefix(name, "__srp_") {
		return // code without a source
	}
	b := f.load(s, vbaLargest)
	if b == nil {
		return
	}
	defer f.o.release(int(s.size))
	at := f.findVBA(b)
	if at < 0 {
		f.o.Miss(inspect.GapUnknownFormat, s.size)
		return
	}
	out := &officeText{o: f.o.meter, name: []byte(e.name + "#source"), at: s.span()}
	ok := unpackVBA(b[at:], out)
	out.flush()
	if !ok {
		f.o.Miss(inspect.GapBroken, s.size)
	}
}

// findVBA finds where the source begins: a container whose chunks end where
// the stream does, or with less behind than a chunk's head.
func (f *oleFile) findVBA(b []byte) int {
	for at := 0; at+3 <= len(b) && f.o.work(2); at++ {
		if b[at] != 1 || b[at+2]>>4&7 != 3 {
			continue
		}
		p := b[at+1:]
		for len(p) >= 3 && p[1]>>4&7 == 3 && f.o.work(5) {
			n := int(binary.LittleEndian.Uint16(p)&0xfff) + 3
			if n > len(p) {
				break
			}
			p = p[n:]
		}
		if len(p) < 3 {
			return at
		}
	}
	return -1
}

// unpackVBA unpacks a compressed container: chunks of up to 4096 bytes, each
// with a window of its own. It answers whether all of it was sound.
func unpackVBA(b []byte, out *officeText) bool {
	if len(b) == 0 || b[0] != 1 {
		return false
	}
	for b = b[1:]; len(b) >= 3; {
		head := binary.LittleEndian.Uint16(b)
		n := int(head&0xfff) + 3
		if head>>12&7 != 3 || n > len(b) {
			return false
		}
		if head>>15 == 0 {
			out.add(b[2:n])
		} else {
			text, ok := unpackVBAChunk(b[2:n])
			if out.add(text); !ok {
				return false
			}
		}
		b = b[n:]
	}
	return true
}

func unpackVBAChunk(p []byte) (text []byte, ok bool) {
	text = make([]byte, 0, vbaChunk)
	for len(p) > 0 {
		flags := p[0]
		p = p[1:]
		for bit := 0; bit < 8 && len(p) > 0; bit++ {
			if flags>>bit&1 == 0 {
				text = append(text, p[0])
				p = p[1:]
				continue
			}
			if len(p) < 2 {
				return text, false
			}
			token := int(binary.LittleEndian.Uint16(p))
			p = p[2:]
			bits := 4 // of the offset: as many as the window needs
			for 1<<bits < len(text) {
				bits++
			}
			back, n := token>>(16-bits)+1, token&(1<<(16-bits)-1)+3
			if back > len(text) || len(text)+n > vbaChunk {
				return text, false
			}
			for range n {
				text = append(text, text[len(text)-back])
			}
		}
		if len(text) > vbaChunk {
			return text, false
		}
	}
	return text, true
}
