package registry

import (
	"fmt"
	"strings"
)

// The forms in which filings are imported and exported.
const (
	SheetJSON = "json"
	SheetCSV  = "csv"
	SheetXLSX = "xlsx"
)

// The bounds of an import.
const (
	maxSheetFile   = 32 << 20  // bytes of a file, or of a directory's files
	maxSheetUnzip  = 256 << 20 // bytes it may unpack to
	maxSheetText   = 64 << 20  // bytes of text in all cells
	maxSheetRows   = 100_000   // of all tables
	maxSheetCell   = 32 << 10  // bytes of a cell
	maxSheetFaults = 1000      // that are told one by one
)

// SheetFault is one thing that is wrong with a file of filings.
type SheetFault struct {
	// Place is a cell (items!F17), a line (items.csv line 17), a filing
	// (filings[3]) or a file.
	Place string `json:"place"`
	// Field is the column or, in JSON, the field.
	Field string `json:"field,omitempty"`
	What  string `json:"what"`
	Mend  string `json:"mend"`
}

// SheetError lists the faults of an import, with the number of those beyond
// the first thousand. Nothing was stored.
type SheetError struct {
	Form   string
	Faults []SheetFault
	More   int
}

func (e *SheetError) Error() string {
	var b strings.Builder
	n, noun := len(e.Faults)+e.More, "faults"
	if n == 1 {
		noun = "fault"
	}
	fmt.Fprintf(&b, "the import has %d %s and nothing was stored", n, noun)
	for _, f := range e.Faults {
		b.WriteString("\n  ")
		b.WriteString(f.Place)
		switch {
		case f.Field == "":
		case e.Form == SheetXLSX:
			b.WriteString(" (" + f.Field + ")")
		case e.Form == SheetCSV:
			b.WriteString(", column " + f.Field)
		default:
			b.WriteString("." + f.Field)
		}
		fmt.Fprintf(&b, ": %s; %s", f.What, f.Mend)
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "\n  and %d more", e.More)
	}
	return b.String()
}

// fault notes one. The file as a whole has no field.
func (s *Sheets) fault(place, field, what, mend string) {
	if len(s.faults) >= maxSheetFaults {
		s.more++
		return
	}
	s.faults = append(s.faults, SheetFault{place, field, what, mend})
}

// refuse notes a fault after which nothing of the file is judged further.
func (s *Sheets) refuse(place, what, mend string) {
	s.broken = true
	s.fault(place, "", what, mend)
}

// note keeps what the user should know although it is no fault.
func (s *Sheets) note(format string, args ...any) {
	if len(s.Notes) < 100 {
		s.Notes = append(s.Notes, fmt.Sprintf(format, args...))
	}
}
