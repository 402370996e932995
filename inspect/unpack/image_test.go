package unpack_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

// exif makes a TIFF file with an artist, a comment in UTF-16 and a place.
func exif(order binary.ByteOrder) []byte {
	type tag struct {
		id, kind uint16
		count    uint32
		data     []byte
	}
	rational := func(v ...uint32) (b []byte) {
		for _, n := range v {
			b = appendUint32(b, order, n)
		}
		return b
	}
	u16 := make([]byte, 4)
	order.PutUint16(u16, 0x5F20)
	order.PutUint16(u16[2:], 0x4E09)
	out := []byte("II*\x00")
	if order == binary.ByteOrder(binary.BigEndian) {
		out = []byte("MM\x00*")
	}
	out = appendUint32(out, order, 8)
	write := func(tags []tag, next int) {
		dir := make([]byte, 0, 2+12*len(tags)+4)
		var data []byte
		at := len(out) + 2 + 12*len(tags) + 4
		dir = append(dir, 0, 0)
		order.PutUint16(dir, uint16(len(tags)))
		for _, g := range tags {
			var e [12]byte
			order.PutUint16(e[:], g.id)
			order.PutUint16(e[2:], g.kind)
			order.PutUint32(e[4:], g.count)
			if len(g.data) <= 4 {
				copy(e[8:], g.data)
			} else {
				order.PutUint32(e[8:], uint32(at+len(data)))
				data = append(data, g.data...)
			}
			dir = append(dir, e[:]...)
		}
		out = append(appendUint32(append(out, dir...), order, uint32(next)), data...)
	}
	ptr := func(n int) []byte { return appendUint32(nil, order, uint32(n)) }
	first := []tag{
		{0x013B, 2, 10, []byte("Zhang San\x00")},
		{0x8769, 4, 1, ptr(8 + 2 + 36 + 4 + 10)},
		{0x8825, 4, 1, ptr(8 + 2 + 36 + 4 + 10 + 2 + 12 + 4 + 12)},
	}
	write(first, 0)
	write([]tag{{0x9286, 7, 12, append([]byte("UNICODE\x00"), u16...)}}, 0)
	write([]tag{
		{1, 2, 2, []byte("N\x00")}, {2, 5, 3, rational(31, 1, 13, 1, 494976, 10000)},
		{3, 2, 2, []byte("E\x00")}, {4, 5, 3, rational(121, 1, 28, 1, 253236, 10000)},
	}, 0)
	return out
}

func appendUint32(b []byte, order binary.ByteOrder, v uint32) []byte {
	var w [4]byte
	order.PutUint32(w[:], v)
	return append(b, w[:]...)
}

func segment(mark byte, data string) []byte {
	return append([]byte{0xFF, mark, byte((len(data) + 2) >> 8), byte(len(data) + 2)}, data...)
}

