package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/width"
)

// Fault is one thing that is wrong in a configuration file.
type Fault struct {
	File   string
	Line   int    // from 1; 0 when the fault has no place
	Column int    // from 1, in characters
	Source string // the line as it stands in the file
	What   string
	Mend   string
}

// Error gives the fault on several lines: the place and what is wrong, the
// source line, a caret under the place, and how to mend it.
func (f Fault) Error() string {
	var b strings.Builder
	if f.Line == 0 {
		fmt.Fprintf(&b, "%s: %s", f.File, f.What)
	} else {
		number := fmt.Sprint(f.Line)
		fmt.Fprintf(&b, "%s:%d:%d: %s\n", f.File, f.Line, f.Column, f.What)
		fmt.Fprintf(&b, "  %s | %s\n", number, f.Source)
		fmt.Fprintf(&b, "  %s | %s^", strings.Repeat(" ", len(number)), indent(f.Source, f.Column))
	}
	if f.Mend != "" {
		fmt.Fprintf(&b, "\n  %s", f.Mend)
	}
	return b.String()
}

// indent gives the white space that puts a caret under a column of a source
// line, on a terminal where ideographs are two cells wide.
func indent(source string, column int) string {
	var b strings.Builder
	for _, r := range source {
		if column--; column < 1 {
			break
		}
		switch kind := width.LookupRune(r).Kind(); {
		case r == '\t':
			b.WriteByte('\t')
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			b.WriteString("  ")
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// Faults is the error of Load and Parse: everything that is wrong with a
// file, in the order of the file.
type Faults struct{ List []Fault }

func (f *Faults) Error() string {
	lines := make([]string, len(f.List))
	for i, fault := range f.List {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

func (f *Faults) sort() {
	slices.SortStableFunc(f.List, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// nearest returns the known name that a mistyped one is likely to mean, or "".
func nearest(name string, known []string) string {
	best, distance := "", max(1, len(name)/3)+1
	for _, k := range known {
		if d := edits(name, k); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// edits is the Levenshtein distance of two short names.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
