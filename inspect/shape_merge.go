package inspect

import (
	"bytes"
	"cmp"
	"slices"
)

// Exceeds reports whether s is the layout of more than o: of more rows, then of
// more lines. Of two that are as large one always exceeds the other unless they
// are the same, so that the largest of several does not hang on their order.
func (s *Shape) Exceeds(o *Shape) bool {
	return cmp.Or(
		cmp.Compare(s.Rows, o.Rows),
		cmp.Compare(s.Lines, o.Lines),
		bytes.Compare(s.Fields[:], o.Fields[:]),
		bytes.Compare(s.Columns[:], o.Columns[:]),
		slices.Compare(s.Text, o.Text),
		slices.CompareFunc(s.Runs, o.Runs, func(a, b Run) int {
			return cmp.Or(cmp.Compare(a.Column, b.Column), cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last))
		}),
		set(s.CutStart)-set(o.CutStart),
		set(s.CutEnd)-set(o.CutEnd),
	) > 0
}

func set(b bool) int {
	if b {
		return 1
	}
	return 0
}
