package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/datacustoms/customs/policy/advise"
)

// demoData is a data directory that the demo left.
func demoData(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	if code, out, errs := customsRun("demo", "--once", "--data", dir); code != 0 {
		t.Fatalf("demo: exit %d\n%s%s", code, out, errs)
	}
	return dir
}

// TestAdviceOfTheDemo walks the whole way: traffic, advice in every format,
// and its drafts back into a register.
func TestAdviceOfTheDemo(t *testing.T) {
	data := demoData(t)
	out := filepath.Join(t.TempDir(), "out")
	if code, _, errs := customsRun("advise", "--data", data, "--out", out+"/"); code != 0 {
		t.Fatalf("advise: exit %d %s", code, errs)
	}
	for name, wants := range map[string][]string{
		"advice.zh.txt": {"个人信息出境标准合同备案或认证", "RECIPIENT_MISMATCH", "草案", "120,005 / 1,000,000"},
		"advice.en.txt": {"a standard contract filing or certification", "not covered  SC-MOTORS", "120,005 of 1,000,000", "Unknown exporters"},
		"advice.zh.md":  {"# 数据出境建议", "出境情况说明", "居民身份证号码", "由业务部门填写"},
		"advice.en.md":  {"# Advice on data exports", "Link table", "to be filled in by the business department"},
	} {
		text, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
	var a advise.Advice
	text, err := os.ReadFile(filepath.Join(out, "advice.json"))
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	if err != nil || a.Schema != advise.Schema || len(a.Exporters) != 4 || len(a.Drafts()) != 5 {
		t.Fatalf("advice.json: %v, %d exporters, %d drafts", err, len(a.Exporters), len(a.Drafts()))
	}
	if code, _, errs := customsRun("advise", "--data", data, "--out", out+"/"); code != 2 || !strings.Contains(errs, "--force") {
		t.Errorf("writing over it: exit %d %s", code, errs)
	}
	importsBack(t, data, out)
}

func importsBack(t *testing.T, data, out string) {
	fresh := filepath.Join(t.TempDir(), "fresh")
	for i, name := range []string{"filings.xlsx", "filings.json"} {
		code, said, errs := customsRun("filing", "import", filepath.Join(out, name), "--data", fresh)
		want := [2]string{"5 new, 0 new revisions, 0 the same", "0 new, 0 new revisions, 5 the same"}[i]
		if code != 0 || !strings.Contains(said, want) {
			t.Errorf("import %s: exit %d %s%s", name, code, said, errs)
		}
	}
	if code, said, errs := customsRun("filing", "import", filepath.Join(out, "filings.json"), "--data", data); code != 0 {
		t.Fatalf("import beside the filings: exit %d %s%s", code, said, errs)
	}
	code, said, errs := customsRun("filing", "list", "--data", data)
	if code != 0 || strings.Count(said, "draft") != 5 {
		t.Errorf("list: exit %d %s%s", code, said, errs)
	}
	again := filepath.Join(t.TempDir(), "again.json")
	if code, _, errs := customsRun("advise", "--data", data, "--format", "filings", "--out", again); code != 0 {
		t.Fatalf("advise: exit %d %s", code, errs)
	}
	if code, said, _ := customsRun("filing", "import", again, "--data", data); code != 0 || !strings.Contains(said, "5 the same") {
		t.Errorf("drafts of advice that knows them: exit %d %s", code, said)
	}
	oneWordIsNoPermission(t, out)
	book, err := excelize.OpenFile(filepath.Join(out, "filings.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if rows, err := book.GetRows("links"); err != nil || len(rows) < 7 {
		t.Errorf("links: %v, %d rows", err, len(rows))
	}
}

// oneWordIsNoPermission changes nothing of the drafts but their status.
func oneWordIsNoPermission(t *testing.T, out string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(out, "filings.json"))
	if err != nil {
		t.Fatal(err)
	}
	made := filepath.Join(t.TempDir(), "effective.json")
	effective := strings.ReplaceAll(string(b), `"status": "draft"`, `"status": "effective"`)
	if err := os.WriteFile(made, []byte(effective), 0o600); err != nil || effective == string(b) {
		t.Fatalf("no draft in it (%v)", err)
	}
	code, _, errs := customsRun("filing", "import", made, "--data", filepath.Join(t.TempDir(), "other"))
	if code != 1 || !strings.Contains(errs, "is still to be filled in") {
		t.Errorf("drafts made effective by one word: exit %d %s", code, errs)
	}
}

func TestReportOfTheDemo(t *testing.T) {
	data := demoData(t)
	code, out, errs := customsRun("report", "declared-observed", "--data", data, "--lang", "en")
	if code != 1 || errs != "" {
		t.Errorf("exit %d, %s", code, errs)
	}
	for _, want := range []string{"recipient  other.example.de (DE)", "category  pi.finance.bankcard", "volume  SC-RETAIL.ns", "time  FILING_EXPIRED", "category  pi.contact.email"} {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q\n%s", want, out)
		}
	}
	code, out, _ = customsRun("report", "declared-observed", "--data", data, "--filing", "SC-RETAIL", "--format", "json")
	var c advise.Compared
	if err := json.Unmarshal([]byte(out), &c); err != nil || code != 1 || c.Schema != advise.ComparedSchema || len(c.Filings) != 1 || len(c.Unfiled) != 0 {
		t.Errorf("one filing: exit %d, %v, %d filings", code, err, len(c.Filings))
	}
	if code, out, _ = customsRun("report", "declared-observed", "--data", data, "--format", "md", "--lang", "zh"); code != 1 || !strings.Contains(out, "观察到而未申报") {
		t.Errorf("Markdown: exit %d %s", code, out)
	}
}

func TestAdviceRefusesWhatCannotBeMeant(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name string
		args []string
		says string
	}{
		{"no log", []string{"advise", "--data", dir}, "no audit log there"},
		{"format", []string{"advise", "--data", dir, "--format", "pdf"}, "--format must be"},
		{"exporter", []string{"advise", "--data", dir, "--exporter", "91310115MA1K3ABC98"}, "GB 32100"},
		{"language", []string{"advise", "--data", dir, "--lang", "fr"}, "--lang"},
		{"time", []string{"advise", "--data", dir, "--since", "yesterday"}, "--since: is no time"},
		{"future", []string{"advise", "--data", dir, "--since", "2999-01-01"}, "future"},
		{"report format", []string{"report", "declared-observed", "--data", dir, "--format", "xlsx"}, "--format must be"},
		{"report without a log", []string{"report", "declared-observed", "--data", dir}, "no audit log there"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if code, out, errs := customsRun(tt.args...); code != 2 || out != "" || !strings.Contains(errs, tt.says) {
				t.Errorf("exit %d %q %q", code, out, errs)
			}
		})
	}
}
