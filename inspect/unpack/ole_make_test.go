package unpack_test

import (
	"encoding/binary"
	"math"
	"unicode/utf16"
)

// oleStream is a stream of a compound file to be made. A name with a slash
// puts it into a storage.
type oleStream struct{ storage, name, data string }

const (
	oleSector = 512
	oleNone   = 0xffffffff
	oleStop   = 0xfffffffe
)

// oleMake writes a compound file of version 3. Streams below 4096 bytes lie in
// mini sectors, as the format wants it.
type oleMake struct {
	sectors []byte
	fat     []uint32
	mini    []byte
	minifat []uint32
	dir     []byte
}

func olePack(streams ...oleStream) []byte {
	m := &oleMake{}
	m.entry("Root Entry", 5, 1, oleNone, 0, 0)
	m.link(streams)
	root := uint32(oleStop)
	if len(m.mini) > 0 {
		root = m.put(m.mini)
	}
	binary.LittleEndian.PutUint32(m.dir[116:], root)
	binary.LittleEndian.PutUint32(m.dir[120:], uint32(len(m.mini)))
	minifat := uint32(oleStop)
	if len(m.minifat) > 0 {
		minifat = m.put(words(m.minifat))
	}
	dir := m.put(m.dir)
	h := make([]byte, 512)
	copy(h, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	le := binary.LittleEndian
	le.PutUint16(h[26:], 3)
	le.PutUint16(h[28:], 0xfffe)
	le.PutUint16(h[30:], 9)
	le.PutUint16(h[32:], 6)
	le.PutUint32(h[48:], dir)
	le.PutUint32(h[56:], 4096)
	le.PutUint32(h[60:], minifat)
	le.PutUint32(h[68:], oleStop)
	for i := 76; i < 512; i += 4 {
		le.PutUint32(h[i:], oleNone)
	}
	count := 1
	for (len(m.fat)+count+127)/128 > count {
		count++
	}
	for i := range count {
		le.PutUint32(h[76+4*i:], uint32(len(m.fat)))
		m.fat = append(m.fat, 0xfffffffd)
	}
	for len(m.fat)%128 != 0 {
		m.fat = append(m.fat, oleNone)
	}
	return append(append(h, m.sectors...), words(m.fat)...)
}

// link writes the entries: each is the right sibling of the one before.
func (m *oleMake) link(streams []oleStream) {
	for i := 0; i < len(streams); i++ {
		s := streams[i]
		next := uint32(len(m.dir)/128 + 1)
		if i == len(streams)-1 {
			next = oleNone
		}
		if s.storage != "" {
			child := uint32(len(m.dir)/128 + 1)
			if next != oleNone {
				next++
			}
			m.entry(s.storage, 1, child, next, 0, 0)
			next = oleNone
		}
		start := uint32(oleStop)
		switch {
		case len(s.data) >= 4096:
			start = m.put([]byte(s.data))
		case len(s.data) > 0:
			start = uint32(len(m.minifat))
			for at := 0; at < len(s.data); at += 64 {
				m.minifat = append(m.minifat, uint32(len(m.minifat)+1))
			}
			m.minifat[len(m.minifat)-1] = oleStop
			m.mini = append(m.mini, s.data...)
			m.mini = append(m.mini, make([]byte, (64-len(m.mini)%64)%64)...)
		}
		m.entry(s.name, 2, oleNone, next, start, len(s.data))
	}
}

func (m *oleMake) entry(name string, kind byte, child, right, start uint32, size int) {
	b := make([]byte, 128)
	le := binary.LittleEndian
	u := utf16.Encode([]rune(name))
	for i, c := range u {
		le.PutUint16(b[2*i:], c)
	}
	le.PutUint16(b[64:], uint16(2*len(u)+2))
	b[66] = kind
	le.PutUint32(b[68:], oleNone)
	le.PutUint32(b[72:], right)
	le.PutUint32(b[76:], child)
	le.PutUint32(b[116:], start)
	le.PutUint32(b[120:], uint32(size))
	m.dir = append(m.dir, b...)
}

func (m *oleMake) put(b []byte) uint32 {
	start := uint32(len(m.fat))
	for at := 0; at < len(b); at += oleSector {
		m.fat = append(m.fat, uint32(len(m.fat)+1))
	}
	m.fat[len(m.fat)-1] = oleStop
	m.sectors = append(m.sectors, b...)
	m.sectors = append(m.sectors, make([]byte, (oleSector-len(b)%oleSector)%oleSector)...)
	return start
}

func words(v []uint32) (b []byte) {
	for _, n := range v {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return b
}

func shorts(v ...int) (b []byte) {
	for _, n := range v {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
	}
	return b
}

func utf16le(s string) string { return utf16Of(s)[2:] }

// biff writes a record of a workbook.
func biff(id int, body ...string) string {
	data := ""
	for _, p := range body {
		data += p
	}
	return string(shorts(id, len(data))) + data
}

func float64le(f float64) string {
	return string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(f)))
}

// wordOf makes the two streams of a Word document of these pieces; a piece
// that is UTF-16 has wide set. rows are the offsets of marks that end a row,
// counted in characters.
func wordOf(flags int, pieces []string, wide []bool) []oleStream {
	head := make([]byte, 0x200)
	le := binary.LittleEndian
	le.PutUint16(head, 0xa5ec)
	le.PutUint16(head[2:], 0xc1)
	le.PutUint16(head[0x0a:], uint16(flags))
	text, cps, pcds := "", []uint32{0}, ""
	for i, p := range pieces {
		at, n, stored := uint32(len(head)+len(text)), len(utf16.Encode([]rune(p))), utf16le(p)
		if !wide[i] {
			at, n, stored = at*2|1<<30, len(p), p
		}
		cps = append(cps, cps[i]+uint32(n))
		pcds += "\x00\x00" + string(words([]uint32{at})) + "\x00\x00"
		text += stored
	}
	plc := string(words(cps)) + pcds
	clx := "\x01\x02\x00ab\x02" + string(words([]uint32{uint32(len(plc))})) + plc
	le.PutUint32(head[0x1a2:], 4)
	le.PutUint32(head[0x1a6:], uint32(len(clx)))
	return []oleStream{{name: "WordDocument", data: string(head) + text + utf16le("deleted 13900139000")}, {name: "0Table", data: "xxxx" + clx}}
}
