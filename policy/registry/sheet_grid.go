package registry

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// cellKind is what a cell holds.
type cellKind uint8

const (
	cellWords cellKind = iota
	cellNumber
	cellDated // a number that is shown as a date
	cellFlag
	cellFormula
	cellBroken // an error value, or a text that could not be found
	cellLong
)

// gridCell is a filled cell of a table, by its column from 0.
type gridCell struct {
	col  int
	kind cellKind
	text string
}

// grid reads one table row by row. Rows are numbered as the user sees them.
type grid struct {
	s     *Sheets
	t     *sheetTable
	at    map[int]int // column of the file → column of the table
	cols  []int       // and back; -1 is missing
	head  int         // row of the header, 0 before it
	first bool        // the next row may be the labels
	rows  []*gridRow
	// base is added to dates that are numbers: 1462 in workbooks that count
	// from 1904.
	base int
}

// gridRow is a row made into a struct.
type gridRow struct {
	line   int
	filing string
	value  reflect.Value
	bad    uint64 // columns that have a fault already
}

// place names a cell of the table.
func (g *grid) place(line, col int) string {
	if g.s.Form == SheetXLSX {
		return fmt.Sprintf("%s!%s%d", g.t.name, columnName(col), line)
	}
	return fmt.Sprintf("%s.csv line %d", g.t.name, line)
}

// columnName is the letters of a column from 0.
func columnName(col int) string {
	name := ""
	for n := col + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// feed takes the next row. It reports whether to go on.
func (g *grid) feed(line int, cells []gridCell) bool {
	cells = slices.DeleteFunc(cells, func(c gridCell) bool { return c.kind == cellWords && strings.TrimSpace(c.text) == "" })
	if len(cells) == 0 {
		return true
	}
	for _, c := range cells {
		g.s.size += len(c.text)
	}
	switch {
	case g.s.size > maxSheetText:
		g.s.refuse(g.place(line, 0), "more text than an import may have stands up to here", "import it in several files")
		return false
	case g.head == 0:
		g.header(line, cells)
		return !g.s.broken
	}
	join := g.cols[g.t.index(sheetJoin)]
	for _, c := range cells {
		if c.col == join && (strings.TrimSpace(c.text) == sheetSample || g.first && strings.TrimSpace(c.text) == g.t.columns[g.t.index(sheetJoin)].zh) {
			return true // a sample, or the labels
		}
	}
	g.first = false
	if g.s.rows++; g.s.rows > maxSheetRows {
		g.s.refuse(g.place(line, 0), fmt.Sprintf("is row %d, one more than an import may have", g.s.rows), "import it in several files")
		return false
	}
	g.row(line, cells)
	return true
}

// header reads the names of columns, in any order.
func (g *grid) header(line int, cells []gridCell) {
	g.head, g.first, g.at = line, true, map[int]int{}
	g.cols = make([]int, len(g.t.columns))
	for i := range g.cols {
		g.cols[i] = -1
	}
	var stray []gridCell
	for _, c := range cells {
		i := g.t.index(strings.TrimSpace(c.text))
		switch {
		case c.kind != cellWords || i < 0:
			stray = append(stray, c)
		case g.cols[i] >= 0:
			g.headFault(line, c.col, g.t.columns[i].name, "stands twice", "keep one column of this name")
		default:
			g.at[c.col], g.cols[i] = i, c.col
		}
	}
	if len(g.at) == 0 {
		g.s.refuse(g.place(line, 0), "begins no header: none of the field names stands here", "begin the table with the header of the template")
		return
	}
	var missing []string
	for i, c := range g.t.columns {
		if g.cols[i] < 0 {
			missing = append(missing, c.name)
		}
	}
	later := func(n string) bool { return g.t.columns[g.t.index(n)].void != "" }
	for _, c := range stray {
		what, mend := "names no column of this table", "remove the column, or write a name of the template"
		if near := nearName(strings.TrimSpace(c.text), missing); near != "" {
			mend = "did you mean " + near + "?"
			missing = slices.DeleteFunc(missing, func(n string) bool { return n == near })
		}
		g.headFault(line, c.col, "", what, mend)
	}
	for _, name := range slices.DeleteFunc(missing, later) {
		g.headFault(line, cells[len(cells)-1].col+1, name, "is missing", "add the column; its cells may be empty where the template allows it")
	}
}

func (g *grid) headFault(line, col int, name, what, mend string) {
	g.s.broken = true
	g.s.fault(g.place(line, col), name, what, mend)
}

// row makes a row into a struct, noting every fault on the way.
func (g *grid) row(line int, cells []gridCell) {
	r := &gridRow{line: line, value: reflect.New(g.t.of).Elem()}
	var filled uint64
	for _, c := range cells {
		i, ok := g.at[c.col]
		if !ok {
			g.s.fault(g.place(line, c.col), "", "stands under no column", "empty the cell, or name its column")
			continue
		}
		col := &g.t.columns[i]
		filled |= 1 << i
		text, what, mend := g.read(col, c)
		if what == "" {
			if col.name == sheetJoin {
				r.filing = cellElement(text).text
			}
			what, mend = col.set(r.value, text)
		}
		if what != "" {
			r.bad |= 1 << i
			g.s.fault(g.place(line, c.col), col.name, what, mend)
		}
	}
	for i := range g.t.columns {
		if c := &g.t.columns[i]; c.must && filled&(1<<i) == 0 {
			r.bad |= 1 << i
			mend := "fill it in"
			if c.allowed != "" {
				mend = "write " + c.choices()
			}
			g.s.fault(g.place(line, g.cols[i]), c.name, "is empty", mend)
		}
	}
	g.rows = append(g.rows, r)
}

// read gives the text of a cell, as the column takes it.
func (g *grid) read(col *sheetColumn, c gridCell) (text, what, mend string) {
	text = strings.TrimSpace(strings.ReplaceAll(c.text, "\r\n", "\n"))
	switch {
	case c.kind == cellFormula:
		return "", "holds a formula, and formulas are not evaluated", "put the value in its place (paste as values)"
	case c.kind == cellBroken:
		return "", "holds an error value", "correct it"
	case c.kind == cellLong || len(text) > maxSheetCell:
		return "", fmt.Sprintf("is longer than %d bytes", maxSheetCell), "shorten it"
	case strings.ContainsFunc(text, controlRune):
		return "", "holds a control character or a damaged one", "type it again"
	case c.kind == cellFlag:
		return map[bool]string{true: "true", false: "false"}[text == "1"], "", ""
	case c.kind == cellNumber || c.kind == cellDated:
		return g.number(col, c.kind, text)
	}
	return text, "", ""
}

// exactNumber is beyond what a spreadsheet keeps of a number's digits.
const exactNumber = 1e15

func (g *grid) number(col *sheetColumn, kind cellKind, text string) (out, what, mend string) {
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || math.IsInf(n, 0) || math.IsNaN(n):
		return "", "is a damaged number", "type it again"
	case col.date:
		// 32874 is 1 January 1990; a number that is no such day is a date no longer.
		n += float64(g.base)
		if n != math.Trunc(n) || n < 32874 || n > 109575 {
			return "", "is a number and no date", "write it like 2026-11-22"
		}
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n)).Format(time.DateOnly), "", ""
	case kind == cellDated:
		return "", "was turned into a date by a spreadsheet program", "type it again in a cell of format text"
	case math.Abs(n) >= exactNumber:
		return "", "was a long number that a spreadsheet program rounded", "type it again in a cell of format text"
	}
	return strconv.FormatFloat(n, 'f', -1, 64), "", ""
}
