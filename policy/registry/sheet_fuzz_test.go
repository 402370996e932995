package registry_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"reflect"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

func save(t testing.TB, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func load(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// survives imports bytes from outside: whatever they are, the answer is a plan
// or a *SheetError, and what was accepted comes back from an export the same.
func survives(t *testing.T, r *registry.Registry, b []byte) {
	s, err := registry.ReadSheets(context.Background(), bytes.NewReader(b))
	if err != nil {
		t.Fatalf("bytes that can be read gave %v", err)
	}
	_, err = r.Import(context.Background(), s, true)
	var faults *registry.SheetError
	if errors.As(err, &faults) {
		if len(faults.Faults) == 0 || len(faults.Faults) > 1000 || faults.Error() == "" {
			t.Fatalf("%d faults", len(faults.Faults))
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := (registry.Export{Filings: s.Filings}).WriteZip(&again); err != nil {
		return // a text longer than a cell
	}
	if back := read(t, again.Bytes()); !reflect.DeepEqual(back.Filings, s.Filings) {
		t.Fatalf("got %+v, want %+v", back.Filings, s.Filings)
	}
}

func FuzzImportXLSX(f *testing.F) {
	seed := []policy.Filing{contract("A"), assessment("B")}
	f.Add([]byte(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><r><t>path</t></r><rPh><t>x</t></rPh></is></c></row><row hidden="1"><c t="d"><v>2026-01-01T00:00:00</v></c></row>`), []byte(`<si><t>filing_id</t></si>`), false)
	f.Add([]byte(`<row><c><f>1+1</f><v>2</v></c><c t="e"><v>#N/A</v></c><c t="b"><v>1</v></c><c s="1"><v>46000</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells><sheetData>`), []byte(`<si><r><t>_x000D_</t></r></si>`), false)
	f.Add(written(f, registry.Export{Filings: seed})["xlsx"], []byte(nil), true)
	r, _ := fresh(f)
	f.Fuzz(func(t *testing.T, sheet, words []byte, whole bool) {
		if whole {
			survives(t, r, sheet)
			return
		}
		survives(t, r, zipFiles(t, sheetParts(string(sheet), "xl/words.xml", "<sst>"+string(words)+"</sst>")))
	})
}

func FuzzImportCSV(f *testing.F) {
	r, _ := fresh(f)
	tables(f, func(files map[string]string) {
		f.Add(files["filings.csv"], files["recipients.csv"], files["items.csv"], files["links.csv"])
	})
	f.Add("filing_id\x00\n", "\xff\xfe", "\"", ",,,,")
	f.Fuzz(func(t *testing.T, filings, recipients, items, links string) {
		survives(t, r, zipFiles(t, map[string]string{"filings.csv": filings, "recipients.csv": recipients, "items.csv": items, "links.csv": links}))
	})
}

func FuzzImportJSON(f *testing.F) {
	r, _ := fresh(f)
	f.Add(written(f, registry.Export{Filings: []policy.Filing{contract("A"), assessment("B")}})["json"])
	f.Add(written(f, registry.Export{Template: true})["json"])
	f.Add([]byte(`{"items":[{"level":"high","pi":1}],"volume":{"records":1e99},"links":[{"ports":[99999]}]}{}`))
	f.Add([]byte("\uFEFF[null,[],{}]"))
	f.Fuzz(func(t *testing.T, b []byte) { survives(t, r, b) })
}
