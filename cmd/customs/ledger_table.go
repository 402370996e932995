package main

import (
	"io"
	"strings"

	"golang.org/x/text/width"
)

// table lines up cells that tabs part, as text/tabwriter does, by the columns
// that a terminal gives them: a Chinese character takes two.
type table struct {
	w    io.Writer
	text strings.Builder
}

func newTable(w io.Writer) *table { return &table{w: w} }

// Write implements io.Writer. Nothing is written on before Flush.
func (t *table) Write(b []byte) (int, error) { return t.text.Write(b) }

// Flush writes the table; what comes after is another.
func (t *table) Flush() error {
	lines := strings.SplitAfter(t.text.String(), "\n")
	t.text.Reset()
	var widths []int
	for _, line := range lines {
		cells := strings.Split(line, "\t")
		for i, c := range cells[:len(cells)-1] { // the last of a line needs no room
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], shownWidth(c))
		}
	}
	var out strings.Builder
	for _, line := range lines {
		cells := strings.Split(line, "\t")
		for i, c := range cells {
			out.WriteString(c)
			if i < len(cells)-1 {
				out.WriteString(strings.Repeat(" ", widths[i]-shownWidth(c)+2))
			}
		}
	}
	_, err := io.WriteString(t.w, out.String())
	return err
}

// shownWidth is how wide a terminal shows a text.
func shownWidth(s string) int {
	n := 0
	for _, r := range strings.TrimLeft(s, "\n") {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
