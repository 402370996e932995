package unpack

import (
	"encoding/binary"
	"fmt"
	"io"
	"strconv"

	"github.com/datacustoms/customs/inspect"
)

// tiffNames are the tags that are named in the metadata; others come under
// their number (TIFF 6.0, EXIF 2.32, GeoTIFF 1.1).
var tiffNames = map[uint16]string{
	0x010D: "DocumentName", 0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model", 0x011D: "PageName",
	0x0131: "Software", 0x0132: "DateTime", 0x013B: "Artist", 0x013C: "HostComputer", 0x8298: "Copyright",
	0x9003: "DateTimeOriginal", 0x9004: "DateTimeDigitized", 0x9286: "UserComment", 0xA420: "ImageUniqueID",
	0xA430: "CameraOwnerName", 0xA431: "BodySerialNumber", 0xA433: "LensMake", 0xA434: "LensModel", 0xA435: "LensSerialNumber",
	0x9C9B: "XPTitle", 0x9C9C: "XPComment", 0x9C9D: "XPAuthor", 0x9C9E: "XPKeywords", 0x9C9F: "XPSubject",
	0x8482: "ModelTiepoint", 0x830E: "ModelPixelScale", 0x85D8: "ModelTransformation",
	0x87AF: "GeoKeyDirectory", 0x87B0: "GeoDoubleParams", 0x87B1: "GeoAsciiParams", 0xA480: "GDALMetadata",
}

// tiffDir is one chain of directories.
type tiffDir struct {
	m     *image
	r     io.ReaderAt
	base  int64 // of the offsets, in the picture
	size  int64
	order binary.ByteOrder
	word  int64 // bytes of an offset: 4, in BigTIFF 8
	seen  map[int64]bool
	known *ledger   // nil where the bytes around are looked after elsewhere
	where []int64   // of dots, before their lengths are known
	gps   [8]string // by tag: 1, 3 the hemispheres, 2, 4 the place; then the same of the destination
}

// tiffEntry is one tag: its kind, how many values it has, and their bytes.
type tiffEntry struct {
	tag, kind uint16
	data      []byte
	at        int64
}

// tiffFile reads a TIFF file. What no directory leads to is given out as it
// lies.
func (m *image) tiffFile() {
	known := &ledger{}
	known.know(0, 16)
	if m.directories(m.r, 0, m.size, known) {
		known.rest(m.size, func(from, to int64) bool { return m.raw(m.r, from, to) })
	}
}

// tiff reads what EXIF is: a TIFF file within another.
func (m *image) tiff(b []byte, at int64) {
	if len(b) > 0 {
		m.directories(bytesAt(b), at, int64(len(b)), nil)
	}
}

// bytesAt reads a slice at any place.
type bytesAt []byte

