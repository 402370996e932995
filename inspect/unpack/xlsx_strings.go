package unpack

import (
	"math"

	"github.com/datacustoms/customs/inspect/decode"
)

// xlsxStrings are the shared strings of a workbook (ECMA-376 part 1, 18.4).
type xlsxStrings struct {
	name  []byte
	span  decode.Span
	data  []byte
	ends  []uint32
	used  []uint64 // bits: the string stands in a cell
	cut   bool     // there was no memory for all of them
	spill *officeText
}

// load reads the strings, runs joined.
func (s *xlsxStrings) load(x *officeXML, a *officeAside, o *officeOut, e *officeEntry) {
	s.name, s.span = e.name, e.span()
	text, phonetic := false, false
	for t := x.next(); t != xmlEOF && !o.stopped; t = x.next() {
		name := string(x.name)
		switch {
		case t == xmlStart:
			text = name == "t" && !x.empty
			phonetic = (phonetic || name == "rPh") && !(x.empty && name == "rPh")
			a.attrs(x)
			if name == "si" && x.empty {
				s.close(a, o)
			}
		case t == xmlEnd && name == "si":
			s.close(a, o)
			phonetic = false
		case t == xmlEnd:
			text = false
			phonetic = phonetic && name != "rPh"
		case t == xmlText && text && !phonetic:
			s.add(x.text, a, o)
		default:
			a.token(x)
		}
	}
	s.ready()
}

// ready ends the strings: what follows asks for them.
func (s *xlsxStrings) ready() {
	s.used = make([]uint64, len(s.ends)/64+1)
	if s.cut {
		s.spill.flush()
	}
}

// add takes text of the string in hand.
func (s *xlsxStrings) add(p []byte, a *officeAside, o *officeOut) {
	if s.room(2*len(p), a, o); s.cut {
		s.spill.addLine(p)
		return
	}
	s.data = append(s.data, p...)
}

// close ends the string.
func (s *xlsxStrings) close(a *officeAside, o *officeOut) {
	if s.room(8, a, o); s.cut {
		s.spill.addByte('\n')
		return
	}
	s.ends = append(s.ends, uint32(len(s.data)))
}

// room asks for memory. Strings for which there is none come out at once, a
// line each, and their cells miss them.
func (s *xlsxStrings) room(n int, a *officeAside, o *officeOut) {
	if s.cut || len(s.data)+n < math.MaxUint32 && o.hold(n) {
		return
	}
	s.cut, a.lost = true, true
	s.spill = &officeText{o: o.meter, name: s.name, at: s.span}
	from := uint32(0)
	if n := len(s.ends); n > 0 {
		from = s.ends[n-1]
	}
	s.spill.addLine(s.data[from:])
}

func (s *xlsxStrings) get(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.data[from:s.ends[i]]
}

// at returns the string with that number.
func (s *xlsxStrings) at(number []byte, x *officeXML, a *officeAside) []byte {
	n := 0
	for _, c := range number {
		if c < '0' || c > '9' || n > len(s.ends) {
			n = len(s.ends)
			break
		}
		n = n*10 + int(c-'0')
	}
	if len(number) == 0 {
		return nil
	}
	if n >= len(s.ends) {
		s.numbered(n, &x.fault, a)
		return number
	}
	return s.numbered(n, &x.fault, a)
}

// numbered returns the string with that number, which stands in a cell now.
func (s *xlsxStrings) numbered(n int, fault *bool, a *officeAside) []byte {
	if n >= len(s.ends) {
		a.lost = a.lost || s.cut
		*fault = *fault || !s.cut
		return nil
	}
	s.used[n/64] |= 1 << (n % 64)
	return s.get(n)
}

// unused gives out the strings that no cell shows, a line each.
func (s *xlsxStrings) unused(o *officeOut) {
	out := &officeText{o: o.meter, name: s.name, at: s.span}
	for i := range s.ends {
		if s.used[i/64]&(1<<(i%64)) == 0 && s.ends[i] > 0 && len(s.get(i)) > 0 {
			out.addLine(s.get(i))
			out.addByte('\n')
		}
	}
	out.flush()
}

// readLooseStrings reads strings that are not those of the workbook.
func readLooseStrings(d *officeDoc, e *officeEntry, x *officeXML, a *officeAside) {
	var s xlsxStrings
	s.load(x, a, d.o, e)
	s.unused(d.o)
}
