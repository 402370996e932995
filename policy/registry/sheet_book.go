package registry

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheetReadme is the sheet that explains the others.
const sheetReadme = "说明 README"

// book is a workbook being written, with its styles.
type bookWriter struct {
	f                         *excelize.File
	head, label, text, sample int
}

// WriteXLSX writes a workbook of the four tables and a sheet that explains
// them. Texts are text cells, also those that look like formulas.
func (e Export) WriteXLSX(w io.Writer) (err error) {
	tables, err := e.tables(false)
	if err != nil {
		return err
	}
	b := bookWriter{f: excelize.NewFile()}
	defer func() { err = errors.Join(err, b.f.Close()) }()
	if err := b.styles(); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if err := b.readme(tables); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	for _, t := range tables {
		if err := b.table(t, e.Template); err != nil {
			return fmt.Errorf("export: sheet %s: %w", t.table.name, err)
		}
	}
	if err := b.f.Write(w); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

func (b *bookWriter) styles() error {
	const asText = 49 // the format @
	var errs [4]error
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	b.head, errs[0] = b.f.NewStyle(&excelize.Style{NumFmt: asText, Font: &excelize.Font{Bold: true}, Fill: fill("D9E2F3")})
	b.label, errs[1] = b.f.NewStyle(&excelize.Style{NumFmt: asText, Font: &excelize.Font{Color: "44546A"}, Fill: fill("EDF1F9")})
	b.text, errs[2] = b.f.NewStyle(&excelize.Style{NumFmt: asText})
	b.sample, errs[3] = b.f.NewStyle(&excelize.Style{NumFmt: asText, Font: &excelize.Font{Italic: true, Color: "808080"}})
	return errors.Join(errs[:]...)
}

// firstData is the row under the header and the labels.
const firstData = 3

func (b *bookWriter) table(t *sheetRows, sample bool) error {
	name := t.table.name
	if _, err := b.f.NewSheet(name); err != nil {
		return err
	}
	if err := b.choices(t.table); err != nil {
		return err
	}
	w, err := b.f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, c := range t.table.columns {
		width := float64(min(max(len(c.name), 14), 34) + 2)
		if err := errors.Join(w.SetColWidth(i+1, i+1, width), w.SetColStyle(i+1, i+1, b.text)); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: firstData - 1, TopLeftCell: "B3", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	if err := errors.Join(b.row(w, 1, t.table, t.table.names(), b.head), b.row(w, 2, t.table, t.labels(), b.label)); err != nil {
		return err
	}
	style := b.text
	if sample {
		style = b.sample
	}
	for i, r := range t.rows {
		if err := b.row(w, firstData+i, t.table, r, style); err != nil {
			return err
		}
	}
	return w.Flush()
}

// row writes one row; numbers under columns of numbers as such.
func (b *bookWriter) row(w *excelize.StreamWriter, line int, t *sheetTable, texts []string, style int) error {
	cells := make([]any, len(texts))
	for i, s := range texts {
		if s == "" {
			continue
		}
		cells[i] = excelize.Cell{StyleID: style, Value: s}
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && t.columns[i].counts(t.of) && n < exactNumber {
			cells[i] = excelize.Cell{Value: n}
		}
	}
	return w.SetRow("A"+strconv.Itoa(line), cells)
}

// counts reports whether a column holds one number.
func (c *sheetColumn) counts(t reflect.Type) bool {
	if len(c.steps) == 0 || len(c.inner) > 0 {
		return false
	}
	for _, i := range c.steps {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		t = t.Field(i).Type
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Int || t.Kind() == reflect.Int64
}

// choices puts drop-down lists on the columns that have fixed values.
func (b *bookWriter) choices(t *sheetTable) error {
	for i, c := range t.columns {
		if c.allowed == "" {
			continue
		}
		letters := columnName(i)
		v := excelize.NewDataValidation(true)
		v.SetSqref(fmt.Sprintf("%s%d:%s%d", letters, firstData, letters, maxBookRow))
		if err := v.SetDropList(strings.Split(c.allowed, ",")); err != nil {
			return err
		}
		v.SetError(excelize.DataValidationErrorStyleStop, c.zh, "请从列表中选择 / choose from the list: "+c.choices())
		if err := b.f.AddDataValidation(t.name, v); err != nil {
			return err
		}
	}
	return nil
}
