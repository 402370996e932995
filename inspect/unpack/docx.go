package unpack

import (
	"strconv"
	"unicode/utf8"
)

// flowOp says what an element does to the flow.
type flowOp uint8

const (
	opNone     flowOp = iota
	opText            // its characters are text
	opComment         // the same, and it is a paragraph of its own
	opPara            // ends a line
	opTable           // holds rows
	opRow             // ends a line
	opCell            // ends a column
	opSpan            // says how many columns the cell takes
	opBreak           // a line break
	opTab             // a tab
	opHyphen          // a hyphen
	opSymbol          // a character by its number in a symbol font
	opSide            // its text is not of the paragraph that it stands in
	opCode            // its characters are a field code
	opField           // ends a field code
	opDeleted         // its text was deleted
	opInserted        // its text was inserted
	opRun             // holds text that looks the same
	opVanish          // says that the run is not shown
)

// flowOps are the elements of WordprocessingML (ECMA-376 part 1, 17) and
// DrawingML (21) that make text.
var flowOps = map[string]flowOp{
	"t": opText, "delText": opText, "text": opComment, "p": opPara,
	"tbl": opTable, "tr": opRow, "tc": opCell, "gridSpan": opSpan,
	"br": opBreak, "cr": opBreak, "tab": opTab, "ptab": opTab,
	"noBreakHyphen": opHyphen, "sym": opSymbol,
	"txbxContent": opSide, "Fallback": opSide, "rt": opSide, "rPh": opSide,
	"instrText": opCode, "delInstrText": opCode, "fldChar": opField,
	"r": opRun, "vanish": opVanish,
	"del": opDeleted, "moveFrom": opDeleted, "ins": opInserted, "moveTo": opInserted,
}

// readFlow reads the XML of Word, of slides and of drawings. Text that is
// deleted, or in the branch for old programs, is read too.
func readFlow(d *officeDoc, e *officeEntry, x *officeXML, a *officeAside) {
	f := newOfficeFlow(d.o, e, a)
	for t := x.next(); t != xmlEOF && !d.o.stopped; t = x.next() {
		switch t {
		case xmlStart:
			op := flowOps[string(x.name)]
			f.start(op, x)
			a.attrs(x)
			if x.empty {
				f.end(op)
			}
		case xmlEnd:
			f.end(flowOps[string(x.name)])
		case xmlText:
			f.chars(x)
		default:
			a.token(x)
		}
	}
	f.finish()
}

// chars takes characters: text, a field code, or what no element of the
// table holds.
func (f *officeFlow) chars(x *officeXML) {
	l := f.level()
	switch {
	case l.inText > 0:
		f.text(x.text)
	case string(x.name) == "instrText" || string(x.name) == "delInstrText":
		if len(l.code)+len(x.text) > flowOld {
			f.aside.over = true
			return
		}
		l.code = append(l.code, x.text...)
	default:
		f.aside.token(x)
	}
}

func (f *officeFlow) start(op flowOp, x *officeXML) {
	l := f.level()
	switch op {
	case opText, opComment:
		l.inText++
	case opTable:
		f.openTable()
	case opCell:
		f.openCell()
	case opSpan:
		l.span = x.attrInt("val", 1, 64)
	case opBreak:
		f.lineBreak()
	case opTab:
		if x.attr("pos") == nil { // else it says where tabs stand
			f.tab()
		}
	case opHyphen:
		f.text([]byte{'-'})
	case opSymbol:
		f.symbol(x)
	case opSide:
		if !f.push() {
			x.fault = true
		}
	case opDeleted:
		l.del++
	case opInserted:
		l.ins++
	case opRun:
		l.vanish = false
	case opVanish:
		v := string(x.attr("val"))
		l.vanish = v != "0" && v != "false" && v != "off"
	}
}

func (f *officeFlow) end(op flowOp) {
	l := f.level()
	switch op {
	case opText:
		l.inText = max(0, l.inText-1)
	case opComment:
		l.inText = max(0, l.inText-1)
		f.gapOrLine()
	case opPara:
		f.gapOrLine()
	case opTable:
		f.closeTable()
	case opRow:
		f.closeRow()
	case opCell:
		f.closeCell()
	case opField:
		f.fieldCode()
	case opSide:
		if len(f.levels) > 1 {
			f.aside.paragraph(f.pop())
		}
	case opDeleted:
		l.del = max(0, l.del-1)
	case opInserted:
		l.ins = max(0, l.ins-1)
	case opRun:
		l.vanish = false
	}
}

// lineBreak is a blank in a cell.
func (f *officeFlow) lineBreak() {
	if l := f.level(); l.cell {
		l.gap = true
	} else {
		f.newline()
	}
}

// tab is a blank in a cell, else a tab: people align columns by it.
func (f *officeFlow) tab() {
	f.text([]byte{' '})
	if l := f.level(); !l.cell && l.del == 0 && !l.vanish {
		f.raw([]byte{'\t'})
	}
}

// symbol writes a character of a symbol font. Those in the private area stand
// for the characters that the font was made for (17.3.3.30).
func (f *officeFlow) symbol(x *officeXML) {
	n, err := strconv.ParseUint(string(x.attr("char")), 16, 32)
	if err != nil || n > utf8.MaxRune {
		return
	}
	if n >= 0xf020 && n <= 0xf07e {
		n -= 0xf000
	}
	f.text(utf8.AppendRune(nil, rune(n)))
}
