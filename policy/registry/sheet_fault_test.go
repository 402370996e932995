package registry_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// spots imports and returns where the faults are, each with its field.
func spots(t testing.TB, b []byte) ([]string, *registry.Sheets) {
	t.Helper()
	r, _ := fresh(t)
	s := read(t, b)
	_, err := r.Import(context.Background(), s, false)
	var e *registry.SheetError
	if err != nil && !errors.As(err, &e) {
		t.Fatal(err)
	}
	var out []string
	if e != nil {
		for _, f := range e.Faults {
			if f.What == "" || f.Mend == "" {
				t.Errorf("fault is not told in full: %+v", f)
			}
			out = append(out, strings.TrimSpace(f.Place+" "+f.Field))
		}
	}
	list, err := r.List(context.Background())
	if err != nil || len(list) > 0 && e != nil {
		t.Errorf("stored %d filings with faults, %v", len(list), err)
	}
	return out, s
}

func book(t testing.TB, change func(*excelize.File)) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (registry.Export{Filings: []policy.Filing{contract("A"), assessment("B")}}).WriteXLSX(&b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	change(f)
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWorkbookFaultsNameTheirCell(t *testing.T) {
	t.Parallel()
	must := func(errs ...error) {
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name   string
		change func(f *excelize.File)
		want   string
	}{
		{"nothing wrong", func(f *excelize.File) {}, ""},
		{"formula with a remembered value", func(f *excelize.File) { must(f.SetCellFormula("items", "C3", `"手机"`)) }, "items!C3 name_zh"},
		{"credit code as a number", func(f *excelize.File) { must(f.SetCellValue("filings", "F3", 914403001922038216)) }, "filings!F3 exporter.uscc"},
		{"credit code as its text", func(f *excelize.File) { must(f.SetCellStr("filings", "F3", "9.14E+17")) }, "filings!F3 exporter.uscc"},
		{"merged cells", func(f *excelize.File) { must(f.MergeCell("items", "A3", "A4")) }, "items!A3|items!A4 filing_id"},
		{"misspelt class", func(f *excelize.File) { must(f.SetCellStr("items", "G5", "pi.name;pi.contact.moblie")) }, "items!G5 categories"},
		{"no boolean", func(f *excelize.File) { must(f.SetCellStr("items", "E4", "maybe")) }, "items!E4 pi"},
		{"empty boolean", func(f *excelize.File) { must(f.SetCellValue("filings", "I3", nil)) }, "filings!I3 exporter.ciio"},
		{"unknown level", func(f *excelize.File) { must(f.SetCellStr("items", "D4", "high")) }, "items!D4 level"},
		{"no date", func(f *excelize.File) { must(f.SetCellStr("filings", "X3", "soon")) }, "filings!X3 valid.effective"},
		{"a number for a date", func(f *excelize.File) { must(f.SetCellValue("filings", "X3", 20260101)) }, "filings!X3 valid.effective"},
		{"wrong term", func(f *excelize.File) { must(f.SetCellStr("filings", "Y4", "2030-01-01")) }, "filings!Y4 valid.expires"},
		{"recipient in the mainland", func(f *excelize.File) { must(f.SetCellStr("recipients", "D4", "CN")) }, "recipients!D4 country"},
		{"stranger's item", func(f *excelize.File) { must(f.SetCellStr("items", "A4", "C")) }, "items!A4 filing_id"},
		{"filing that stands twice", func(f *excelize.File) { must(f.SetCellStr("filings", "A4", "A"), f.RemoveRow("recipients", 4)) }, "filings!A4 filing_id|items!A5 filing_id|items!A6 filing_id|links!A4 filing_id"},
		{"port that is none", func(f *excelize.File) { must(f.SetCellStr("links", "I3", "443;70000")) }, "links!I3 ports"},
		{"misspelt column", func(f *excelize.File) { must(f.SetCellStr("items", "G1", "categoris")) }, "items!G1"},
		{"missing column", func(f *excelize.File) { must(f.RemoveCol("items", "G")) }, "items!J1 categories"},
		{"extra column", func(f *excelize.File) { must(f.SetCellStr("items", "K1", "remark of ours")) }, "items!K1"},
		{"cell beside the table", func(f *excelize.File) { must(f.SetCellStr("items", "M4", "x")) }, "items!M4"},
		{"missing sheet", func(f *excelize.File) { must(f.DeleteSheet("links")) }, "sheet links"},
		{"item number that became a date", func(f *excelize.File) {
			style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
			must(err, f.SetCellValue("items", "B3", 46082), f.SetCellStyle("items", "B3", "B3", style))
		}, "items!B3 item_id"},
		{"date cell, Chinese booleans and full-width semicolon", func(f *excelize.File) {
			must(f.SetCellValue("filings", "X3", 46023), f.SetCellStr("items", "E3", "是"), f.SetCellBool("items", "E4", true),
				f.SetCellStr("items", "G3", "pi.name；pi.contact.mobile\n"), f.SetCellStr("filings", "Y3", "2027/12/31"))
		}, ""},
		{"columns in another order", func(f *excelize.File) {
			must(f.RemoveCol("items", "C"), f.SetCellStr("items", "J1", "name_zh"))
		}, ""},
		{"no labels", func(f *excelize.File) { must(f.RemoveRow("items", 2), f.RemoveRow("filings", 2)) }, ""},
		{"empty list of items", func(f *excelize.File) { must(f.RemoveRow("items", 6), f.RemoveRow("items", 5)) }, "filings!A4 filing_id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, s := spots(t, book(t, tt.change))
			slices.Sort(got)
			if strings.Join(got, "|") != tt.want {
				t.Errorf("got %q, want %q", strings.Join(got, "|"), tt.want)
			}
			if tt.want == "" && (len(s.Filings) != 2 || len(s.Filings[0].Items) != 2 || !s.Filings[0].Items[1].PI || s.Filings[0].Valid.Expires != "2027-12-31") {
				t.Errorf("read %+v", s.Filings)
			}
		})
	}
}

