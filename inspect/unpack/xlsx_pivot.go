package unpack

// readPivotCache reads what a pivot table keeps of its source (ECMA-376 part 1,
// 18.10): its records are rows, and each of its fields is a column, the name
// first. A value that is only a number into a field is an empty cell.
func readPivotCache(d *officeDoc, e *officeEntry, x *officeXML, a *officeAside) {
	out := &officeText{o: d.o.meter, name: e.name, at: e.span()}
	row, cells := false, 0
	var value []byte
	for t := x.next(); t != xmlEOF && !d.o.stopped; t = x.next() {
		name := string(x.name)
		switch {
		case t == xmlStart && pivotValues[name]:
			a.element()
			if row && cells > 0 {
				out.addByte('\t')
			}
			cells++
			v, _ := unescape(append([]byte(nil), x.attr("v")...))
			switch value = value[:0]; {
			case name == "n":
				value = appendNumber(value, v)
			case name != "x" || telling(v):
				value = append(value, v...)
			}
			if out.addLine(value); !row {
				out.addByte('\n')
			}
			pivotAttrs(x, a)
		case t == xmlStart && name == "r" && !x.empty:
			row, cells = true, 0
		case t == xmlEnd && name == "r":
			row = false
			out.addByte('\n')
		case t == xmlStart && name == "cacheField":
			v, _ := unescape(append([]byte(nil), x.attr("name")...))
			out.addByte('\n')
			out.addLine(v)
			out.addByte('\n')
			a.attrs(x)
		default:
			a.token(x)
		}
	}
	out.flush()
}

// pivotValues are the elements that hold a value.
var pivotValues = nameSet("s n d b e x m")

// pivotAttrs takes the attributes of a value but the value.
func pivotAttrs(x *officeXML, a *officeAside) {
	if name, _, rest, ok := rawAttr(x.attrs); !ok || string(name) != "v" || !isBlank(rest) {
		a.attrs(x)
	}
}
