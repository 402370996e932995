package unpack

import (
	"bytes"
	"slices"

	"github.com/datacustoms/customs/inspect"
)

// gif walks the blocks of a GIF file.
func (m *image) gif() {
	head := m.at(0, 13)
	if len(head) < 13 {
		m.Miss(inspect.GapBroken, -1)
		return
	}
	off := int64(13) + colourTable(head[10])
	for m.work(500) {
		m.drop()
		b := m.at(off, min(12, m.size-off))
		if len(b) == 0 {
			break
		}
		switch {
		case b[0] == 0x3B:
			m.end = off + 1
			return
		case b[0] == 0x2C && len(b) > 9:
			_, off = m.subBlocks(off+11+colourTable(b[9]), false)
		case b[0] == 0x21 && len(b) > 1:
			from := off + 2
			var text []byte
			if text, off = m.subBlocks(from, b[1] != 0xF9); b[1] == 0xFE {
				m.line("Comment", text)
			} else if bytes.HasPrefix(text, []byte("XMP DataXMP")) {
				raw := m.at(from+12, off-from-12)
				m.block("xmp", from+12, raw)
			} else if b[1] != 0xF9 && !bytes.HasPrefix(text, []byte("NETSCAPE2.0")) {
				m.block("block", from, text)
			}
		default:
			m.broken(off)
			return
		}
	}
	m.broken(off)
}

// colourTable is how long the table is that the flags announce.
func colourTable(flags byte) int64 {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// subBlocks reads blocks with their length in front, up to an empty one.
func (m *image) subBlocks(off int64, keep bool) (text []byte, end int64) {
	for {
		b := m.at(off, 1)
		if len(b) == 0 {
			m.Miss(inspect.GapBroken, 0)
			return text, m.size
		}
		n := int64(b[0])
		if n == 0 {
			return text, off + 1
		}
		if keep {
			if grow := int64(len(text)) + n; len(text)+int(n) > cap(text) {
				if grow > m.l.Memory/4 || !m.hold(grow) {
					m.Miss(inspect.GapLimitBytes, n)
					keep = false
					continue
				}
				m.got += grow
				text = slices.Grow(text, int(grow))
			}
			text = append(text, m.at(off+1, n)...)
		}
		off += 1 + n
	}
}
