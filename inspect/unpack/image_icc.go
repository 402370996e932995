package unpack

import "encoding/binary"

// profile takes the texts of an ICC profile (ICC.1:2022 section 10): those in
// UTF-16 stand nowhere as they are read.
func (m *image) profile(b []byte) {
	if len(b) < 132 {
		return
	}
	be := binary.BigEndian
	n := min(int(be.Uint32(b[128:])), (len(b)-132)/12, 1<<12)
	for i := range n {
		from, size := int(be.Uint32(b[136+12*i:])), int(be.Uint32(b[140+12*i:]))
		if size < 12 || from > len(b) || size > len(b)-from {
			continue
		}
		m.profileText(b[from : from+size])
	}
}

func (m *image) profileText(b []byte) {
	be := binary.BigEndian
	switch string(b[:4]) {
	case "text":
		m.line("Profile", b[8:])
	case "desc":
		n := min(int(be.Uint32(b[8:])), len(b)-12)
		m.line("Profile", b[12:12+n])
		if rest := b[12+n:]; len(rest) > 8 {
			m.line("Profile", utf16Text(rest[8:8+min(2*int(be.Uint32(rest[4:])), len(rest)-8)], be))
		}
	case "mluc":
		for k := 16; k+12 <= len(b) && k < 16+12*64; k += 12 {
			size, from := int(be.Uint32(b[k+4:])), int(be.Uint32(b[k+8:]))
			if (k-16)/12 >= int(be.Uint32(b[8:])) || from > len(b) {
				break
			}
			m.line("Profile", utf16Text(b[from:from+min(size, len(b)-from)], be))
		}
	}
}
