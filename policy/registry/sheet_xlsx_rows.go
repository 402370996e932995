package registry

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The grid of a worksheet.
const (
	maxBookRow = 1 << 20
	maxBookCol = 1 << 14
)

// table reads one worksheet row by row.
func (w *workbook) table(ctx context.Context, g *grid, part string) error {
	d, err := w.open(part)
	if err != nil {
		return err
	}
	defer d.in.Close()
	line, hidden, firstHidden := 0, 0, 0
	inData := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "sheetData":
			inData = true
		case "col":
			if isTrue(attr(e, "hidden")) && !inData {
				g.s.note("sheet %s has hidden columns, which were read", g.t.name)
			}
		case "mergeCell":
			g.merged(attr(e, "ref"))
		case "row":
			if err := ctx.Err(); err != nil {
				return err
			}
			if line, err = nextRow(line, attr(e, "r")); err != nil {
				return err
			}
			cells, err := w.row(d, line)
			if err != nil {
				return err
			}
			if isTrue(attr(e, "hidden")) && len(cells) > 0 {
				if hidden++; hidden == 1 {
					firstHidden = line
				}
			}
			if !g.feed(line, cells) {
				return nil
			}
		}
	}
	if hidden > 0 {
		g.s.note("sheet %s has %d hidden rows, the first is row %d; they were read", g.t.name, hidden, firstHidden)
	}
	return nil
}

// merged refuses joined cells: which rows their value is meant for is a guess.
func (g *grid) merged(ref string) {
	first, last, _ := strings.Cut(ref, ":")
	col, line, ok := cellRef(first)
	_, end, ok2 := cellRef(last)
	if !ok || !ok2 {
		g.s.refuse("sheet "+g.t.name, "has a damaged list of merged cells", saveAgain)
		return
	}
	if end >= g.head {
		g.s.fault(g.place(line, col), "", "is merged with its neighbours to "+columnName(colOf(last))+strconv.Itoa(end),
			"unmerge the cells and write the value into each")
	}
}

func colOf(ref string) int {
	col, _, _ := cellRef(ref)
	return col
}

func nextRow(line int, r string) (int, error) {
	n, err := line+1, error(nil)
	if r != "" {
		n, err = strconv.Atoi(r)
	}
	if err != nil || n <= line || n > maxBookRow {
		return 0, errors.New("rows are out of order")
	}
	return n, nil
}

// cellRef reads a reference like F17; columns count from 0.
func cellRef(s string) (col, line int, ok bool) {
	letters := strings.TrimRight(s, "0123456789")
	if len(letters) == 0 || len(letters) > 3 {
		return 0, 0, false
	}
	for _, r := range letters {
		if r < 'A' || r > 'Z' {
			return 0, 0, false
		}
		col = col*26 + int(r-'A') + 1
	}
	line, err := strconv.Atoi(s[len(letters):])
	return col - 1, line, err == nil && col <= maxBookCol && line > 0 && line <= maxBookRow
}

// row reads the cells of the row that was begun.
func (w *workbook) row(d *partReader, line int) ([]gridCell, error) {
	var out []gridCell
	next := 0
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch x := token.(type) {
		case xml.EndElement:
			return out, nil
		case xml.StartElement:
			if x.Name.Local != "c" {
				if err := d.Skip(); err != nil {
					return nil, err
				}
				continue
			}
			if ref := attr(x, "r"); ref != "" {
				col, at, ok := cellRef(ref)
				if !ok || at != line || col < next {
					return nil, errors.New("cells are out of order")
				}
				next = col
			}
			c, err := w.cell(d, x)
			if err != nil {
				return nil, err
			}
			c.col = next
			if next++; c.text != "" || c.kind != cellWords {
				out = append(out, c)
			}
			if len(out) > maxCells {
				return nil, &bookFault{fmt.Sprintf("has more than %d cells in row %d", maxCells, line), "give it the columns of the template"}
			}
		}
	}
}

// cell reads one cell.
func (w *workbook) cell(d *partReader, e xml.StartElement) (gridCell, error) {
	var c gridCell
	var value string
	formula, long := false, false
	for {
		token, err := d.Token()
		if err != nil {
			return c, err
		}
		switch x := token.(type) {
		case xml.StartElement:
			switch x.Name.Local {
			case "f":
				formula = true
				err = d.Skip()
			case "v":
				value, err = plainText(d)
				long = len(value) > maxSheetCell
			case "is":
				c.text, long, err = richText(d)
			default:
				err = d.Skip()
			}
			if err != nil {
				return c, err
			}
		case xml.EndElement:
			w.settle(&c, e, value)
			switch {
			case formula:
				c.kind = cellFormula
			case long:
				c.kind = cellLong
			}
			return c, nil
		}
	}
}

// settle gives a cell its text and kind by its type.
func (w *workbook) settle(c *gridCell, e xml.StartElement, value string) {
	switch attr(e, "t") {
	case "inlineStr":
	case "s":
		i, err := strconv.Atoi(value)
		switch {
		case value == "":
		case err != nil || i < 0 || i >= len(w.words):
			c.kind = cellBroken
		case w.long[i]:
			c.kind = cellLong
		default:
			c.text = w.words[i]
		}
	case "str":
		c.text = unhex(value)
	case "d":
		c.text, _, _ = strings.Cut(value, "T00:00:00")
	case "b":
		c.text, c.kind = value, cellFlag
	case "e":
		c.kind = cellBroken
	default:
		if c.text = value; value == "" {
			return
		}
		c.kind = cellNumber
		if style, err := strconv.Atoi(attr(e, "s")); err == nil && style >= 0 && style < len(w.dated) && w.dated[style] {
			c.kind = cellDated
		}
	}
}

// plainText reads the text of the element that was begun, up to one byte more
// than a cell may have.
func plainText(d *partReader) (string, error) {
	var b strings.Builder
	for depth := 1; depth > 0; {
		token, err := d.Token()
		if err != nil {
			return "", err
		}
		switch x := token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			b.Write(x[:min(len(x), maxSheetCell+1-min(b.Len(), maxSheetCell+1))])
		}
	}
	return b.String(), nil
}
