package unpack

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
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
	seen  map[int64]bool
	left  int64     // bytes that may still be read
	gps   [5]string // by tag: 1, 3 the hemispheres, 2, 4 the place
}

// tiffEntry is one tag: its kind, how many values it has, and their bytes.
type tiffEntry struct {
	tag, kind uint16
	data      []byte
	at        int64
}

// tiffFile reads a TIFF file.
func (m *image) tiffFile() {
	m.directories(io.NewSectionReader(m.r, 0, m.size), 0, m.size)
}

// tiff reads what EXIF is: a TIFF file within another.
func (m *image) tiff(b []byte, at int64) {
	m.directories(bytesAt(b), at, int64(len(b)))
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

func (m *image) directories(r io.ReaderAt, base, size int64) {
	d := &tiffDir{m: m, r: r, base: base, size: size, seen: map[int64]bool{}, left: 2*size + 1<<16}
	head := d.at(0, 8)
	switch {
	case len(head) < 8:
		return
	case string(head[:2]) == "II":
		d.order = binary.LittleEndian
	case string(head[:2]) == "MM":
		d.order = binary.BigEndian
	default:
		m.Miss(inspect.GapBroken, size)
		return
	}
	if d.order.Uint16(head[2:]) == 43 { // BigTIFF
		m.Miss(inspect.GapUnknownFormat, size)
		return
	}
	d.walk(int64(d.order.Uint32(head[4:])), 0, false)
	if d.gps[2] != "" || d.gps[4] != "" {
		m.lines = fmt.Appendf(m.lines, "GPSLatitude: %s GPSLongitude: %s\n", d.gps[2], d.gps[4])
	}
}

func (d *tiffDir) at(off, n int64) []byte {
	if off < 0 || n <= 0 || off >= d.size {
		return nil
	}
	n = min(n, d.size-off, d.m.l.Memory/16)
	if n > d.left {
		d.m.Miss(inspect.GapLimitBytes, n)
		return nil
	}
	d.left -= n
	b := make([]byte, n)
	k, _ := d.r.ReadAt(b, off)
	return b[:k]
}

// walk reads a directory and those it leads to.
func (d *tiffDir) walk(off int64, depth int, gps bool) {
	for off > 0 && !d.seen[off] && len(d.seen) < 256 && depth < 8 {
		d.seen[off] = true
		count := d.at(off, 2)
		if len(count) < 2 {
			return
		}
		n := int64(d.order.Uint16(count))
		b := d.at(off+2, n*12+4)
		for ; n > 0 && len(b) >= 12; n-- {
			d.entry(d.read(b[:12]), depth, gps)
			b = b[12:]
		}
		if off = 0; len(b) >= 4 {
			off = int64(d.order.Uint32(b))
		}
	}
}

// tiffSizes are the bytes of one value, by kind.
var tiffSizes = [...]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4}

func (d *tiffDir) read(b []byte) tiffEntry {
	e := tiffEntry{tag: d.order.Uint16(b), kind: d.order.Uint16(b[2:])}
	if int(e.kind) >= len(tiffSizes) {
		return e
	}
	n := int64(d.order.Uint32(b[4:])) * tiffSizes[e.kind]
	if n <= 4 {
		e.data = b[8 : 8+n]
		return e
	}
	e.at = int64(d.order.Uint32(b[8:]))
	e.data = d.at(e.at, n)
	return e
}

// entry takes what a tag says.
func (d *tiffDir) entry(e tiffEntry, depth int, gps bool) {
	switch {
	case e.tag == 0x8769 || e.tag == 0x8825 || e.tag == 0xA005 || e.tag == 0x014A:
		for b := e.data; len(b) >= 4; b = b[4:] {
			d.walk(int64(d.order.Uint32(b)), depth+1, e.tag == 0x8825)
		}
	case gps && e.tag >= 1 && e.tag <= 4:
		d.place(e)
	case e.tag == 0x02BC:
		d.m.block("xmp", d.base+e.at, e.data)
	case e.tag == 0x83BB:
		d.m.iptc(e.data)
	case e.tag == 0x8649:
		d.m.photoshop(e.data, d.base+e.at)
	case e.tag == 0x927C:
		d.m.block("block", d.base+e.at, e.data)
	case e.tag == 0x8773 || e.tag == 0x0111 || e.tag == 0x0117: // a colour profile, where the dots are
	default:
		d.m.line(tiffName(e.tag, gps), d.text(e))
	}
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

// text makes text of what may be text; numbers only where they are a place.
func (d *tiffDir) text(e tiffEntry) []byte {
	switch {
	case e.tag >= 0x9C9B && e.tag <= 0x9C9F:
		return utf16Text(e.data, binary.LittleEndian)
	case (e.tag == 0x9286 || e.kind == 7) && len(e.data) > 8 && string(e.data[:8]) == "UNICODE\x00":
		return utf16Text(e.data[8:], d.order)
	case (e.tag == 0x9286 || e.kind == 7) && len(e.data) > 8 && e.data[7] == 0:
		return e.data[8:]
	case e.kind == 2 || e.kind == 7 || e.kind == 1 && len(e.data) > 4:
		return e.data
	case e.kind == 12 && len(e.data) <= 1<<16:
		var out []byte
		for b := e.data; len(b) >= 8; b = b[8:] {
			out = strconv.AppendFloat(append(out, ' '), math.Float64frombits(d.order.Uint64(b)), 'f', -1, 64)
		}
		return out
	}
	return nil
}

// place takes a hemisphere or degrees, minutes and seconds.
func (d *tiffDir) place(e tiffEntry) {
	if e.tag == 1 || e.tag == 3 {
		d.gps[e.tag] = string(e.data)
		if s := d.gps[e.tag+1]; s != "" && s[0] != '-' && southWest(e.data) {
			d.gps[e.tag+1] = "-" + s
		}
		return
	}
	if e.kind != 5 && e.kind != 10 || len(e.data) < 8 {
		return
	}
	var deg float64
	unit := 1.0
	for b := e.data; len(b) >= 8 && unit < 4000; b = b[8:] {
		if den := d.order.Uint32(b[4:]); den != 0 {
			deg += float64(d.order.Uint32(b)) / float64(den) / unit
		}
		unit *= 60
	}
	if southWest([]byte(d.gps[e.tag-1])) {
		deg = -deg
	}
	d.gps[e.tag] = strconv.FormatFloat(deg, 'f', 6, 64)
}

func southWest(b []byte) bool { return len(b) > 0 && (b[0] == 'S' || b[0] == 'W') }
