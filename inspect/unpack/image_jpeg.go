package unpack

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"

	"github.com/datacustoms/customs/inspect"
)

// jpeg walks the segments of a JPEG file to its end mark.
func (m *image) jpeg() {
	off := int64(2)
	for n := 0; n < 1<<16 && !m.stopped; n++ {
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
		if size < 2 {
			break
		}
		body := m.at(off+4, size-2)
		m.segment(head[1], body, off+4)
		if off += 2 + size; head[1] == 0xDA {
			off = m.scanData(off)
		}
	}
	m.Miss(inspect.GapBroken, m.size-min(off, m.size))
}

// scanData passes over the coded dots to the next mark.
func (m *image) scanData(off int64) int64 {
	r := bufio.NewReaderSize(io.NewSectionReader(m.r, off, m.size-min(off, m.size)), chunk)
	for {
		skip, err := r.ReadSlice(0xFF)
		off += int64(len(skip))
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
		m.block("xmp", at+75, b[75:])
	case bytes.HasPrefix(b, []byte("Photoshop 3.0\x00")):
		m.photoshop(b[14:], at+14)
	case bytes.HasPrefix(b, []byte("ICC_PROFILE\x00")), bytes.HasPrefix(b, []byte("JFIF\x00")), bytes.HasPrefix(b, []byte("Adobe\x00")) && len(b) < 16:
	default:
		m.block("block", at, b)
	}
}

// photoshop walks image resources; IPTC is number 0x0404.
func (m *image) photoshop(b []byte, at int64) {
	for len(b) >= 12 && string(b[:4]) == "8BIM" {
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
		}
		switch data := b[from : from+size]; id {
		case 0x0404:
			m.iptc(data)
		case 0x040C, 0x0409, 0x040F: // thumbnails, a colour profile
		case 0x0422:
			m.tiff(data, at)
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
	for len(b) >= 5 && b[0] == 0x1C {
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
