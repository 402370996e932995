package unpack

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// jpeg walks the segments of a JPEG file to its end mark.
func (m *image) jpeg() {
	off := int64(2)
	for m.work(1000) {
		m.drop()
		head := m.at(off, 4)
		if len(head) < 2 || head[0] != 0xFF {
			break
		}
		switch c := head[1]; {
		case c == 0xD9:
			m.end = off + 2
			return
		case c == 0xFF:
			off++
			continue
		case c == 0x01 || c >= 0xD0 && c <= 0xD8:
			off += 2
			continue
		}
		if len(head) < 4 {
			break
		}
		size := int64(binary.BigEndian.Uint16(head[2:]))
		if size < 2 || size > m.size-off-2 {
			break
		}
		body := m.at(off+4, size-2)
		m.segment(head[1], body, off+4)
		if off += 2 + size; head[1] == 0xDA {
			off = m.scanData(off)
		}
	}
	m.broken(off)
}

// broken says that the picture breaks off at off; what follows is given out
// as it lies.
func (m *image) broken(off int64) {
	m.end = max(1, min(off, m.size))
	m.Miss(inspect.GapBroken, m.size-m.end)
}

// scanData passes over the coded dots to the next mark.
func (m *image) scanData(off int64) int64 {
	r := bufio.NewReaderSize(io.NewSectionReader(m.r, off, m.size-min(off, m.size)), chunk)
	for {
		skip, err := r.ReadSlice(0xFF)
		off += int64(len(skip))
		if !m.work(int64(len(skip)) + 20) {
			return off
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			return off
		}
		c, err := r.ReadByte()
		if err != nil {
			return off
		}
		if c == 0xFF {
			_ = r.UnreadByte()
			continue
		}
		if c != 0 && (c < 0xD0 || c > 0xD7) {
			return off - 1
		}
		off++
	}
}

// segment takes what a segment says.
func (m *image) segment(mark byte, b []byte, at int64) {
	switch {
	case mark == 0xFE:
		m.line("Comment", b)
	case mark < 0xE0 || mark > 0xEF:
	case bytes.HasPrefix(b, []byte("Exif\x00")) && len(b) > 6:
		m.tiff(b[6:], at+6)
	case bytes.HasPrefix(b, []byte("http://ns.adobe.com/xap/1.0/\x00")):
		m.block("xmp", at+29, b[29:])
	case bytes.HasPrefix(b, []byte("http://ns.adobe.com/xmp/extension/\x00")) && len(b) > 75:
		m.xmpPiece(b[35:], at+75)
	case bytes.HasPrefix(b, []byte("Photoshop 3.0\x00")):
		m.photoshop(b[14:], at+14)
	case bytes.HasPrefix(b, []byte("ICC_PROFILE\x00")) && len(b) > 14:
		if len(m.icc) < 1<<22 {
			m.icc = append(m.icc, b[14:]...)
		}
	case bytes.HasPrefix(b, []byte("JFIF\x00")), bytes.HasPrefix(b, []byte("Adobe\x00")) && len(b) < 16:
	default:
		m.block("block", at, b)
	}
}

// photoshop walks image resources; IPTC is number 0x0404.
func (m *image) photoshop(b []byte, at int64) {
	for len(b) >= 12 && string(b[:4]) == "8BIM" && m.work(200) {
		id := binary.BigEndian.Uint16(b[4:])
		name := 6 + 1 + int(b[6])
		name += name & 1
		if name+4 > len(b) {
			break
		}
		size := int64(binary.BigEndian.Uint32(b[name:]))
		from := int64(name + 4)
		if size > int64(len(b))-from {
			size = int64(len(b)) - from
			m.Miss(inspect.GapBroken, size)
		}
		switch data := b[from : from+size]; id {
		case 0x0404:
			m.iptc(data)
		case 0x040C, 0x0409: // thumbnails
		case 0x040F:
			m.profile(data)
		case 0x0422:
			m.tiff(data, at)
		case 0x0424:
			m.block("xmp", at, data)
		default:
			m.line("Photoshop", data)
		}
		b = b[min(int64(len(b)), from+size+size&1):]
	}
	if len(b) > 0 {
		m.block("block", at, b)
	}
}

// iptc walks IPTC-IIM datasets.
func (m *image) iptc(b []byte) {
	for len(b) >= 5 && b[0] == 0x1C && m.work(200) {
		size := int(binary.BigEndian.Uint16(b[3:]))
		if size > len(b)-5 {
			size = len(b) - 5
		}
		if b[1] == 2 && b[2] != 0 || b[1] > 2 {
			m.line("IPTC", b[5:5+size])
		}
		b = b[5+size:]
	}
	m.line("IPTC", b)
}

// xmpPiece is one of the segments that a long XMP packet is cut into.
type xmpPiece struct {
	id   string
	from uint32
	data []byte
}

// xmpPiece keeps a piece: the digest of the packet, its length, where the piece
// begins, and the text.
func (m *image) xmpPiece(b []byte, at int64) {
	if !m.hold(int64(len(b)) + 64) {
		m.block("xmp", at, b[40:])
		return
	}
	m.pieces = append(m.pieces, xmpPiece{string(b[:32]), binary.BigEndian.Uint32(b[36:]), b[40:]})
}

// joinXMP gives out the packets whose pieces were kept.
func (m *image) joinXMP() {
	slices.SortStableFunc(m.pieces, func(a, b xmpPiece) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.from, b.from))
	})
	for i, p := range m.pieces {
		if i == 0 || m.pieces[i-1].id != p.id {
			if m.stopped || !m.Begin([]byte("xmp"), decode.Span{From: m.base, To: m.base + m.size}) {
				return
			}
		}
		m.Write(p.data)
		m.free(int64(len(p.data)) + 104)
	}
	m.pieces = nil
}
