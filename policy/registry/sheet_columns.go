package registry

import (
	"reflect"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// sheetColumn is one column of a table of filings. Its name is the path of
// JSON names of the field it holds.
type sheetColumn struct {
	name    string
	zh      string // the label under the name
	en      string // what it means
	allowed string // the values there are, with commas
	must    bool   // an empty cell is a fault: the zero value would be the laxer reading
	date    bool
	// void is what an empty list is written as where having none at all means
	// something else; a table may lack the column.
	void string

	steps []int // to the field, or to the list of structs that holds it
	inner []int // within an element of that list
}

// sheetTable is one of the four tables that filings are written as.
type sheetTable struct {
	name    string
	of      reflect.Type
	columns []sheetColumn
}

// The tables, and the column that joins them.
const (
	sheetFilings    = "filings"
	sheetRecipients = "recipients"
	sheetItems      = "items"
	sheetLinks      = "links"
	sheetJoin       = "filing_id"
)

// sheetSample is the id of rows that show how to fill in a table. No filing
// can have it, and they are not read.
const sheetSample = "示例 SAMPLE"

// sheetTables returns the tables with their columns bound to the fields of a
// filing.
func sheetTables() []*sheetTable {
	tables := []*sheetTable{
		{sheetFilings, reflect.TypeFor[policy.Filing](), slices.Concat(filingSheetColumns(), paperSheetColumns())},
		{sheetRecipients, reflect.TypeFor[policy.Recipient](), recipientSheetColumns()},
		{sheetItems, reflect.TypeFor[policy.Item](), itemSheetColumns()},
		{sheetLinks, reflect.TypeFor[policy.Link](), linkSheetColumns()},
	}
	for _, t := range tables {
		if t.name != sheetFilings {
			join := sheetColumn{name: sheetJoin, zh: "申报编号", en: "the filing_id of the row in filings that this row belongs to", must: true}
			t.columns = append([]sheetColumn{join}, t.columns...)
		}
		for i := range t.columns {
			t.columns[i].bind(t.of)
		}
	}
	return tables
}

// bind finds the field of a column. The joining column of the other tables
// has none.
func (c *sheetColumn) bind(t reflect.Type) {
	steps := &c.steps
	for name := range strings.SplitSeq(c.name, ".") {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() == reflect.Slice {
			t, steps = t.Elem(), &c.inner
		}
		i := jsonField(t, name)
		if i < 0 {
			return
		}
		*steps = append(*steps, i)
		t = t.Field(i).Type
	}
}

// jsonField returns the index of the field with a JSON name, or -1.
func jsonField(t reflect.Type, name string) int {
	for i := range t.NumField() {
		if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); tag == name {
			return i
		}
	}
	return -1
}

// names are the column names of a table.
func (t *sheetTable) names() []string {
	out := make([]string, len(t.columns))
	for i := range t.columns {
		out[i] = t.columns[i].name
	}
	return out
}

// index returns the place of a column among those of the table, or -1.
func (t *sheetTable) index(name string) int {
	return slices.IndexFunc(t.columns, func(c sheetColumn) bool { return c.name == name })
}

// columnOf returns the column that holds a field of the table, as the faults
// of Validate name it without its table and without brackets.
func (t *sheetTable) columnOf(field string) int {
	if i := t.index(field); i >= 0 {
		return i
	}
	for i, c := range t.columns {
		if field != "" && strings.HasPrefix(c.name, field+".") {
			return i
		}
	}
	return -1
}
