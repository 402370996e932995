package unpack

// webp walks the chunks of a WebP file.
func (m *image) webp() {
	head := m.at(4, 4)
	end := int64(little32(head)) + 8
	off := int64(12)
	for n := 0; n < 1<<20 && off+8 <= min(end, m.size); n++ {
		b := m.at(off, 8)
		if len(b) < 8 {
			break
		}
		size := min(int64(little32(b[4:])), m.size-off-8)
		switch kind := string(b[:4]); kind {
		case "VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP":
		case "EXIF":
			data := m.at(off+8, size)
			if len(data) > 6 && string(data[:4]) == "Exif" {
				data = data[6:]
			}
			m.tiff(data, off+8)
		case "XMP ":
			m.block("xmp", off+8, m.at(off+8, size))
		default:
			m.block("block", off+8, m.at(off+8, size))
		}
		off += 8 + size + size&1
	}
	m.end = min(end, m.size)
}
