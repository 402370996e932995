package registry_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/registry"
)

// TestAFaultyImportLeavesTheDatabaseAsItIs imports a thousand rows with seven
// faults into a register that holds something, and compares every row of every
// table. One fault is of the reading, the others of what was read.
func TestAFaultyImportLeavesTheDatabaseAsItIs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "registry.db")
	r := open(t, path, newClock())
	for _, f := range []policy.Filing{contract("SC-0001"), assessment("B")} {
		if _, err := r.Add(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	before := rows(t, path)
	inMainland := func(last int) func(*excelize.File) error {
		return func(f *excelize.File) error {
			var errs []error
			for i := range 6 {
				errs = append(errs, f.SetCellStr("recipients", fmt.Sprintf("D%d", last-i), "CN"))
			}
			return errors.Join(errs...)
		}
	}
	for _, tt := range []struct {
		name   string
		rows   int
		broken func(f *excelize.File) error
	}{
		{"one cannot be read", 20, func(f *excelize.File) error { return f.SetCellStr("links", "I12", "70000") }},
		{"all can be read", 1000, func(f *excelize.File) error { return f.SetCellStr("filings", "F902", "91310115MA1K3ABC98") }},
	} {
		_, err := r.Import(ctx, read(t, workbook(t, tt.rows, inMainland(tt.rows+2), tt.broken)), false)
		var e *registry.SheetError
		if !errors.As(err, &e) || len(e.Faults) != 7 {
			t.Errorf("%s: %v", tt.name, err)
		}
		if after := rows(t, path); !slices.Equal(before, after) {
			t.Errorf("%s: the database has changed", tt.name)
		}
	}
	good := workbook(t, 20)
	if _, err := r.Import(ctx, read(t, good), true); err != nil || !slices.Equal(before, rows(t, path)) {
		t.Errorf("a trial of a good one: %v", err)
	}
	if _, err := r.Import(ctx, read(t, good), false); err != nil || slices.Equal(before, rows(t, path)) {
		t.Errorf("a good one: %v, and nothing is seen to change", err)
	}
}

// workbook holds filings, a row each in every table but that of items.
func workbook(t *testing.T, filings int, change ...func(*excelize.File) error) []byte {
	t.Helper()
	all := make([]policy.Filing, filings)
	for i := range all {
		all[i] = contract(fmt.Sprintf("SC-%04d", i+1))
	}
	var b bytes.Buffer
	if err := (registry.Export{Filings: all}).WriteXLSX(&b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	for _, c := range change {
		if err := c(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rows are all rows of all tables of a database, as digests.
func rows(t *testing.T, path string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tables := column(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
	if len(tables) == 0 {
		t.Fatal("no tables")
	}
	var out []string
	for _, table := range tables {
		names := column(t, db, "SELECT name FROM pragma_table_info('"+table+"')")
		for _, row := range column(t, db, "SELECT quote("+strings.Join(names, ") || ',' || quote(")+") FROM "+table+" ORDER BY 1") {
			out = append(out, fmt.Sprintf("%s %x", table, sha256.Sum256([]byte(row))))
		}
	}
	return out
}

func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	list, err := db.QueryContext(ctx, query)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	var out []string
	for list.Next() {
		var s string
		if err := list.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
