package unpack

import (
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/inspect"
)

// boxNests are the boxes that hold boxes (ISO/IEC 14496-12, QuickTime).
const boxNests = "moov trak mdia minf stbl udta meta ilst edts mvex moof traf ---- "

// boxItems is what the tables of a meta box say of its items.
type boxItems struct {
	kinds  map[uint32]string // "Exif", "mime", with the coding behind it
	places map[uint32][]boxExtent
	idat   int64
}

// boxExtent is a piece of an item; inner says that it lies in the idat box.
type boxExtent struct {
	from, size int64
	inner      bool
}

// boxes walks the boxes of a file of the ISO family.
func (m *image) boxes() {
	items := &boxItems{kinds: map[uint32]string{}, places: map[uint32][]boxExtent{}}
	if end := m.nest(0, m.size, 0, "", items); end < m.size {
		m.end = max(end, 8)
	}
	for _, id := range slices.Sorted(maps.Keys(items.kinds)) {
		m.item(items.kinds[id], items.places[id], items)
	}
}

// nest walks the boxes in [off, end) and says where they end.
func (m *image) nest(off, end int64, depth int, up string, items *boxItems) int64 {
	for off+8 <= end && m.work(1000) {
		m.drop()
		head := m.at(off, min(16, end-off))
		if len(head) < 8 {
			return off
		}
		size, kind, body := int64(binary.BigEndian.Uint32(head)), string(head[4:8]), off+8
		switch {
		case size == 0:
			size = end - off
		case size == 1 && len(head) == 16:
			size, body = int64(binary.BigEndian.Uint64(head[8:])&(1<<62-1)), off+16
		}
		if size > end-off || size < body-off || depth == 0 && !boxName(kind) {
			if depth == 0 && boxName(kind) {
				m.Miss(inspect.GapBroken, end-off)
			}
			return off
		}
		m.box(kind, body, off+size, depth, up, items)
		off += size
	}
	return off
}

// boxName tells four characters that a box may be called.
func boxName(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' && c != 0xA9 {
			return false
		}
	}
	return true
}

// box takes what one box says.
func (m *image) box(kind string, off, end int64, depth int, up string, items *boxItems) {
	switch {
	case depth < 12 && (strings.Contains(boxNests, kind+" ") || up == "ilst"):
		if kind == "meta" { // QuickTime's has no version in front
			if b := m.at(off, min(8, end-off)); len(b) == 8 && !boxName(string(b[4:])) {
				off += 4
			}
		}
		m.nest(off, end, depth+1, kind, items)
	case kind == "mdat", kind == "ftyp", kind == "mvhd", kind == "tkhd", kind == "mdhd", kind == "iprp":
	case kind == "iinf":
		m.itemKinds(m.at(off, end-off), items)
	case kind == "iloc":
		m.itemPlaces(m.at(off, end-off), items)
	case kind == "idat":
		items.idat = off
	case kind == "uuid" && end-off > 16:
		m.block("xmp", off+16, m.at(off+16, end-off-16))
	case kind == "data" && end-off > 8:
		m.line(up, m.at(off+8, end-off-8))
	case up == "udta" || up == "----":
		m.userData(kind, m.at(off, end-off))
	case kind == "free" || kind == "skip" || depth == 0:
		m.raw(m.r, off, end)
	}
}

// userData takes a string of the user's: of QuickTime with its length and
// language in front, or of 3GPP with a version and a language.
func (m *image) userData(kind string, b []byte) {
	switch {
	case kind == "loci" && len(b) > 6: // name, role, longitude, latitude in fixed point
		name := b[6:]
		if at := strings.IndexByte(string(name), 0); at >= 0 && len(name) >= at+10 {
			fixed := func(b []byte) string {
				return strconv.FormatFloat(float64(int32(binary.BigEndian.Uint32(b)))/65536, 'f', 6, 64)
			}
			m.line("place", []byte("latitude: "+fixed(name[at+6:])+", longitude: "+fixed(name[at+2:])))
			m.line(kind, name[:at])
			return
		}
		m.line(kind, name)
	case kind[0] == 0xA9 && len(b) > 4:
		for len(b) > 4 {
			n := min(int(binary.BigEndian.Uint16(b)), len(b)-4)
			m.line("user", b[4:4+n])
			m.location(string(b[4 : 4+n]))
			b = b[4+n:]
		}
	case len(b) > 6 && b[0] == 0 && b[1] == 0 && b[2] == 0 && b[3] == 0:
		m.line(kind, b[6:])
	default:
		m.block("block", 0, b)
	}
}

// location takes a place in the form of ISO 6709: +31.2304+121.4737/.
func (m *image) location(s string) {
	if len(s) < 8 || s[0] != '+' && s[0] != '-' {
		return
	}
	at := strings.IndexAny(s[1:], "+-") + 1
	if at <= 1 {
		return
	}
	long := s[at:]
	if end := strings.IndexAny(long[1:], "+-/"); end >= 0 {
		long = long[:end+1]
	}
	m.line("place", []byte("latitude: "+strings.TrimPrefix(s[:at], "+")+", longitude: "+strings.TrimPrefix(long, "+")))
}
