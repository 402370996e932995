package registry

import (
	"encoding/xml"
	"strconv"
	"strings"
	"unicode/utf16"
)

// maxShared bounds the entries of the table of shared strings.
const maxShared = 2_000_000

// sharedStrings reads the texts that cells refer to by number.
func (w *workbook) sharedStrings(part string) error {
	size := 0
	return w.elements(part, func(d *partReader, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, long, err := richText(d)
		if err != nil {
			return err
		}
		if long {
			w.long[len(w.words)] = true
		}
		w.words = append(w.words, text)
		if size += len(text); size > maxSheetText || len(w.words) > maxShared {
			return &bookFault{"holds more text than an import may have", "import it in several files"}
		}
		return nil
	})
}

// richText reads the text of the element that was begun, without the readings
// that stand above Chinese characters. What is too long for a cell is cut.
func richText(d *partReader) (text string, long bool, err error) {
	var b strings.Builder
	inText, above := 0, 0
	for depth := 1; depth > 0; {
		token, err := d.Token()
		if err != nil {
			return "", false, err
		}
		switch x := token.(type) {
		case xml.StartElement:
			depth++
			switch {
			case x.Name.Local == "rPh":
				above = depth
			case x.Name.Local == "t" && above == 0:
				inText = depth
			}
		case xml.EndElement:
			if depth == inText {
				inText = 0
			}
			if depth == above {
				above = 0
			}
			depth--
		case xml.CharData:
			if inText > 0 && !long {
				long = b.Len()+len(x) > 7*maxSheetCell // each byte may stand as _xHHHH_
				b.Write(x[:min(len(x), 7*maxSheetCell)])
			}
		}
	}
	text = unhex(b.String())
	return text[:min(len(text), maxSheetCell+1)], long || len(text) > maxSheetCell, nil
}

// unhex puts in the characters that OOXML writes as _xHHHH_.
func unhex(s string) string {
	if !hexForm.MatchString(s) {
		return s
	}
	var units []uint16
	flush := func(b *strings.Builder) {
		b.WriteString(string(utf16.Decode(units)))
		units = units[:0]
	}
	var b strings.Builder
	for {
		at := hexForm.FindStringIndex(s)
		if at == nil {
			break
		}
		if at[0] > 0 {
			flush(&b)
			b.WriteString(s[:at[0]])
		}
		n, _ := strconv.ParseUint(s[at[0]+2:at[0]+6], 16, 16) // its form was matched
		units = append(units, uint16(n))
		s = s[at[1]:]
	}
	flush(&b)
	return b.String() + s
}

// styles learns which cell styles show a number as a date.
func (w *workbook) styles(part string) error {
	formats, inCells := map[string]bool{}, false
	return w.elements(part, func(_ *partReader, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			if len(formats) < 10_000 {
				formats[attr(e, "numFmtId")] = showsDate(attr(e, "formatCode"))
			}
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if inCells && len(w.dated) < 100_000 {
				id := attr(e, "numFmtId")
				w.dated = append(w.dated, formats[id] || builtInDate(id))
			}
		}
		return nil
	})
}

// builtInDate knows the numbers of formats that need no definition.
func builtInDate(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58)
}

// showsDate looks for the letters of days and years outside quotes and
// brackets.
func showsDate(code string) bool {
	code = strings.ToLower(code)
	for len(code) > 0 {
		switch code[0] {
		case '"', '[':
			end := strings.IndexByte(code[1:], map[byte]byte{'"': '"', '[': ']'}[code[0]])
			if end < 0 {
				return false
			}
			code = code[end+2:]
		case '\\', '_', '*':
			code = code[min(2, len(code)):]
		case 'y', 'd', 'h':
			return true
		default:
			code = code[1:]
		}
	}
	return false
}
