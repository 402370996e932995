package decode

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

const (
	entropyWindow = 512
	entropyLeast  = 128 // a whole stream that is shorter is not judged
	entropyNear   = 8   // windows at the start that are looked at more closely
)

// Entropy finds what looks like random bytes: encrypted or compressed content,
// whatever its format. It is pushed the bytes of a stream in order and judges
// each window of 512 bytes from the start on; where the pieces are cut does not
// matter. Text, base64 of random bytes and machine code are not random; some
// pictures, sound and numbers are. The zero value is ready.
type Entropy struct {
	buf   [entropyWindow]byte
	n     int
	seen  int64 // whole windows
	bytes int64
	tail  [packLead]byte // the end of the window before
	found int64          // where a packed format begins, plus one
}

// Bytes is how many bytes stand in windows that look random.
func (e *Entropy) Bytes() int64 { return e.bytes }

// Packed is where in the stream the mark of a compressed format or an archive
// stands, behind other bytes, and false where none was seen.
func (e *Entropy) Packed() (int64, bool) { return e.found - 1, e.found > 0 }

// packed are marks that begin what is compressed, those of which text has none.
var packed = [][]byte{
	[]byte("\x1f\x8b\x08"), []byte("PK\x03\x04"), []byte("\xfd7zXZ\x00"), []byte("\x28\xb5\x2f\xfd"), []byte("7z\xbc\xaf\x27\x1c"), []byte("Rar!\x1a\x07"),
	[]byte("1AY&SY"), []byte("%PDF-1."), []byte("SQLite format 3\x00"), []byte("bplist00"), []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
	[]byte("PACK\x00\x00\x00\x02"), []byte("PACK\x00\x00\x00\x03"),
}

// packLead is one less than the longest of them.
const packLead = 15

// search looks for such a mark in a window that is not all text.
func (e *Entropy) search(p []byte) {
	var b [packLead + entropyWindow]byte
	n := copy(b[:], e.tail[:])
	n += copy(b[n:], p)
	for _, mark := range packed {
		if i := bytes.Index(b[:n], mark); i >= 0 && e.found == 0 {
			e.found = e.seen*entropyWindow + int64(i) - packLead + 1
		}
	}
}

// Write takes the next bytes of the stream.
func (e *Entropy) Write(p []byte) {
	if e.n > 0 {
		k := copy(e.buf[e.n:], p)
		e.n += k
		p = p[k:]
		if e.n < entropyWindow {
			return
		}
		e.window(e.buf[:])
		e.n = 0
	}
	for len(p) >= entropyWindow {
		e.window(p[:entropyWindow])
		p = p[entropyWindow:]
	}
	e.n = copy(e.buf[:], p)
}

// Finish ends the stream. What lies behind the last whole window is judged by
// itself, unless it is UTF-8 or too little.
func (e *Entropy) Finish() {
	if b := e.buf[:e.n]; hasControls(b) || e.n < 8 || e.seen == 0 && !utf8.Valid(b) {
		e.search(b)
		if e.n >= entropyLeast && hasControls(b) && isRandom(b) && !utf8.Valid(b) {
			e.bytes += int64(e.n)
		}
	}
	clear(e.buf[:])
	clear(e.tail[:])
	e.n = 0
}

// window judges one window. Of random ones the look at 64 bytes passes over 16
// in 1000, which does not matter in a long stream.
func (e *Entropy) window(p []byte) {
	near := e.seen < entropyNear
	if near && hasControls(p) || !near && mayHaveControls((*[entropyWindow]byte)(p)) {
		e.search(p)
		if isRandom(p) {
			e.bytes += entropyWindow
		}
	}
	e.seen++
	copy(e.tail[:], p[entropyWindow-packLead:])
}

const ones = 0x0101010101010101 // times a byte, eight of it

// notControls sets the upper bit of each byte that is not from 0x10 to 0x1f.
func notControls(p []byte) uint64 {
	x := binary.LittleEndian.Uint64(p) ^ 0x10*ones
	return x&(0x70*ones) + 0x70*ones | x
}

// hasControls reports whether bytes from 0x10 to 0x1f stand in p, of which text
// has none. The last bytes of an odd length are not looked at.
func hasControls(p []byte) bool {
	all := ^uint64(0)
	for ; len(p) >= 8; p = p[8:] {
		all &= notControls(p)
	}
	return all&(0x80*ones) != 0x80*ones
}

// mayHaveControls is hasControls for 64 of the bytes.
func mayHaveControls(p *[entropyWindow]byte) bool {
	all := notControls(p[:]) & notControls(p[72:]) & notControls(p[144:]) & notControls(p[216:]) &
		notControls(p[288:]) & notControls(p[360:]) & notControls(p[432:]) & notControls(p[504:])
	return all&(0x80*ones) != 0x80*ones
}

// isRandom reports whether p, of 512 bytes at most, has about as many different
// bytes as random ones would have, and so have those at even and at odd places:
// UTF-16 and sound have not.
func isRandom(p []byte) bool {
	var seen [2][256]uint8
	for i := 0; i+1 < len(p); i += 2 {
		seen[0][p[i]] = 1
		seen[1][p[i+1]] = 1
	}
	var even, odd, both uint64 // eight counters each, of 32 at most
	for i := 0; i < 256; i += 8 {
		a, b := binary.LittleEndian.Uint64(seen[0][i:]), binary.LittleEndian.Uint64(seen[1][i:])
		even, odd, both = even+a, odd+b, both+(a|b)
	}
	n := len(p)
	return total(both) >= manyOf(n, 91) && min(total(even), total(odd)) >= manyOf(n/2, 85)
}

// total adds eight counters up.
func total(x uint64) int {
	x = x&0x00ff00ff00ff00ff + x>>8&0x00ff00ff00ff00ff
	return int(x * 0x0001000100010001 >> 48)
}

// manyOf is a percentage of how many different bytes are expected among n
// random ones.
func manyOf(n, percent int) int { return int(distinct[n]) * percent / 100 }

// distinct is how many different bytes are expected among so many random ones.
var distinct = func() (t [entropyWindow + 1]uint16) {
	left := 256.0
	for n := range t {
		t[n] = uint16(256 - left)
		left *= 255.0 / 256
	}
	return t
}()
