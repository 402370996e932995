package unpack

import "bytes"

// xlsxSheet is one sheet that is being read.
type xlsxSheet struct {
	d       *officeDoc
	x       *officeXML
	aside   *officeAside
	flow    *officeFlow
	typ     byte // of the cell: s shared, n number, e or anything else as it is
	col     int  // of the cell, from 0
	last    int  // column of the last cell written, -1 at the start of a row
	value   []byte
	formula []byte
	number  []byte
	inside  int // what characters are now
}

// What the characters of a sheet belong to.
const (
	xlsxNone = iota
	xlsxValue
	xlsxFormula
	xlsxPhonetic
)

const (
	xlsxColumns = 16384   // of a sheet (ECMA-376 part 1, 18.3.1.13)
	xlsxLongest = 1 << 20 // of a value that is put together
)

// readSheet reads a worksheet (ECMA-376 part 1, 18.3.1.99): each row a line,
// cells in their columns, shared strings in their places. Values of formulas
// are those that were kept; numbers are written in full; dates stay numbers.
func readSheet(d *officeDoc, e *officeEntry, x *officeXML, a *officeAside) {
	s := &xlsxSheet{d: d, x: x, aside: a, flow: newOfficeFlow(d.o, e, a), last: -1, col: -1}
	for t := x.next(); t != xmlEOF && !d.o.stopped; t = x.next() {
		switch t {
		case xmlStart:
			s.start()
		case xmlEnd:
			s.end()
		case xmlText:
			s.chars()
		default:
			a.token(x)
		}
	}
	s.row()
	s.flow.main.flush()
}

func (s *xlsxSheet) start() {
	switch string(s.x.name) {
	case "c", "cell":
		s.cell()
		if s.x.empty {
			s.end()
		}
		return
	case "v", "t":
		if s.inside != xlsxPhonetic {
			s.inside = xlsxValue
		}
	case "f":
		s.inside = xlsxFormula
	case "rPh":
		s.inside = xlsxPhonetic
	case "row":
		s.row()
	}
	s.aside.attrs(s.x)
	if s.x.empty {
		s.end()
	}
}

// cell reads the attributes of a cell in one go: there are many.
func (s *xlsxSheet) cell() {
	s.typ = 'n'
	s.col++
	s.aside.element()
	s.outside()
	rest := s.x.attrs
	for {
		name, v, r, ok := rawAttr(rest)
		if !ok {
			break
		}
		plain := len(v) < 16 && !telling(v) && bytes.IndexByte(v, '&') < 0
		switch {
		case string(name) == "r":
			if col := columnOf(v); col >= 0 {
				s.col = col
			}
			plain = plain && isReference(v)
		case string(name) == "t":
			s.typ = 0
			if string(v) == "s" || string(v) == "n" {
				s.typ = v[0]
			}
		case string(name) == "s":
		default:
			plain = plain && isMeasure(v) && !oddName(name)
		}
		if !plain {
			v, _ = unescape(v)
			s.aside.value(name, v)
		}
		rest = r
	}
	if !isBlank(rest) {
		s.x.fault = true
	}
}

// isReference tells whether a value is capital letters and then digits.
func isReference(v []byte) bool {
	for len(v) > 0 && v[0] >= 'A' && v[0] <= 'Z' {
		v = v[1:]
	}
	return len(v) < digitsKept+2 && allDigits(v)
}

// columnOf returns the column of a reference as "AB12", from 0.
func columnOf(ref []byte) int {
	n := 0
	for _, c := range ref {
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > xlsxColumns {
			return -1
		}
	}
	return n - 1
}

func (s *xlsxSheet) end() {
	switch string(s.x.name) {
	case "c", "cell":
		s.put()
	case "row":
		s.row()
	case "f":
		s.inside = xlsxNone
		if formulaTells(s.formula) {
			s.aside.value(s.x.name, s.formula)
		}
		s.formula = s.formula[:0]
	case "v", "t":
		if s.inside != xlsxPhonetic {
			s.inside = xlsxNone
		}
	case "rPh":
		s.inside = xlsxNone
	}
}

func (s *xlsxSheet) chars() {
	into := &s.value
	switch s.inside {
	case xlsxValue:
	case xlsxFormula:
		into = &s.formula
	default:
		s.aside.token(s.x)
		return
	}
	if len(*into)+len(s.x.text) > xlsxLongest {
		s.x.fault = true
		return
	}
	*into = append(*into, s.x.text...)
}

// put writes a cell.
func (s *xlsxSheet) put() {
	v := s.value
	switch s.typ {
	case 's':
		v = s.d.strings.at(v, s.x, s.aside)
	case 'n':
		s.number = appendNumber(s.number[:0], v)
		v = s.number
	}
	s.value = s.value[:0]
	if len(v) == 0 {
		return
	}
	if n := s.col - max(s.last, 0); n > 0 {
		s.flow.columns(n)
	} else if s.last >= 0 {
		s.flow.columns(1)
	}
	s.last = s.col
	s.flow.main.addLine(v)
}

// outside takes what looked like the value of a cell and stood in none.
func (s *xlsxSheet) outside() {
	if len(s.value) > 0 {
		s.aside.value(nil, s.value)
		s.value = s.value[:0]
	}
}

func (s *xlsxSheet) row() {
	s.outside()
	if s.last >= 0 {
		s.flow.main.addByte('\n')
	}
	s.col, s.last = -1, -1
}

// formulaTells tells whether a formula has text or long numbers in it.
func formulaTells(p []byte) bool {
	for _, c := range p {
		if c == '"' || c == '@' {
			return true
		}
	}
	return digitRun(p) >= digitsKept
}