func (b bytesAt) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= int64(len(b)) {
		return 0, io.EOF
	}
	n := copy(p, b[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// directories walks all directories; false where there are none.
func (m *image) directories(r io.ReaderAt, base, size int64, known *ledger) bool {
	d := &tiffDir{m: m, r: r, base: base, size: size, seen: map[int64]bool{}, known: known, word: 4}
	head := d.at(0, 8)
	switch {
	case len(head) >= 8 && string(head[:2]) == "II":
		d.order = binary.LittleEndian
	case len(head) >= 8 && string(head[:2]) == "MM":
		d.order = binary.BigEndian
	default:
		m.block("block", base, d.at(0, size))
		m.Miss(inspect.GapBroken, size)
		return false
	}
	first := int64(d.order.Uint32(head[4:]))
	if d.order.Uint16(head[2:]) == 43 { // BigTIFF
		d.word = 8
		first = d.offset(append(d.at(8, 8), make([]byte, 8)...))
	}
	d.walk(first, 0, false)
	for i := 0; i < len(d.gps); i += 4 {
		if d.gps[i+1] != "" || d.gps[i+3] != "" {
			m.lines = fmt.Appendf(m.lines, "latitude: %s, longitude: %s\n", d.gps[i+1], d.gps[i+3])
		}
	}
	return true
}

// at reads n bytes from off; fewer are broken.
func (d *tiffDir) at(off, n int64) []byte {
	if n <= 0 {
		return nil
	}
	if off < 0 || off >= d.size {
		d.m.Miss(inspect.GapBroken, n)
		return nil
	}
	if n > d.size-off {
		d.m.Miss(inspect.GapBroken, n-(d.size-off))
		n = d.size - off
	}
	if n > d.m.l.Memory/4 || n > holdFree && !d.m.hold(n) {
		d.m.Miss(inspect.GapLimitBytes, n)
		return nil
	}
	if n > holdFree {
		d.m.got += n
	}
	if !d.m.work(100 + n) {
		return nil
	}
	b := make([]byte, n)
	k, _ := d.r.ReadAt(b, off)
	d.know(off, n)
	return b[:k]
}

func (d *tiffDir) know(off, n int64) {
	if d.known != nil && off >= 0 && n > 0 && off < d.size {
		d.known.know(off, off+min(n, d.size-off))
	}
}

// offset reads a place or a count of as many bytes as the file has for one.
func (d *tiffDir) offset(b []byte) int64 {
	if d.word == 8 {
		return int64(d.order.Uint64(b) & (1<<63 - 1))
	}
	return int64(d.order.Uint32(b))
}

// walk reads a directory and those it leads to.
func (d *tiffDir) walk(off int64, depth int, gps bool) {
	for off > 0 && !d.seen[off] {
		if len(d.seen) >= 4096 || depth >= 8 {
			d.m.Miss(inspect.GapLimitDepth, -1)
			return
		}
		d.seen[off] = true
		head, step := int64(2), 2*d.word+4
		if d.word == 8 {
			head = 8
		}
		count := d.at(off, head)
		if int64(len(count)) < head {
			return
		}
		n := int64(d.order.Uint16(count))
		if d.word == 8 {
			n = d.offset(count)
		}
		n = min(n, d.size/step+1)
		b := d.at(off+head, n*step+d.word)
		for ; n > 0 && int64(len(b)) >= step && d.m.work(500); n-- {
			d.entry(d.read(b[:step]), depth, gps)
			b = b[step:]
		}
		if off = 0; n == 0 && int64(len(b)) >= d.word {
			off = d.offset(b)
		}
	}
}

// tiffSizes are the bytes of one value, by kind.
var tiffSizes = [...]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8}

func (d *tiffDir) read(b []byte) tiffEntry {
	e := tiffEntry{tag: d.order.Uint16(b), kind: d.order.Uint16(b[2:])}
	count, value := d.offset(b[4:]), b[4+d.word:]
	if int(e.kind) >= len(tiffSizes) || count > d.size || d.seldom(e.tag) {
		if count > d.size {
			d.m.Miss(inspect.GapBroken, 0)
		}
		return e
	}
	n := count * tiffSizes[e.kind]
	if n <= d.word {
		e.data = value[:n]
		return e
	}
	e.at = d.offset(value)
	e.data = d.at(e.at, n)
	return e
}

// seldom tells tags whose values are of no use where nobody asks what is left
// over: tables of where the dots are.
func (d *tiffDir) seldom(tag uint16) bool {
	return d.known == nil && (tag == 0x0111 || tag == 0x0117 || tag == 0x0144 || tag == 0x0145)
}

// entry takes what a tag says.
func (d *tiffDir) entry(e tiffEntry, depth int, gps bool) {
	switch {
	case e.tag == 0x8769 || e.tag == 0x8825 || e.tag == 0xA005 || e.tag == 0x014A:
		for _, off := range d.numbers(e) {
			d.walk(off, depth+1, e.tag == 0x8825)
		}
	case gps && e.tag >= 1 && e.tag <= 4:
		d.place(e, int(e.tag)-1)
	case gps && e.tag >= 19 && e.tag <= 22: // of where it points
		d.place(e, int(e.tag)-15)
	case e.tag == 0x0111 || e.tag == 0x0144 || e.tag == 0x0201:
		d.where = d.numbers(e)
	case e.tag == 0x0117 || e.tag == 0x0145 || e.tag == 0x0202:
		for i, n := range d.numbers(e) {
			if i < len(d.where) {
				d.know(d.where[i], n)
			}
		}
	case e.tag == 0x02BC:
		d.m.block("xmp", d.base+e.at, e.data)
	case e.tag == 0x83BB:
		d.m.iptc(e.data)
	case e.tag == 0x8649:
		d.m.photoshop(e.data, d.base+e.at)
	case e.tag == 0x8773:
		d.m.profile(e.data)
	case e.tag == 0x927C:
		d.m.block("block", d.base+e.at, e.data)
	default:
		d.m.line(tiffName(e.tag, gps), d.text(e))
	}
}

// numbers reads offsets and lengths.
func (d *tiffDir) numbers(e tiffEntry) (out []int64) {
	size := int(tiffSizes[min(int(e.kind), len(tiffSizes)-1)])
	if e.kind != 3 && e.kind != 4 && e.kind != 13 && e.kind < 16 || !d.m.hold(int64(len(e.data))*4) {
		return nil
	}
	d.m.got += int64(len(e.data)) * 4
	for b := e.data; len(b) >= size; b = b[size:] {
		switch size {
		case 2:
			out = append(out, int64(d.order.Uint16(b)))
		case 4:
			out = append(out, int64(d.order.Uint32(b)))
		default:
			out = append(out, int64(d.order.Uint64(b)&(1<<63-1)))
		}
	}
	return out
}

func tiffName(tag uint16, gps bool) string {
	if n, ok := tiffNames[tag]; ok && !gps {
		return n
	}
	if gps {
		return "GPS" + strconv.Itoa(int(tag))
	}
	return "Tag" + strconv.Itoa(int(tag))
}
