package unpack

import "github.com/datacustoms/customs/inspect"

// webp walks the chunks of a WebP file.
func (m *image) webp() {
	head := m.at(4, 4)
	end := int64(little32(head)) + 8
	if end > m.size {
		m.Miss(inspect.GapBroken, 0)
	}
	m.end = min(end, m.size)
	off := int64(12)
	for off+8 <= m.end && m.work(500) {
		m.drop()
		b := m.at(off, 8)
		if len(b) < 8 {
			break
		}
		size := int64(little32(b[4:]))
		if size > m.end-off-8 {
			m.broken(off)
			return
		}
		switch kind := string(b[:4]); kind {
		case "VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF":
		case "ICCP":
			m.profile(m.at(off+8, size))
		case "EXIF":
			data := m.at(off+8, size)
			at := off + 8
			if len(data) > 6 && string(data[:4]) == "Exif" {
				data = data[6:]
				at += 6
			}
			m.tiff(data, at)
		case "XMP ":
			m.block("xmp", off+8, m.at(off+8, size))
		default:
			m.block("block", off+8, m.at(off+8, size))
		}
		off += 8 + size + size&1
	}
	if off < m.end {
		m.broken(off)
	}
}

func little32(b []byte) uint32 {
	if len(b) < 4 {
		return 0
	}
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}
