package unpack

import (
	"bytes"
	"compress/zlib"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Image opens a picture: JPEG, PNG, GIF, TIFF, WebP, HEIC and AVIF, BMP. It
// gives out what is said about it and not what is to be seen on it:
//
//   - "metadata": "key: value" lines of EXIF, GeoTIFF, IPTC, comments and text
//     chunks; the place as "GPSLatitude: 31.230416 GPSLongitude: 121.473701";
//   - "xmp" packets as they are, and "block" for blocks of no known use;
//   - "rest": the bytes behind the end of the picture, to be opened in turn.
//
// A picture may show a document, and nothing here reads dots. So every Image
// ends with a Miss of GapUnknownFormat for all its bytes but those behind its
// end. Whoever lets pictures pass must decide that elsewhere.
func Image(r io.ReaderAt, size int64, l Limits, out Out) {
	m := &image{meter: newMeter(l, out), r: r, size: size, l: l, end: size}
	guard(m.meter, func() { m.open() })
	if m.end < 0 || m.end > size {
		m.end = size
	}
	if m.end < size && m.Begin([]byte("rest"), decode.Span{From: m.end, To: size}) {
		guard(m.meter, func() {
			if _, err := m.copy(io.NewSectionReader(r, m.end, size-m.end)); err != nil {
				m.Miss(inspect.GapBroken, size-m.end)
			}
		})
	}
	out.Miss(inspect.GapUnknownFormat, m.end)
}

// image is an open picture.
type image struct {
	*meter
	r      io.ReaderAt
	size   int64
	l      Limits
	end    int64  // where the picture ends
	lines  []byte // of the metadata part
	blocks []imageBlock
	held   int64
}

// imageBlock is a part that comes behind the metadata.
type imageBlock struct {
	name string
	at   decode.Span
	data []byte
}

func (m *image) open() {
	head := m.at(0, 32)
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xD8}):
		m.jpeg()
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		m.png()
	case bytes.HasPrefix(head, []byte("GIF8")):
		m.gif()
	case bytes.HasPrefix(head, []byte("II")), bytes.HasPrefix(head, []byte("MM")):
		m.tiffFile()
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		m.webp()
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		m.search()
	case len(head) >= 6 && string(head[:2]) == "BM":
		if n := int64(little32(head[2:])); n > 26 {
			m.end = n
		}
	default:
		m.search()
	}
	m.flush()
}

// at reads n bytes from off, or what there is of them.
func (m *image) at(off, n int64) []byte {
	if off < 0 || off >= m.size || n <= 0 {
		return nil
	}
	n = min(n, m.size-off)
	if n > m.l.Memory/4 {
		n = m.l.Memory / 4
		m.Miss(inspect.GapLimitBytes, n)
	}
	b := make([]byte, n)
	k, _ := m.r.ReadAt(b, off)
	return b[:k]
}

// line notes "key: value".
func (m *image) line(key string, value []byte) {
	value = bytes.Trim(value, "\x00 \r\n\t")
	if len(value) == 0 {
		return
	}
	if m.held += int64(len(key) + len(value) + 3); m.held > m.l.Memory/4 {
		m.Miss(inspect.GapLimitBytes, int64(len(value)))
		m.held -= int64(len(key) + len(value) + 3)
		return
	}
	m.lines = append(append(append(append(m.lines, key...), ": "...), value...), '\n')
}

// block notes a part of its own.
func (m *image) block(name string, from int64, data []byte) {
	if len(bytes.Trim(data, "\x00 ")) == 0 {
		return
	}
	if m.held += int64(len(data)); m.held > m.l.Memory/4 {
		m.Miss(inspect.GapLimitBytes, int64(len(data)))
		m.held -= int64(len(data))
		return
	}
	m.blocks = append(m.blocks, imageBlock{name, decode.Span{From: from, To: min(m.size, from+int64(len(data)))}, data})
}

// flush gives out what was noted.
func (m *image) flush() {
	if len(m.lines) > 0 && m.Begin([]byte("metadata"), decode.Span{To: m.size}) {
		m.Write(m.lines)
	}
	for _, b := range m.blocks {
		if !m.Begin([]byte(b.name), b.at) || !m.Write(b.data) {
			return
		}
	}
}

// inflate decompresses a text chunk.
func (m *image) inflate(b []byte) []byte {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		m.Miss(inspect.GapBroken, int64(len(b)))
		return nil
	}
	most := m.l.Memory / 8
	out, err := io.ReadAll(io.LimitReader(z, most+1))
	switch {
	case int64(len(out)) > most:
		m.Miss(inspect.GapLimitBytes, int64(len(b)))
		return out[:most]
	case err != nil:
		m.Miss(inspect.GapBroken, int64(len(b)))
	}
	return out
}

// search looks for EXIF and XMP wherever they stand: in the boxes of HEIC and
// AVIF, whose items lie where a table says, and in what is not known.
func (m *image) search() {
	b := m.at(0, min(m.size, m.l.Memory/4))
	if int64(len(b)) < m.size {
		m.Miss(inspect.GapLimitBytes, m.size-int64(len(b)))
	}
	for at, n := 0, 0; n < 16; n++ {
		k := bytes.Index(b[at:], []byte("Exif\x00\x00"))
		if k < 0 {
			break
		}
		at += k + 6
		m.tiff(b[at:], int64(at))
	}
	for at, n := 0, 0; n < 64; n++ {
		k := bytes.Index(b[at:], []byte("<x:xmpmeta"))
		if k < 0 {
			break
		}
		at += k
		end := bytes.Index(b[at:], []byte("</x:xmpmeta>"))
		if end < 0 {
			end = len(b) - at
		}
		m.block("xmp", int64(at), b[at:at+end])
		at += end
	}
}

func little32(b []byte) uint32 {
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}
