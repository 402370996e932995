package unpack

import "encoding/binary"

// mapAside notes what a CMap holds besides its map: comments, strings, words
// that mean nothing, and targets that are longer than a ligature.
func (d *pdfDoc) mapAside(b []byte) {
	x := pdfLex{b: b, notes: &d.notes}
	var args []any
	for d.spend(1) {
		at := x.i
		v, ok := x.value()
		d.spend(x.i - at)
		op, is := v.(pdfOp)
		if ok && !is {
			if len(args) < 4*pdfMapSize {
				args = append(args, v)
			} else {
				d.aside(&d.notes, v)
			}
			continue
		}
		switch op {
		case "endcodespacerange", "endbfchar", "endbfrange", "endcidrange", "endcidchar", "endnotdefrange", "endnotdefchar":
			d.longTargets(args)
		case "", "findresource", "begin", "dict", "begincmap", "def", "begincodespacerange", "beginbfchar", "beginbfrange", "begincidrange",
			"begincidchar", "beginnotdefrange", "beginnotdefchar", "usecmap", "endcmap", "CMapName", "currentdict", "defineresource", "pop", "end", "dup":
			d.aside(&d.notes, args)
		default:
			d.notes.add([]byte(op))
			d.aside(&d.notes, args)
		}
		if !ok {
			return
		}
		args = args[:0]
	}
}

// longTargets notes the strings that are more than codes and ligatures.
func (d *pdfDoc) longTargets(args []any) {
	for _, v := range args {
		switch v := v.(type) {
		case pdfStr:
			if len(v) > 8 {
				d.notes.add(utf16Text(v, binary.BigEndian))
				d.notes.add(v)
			}
		case []any:
			d.longTargets(v)
		default:
			d.aside(&d.notes, v)
		}
	}
}
