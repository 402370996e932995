package registry_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// written exports filings in every form, by its name.
func written(t rapid.TB, e registry.Export) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, write := range map[string]func(io.Writer) error{"json": e.WriteJSON, "csv": e.WriteZip, "xlsx": e.WriteXLSX} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = b.Bytes()
	}
	return out
}

func read(t rapid.TB, b []byte) *registry.Sheets {
	t.Helper()
	s, err := registry.ReadSheets(context.Background(), bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// odd are texts that spreadsheets, XML and CSV like to change.
var odd = []string{"x", "示例有限公司", "=HYPERLINK(\"http://x\")", "+65 6123", "-1", "@SUM(A1)", "＝1", " a ", "a;b", "a；b", "a\nb", "a\r\nb", "\r", "\t", `"`, `""`, `"a"`,
	`"a";"b"`, `a"b`, `\`, `\d+`, `"\`, "_x0041_", "_x005F_", "9.13E+17", "1E5", "00123", "914403001922038216", "TRUE", "2026/1/2", "3-1", "\x01", "\x00", "a,b", "'=1", "\uFEFFa", "\u2028", "\uFFFD", "\uFFFE", "\u3000a", ";", "；；", "😀", "1.0"}

// anyFiling draws a filing that would be stored, with odd texts wherever a
// text is free.
func anyFiling(t *rapid.T, id string) policy.Filing {
	text := func(name string) string {
		return rapid.OneOf(rapid.SampledFrom(odd), rapid.String(), rapid.Just("")).Draw(t, name)
	}
	texts := func(name string) []string {
		out := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(odd), rapid.String(), rapid.Just("")), 0, 4).Draw(t, name)
		if len(out) == 0 {
			return nil
		}
		return out
	}
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	f := contract(id, func(f *policy.Filing) {
		f.Authority, f.AuthorityNo, f.Exporter.Name = text("authority"), text("no"), text("name")
		f.Items[0].NameZH, f.Items[0].Fields = text("item"), texts("fields")
		f.Recipients[0].Name, f.Recipients[0].Address, f.Recipients[0].Contact = text("rname"), text("address"), text("contact")
		f.Links[0].SrcSystem, f.Links[0].Frequency, f.Links[0].Encryption = text("src"), text("frequency"), text("encryption")
		if flag("onward") {
			f.Recipients[0].Onward = []policy.Onward{{Country: "US", Purpose: text("p1")}, {Name: text("n"), Country: "JP"}}
		}
		if flag("window") {
			f.Links[0].Window = &policy.Window{}
			if flag("stop") {
				f.Links[0].Window.Stop = []inspect.Class{inspect.BankCard, inspect.Name}
			}
		}
		if flag("pia") {
			f.PIA = &policy.PIA{ReportID: text("report"), Date: text("date")}
		}
		if flag("storage") {
			f.Storage = &policy.Storage{Countries: texts("countries"), RetentionDays: rapid.IntRange(0, 9999).Draw(t, "days")}
		}
		if flag("consent") {
			f.Consent = &policy.Consent{Required: flag("required"), NoticeVersion: text("version")}
		}
		if flag("evidence") {
			f.Evidence = []policy.Evidence{{}, {Name: text("evidence")}}
		}
		if flag("approvals") {
			f.Approvals = []policy.SectorApproval{{Kind: "hgr", No: text("approval"), Expires: "2028-01-01"}, {Kind: "geo"}}
		}
		if flag("records") {
			n := rapid.Int64Min(0).Draw(t, "n")
			f.Volume.Records = &n
		}
	})
	return f
}

func TestExportComesBackTheSame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		var all []policy.Filing
		for i := range rapid.IntRange(1, 3).Draw(t, "filings") {
			all = append(all, anyFiling(t, fmt.Sprintf("F-%d", i)))
		}
		for form, b := range written(t, registry.Export{Filings: all}) {
			s := read(t, b)
			if err := registry.SheetFaults(s); err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			if s.Form != form || !reflect.DeepEqual(s.Filings, all) {
				os.WriteFile(filepath.Join(dir, "last."+form), b, 0o600)
				t.Fatalf("%s: got  %+v\nwant %+v", form, s.Filings, all)
			}
		}
	})
}

