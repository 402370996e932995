package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// table is a report's table, small enough to hold.
type table struct {
	title string
	head  []string
	rows  [][]string
}

func (t *table) writeCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	if err := c.Write(cells(t.head)); err != nil {
		return err
	}
	for _, r := range t.rows {
		if err := c.Write(cells(r)); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func (t *table) writeXLSX(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer f.Close()
	s, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	for i, r := range append([][]string{t.head}, t.rows...) {
		values := make([]any, len(r))
		for j, v := range cells(r) {
			values[j] = v
		}
		if err := s.SetRow(fmt.Sprintf("A%d", i+1), values); err != nil {
			return err
		}
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

// writeMarkdown writes a heading and the table, or none where it is empty.
func (t *table) writeMarkdown(w io.Writer, none string) error {
	var b strings.Builder
	if t.title != "" {
		fmt.Fprintf(&b, "\n## %s\n\n", inline(t.title))
	}
	if len(t.rows) == 0 {
		b.WriteString(none + "\n")
		_, err := io.WriteString(w, b.String())
		return err
	}
	line := func(cells []string) {
		for _, c := range cells {
			b.WriteString("| " + inline(c) + " ")
		}
		b.WriteString("|\n")
	}
	line(t.head)
	b.WriteString(strings.Repeat("| --- ", len(t.head)) + "|\n")
	for _, r := range t.rows {
		line(r)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func cells(row []string) []string {
	out := make([]string, len(row))
	for i, c := range row {
		out[i] = cell(c)
	}
	return out
}

// inline is text that ends no cell and begins no markup.
func inline(s string) string {
	s = clean(s, maxCell)
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "`", "'", "[", `\[`, "]", `\]`, "*", `\*`).Replace(s)
}
