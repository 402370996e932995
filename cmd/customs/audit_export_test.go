package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy/export"
)

// demoLog runs the demo and returns its data directory and its table.
func demoLog(t *testing.T) (dir, table string) {
	t.Helper()
	dir = t.TempDir()
	var out, errs bytes.Buffer
	if code := run([]string{"demo", "--once", "--data", dir}, &out, &errs); code != 0 {
		t.Fatalf("demo: exit %d\n%s%s", code, &out, &errs)
	}
	return dir, out.String()
}

func exports(t *testing.T, want int, args ...string) (string, string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(append([]string{"audit", "export"}, args...), &out, &errs); code != want {
		t.Fatalf("%v: exit %d, want %d\n%s%s", args, code, want, &out, &errs)
	}
	return out.String(), errs.String()
}

// The records of provision say what was really sent: their bytes are those
// that the origin got, and their persons those that were in the bodies.
func TestProvisionIsWhatWasSent(t *testing.T) {
	dir, _ := demoLog(t)
	var sent, transfers int64
	for _, x := range demoTransfers(time.Now()) {
		if x.action.Releases() && x.host != "hub.example.cn" && bytes.ContainsAny(x.body, "@1") && x.reason != "EX_NO_PI" {
			sent, transfers = sent+int64(len(x.body)), transfers+1
		}
	}
	out, _ := exports(t, 0, "--kind", "provision", "--data", dir)
	var p export.Provision
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatal(err)
	}
	var got, n, persons int64
	for _, g := range p.Rows {
		if g.Country != "CN" {
			got, n, persons = got+g.Bytes, n+g.Transfers, persons+g.PersonsNS
		}
	}
	if got != sent || n != transfers || n != 3 || persons != 3+5+3 {
		t.Errorf("provision says %d bytes in %d transfers with %d persons; sent were %d in %d", got, n, persons, sent, transfers)
	}
	if p.Counts.Records != int64(len(demoTransfers(time.Now()))) || p.Counts.Refused != 7 || p.Counts.Unread != 1 || p.Counts.Nothing != 1 {
		t.Errorf("%+v", p.Counts)
	}
}

// longNumber is what an identifier of the demo looks like.
var longNumber = regexp.MustCompile(`\b(?:1[3-9][0-9]{9}|[0-9]{16,19}|[0-9]{17}[0-9X])\b|[a-z0-9._]+@[a-z0-9.]+`)

// Nothing that was in a body of the demo is in any export of any kind.
func TestExportsHoldNoIdentifier(t *testing.T) {
	dir, _ := demoLog(t)
	known := map[string]bool{}
	for _, x := range demoTransfers(time.Now()) {
		for _, v := range longNumber.FindAllString(string(x.body), -1) {
			known[v] = true
		}
	}
	if len(known) < 20 {
		t.Fatalf("only %d identifiers are known", len(known))
	}
	to := t.TempDir()
	for kind, formats := range exportKinds {
		if kind == "tiles" {
			continue
		}
		for _, format := range formats {
			for _, lang := range []string{"zh", "en"} {
				name := filepath.Join(to, kind+"."+lang+"."+format)
				if kind == "pi-audit" {
					name = filepath.Join(to, "pack-"+lang+".zip")
				}
				exports(t, 0, "--kind", kind, "--format", format, "--lang", lang, "--data", dir, "--out", name)
			}
		}
	}
	entries, err := os.ReadDir(to)
	if err != nil || len(entries) < 20 {
		t.Fatalf("%d exports, %v", len(entries), err)
	}
	for _, e := range entries {
		text := unpacked(t, filepath.Join(to, e.Name()))
		if len(text) < 500 {
			t.Errorf("%s holds next to nothing", e.Name())
		}
		for v := range known {
			if bytes.Contains(text, []byte(v)) {
				t.Errorf("%s holds an identifier of the demo", e.Name())
			}
		}
	}
}

// unpacked is a file, or all files of an archive, spreadsheets included.
func unpacked(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return text
	}
	var all []byte
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
		r.Close()
	}
	return all
}

// A file that is not whole never stands under its name, and one that is there
// stays until the new one is whole.
func TestExportLeavesNoHalfFile(t *testing.T) {
	dir, _ := demoLog(t)
	segments, err := filepath.Glob(filepath.Join(dir, "audit", "segment-*"))
	if err != nil || len(segments) == 0 {
		t.Fatal("no segment")
	}
	to := t.TempDir()
	kept := filepath.Join(to, "kept.json")
	exports(t, 0, "--data", dir, "--out", kept)
	before, _ := os.ReadFile(kept)
	_, errs := exports(t, 2, "--data", dir, "--out", kept)
	if !strings.Contains(errs, "--force") {
		t.Errorf("a file that is there: %s", errs)
	}
	text, err := os.ReadFile(segments[0])
	if err == nil { // damage in the middle: the reading ends with a fault
		text[len(text)/2] ^= 0x40
		err = os.WriteFile(segments[0], text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	exports(t, 2, "--data", dir, "--out", kept, "--force")
	exports(t, 2, "--data", dir, "--kind", "pi-audit", "--out", filepath.Join(to, "pack"))
	exports(t, 2, "--data", dir, "--kind", "xlsx", "--out", filepath.Join(to, "t.xlsx"))
	after, _ := os.ReadFile(kept)
	entries, err := os.ReadDir(to)
	if err != nil || len(entries) != 1 || !bytes.Equal(before, after) {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestExportRefusesWhatItCannotMean(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"a kind that is none", []string{"--kind", "pdf"}, "--kind must be one of records, provision"},
		{"a format of another kind", []string{"--kind", "ocsf", "--format", "md"}, "--kind ocsf is written as json"},
		{"a period that ends before it begins", []string{"--from", "2026-03-02", "--to", "2026-03-01"}, "--from is not before --to"},
		{"a day that is none", []string{"--from", "2026-13-01"}, "--from: is no time"},
		{"year and period", []string{"--year", "2026", "--to", "2026-03-01"}, "--year stands in place"},
		{"a spreadsheet to the terminal", []string{"--kind", "xlsx"}, "needs --out"},
		{"a pack without a place", []string{"--kind", "pi-audit", "--out", "-"}, "needs --out"},
		{"an action that is none", []string{"--action", "allow"}, "--action must be"},
		{"a language that is none", []string{"--lang", "fr"}, "--lang"},
		{"no installation", nil, "no audit log there"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, errs := exports(t, 2, append(tt.args, "--data", t.TempDir())...); !strings.Contains(errs, tt.want) {
				t.Errorf("said %q, want %q", errs, tt.want)
			}
		})
	}
}
