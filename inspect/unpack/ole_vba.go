package unpack

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// vbaLargest is the largest module that is unpacked.
const vbaLargest = 4 << 20

// vbaHead is how every module begins: eight characters as they are.
var vbaHead = []byte("\x00Attribut")

// macros gives out the source text in a stream of a VBA project, which is
// compressed and stands behind code that is not (MS-OVBA 2.4.1).
func (f *oleFile) macros(e *oleEntry, s *oleStream) {
	name := strings.ToLower(e.name)
	if i := strings.LastIndexByte(name, '/'); i < 0 || !strings.HasSuffix("/"+name[:i], "/vba") || s.size > vbaLargest {
		return
	}
	if !f.o.hold(int(s.size)) {
		return
	}
	defer f.o.release(int(s.size))
	b := make([]byte, s.size)
	n, _ := s.ReadAt(b, 0)
	b = b[:n]
	at := 0
	if !strings.HasSuffix(name, "/dir") {
		if at = bytes.Index(b, vbaHead) - 3; at < 0 {
			return
		}
	}
	out := &officeText{o: f.o.meter, name: []byte(e.name + "#source"), at: s.span()}
	unpackVBA(b[at:], out)
	out.flush()
}

// unpackVBA unpacks a compressed container: chunks of up to 4096 bytes, each
// with a window of its own.
func unpackVBA(b []byte, out *officeText) {
	if len(b) == 0 || b[0] != 1 {
		return
	}
	for b = b[1:]; len(b) >= 3; {
		head := binary.LittleEndian.Uint16(b)
		n := min(int(head&0xfff)+3, len(b))
		if head>>12&7 != 3 {
			return
		}
		if head>>15 == 0 {
			out.add(b[2:n])
		} else {
			out.add(vbaChunk(b[2:n]))
		}
		b = b[n:]
	}
}

func vbaChunk(p []byte) []byte {
	text := make([]byte, 0, 4096)
	for len(p) > 0 {
		flags := p[0]
		p = p[1:]
		for bit := 0; bit < 8 && len(p) > 0 && len(text) < 4096; bit++ {
			if flags>>bit&1 == 0 {
				text = append(text, p[0])
				p = p[1:]
				continue
			}
			if len(p) < 2 {
				return text
			}
			token := int(binary.LittleEndian.Uint16(p))
			p = p[2:]
			bits := 4 // of the offset: as many as the window needs
			for 1<<bits < len(text) {
				bits++
			}
			back, n := token>>(16-bits)+1, token&(1<<(16-bits)-1)+3
			if back > len(text) {
				return text
			}
			for range min(n, 4096-len(text)) {
				text = append(text, text[len(text)-back])
			}
		}
		if len(text) >= 4096 {
			break
		}
	}
	return text
}
