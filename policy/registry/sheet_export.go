package registry

import (
	"archive/zip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// Export writes filings in the forms that ReadSheets reads. What it wrote
// comes back the same.
type Export struct {
	Filings []policy.Filing
	// Template writes a sample in the place of filings, which is not read
	// again, and labels also where a table has none.
	Template bool
}

// WriteJSON writes an array.
func (e Export) WriteJSON(w io.Writer) error {
	all := e.Filings
	if e.Template {
		all = []policy.Filing{sampleFiling()}
	}
	if all == nil {
		all = []policy.Filing{}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(all)
}

// WriteZip writes the four CSV tables into an archive.
func (e Export) WriteZip(w io.Writer) error {
	z := zip.NewWriter(w)
	err := e.WriteCSV(func(name string) (io.WriteCloser, error) {
		f, err := z.Create(name)
		return openWriter{f}, err
	})
	return errors.Join(err, z.Close())
}

// openWriter is a writer that somebody else closes.
type openWriter struct{ io.Writer }

func (openWriter) Close() error { return nil }

// WriteCSV writes the four tables as files that create makes.
func (e Export) WriteCSV(create func(name string) (io.WriteCloser, error)) error {
	tables, err := e.tables(true)
	if err != nil {
		return err
	}
	for _, t := range tables {
		f, err := create(t.table.name + ".csv")
		if err != nil {
			return err
		}
		_, err = io.WriteString(f, utf8BOM)
		w := csv.NewWriter(f)
		w.UseCRLF = true
		err = errors.Join(err, w.Write(t.table.names()))
		if e.Template {
			err = errors.Join(err, w.Write(t.labels()))
		}
		if err = errors.Join(err, w.WriteAll(t.rows), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// sheetRows is a table with the texts of its cells.
type sheetRows struct {
	table *sheetTable
	rows  [][]string
}

func (t *sheetRows) labels() []string {
	out := make([]string, len(t.table.columns))
	for i, c := range t.table.columns {
		out[i] = c.zh
	}
	return out
}

// tables writes the filings as rows.
func (e Export) tables(csv bool) ([]*sheetRows, error) {
	all := e.Filings
	if e.Template {
		all = []policy.Filing{sampleFiling()}
	}
	var out []*sheetRows
	by := map[string]*sheetRows{}
	for _, t := range sheetTables() {
		by[t.name] = &sheetRows{table: t}
		out = append(out, by[t.name])
	}
	n := 0
	for i := range all {
		f := &all[i]
		err := by[sheetFilings].add(f.ID, f, csv)
		for j := range f.Recipients {
			err = errors.Join(err, by[sheetRecipients].add(f.ID, &f.Recipients[j], csv))
		}
		for j := range f.Items {
			err = errors.Join(err, by[sheetItems].add(f.ID, &f.Items[j], csv))
		}
		for j := range f.Links {
			err = errors.Join(err, by[sheetLinks].add(f.ID, &f.Links[j], csv))
		}
		if err != nil {
			return nil, err
		}
		if n += 1 + len(f.Recipients) + len(f.Items) + len(f.Links); n > maxSheetRows {
			return nil, fmt.Errorf("export: the filings have more than %d rows; name some of them, or export JSON", maxSheetRows)
		}
	}
	return out, nil
}

// add writes one struct as a row.
func (t *sheetRows) add(id string, of any, csv bool) error {
	v := reflect.ValueOf(of).Elem()
	row := make([]string, len(t.table.columns))
	for i := range row {
		c := &t.table.columns[i]
		if row[i] = c.get(v, csv); c.name == sheetJoin && len(c.steps) == 0 {
			row[i] = cellText(id, sheetStyle{csv: csv})
		}
		if n := len(row[i]); n > maxSheetCell || n > 10_000 && len(utf16.Encode([]rune(row[i]))) > 32_767 {
			return fmt.Errorf("export: %s: %s is longer than a cell can be; export it as JSON", Named(id), c.name)
		}
	}
	t.rows = append(t.rows, row)
	return nil
}

// sampleFiling shows how to fill in a filing.
func sampleFiling() policy.Filing {
	return policy.Filing{Schema: policy.FilingSchema, ID: sheetSample, Pathway: policy.SC, AuthorityNo: "示例 00001", Authority: "示例网信办", Status: statusEffective,
		Exporter:   policy.Filer{USCC: "91310115MA1K3ABC99", Name: "示例汽车有限公司"},
		Recipients: []policy.Recipient{{ID: "sg", Name: "Example Pte Ltd", Country: "SG", Role: "controller", Onward: []policy.Onward{{Name: "Example Host", Country: "SG", Purpose: "hosting"}}}},
		Scenario:   "hr.group", Purposes: []string{"hr.group", "hr.payroll"},
		Items: []policy.Item{
			{ID: "1", NameZH: "员工联系方式", PI: true, Categories: []inspect.Class{inspect.Name, inspect.Mobile}, Fields: []string{"name", "mobile"}, Approved: true, Processing: "raw"},
			{ID: "2", NameZH: "工资账户", PI: true, Sensitive: true, Categories: []inspect.Class{inspect.BankCard}, Approved: true, Processing: "raw"}},
		Volume: policy.Volume{NSPerYear: 5000, SPPerYear: 500, Period: "calendar_year", TZ: "Asia/Shanghai"},
		Links: []policy.Link{{ID: "L1", Recipient: "sg", SrcSystem: "hr", DstDomains: []string{"api.example.sg", "*.hr.example.sg"}, Ports: []uint16{443},
			Protocol: "https", Direction: policy.Push, Purpose: "hr.group", Frequency: "batch", Encryption: "tls1.2+"}},
		Storage: &policy.Storage{Countries: []string{"SG"}, RetentionDays: 1095},
		Valid:   policy.Validity{Effective: "2026-01-01", Expires: "2027-12-31"},
		PIA:     &policy.PIA{ReportID: "PIA-1", Date: "2025-11-01", KeepUntil: "2028-11-01"},
		Consent: &policy.Consent{Required: true, NoticeVersion: "3", RecordSystem: "consent.example.cn"}}
}
