package unpack

import "github.com/datacustoms/customs/inspect/decode"

// xlsxStrings are the shared strings of a workbook (ECMA-376 part 1, 18.4).
type xlsxStrings struct {
	name []byte
	span decode.Span
	data []byte
	ends []uint32
	used []uint64 // bits: the string stands in a cell
	cut  bool     // there was no memory for all of them
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
	s.used = make([]uint64, len(s.ends)/64+1)
}

func (s *xlsxStrings) add(p []byte, a *officeAside, o *officeOut) {
	if s.cut = s.cut || !o.hold(2*len(p)); s.cut {
		a.lost = true
		return
	}
	s.data = append(s.data, p...)
}

func (s *xlsxStrings) close(a *officeAside, o *officeOut) {
	if s.cut = s.cut || !o.hold(8); s.cut {
		a.lost = true
		return
	}
	s.ends = append(s.ends, uint32(len(s.data)))
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
		a.lost = a.lost || s.cut
		x.fault = x.fault || !s.cut
		return number
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
