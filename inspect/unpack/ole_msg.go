package unpack

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/inspect"
)

// Types of MAPI properties, the last four digits of a stream's name (MS-OXMSG
// 2.1.3).
const (
	mapiString8 = 0x001e
	mapiUnicode = 0x001f
)

// mapiNames are properties that people read (MS-OXPROPS 2).
var mapiNames = map[uint64]string{
	0x0037: "subject", 0x0070: "topic", 0x0e1d: "subject", 0x007d: "headers", 0x1000: "body",
	0x0c1a: "from", 0x0c1f: "from address", 0x5d01: "from address", 0x0042: "from", 0x0065: "from address",
	0x0e04: "to", 0x0e03: "cc", 0x0e02: "bcc", 0x3001: "name", 0x3003: "address", 0x39fe: "address",
	0x3704: "file name", 0x3707: "file name", 0x3a06: "given name", 0x3a11: "surname", 0x3a08: "business telephone",
	0x3a09: "home telephone", 0x3a1c: "mobile", 0x3a15: "postal address", 0x3a16: "company", 0x3a17: "title",
}

const (
	mapiRTF     = "__substg1.0_10090102"
	mapiLongest = 16 << 20
)

// message gives out a property of a mail: a string as "key: value", and the
// compressed body unpacked. All others are streams as any.
func (f *oleFile) message(e *oleEntry, s *oleStream, name string) bool {
	if name == mapiRTF {
		return f.messageRTF(e, s)
	}
	tag, err := strconv.ParseUint(strings.TrimPrefix(name, "__substg1.0_")[:min(8, len(name)-12)], 16, 32)
	kind := tag & 0xefff // without the mark of many values
	if err != nil || kind != mapiString8 && kind != mapiUnicode {
		return false
	}
	b := f.load(s, mapiLongest)
	if b == nil {
		return false
	}
	defer f.o.release(int(s.size))
	if kind == mapiUnicode {
		odd := b[len(b)&^1:]
		b = append(biffChars(nil, b, len(b)/2, true), odd...)
	}
	out := &officeText{o: f.o.meter, name: []byte(e.name), at: s.span()}
	if key := mapiNames[tag>>16]; key != "" && len(b) > 0 {
		out.add([]byte(key + ": "))
	}
	out.add(b)
	out.flush()
	return true
}

// messageRTF unpacks a body in compressed RTF (MS-OXRTFCP 2.2).
func (f *oleFile) messageRTF(e *oleEntry, s *oleStream) bool {
	if s.size == 0 {
		return true
	}
	b := f.load(s, mapiLongest)
	if b == nil {
		return false
	}
	defer f.o.release(int(s.size))
	out := &officeText{o: f.o.meter, name: []byte(e.name), at: s.span()}
	ok := len(b) >= 16 && unpackRTF(b, out)
	out.flush()
	if !ok {
		f.o.Miss(inspect.GapBroken, s.size)
	}
	return ok
}

// rtfDictionary is what the window holds at first (MS-OXRTFCP 2.1.2.1).
const rtfDictionary = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern " +
	"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n" +
	"\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

// unpackRTF answers whether the stream was read to its end.
func unpackRTF(b []byte, out *officeText) bool {
	le := binary.LittleEndian
	packed := min(int64(le.Uint32(b))+4, int64(len(b)))
	switch string(b[8:12]) {
	case "MELA":
		out.add(b[16:])
		return true
	case "LZFu":
	default:
		return false
	}
	var window [4096]byte
	at := copy(window[:], rtfDictionary)
	if len(bytes.Trim(b[max(16, packed):], "\x00")) > 0 {
		return false // something lies behind the end
	}
	for p := b[16:max(16, packed)]; len(p) > 0; {
		flags := p[0]
		p = p[1:]
		for bit := 0; bit < 8; bit++ {
			if flags>>bit&1 == 0 {
				if len(p) == 0 {
					return false
				}
				out.addByte(p[0])
				window[at], p = p[0], p[1:]
				at = (at + 1) % len(window)
				continue
			}
			if len(p) < 2 {
				return false
			}
			ref := int(p[0])<<8 | int(p[1])
			p = p[2:]
			from, n := ref>>4, ref&15+2
			if from == at {
				return len(bytes.Trim(p, "\x00")) == 0
			}
			for range n {
				c := window[from]
				out.addByte(c)
				window[at] = c
				from, at = (from+1)%len(window), (at+1)%len(window)
			}
		}
	}
	return false
}
