package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// thousand are filings with a row each in every table.
func thousand() []policy.Filing {
	out := make([]policy.Filing, 1000)
	for i := range out {
		id := fmt.Sprintf("SC-2026-%04d", i+1)
		out[i] = policy.Filing{Schema: policy.FilingSchema, ID: id, Pathway: policy.SC, AuthorityNo: "no. " + id, Status: "effective",
			Exporter:   policy.Filer{USCC: "91310115MA1K3ABC99", Name: "示例汽车有限公司"},
			Recipients: []policy.Recipient{{ID: "sg", Name: "Example Pte", Country: "SG"}},
			Purposes:   []string{"hr.group", "hr.payroll"},
			Items:      []policy.Item{{ID: "1", NameZH: "手机号", PI: true, Categories: []inspect.Class{inspect.Mobile, inspect.Name}, Approved: true}},
			Volume:     policy.Volume{NSPerYear: 1000},
			Links:      []policy.Link{{ID: "L1", DstDomains: []string{fmt.Sprintf("a%d.example.sg", i)}, Ports: []uint16{443}, Protocol: "https"}},
			Valid:      policy.Validity{Effective: "2026-01-01", Expires: "2027-12-31"}}
	}
	return out
}

// customsRun runs the program in this process.
func customsRun(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(args, &out, &errs)
	return code, out.String(), errs.String()
}

// nothingStored fails if the register of a data directory holds anything.
func nothingStored(t *testing.T, data string) {
	t.Helper()
	if code, out, errs := customsRun("filing", "list", "--data", data, "--format", "json"); code != 0 || out != "" {
		t.Errorf("list: exit %d, %.100s %s", code, out, errs)
	}
}

// named are the places of the faults that an import told.
func named(t *testing.T, stdout string) []string {
	t.Helper()
	var got struct {
		Stored bool
		Faults []registry.SheetFault
		More   int
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || got.Stored || got.More != 0 {
		t.Fatalf("%v: %.200s", err, stdout)
	}
	var out []string
	for _, f := range got.Faults {
		out = append(out, f.Place+" "+f.Field)
	}
	slices.Sort(out)
	return out
}

func TestSevenFaultsOfAThousandRowsNameTheirCells(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	if err := (registry.Export{Filings: thousand()}).WriteXLSX(&b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	good, bad := filepath.Join(dir, "good.xlsx"), filepath.Join(dir, "bad.xlsx")
	err = errors.Join(f.SaveAs(good),
		f.SetCellStr("filings", "F19", "91310115MA1K3ABC98"),                   // check character
		f.SetCellValue("filings", "F302", 914403001922038216),                  // rounded
		f.SetCellStr("filings", "Y777", "2025-02-30"),                          // no day
		f.SetCellStr("recipients", "D500", "CN"),                               // no export
		f.SetCellStr("items", "G17", "pi.contact.moblie;pi.name"),              // misspelt class
		f.SetCellFormula("items", "H900", `HYPERLINK("http://x.example","x")`), // formula
		f.SetCellStr("links", "I1002", "70000"),                                // no port
		f.SaveAs(bad))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"filings!F19 exporter.uscc", "filings!F302 exporter.uscc", "filings!Y777 valid.expires", "items!G17 categories",
		"items!H900 fields", "links!I1002 ports", "recipients!D500 country"}
	data := filepath.Join(dir, "d")
	code, out, _ := customsRun("filing", "import", bad, "--data", data, "--format", "json")
	if got := named(t, out); code != 1 || !slices.Equal(got, want) {
		t.Errorf("exit %d, got %q, want %q", code, got, want)
	}
	nothingStored(t, data)
	code, _, errs := customsRun("filing", "import", bad, "--data", data)
	if code != 1 || strings.Count(errs, "\n  ") != 7 || !strings.Contains(errs, "\n  items!G17 (categories): names the class pi.contact.moblie, which is none that is known; did you mean pi.contact.mobile?") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if code, out, errs := customsRun("filing", "import", good, "--data", data); code != 0 || !strings.HasSuffix(out, "stored: 1000 new, 0 new revisions, 0 the same\n") {
		t.Errorf("exit %d: %.200s %s", code, out, errs)
	}
	if code, out, _ := customsRun("filing", "import", bad, "--data", data, "--dry-run", "--format", "json"); code != 1 || !slices.Equal(named(t, out), want) {
		t.Errorf("against the stored ones: exit %d, %q", code, out)
	}
}

func TestSevenFaultsOfAThousandLinesNameTheirPlaces(t *testing.T) {
	dir := t.TempDir()
	tables := filepath.Join(dir, "csv")
	if err := os.Mkdir(tables, 0o700); err != nil {
		t.Fatal(err)
	}
	err := registry.Export{Filings: thousand()}.WriteCSV(func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(tables, name)) })
	if err != nil {
		t.Fatal(err)
	}
	lines := func(file string, n int, old, new string) {
		t.Helper()
		name := filepath.Join(tables, file)
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Split(string(b), "\r\n")
		if !strings.Contains(all[n-1], old) {
			t.Fatalf("%s line %d has no %s", file, n, old)
		}
		all[n-1] = strings.Replace(all[n-1], old, new, 1)
		if err := os.WriteFile(name, []byte(strings.Join(all, "\r\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lines("filings.csv", 18, "91310115MA1K3ABC99", "91310115MA1K3ABC98")
	lines("filings.csv", 301, "91310115MA1K3ABC99", "9.14E+17")
	lines("filings.csv", 776, "2027-12-31", "2025/2/30")
	lines("recipients.csv", 499, ",SG,", ",CN,")
	lines("items.csv", 16, "pi.contact.mobile", "pi.contact.moblie")
	lines("items.csv", 899, ",true,", ",perhaps,")
	lines("links.csv", 1001, "443", "70000")
	want := []string{"filings.csv line 18 exporter.uscc", "filings.csv line 301 exporter.uscc", "filings.csv line 776 valid.expires", "items.csv line 16 categories",
		"items.csv line 899 pi", "links.csv line 1001 ports", "recipients.csv line 499 country"}
	data := filepath.Join(dir, "d")
	code, out, _ := customsRun("filing", "import", tables, "--data", data, "--format", "json")
	if got := named(t, out); code != 1 || !slices.Equal(got, want) {
		t.Errorf("exit %d, got %q, want %q", code, got, want)
	}
	nothingStored(t, data)
	_, _, errs := customsRun("filing", "import", tables, "--data", data)
	if !strings.Contains(errs, "\n  items.csv line 16, column categories: names the class pi.contact.moblie") {
		t.Errorf("got %s", errs)
	}
}

func TestExportedArchiveHasTheFourTables(t *testing.T) {
	out := filepath.Join(t.TempDir(), "t.zip")
	if code, _, errs := customsRun("filing", "export", "--template", "--format", "csv", "--out", out); code != 0 {
		t.Fatal(errs)
	}
	z, err := zip.OpenReader(out)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "filings.csv recipients.csv items.csv links.csv" {
		t.Errorf("got %s", got)
	}
}