func TestHiddenRowsAndSheetsAreReadAndTold(t *testing.T) {
	t.Parallel()
	got, s := spots(t, book(t, func(f *excelize.File) {
		if err := errors.Join(f.SetRowVisible("items", 4, false), f.SetSheetVisible("links", false)); err != nil {
			t.Fatal(err)
		}
	}))
	want := "sheet items has 1 hidden rows, the first is row 4; they were read|sheet links is hidden and was read"
	if len(got) > 0 || strings.Join(s.Notes, "|") != want || len(s.Filings[0].Items) != 2 {
		t.Errorf("faults %q, notes %q", got, s.Notes)
	}
}

// tables are the CSV files of two filings, changed.
func tables(t testing.TB, change func(files map[string]string)) []byte {
	t.Helper()
	files := map[string]string{}
	var b bytes.Buffer
	if err := (registry.Export{Filings: []policy.Filing{contract("A"), assessment("B")}}).WriteZip(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	change(files)
	return zipFiles(t, files)
}

func zipFiles(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range files {
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestCSVFaultsNameTheirLine(t *testing.T) {
	t.Parallel()
	swap := func(file, old, new string) func(map[string]string) {
		return func(files map[string]string) {
			if !strings.Contains(files[file], old) {
				t.Fatalf("%s has no %q", file, old)
			}
			files[file] = strings.Replace(files[file], old, new, 1)
		}
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("名")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(map[string]string)
		want   string
	}{
		{"nothing wrong", func(map[string]string) {}, ""},
		{"without mark", func(f map[string]string) { f["items.csv"] = strings.TrimPrefix(f["items.csv"], "\uFEFF") }, ""},
		{"misspelt class", swap("items.csv", "pi.finance.bankcard", "pi.finance.bankcrad"), "items.csv line 3 categories"},
		{"line behind a cell of several", func(f map[string]string) {
			swap("items.csv", "pi.contact.mobile;pi.name", "\"pi.contact.mobile\npi.name\"")(f)
			swap("items.csv", "pi.finance.bankcard", "pi.finance.bankcrad")(f)
		}, "items.csv line 4 categories"},
		{"rounded credit code", swap("filings.csv", uscc, "9.13E+17"), "filings.csv line 2 exporter.uscc"},
		{"NUL", swap("filings.csv", "Example Motors", "Example\x00Motors"), "filings.csv line 2 exporter.name"},
		{"huge cell", swap("filings.csv", "Example Motors", strings.Repeat("x", 40_000)), "filings.csv line 2 exporter.name"},
		{"GB18030 as Excel writes it", func(f map[string]string) {
			f["filings.csv"] = strings.Replace(strings.TrimPrefix(f["filings.csv"], "\uFEFF"), "Example Motors", gb, 1)
		}, ""},
		{"neither", swap("filings.csv", "Example Motors", "\xff\xff"), "filings.csv"},
		{"UTF-16", func(f map[string]string) { f["filings.csv"] = "\xff\xfef\x00\x80\xd8" }, "filings.csv"},
		{"semicolons", func(f map[string]string) { f["links.csv"] = strings.ReplaceAll(f["links.csv"], ",", ";") }, "links.csv line 1"},
		{"quote out of place", swap("filings.csv", "Example Motors", `Example "Motors`), "filings.csv line 2"},
		{"quote without end", swap("filings.csv", "Example Motors", `"Example Motors`), "filings.csv line 2"},
		{"short row", swap("links.csv", "A,L1,", "A,L1\r\nA,L2,"), "links.csv line 2"},
		{"too many columns", func(f map[string]string) { f["links.csv"] += strings.Repeat(",", 5000) }, "links.csv line 4"},
		{"missing file", func(f map[string]string) { delete(f, "items.csv") }, "items.csv"},
		{"empty file", func(f map[string]string) { f["items.csv"] = "" }, "items.csv"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, s := spots(t, tables(t, tt.change))
			if strings.Join(got, "|") != tt.want {
				t.Errorf("got %q, want %q", strings.Join(got, "|"), tt.want)
			}
			if tt.want == "" && len(s.Filings) != 2 {
				t.Errorf("read %+v", s.Filings)
			}
		})
	}
}
