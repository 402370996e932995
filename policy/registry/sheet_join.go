package registry

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// Sheets are the filings of a file or directory that was read to be imported,
// with its faults so far and the places where each field stood.
type Sheets struct {
	Form    string // SheetJSON, SheetCSV or SheetXLSX
	Filings []policy.Filing
	// Notes are what the user should know although it is no fault, as rows
	// that were hidden and read.
	Notes []string

	faults []SheetFault
	more   int
	broken bool // what was read is too incomplete to be judged as filings
	rows   int
	size   int // bytes of text in cells
	tables map[string]*grid
	from   []origin
}

// origin is where a filing came from: its place in a JSON file, or its rows.
type origin struct {
	place string
	wrong map[string]bool // fields that have a fault already
	row   *gridRow
	parts map[string][]*gridRow
}

// grid begins a table.
func (s *Sheets) grid(t *sheetTable) *grid {
	g := &grid{s: s, t: t}
	if s.tables == nil {
		s.tables = map[string]*grid{}
	}
	s.tables[t.name] = g
	return g
}

// join makes filings of the rows of the four tables.
func (s *Sheets) join() {
	if s.broken {
		return
	}
	at, whole := map[string]int{}, true
	main := s.tables[sheetFilings]
	join := main.t.index(sheetJoin)
	for _, r := range main.rows {
		f := r.value.Addr().Interface().(*policy.Filing)
		f.Schema = policy.FilingSchema
		if r.bad&(1<<join) != 0 {
			whole = false
		} else if first, twice := at[f.ID]; twice {
			s.fault(main.place(r.line, main.cols[join]), sheetJoin, "stands twice, first in "+main.place(s.from[first].row.line, main.cols[join]),
				"give each filing one row; rows of the other tables name it by this id")
			continue
		} else {
			at[f.ID] = len(s.Filings)
		}
		s.Filings = append(s.Filings, *f)
		s.from = append(s.from, origin{row: r, parts: map[string][]*gridRow{}})
	}
	for _, name := range [...]string{sheetRecipients, sheetItems, sheetLinks} {
		g := s.tables[name]
		join := g.t.index(sheetJoin)
		for _, r := range g.rows {
			i, ok := at[r.filing]
			switch {
			case ok:
				take(&s.Filings[i], r)
				s.from[i].parts[name] = append(s.from[i].parts[name], r)
			case r.bad&(1<<join) == 0 && whole:
				s.fault(g.place(r.line, g.cols[join]), sheetJoin, "is no filing_id of the table filings", "correct it, or add the filing")
			}
		}
	}
}

// fieldPath is a field of Validate: a part of the filing that is a table, the
// number in it, and what is below.
var fieldPath = regexp.MustCompile(`^(recipients|items|links)\[([0-9]+)\](?:\.(.*))?$`)

var brackets = regexp.MustCompile(`\[[0-9]+\]`)

// locate notes a fault of a filing at the cell that its field came from,
// unless that cell has a fault already.
func (s *Sheets) locate(i int, f Fault) {
	o := s.from[i]
	if o.row == nil {
		if o.wrong[f.Field] {
			return
		}
		s.fault(o.place, f.Field, f.What, f.Mend)
		return
	}
	g, r, field := s.tables[sheetFilings], o.row, f.Field
	if m := fieldPath.FindStringSubmatch(field); m != nil {
		if n, err := strconv.Atoi(m[2]); err == nil && n < len(o.parts[m[1]]) {
			g, r, field = s.tables[m[1]], o.parts[m[1]][n], m[3]
		}
	}
	field = brackets.ReplaceAllString(field, "")
	c := g.t.columnOf(field)
	if c < 0 {
		// The table itself is at fault, as one without a row.
		c = g.t.index(sheetJoin)
		if field != "" && field != sheetJoin {
			f.What = strings.ReplaceAll(field, "_", " ") + ": " + f.What
		}
	}
	if r.bad&(1<<c) == 0 {
		s.fault(g.place(r.line, g.cols[c]), g.t.columns[c].name, entryOf(f.Field)+f.What, f.Mend)
	}
}

// entryOf says which entry of a list in a cell is meant, when it is not the
// first.
func entryOf(field string) string {
	if fieldPath.MatchString(field) {
		_, field, _ = strings.Cut(field, "]")
	}
	m := brackets.FindString(field)
	n, err := strconv.Atoi(strings.Trim(m, "[]"))
	if err != nil || n == 0 {
		return ""
	}
	return "entry " + strconv.Itoa(n+1) + " "
}

// fail returns the faults as an error, or nil.
func (s *Sheets) fail() error {
	if len(s.faults) == 0 {
		return nil
	}
	return &SheetError{Form: s.Form, Faults: s.faults, More: s.more}
}

// take adds a row of another table to its filing.
func take(f *policy.Filing, r *gridRow) {
	switch v := r.value.Interface().(type) {
	case policy.Recipient:
		f.Recipients = append(f.Recipients, v)
	case policy.Item:
		f.Items = append(f.Items, v)
	case policy.Link:
		f.Links = append(f.Links, v)
	}
}
