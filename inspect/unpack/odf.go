package unpack

import "bytes"

// odfOps are the elements of OpenDocument 1.3 part 3 that make text. Unlike in
// OOXML, characters stand in the paragraph itself.
var odfOps = map[string]flowOp{
	"p": opPara, "h": opPara, "line-break": opBreak, "tab": opTab, "s": opSpaces,
	"table": opTable, "table-row": opRow, "table-cell": opCell, "covered-table-cell": opCell,
	"annotation": opSide, "note": opSide, "ruby-text": opSide, "text-box": opInner, "frame": opInner,
	"custom-shape": opInner, "object": opInner,
	"style": opStyle, "text-properties": opShown, "span": opSpanned,
	"changed-region": opRegion, "insertion": opInsertion, "deletion": opDeletion,
	"change": opChange, "change-start": opChangeStart, "change-end": opChangeEnd,
}

// Operations that OOXML has no use for.
const (
	opSpaces    flowOp = iota + 100 // blanks, so many
	opInner                         // as opSide, but only in a paragraph
	opStyle                         // has the name of a style
	opShown                         // says how its text looks
	opSpanned                       // text of a style
	opRegion                        // has the name of a change
	opInsertion                     // that change is one
	opDeletion                      // holds what was deleted
	opChange                        // where it was deleted
	opChangeStart
	opChangeEnd
)

// odfReader is one content or styles part that is being read.
type odfReader struct {
	*officeFlow
	x       *officeXML
	entry   *officeEntry
	sheets  bool // the document is a spreadsheet: each table is a part
	open    []odfLevel
	changes odfChanges
	value   []byte // of the cell, when it is a number
}

// odfLevel is a level of the flow and the depth at which it began.
type odfLevel struct {
	depth  int
	number bool   // it holds how a number is shown, not the text of a person
	region string // of what was deleted
}

// readODF reads the content and the styles of an OpenDocument file, headers
// and footers with them. Rows that repeat come once, and so do cells.
func readODF(d *officeDoc, e *officeEntry, x *officeXML, a *officeAside) {
	r := &odfReader{officeFlow: newOfficeFlow(d.o, e, a), x: x, entry: e}
	for t := x.next(); t != xmlEOF && !d.o.stopped; t = x.next() {
		switch t {
		case xmlStart:
			op := odfOps[string(x.name)]
			r.startODF(op)
			a.attrs(x)
			if x.empty {
				r.endODF(op, x.depth+1)
			}
		case xmlEnd:
			r.endODF(odfOps[string(x.name)], x.depth+1)
		case xmlText:
			if r.level().inText > 0 {
				r.text(x.text)
			} else {
				a.token(x)
			}
		default:
			a.token(x)
		}
	}
	r.finish()
}

func (r *odfReader) startODF(op flowOp) {
	depth := r.x.depth
	if r.x.empty {
		depth++
	}
	switch op {
	case opNone:
		r.sheets = r.sheets || string(r.x.name) == "spreadsheet"
	case opPara:
		r.level().inText++
	case opSpaces:
		for range r.x.attrInt("c", 1, 64) {
			r.text([]byte{' '})
		}
	case opInner:
		if r.level().inText > 0 {
			r.pushODF(odfLevel{depth: depth})
		}
	case opSide:
		r.pushODF(odfLevel{depth: depth})
	case opTable:
		r.sheet()
		r.openTable()
	case opCell:
		r.openCell()
		r.level().span = r.x.attrInt("number-columns-repeated", 1, xlsxColumns)
		r.numberCell(depth)
	case opStyle, opShown, opSpanned, opRegion, opInsertion, opDeletion, opChange, opChangeStart, opChangeEnd:
		r.change(op, depth)
	default:
		r.start(op, r.x)
	}
}

// endODF ends an element that was open at that depth.
func (r *odfReader) endODF(op flowOp, depth int) {
	for n := len(r.open); n > 0 && r.open[n-1].depth >= depth; n = len(r.open) {
		top := r.open[n-1]
		r.open = r.open[:n-1]
		if shown := r.pop(); top.region != "" {
			r.deletion(top.region, shown)
		} else if !top.number {
			r.aside.paragraph(shown)
		} else if !bytes.Equal(shown, r.value) {
			r.aside.value(nil, shown)
		}
	}
	switch op {
	case opPara:
		l := r.level()
		l.inText = max(0, l.inText-1)
		if l.inText == 0 {
			r.gapOrLine()
		}
	case opSpanned:
		r.unveil(depth)
	case opSpaces, opInner, opSide:
	default:
		r.end(op)
	}
}

func (r *odfReader) pushODF(l odfLevel) {
	if !r.push() {
		r.x.fault = true
		return
	}
	r.open = append(r.open, l)
}

// sheet begins a part for a table of a spreadsheet.
func (r *odfReader) sheet() {
	if !r.sheets || r.level().tables > 0 || len(r.levels) > 1 {
		return
	}
	r.main.flush()
	name, _ := unescape(bytes.Clone(r.x.attr("name")))
	r.main = &officeText{o: r.o.meter, at: r.entry.span(),
		name: bytes.Join([][]byte{r.entry.name, name}, []byte{'#'})}
}

// numberCell writes a cell that is a number by its value and not as it is
// shown: shown, a long number may be short of digits.
func (r *odfReader) numberCell(depth int) {
	switch string(r.x.attr("value-type")) {
	case "float", "currency", "percentage":
	default:
		return
	}
	if r.value = appendNumber(r.value[:0], r.x.attr("value")); len(r.value) > 0 {
		r.text(bytes.Clone(r.value))
		r.pushODF(odfLevel{depth: depth, number: true})
	}
}

// odfManifest marks the entries that the manifest of a package calls
// encrypted (OpenDocument 1.3 part 2, 3.4).
func (d *officeDoc) odfManifest(e *officeEntry) {
	x := newOfficeXML(d.open(e))
	if x == nil {
		return
	}
	path, sealed := "", map[string]bool{}
	for t := x.next(); t != xmlEOF && len(sealed) <= len(d.entries); t = x.next() {
		switch {
		case t == xmlStart && string(x.name) == "file-entry":
			full, _ := unescape(bytes.Clone(x.attr("full-path")))
			path = string(full)
		case t == xmlStart && string(x.name) == "encryption-data":
			sealed[path] = true
		}
	}
	for i := range d.entries {
		d.entries[i].encrypted = sealed[string(d.entries[i].name)]
	}
}
