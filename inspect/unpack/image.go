package unpack

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// Image opens a picture: JPEG, PNG, GIF, TIFF, WebP, HEIC, AVIF and other
// files of boxes (MP4, QuickTime), BMP. It gives out what is said about it and
// not what is to be seen on it:
//
//   - "metadata": "key: value" lines of EXIF, GeoTIFF, IPTC, comments and text
//     chunks; the place as "latitude: 31.230416, longitude: 121.473701";
//   - "xmp" packets as they are, "icc" for packed colour profiles, and "block"
//     for blocks of no known use, such as a maker's note;
//   - without a name, the bytes behind the end of the picture. A picture that
//     stands there is opened in turn.
//
// A picture may show a document, and nothing here reads dots. So every Image
// ends with a Miss of GapUnknownFormat for all its bytes but those behind its
// end. Whoever lets pictures pass must decide that elsewhere.
func Image(r io.ReaderAt, size int64, l Limits, out Out) {
	m := newMeter(l, out)
	guard(m, func() {
		for from := int64(0); ; {
			i := &image{meter: m, r: io.NewSectionReader(r, from, size-from), base: from, size: size - from, l: l, end: size - from}
			guard(m, i.open)
			guard(m, i.flush)
			if i.end <= 0 || i.end > i.size {
				i.end = i.size
			}
			out.Miss(inspect.GapUnknownFormat, i.end)
			if from += i.end; from >= size || !m.work(20_000) {
				return
			}
			head := make([]byte, min(decode.SniffLen, size-from))
			if n, _ := r.ReadAt(head, from); n < len(head) || decode.Sniff(head) != decode.Image {
				m.raw(r, from, size)
				return
			}
		}
	})
	m.end()
}

// image is an open picture.
type image struct {
	*meter
	r      io.ReaderAt
	base   int64 // where it begins in the file
	size   int64
	l      Limits
	end    int64  // where the picture ends
	lines  []byte // of the metadata part
	got    int64  // bytes held for what is in hand
	icc    []byte
	pieces []xmpPiece
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
		m.boxes()
	case len(head) >= 18 && string(head[:2]) == "BM":
		m.bitmap(head)
	}
}

// bitmap finds the end of a bitmap, whose head tells it.
func (m *image) bitmap(head []byte) {
	if n := int64(binary.LittleEndian.Uint32(head[2:])); n > 26 {
		m.end = n
	}
	if m.end > m.size {
		m.Miss(inspect.GapBroken, 0)
	}
}

// at reads n bytes from off, or what there is of them. They are held until
// drop, if they are many.
func (m *image) at(off, n int64) []byte {
	if off < 0 || off >= m.size || n <= 0 || !m.work(100+min(n, m.size-off)) {
		return nil
	}
	n = min(n, m.size-off)
	if n > holdFree {
		if n > m.l.Memory/2 || !m.hold(n) {
			m.Miss(inspect.GapLimitBytes, n)
			return nil
		}
		m.got += n
	}
	b := make([]byte, n)
	k, _ := m.r.ReadAt(b, off)
	if int64(k) < n {
		m.Miss(inspect.GapBroken, n-int64(k))
	}
	return b[:k]
}

// drop lets go of what was read.
func (m *image) drop() {
	m.free(m.got)
	m.got = 0
}

// line notes "key: value". What is no line of text becomes a block.
func (m *image) line(key string, value []byte) {
	if order := imageUTF16(bytes.TrimRight(value, "\x00")); order != nil {
		value = bytes.TrimPrefix(utf16Text(value, order), []byte("\uFEFF"))
	}
	value = bytes.Trim(value, "\x00 \r\n\t")
	if len(value) == 0 {
		return
	}
	if len(value) >= 16 && !isCell(value) {
		m.block(key, 0, value)
		return
	}
	m.lines = append(append(append(m.lines, key...), ": "...), asLine(nil, value)...)
	if m.lines = append(m.lines, '\n'); len(m.lines) > 1<<18 {
		m.flushLines()
	}
}

// block gives out a part of its own, which lies at from in the picture; 0
// where that cannot be said.
func (m *image) block(name string, from int64, data []byte) {
	if len(bytes.Trim(data, "\x00 ")) == 0 {
		return
	}
	at := decode.Span{From: m.base, To: m.base + m.size}
	if from > 0 {
		at = decode.Span{From: m.base + from, To: m.base + min(m.size, from+int64(len(data)))}
	}
	if m.Begin([]byte(name), at) {
		m.Write(data)
	}
}

// flush gives out what was noted.
func (m *image) flush() {
	m.joinXMP()
	m.profile(m.icc)
	m.flushLines()
	m.drop()
}

func (m *image) flushLines() {
	if len(m.lines) > 0 && !m.stopped && m.Begin([]byte("metadata"), decode.Span{From: m.base, To: m.base + m.size}) {
		m.Write(m.lines)
	}
	m.lines = m.lines[:0]
}

// inflate decompresses a text chunk.
func (m *image) inflate(b []byte) []byte {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		m.Miss(inspect.GapBroken, int64(len(b)))
		return nil
	}
	most := min(m.l.Memory/8, 1100*int64(len(b)))
	if !m.work(20*int64(len(b))) || !m.hold(2*most) {
		m.Miss(inspect.GapLimitBytes, int64(len(b)))
		return nil
	}
	m.got += 2 * most
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