func pngChunk(kind, data string) []byte {
	b := appendUint32(nil, binary.BigEndian, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return appendUint32(b, binary.BigEndian, crc32.ChecksumIEEE(b[4:]))
}

// drawn makes an empty picture in three formats.
func drawn(t *testing.T) (jpg, pn, gf []byte) {
	t.Helper()
	dots := image.NewGray(image.Rect(0, 0, 40, 40))
	var a, b, c bytes.Buffer
	if jpeg.Encode(&a, dots, nil) != nil || png.Encode(&b, dots) != nil || gif.Encode(&c, dots, nil) != nil {
		t.Fatal("cannot draw")
	}
	return a.Bytes(), b.Bytes(), c.Bytes()
}

func TestImage(t *testing.T) {
	jpg, pn, gf := drawn(t)
	place := "latitude: 31.230416, longitude: 121.473701"
	withSegment := func(s []byte) []byte { return append(append(bytes.Clone(jpg[:2]), s...), jpg[2:]...) }
	withChunk := func(s []byte) []byte { return append(append(bytes.Clone(pn[:33]), s...), pn[33:]...) }
	iptc := "\x1c\x02\x78\x00\x0bTel 1380013"
	webp := append(append([]byte("WEBPVP8 \x02\x00\x00\x00xxEXIF"), appendUint32(nil, binary.LittleEndian, uint32(len(exif(binary.LittleEndian))))...), exif(binary.LittleEndian)...)
	webp = append(append([]byte("RIFF"), appendUint32(nil, binary.LittleEndian, uint32(len(webp)))...), webp...)
	gifText := append(append(bytes.Clone(gf[:len(gf)-1]), "\x21\xFE\x0bTel 1380013\x00"...), 0x3B)
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"EXIF in JPEG", withSegment(segment(0xE1, "Exif\x00\x00"+string(exif(binary.LittleEndian)))), place},
		{"EXIF, big end first", withSegment(segment(0xE1, "Exif\x00\x00"+string(exif(binary.BigEndian)))), place},
		{"an artist", withSegment(segment(0xE1, "Exif\x00\x00"+string(exif(binary.BigEndian)))), "Artist: Zhang San"},
		{"a comment in UTF-16", withSegment(segment(0xE1, "Exif\x00\x00"+string(exif(binary.BigEndian)))), "UserComment: 张三"},
		{"a comment in JPEG", withSegment(segment(0xFE, "Tel 13800138000")), "Comment: Tel 13800138000"},
		{"XMP in JPEG", withSegment(segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>")), "<x:xmpmeta>"},
		{"IPTC", withSegment(segment(0xED, "Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x10"+iptc)), "IPTC: Tel 1380013"},
		{"a block of no known use", withSegment(segment(0xEB, "JP 13800138000")), "JP 13800138000"},
		{"behind the end of JPEG", append(bytes.Clone(jpg), "PK\x03\x04..."...), "PK\x03\x04..."},
		{"tEXt", withChunk(pngChunk("tEXt", "Author\x00Zhang San")), "Author: Zhang San"},
		{"zTXt", withChunk(pngChunk("zTXt", "Comment\x00\x00"+zlibbed("Tel 13800138000"))), "Comment: Tel 13800138000"},
		{"iTXt", withChunk(pngChunk("iTXt", "Title\x00\x01\x00zh\x00标题\x00"+zlibbed("张三"))), "Title: 张三"},
		{"eXIf", withChunk(pngChunk("eXIf", string(exif(binary.BigEndian)))), place},
		{"EXIF as digits", withChunk(pngChunk("tEXt", "Raw profile type exif\x00\nexif\n  100\n"+hexDigits("Exif\x00\x00"+string(exif(binary.BigEndian)))+"\n")), place},
		{"behind the end of PNG", append(bytes.Clone(pn), "PK\x03\x04..."...), "PK\x03\x04..."},
		{"a comment in GIF", gifText, "Comment: Tel 1380013"},
		{"behind the end of GIF", append(bytes.Clone(gf), "PK\x03\x04..."...), "PK\x03\x04..."},
		{"TIFF", exif(binary.LittleEndian), place},
		{"WebP", webp, place},
		{"HEIC", heic(), place},
		{"a packet among the items of HEIC", heic(), "<x:xmpmeta>deflated"},
		{"a place in MP4", film(), "latitude: 31.230416, longitude: 121.473701"},
		{"a title in UTF-16 in MP4", film(), "titl: 张三"},
		{"a picture behind a picture", append(bytes.Clone(pn), withSegment(segment(0xE1, "Exif\x00\x00"+string(exif(binary.BigEndian))))...), place},
		{"XMP in two pieces", withSegment(append(segment(0xE1, longXMP+"\x00\x00\x00\x08\x00\x00\x00\x04 138"), segment(0xE1, longXMP+"\x00\x00\x00\x08\x00\x00\x00\x00tel.")...)), "tel. 138"},
		{"a colour profile", withSegment(segment(0xE2, "ICC_PROFILE\x00\x01\x01"+colourProfile())), "Profile: 张三"},
		{"a packed colour profile", withChunk(pngChunk("iCCP", "x\x00\x00"+zlibbed(colourProfile()))), "Profile: 张三"},
		{"BigTIFF", bigTIFF(), "Artist: Zhang San"},
		{"behind the end of TIFF", append(exif(binary.LittleEndian), "PK\x03\x04..."...), "PK\x03\x04..."},
		{"a long comment of many lines", withSegment(segment(0xFE, strings.Repeat("a: b\n", 60))), strings.Repeat("a: b\n", 59)},
		{"a comment in UTF-16 in JPEG", withSegment(segment(0xFE, "\xFF\xFE\x20\x5F\x09\x4E1\x002\x003\x00")), "张三123"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.Image, tt.file, roomy)
			if !c.holds(tt.want) {
				t.Errorf("parts %q, want %q in one", c.parts, tt.want)
			}
			if c.misses[inspect.GapUnknownFormat] == 0 || c.misses[inspect.GapBroken] > 0 {
				t.Errorf("misses %v, want the dots and no more", c.misses)
			}
		})
	}
}

func TestImageBroken(t *testing.T) {
	jpg, pn, gf := drawn(t)
	for name, b := range map[string][]byte{"JPEG": jpg, "PNG": pn, "GIF": gf} {
		c := whole(unpack.Image, b[:len(b)-8], roomy)
		if c.misses[inspect.GapBroken] == 0 || c.misses[inspect.GapUnknownFormat] == 0 {
			t.Errorf("%s cut off: misses %v", name, c.misses)
		}
	}
	bomb := append(bytes.Clone(pn[:33]), pngChunk("zTXt", "a\x00\x00"+zlibbed(strings.Repeat("0", 20<<20)))...)
	c := whole(unpack.Image, append(bomb, pn[33:]...), unpack.Limits{Entries: 9, Memory: 8 << 20, Bytes: 4 << 20})
	if c.misses[inspect.GapLimitBytes] == 0 || c.total > 4<<20 {
		t.Errorf("a bomb: misses %v, %d bytes", c.misses, c.total)
	}
}

func FuzzImage(f *testing.F) {
	e := string(exif(binary.LittleEndian))
	f.Add([]byte(e))
	f.Add(append([]byte{0xFF, 0xD8}, segment(0xE1, "Exif\x00\x00"+e)...))
	f.Add(append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("zTXt", "a\x00\x00"+zlibbed("b"))...))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00\x21\xFE\x01a\x00\x3B"))
	f.Add([]byte("RIFF\x40\x00\x00\x00WEBPEXIF\x10\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) { keepsBudget(t, unpack.Image, b) })
}