func TestImportOfAnExportChangesNothing(t *testing.T) {
	t.Parallel()
	first := []policy.Filing{assessment("A"), contract("B"), exemption("C", "hr")}
	for form, b := range written(t, registry.Export{Filings: first}) {
		r, _ := fresh(t)
		got, err := r.Import(context.Background(), read(t, b), true)
		if err != nil || len(got) != 3 || got[0].Same || got[0].Revision != 1 {
			t.Errorf("%s: dry run of new filings: %+v, %v", form, got, err)
		}
		if list, err := r.List(context.Background()); err != nil || len(list) != 0 {
			t.Fatalf("%s: the dry run stored %d filings, %v", form, len(list), err)
		}
		if got, err = r.Import(context.Background(), read(t, b), false); err != nil || len(got) != 3 {
			t.Fatalf("%s: %+v, %v", form, got, err)
		}
		stored, err := r.List(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		stored[1].Volume.NSPerYear++
		for again, b := range written(t, registry.Export{Filings: stored}) {
			plan, err := r.Import(context.Background(), read(t, b), true)
			if err != nil || len(plan) != 3 || !plan[0].Same || plan[1].Same || plan[1].Revision != 2 || !plan[2].Same {
				t.Errorf("%s read as %s: %+v, %v", form, again, plan, err)
			}
		}
	}
}

func TestCSVCannotInject(t *testing.T) {
	t.Parallel()
	f := contract("F", func(f *policy.Filing) {
		f.Exporter.Name, f.Recipients[0].Contact, f.Items[0].Fields = "=cmd|' /C calc'!A0", "+65 6123 4567", []string{"@a", "-b", "=c"}
	})
	files := map[string]*bytes.Buffer{}
	err := registry.Export{Filings: []policy.Filing{f}}.WriteCSV(func(name string) (io.WriteCloser, error) {
		files[name] = &bytes.Buffer{}
		return nopCloser{files[name]}, nil
	})
	if err != nil || len(files) != 4 {
		t.Fatalf("wrote %d files, %v", len(files), err)
	}
	for name, b := range files {
		if !strings.HasPrefix(b.String(), "\uFEFF") {
			t.Errorf("%s has no mark of UTF-8, and Excel would not know its characters", name)
		}
		for _, cell := range strings.FieldsFunc(b.String(), func(r rune) bool { return r == ',' || r == '\r' || r == '\n' }) {
			if strings.ContainsAny(strings.TrimPrefix(cell, "\uFEFF")[:1], "=+-@") {
				t.Errorf("%s holds the cell %s", name, cell)
			}
		}
	}
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func TestTemplatesHoldNothingUntilFilledIn(t *testing.T) {
	t.Parallel()
	for form, b := range written(t, registry.Export{Template: true}) {
		r, _ := fresh(t)
		_, err := r.Import(context.Background(), read(t, b), false)
		if err == nil || !strings.Contains(err.Error(), "the import: holds no filing") {
			t.Errorf("%s: %v", form, err)
		}
	}
}

func TestTooMuchForACellIsToldAtExport(t *testing.T) {
	t.Parallel()
	f := contract("F", func(f *policy.Filing) { f.Exporter.Name = strings.Repeat("名", 20_000) })
	e := registry.Export{Filings: []policy.Filing{f}}
	for _, write := range []func(io.Writer) error{e.WriteZip, e.WriteXLSX} {
		if err := write(io.Discard); err == nil || !strings.Contains(err.Error(), "filing F: exporter.name is longer than a cell can be") {
			t.Errorf("got %v", err)
		}
	}
	if err := e.WriteJSON(io.Discard); err != nil {
		t.Error(err)
	}
}

func TestEveryFieldOfAFilingHasAColumn(t *testing.T) {
	t.Parallel()
	for table, fields := range registry.FieldsWithoutColumn() {
		t.Errorf("%s has no column for %v", table, fields)
	}
}
