package unpack

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// Types of property values (MS-OLEPS 2.2).
const (
	vtI2      = 2
	vtI4      = 3
	vtR8      = 5
	vtCY      = 6
	vtBSTR    = 8
	vtVariant = 12
	vtUI4     = 19
	vtI8      = 20
	vtUI8     = 21
	vtLPSTR   = 30
	vtLPWSTR  = 31
	vtVector  = 0x1000
)

const (
	setLargest = 1 << 20 // bytes of a property set that is read
	setMost    = 4096    // values of one
)

// setNames are the properties of the summary (MS-OSHARED 2.3.3.2.1).
var setNames = map[uint32]string{
	2: "title", 3: "subject", 4: "author", 5: "keywords", 6: "comments", 7: "template",
	8: "last author", 9: "revision", 14: "manager", 15: "company", 18: "application",
}

// propertySet is a property set that is being read.
type propertySet struct {
	b     []byte // of the section
	names map[uint32]string
	wide  bool // strings are UTF-16
	out   *officeText
	left  int
}

// readPropertySet reads the strings of a property set, each a line with its
// name. Everything else of it is numbers; it is given out as stored as well.
func readPropertySet(f *oleFile, e *oleEntry, s *oleStream) bool {
	if s.size < 48 || s.size > setLargest {
		return false
	}
	b := f.load(s, setLargest)
	if b == nil {
		return false
	}
	le := binary.LittleEndian
	out := &officeText{o: f.o.meter, name: []byte(e.name), at: s.span()}
	for i := range min(2, int(le.Uint32(b[24:]))) {
		if 28+20*(i+1) > len(b) {
			break
		}
		if off := int64(le.Uint32(b[28+20*i+16:])); off+8 <= int64(len(b)) {
			p := &propertySet{b: b[off:], out: out, left: setMost, names: setNames}
			p.section(i == 1)
		}
	}
	out.flush()
	f.o.release(int(s.size))
	return false
}

// section reads one section; the second one has names of its own.
func (p *propertySet) section(custom bool) {
	le := binary.LittleEndian
	count := min(int(le.Uint32(p.b[4:])), (len(p.b)-8)/8, setMost)
	at := func(i int) (uint32, []byte) {
		off := min(int64(le.Uint32(p.b[8+8*i+4:])), int64(len(p.b)))
		return le.Uint32(p.b[8+8*i:]), p.b[off:]
	}
	for i := range count {
		if id, v := at(i); id == 1 && len(v) >= 6 {
			p.wide = le.Uint16(v[4:]) == 1200
		}
	}
	for i := range count {
		if id, v := at(i); id == 0 && custom {
			p.dictionary(v)
		}
	}
	for i := range count {
		if id, v := at(i); id > 1 && len(v) >= 4 {
			p.value(p.names[id], le.Uint32(v)&0xffff, v[4:])
		}
	}
}

// dictionary reads the names that people gave to properties.
func (p *propertySet) dictionary(v []byte) {
	le := binary.LittleEndian
	p.names = map[uint32]string{}
	if len(v) < 4 {
		return
	}
	n := le.Uint32(v)
	for v = v[4:]; n > 0 && len(v) >= 8 && len(p.names) < setMost; n-- {
		id, chars := le.Uint32(v), int64(le.Uint32(v[4:]))
		if v = v[8:]; p.wide {
			chars *= 2
		}
		if chars > int64(len(v)) {
			return
		}
		p.names[id] = string(p.text(v[:chars], p.wide))
		if v = v[chars:]; p.wide && chars%4 != 0 && len(v) >= 2 {
			v = v[2:]
		}
	}
}

func (p *propertySet) text(b []byte, wide bool) []byte {
	if wide {
		b = biffChars(nil, b, len(b)/2, true)
	}
	for i, c := range b {
		if c == 0 {
			return b[:i]
		}
	}
	return b
}

// value writes the strings of a value and returns what is behind them.
func (p *propertySet) value(name string, kind uint32, v []byte) []byte {
	le := binary.LittleEndian
	if p.left--; p.left < 0 || len(v) < 4 {
		return nil
	}
	n := int64(le.Uint32(v))
	switch {
	case kind&vtVector != 0:
		for v = v[4:]; n > 0 && len(v) >= 4 && p.left > 0; n-- {
			inner := kind &^ vtVector
			if inner == vtVariant {
				inner, v = le.Uint32(v)&0xffff, v[4:]
			}
			v = p.value(name, inner, v)
		}
		return v
	case kind == vtI2 || kind == vtI4:
		p.line(name, strconv.AppendInt(nil, int64(int32(n)), 10))
		return v[4:]
	case kind == vtUI4:
		p.line(name, strconv.AppendInt(nil, n, 10))
		return v[4:]
	case (kind == vtR8 || kind == vtI8 || kind == vtUI8 || kind == vtCY) && len(v) >= 8:
		p.line(name, setNumber(kind, le.Uint64(v)))
		return v[8:]
	case kind != vtBSTR && kind != vtLPSTR && kind != vtLPWSTR:
		return nil
	}
	wide := kind == vtLPWSTR || p.wide
	if kind == vtLPWSTR {
		n *= 2
	}
	if v = v[4:]; n > int64(len(v)) {
		n = int64(len(v))
	}
	p.line(name, p.text(v[:n], wide))
	return v[min(int64(len(v)), (n+3)&^3):]
}

// setNumber writes a number of eight bytes.
func setNumber(kind uint32, v uint64) []byte {
	switch kind {
	case vtR8:
		return appendFloat(nil, math.Float64frombits(v))
	case vtCY:
		return appendFloat(nil, float64(int64(v))/10000)
	}
	return strconv.AppendUint(nil, v, 10)
}

func (p *propertySet) line(name string, v []byte) {
	if isBlank(v) {
		return
	}
	if name != "" {
		p.out.addLine(fmt.Append(nil, name, ": "))
	}
	p.out.addLine(v)
	p.out.addByte('\n')
}
