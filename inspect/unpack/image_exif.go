package unpack

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/datacustoms/customs/inspect/decode"
)

// text makes text of what may be text; numbers only where they are a place.
func (d *tiffDir) text(e tiffEntry) []byte {
	switch {
	case e.tag >= 0x9C9B && e.tag <= 0x9C9F:
		return utf16Text(e.data, binary.LittleEndian)
	case (e.tag == 0x9286 || e.kind == 7) && len(e.data) > 8 && string(e.data[:8]) == "UNICODE\x00":
		text := e.data[8:]
		if order := imageOrder(text); order != nil { // many writers keep to their own order
			return utf16Text(text, order)
		}
		return utf16Text(text, d.order)
	case (e.tag == 0x9286 || e.kind == 7) && len(e.data) > 8 && e.data[7] == 0:
		return e.data[8:]
	case e.kind == 2 || e.kind == 7 || (e.kind == 1 || e.kind == 6) && len(e.data) > 4:
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

// imageUTF16 tells text in UTF-16 by its beginning; nil where it is none.
func imageUTF16(b []byte) binary.ByteOrder {
	if len(b) >= 4 {
		switch decode.Sniff(b[:min(len(b), decode.SniffLen)]) {
		case decode.UTF16LE:
			return binary.LittleEndian
		case decode.UTF16BE:
			return binary.BigEndian
		}
	}
	return nil
}

// imageOrder tells the order of the bytes of UTF-16 by characters whose upper
// half is zero; nil where there are none, or as many of the one as of the other.
func imageOrder(b []byte) binary.ByteOrder {
	var zeros [2]int
	for i, c := range b {
		if c == 0 {
			zeros[i&1]++
		}
	}
	switch {
	case zeros[0] > zeros[1]:
		return binary.BigEndian
	case zeros[1] > zeros[0]:
		return binary.LittleEndian
	}
	return nil
}

// place takes a hemisphere or degrees, minutes and seconds. Even tags of the
// pairs are hemispheres, by their place in d.gps.
func (d *tiffDir) place(e tiffEntry, i int) {
	if i&1 == 0 {
		d.gps[i] = string(e.data)
		if s := d.gps[i+1]; s != "" && s[0] != '-' && southWest(e.data) {
			d.gps[i+1] = "-" + s
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
	if southWest([]byte(d.gps[i-1])) {
		deg = -deg
	}
	d.gps[i] = strconv.FormatFloat(deg, 'f', 6, 64)
}

func southWest(b []byte) bool { return len(b) > 0 && (b[0] == 'S' || b[0] == 'W') }
