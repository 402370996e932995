package unpack

// readProps reads the properties of a document, a line each: "key: value".
// The key is the name that a person gave it, or else the element's.
func readProps(d *officeDoc, e *officeEntry, x *officeXML, a *officeAside) {
	out := &officeText{o: d.o.meter, name: e.name, at: e.span()}
	var key, value []byte
	line := func() {
		if !isBlank(value) {
			if len(key) > 0 {
				out.addLine(key)
				out.add([]byte(": "))
			}
			out.addLine(value)
			out.addByte('\n')
		}
		value = value[:0]
	}
	for t := x.next(); t != xmlEOF && !d.o.stopped; t = x.next() {
		switch t {
		case xmlStart:
			line()
			if name := x.attr("name"); len(name) > 0 {
				name, _ = unescape(append([]byte(nil), name...))
				key = append(key[:0], name...)
			} else if !propTypes[string(x.name)] {
				key = append(key[:0], x.name...)
			}
			a.attrs(x)
		case xmlEnd:
			line()
		case xmlText:
			if len(value)+len(x.text) > propLongest {
				line()
			}
			value = append(value, x.text...)
		default:
			a.token(x)
		}
	}
	line()
	out.flush()
}

// propLongest is the longest value on one line.
const propLongest = 1 << 20

// propTypes are elements that say of what type a value is, and name nothing
// (ECMA-376 part 1, 22.4).
var propTypes = map[string]bool{
	"lpwstr": true, "lpstr": true, "bstr": true, "i1": true, "i2": true, "i4": true, "i8": true, "int": true,
	"ui1": true, "ui2": true, "ui4": true, "ui8": true, "uint": true, "r4": true, "r8": true, "decimal": true,
	"bool": true, "date": true, "filetime": true, "cy": true, "error": true, "vector": true, "variant": true,
	"array": true, "blob": true, "oblob": true, "clsid": true,
}
