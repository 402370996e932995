package main

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/inspect/inspecttest"
	"github.com/datacustoms/customs/inspect/rules"
)

// rulesCommand runs "customs rules" with arguments.
func rulesCommand(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := newRulesCmd()
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	namesFaults(cmd)
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	err := cmd.Execute()
	var exit exitError
	switch {
	case errors.As(err, &exit):
		code = exit.Code
	case err != nil:
		code = 2
	}
	if err != nil {
		errs.WriteString(err.Error())
	}
	return out.String(), errs.String(), code
}

// inFile writes a file of a test's own.
func inFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const sampleRules = "../../deploy/rules.yaml"

func TestRulesSample(t *testing.T) {
	out, msg, code := rulesCommand(t, "check", sampleRules, "--lang", "en")
	if code != 0 || !strings.Contains(out, ", 3 of your own\n") {
		t.Errorf("check: %d\n%s%s", code, out, msg)
	}
	if strings.Contains(out, "note: ") || strings.Contains(out, "LESS IS FOUND") {
		t.Errorf("the sample makes built-in rules weaker:\n%s", out)
	}
	out, _, code = rulesCommand(t, "list", sampleRules, "--format", "json")
	if code != 0 || !strings.Contains(out, `{"id":"acme.staff","class":"pi.account.staff","level":"general","confidence":"medium"`) ||
		!strings.Contains(out, `{"id":"cn.resident.18",`) || !strings.Contains(out, `{"change":"cn.mobile","what":"context +2"`) {
		t.Errorf("list: %d\n%s", code, out)
	}
}

func TestRulesCheckFaults(t *testing.T) {
	file := inFile(t, "own.yaml", `version: 1
rules:
  - {id: a.one, class: x.a, level: general, base: low, source: s, confirm: keyword, trigger: {en: [abcdef]}, hit: [abcdef], miss: [x]}
  - {id: a.two, class: x.a, level: general, base: medium, source: s, confirm: keyword, trigger: {en: [ghijkl]}, hit: [ghijkl], miss: ["see ghijkl"]}
`)
	out, _, code := rulesCommand(t, "check", file, "--lang", "en")
	if want := file + ": a.one: hit case 1 is not found at medium or above; mend the case, raise base, or add context\n" +
		file + ": a.two: miss case 1 is found at medium or above; mend the case, lower base, or write needs_context: true\n2 faults\n"; code != 1 || out != want {
		t.Errorf("%d\n%s\nwant\n%s", code, out, want)
	}
	out, _, code = rulesCommand(t, "check", file, "--lang", "zh")
	if code != 1 || !strings.Contains(out, "a.one: hit 第 1 例未以中或高置信度命中；请") || !strings.Contains(out, "共 2 处错误") {
		t.Errorf("%d\n%s", code, out)
	}
	out, _, code = rulesCommand(t, "check", file, "--format", "json")
	if code != 1 || strings.Count(out, `{"fault":{"file":`) != 2 || !strings.HasSuffix(out, `{"faults":2,"ok":false}`+"\n") {
		t.Errorf("%d\n%s", code, out)
	}
	if _, msg, code := rulesCommand(t, "check"); code != 2 || !strings.Contains(msg, "FILE is missing") {
		t.Errorf("without a file: %d, %s", code, msg)
	}
	if out, _, code := rulesCommand(t, "check", file+".no"); code != 2 || !strings.Contains(out, "no such file") {
		t.Errorf("a missing file: %d, %s", code, out)
	}
}

func TestRulesTellWhatIsWeaker(t *testing.T) {
	file := inFile(t, "own.yaml", "version: 1\nchanges:\n  - {rule: net.email, off: true, why: noise}\n  - {rule: cn.mobile, base: low, why: noise}\n")
	out, _, code := rulesCommand(t, "check", file, "--lang", "en")
	if code != 0 || !strings.Contains(out, "LESS IS FOUND: "+file+": net.email: off (noise)\n") ||
		!strings.Contains(out, "note: built-in rule base.yaml: cn.mobile: hit case 3 is not found") {
		t.Errorf("%d\n%s", code, out)
	}
	out, _, code = rulesCommand(t, "list", file, "--lang", "zh")
	if code != 0 || !strings.HasPrefix(out, "防护减弱: ") || strings.Contains(out, "\nnet.email ") {
		t.Errorf("%d\n%s", code, out)
	}
}

func TestRulesOfConfiguration(t *testing.T) {
	own := inFile(t, "own.yaml", "version: 1\nchanges: [{rule: net.email, off: true, why: noise}]\n")
	cfg := inFile(t, "customs.yaml", "inspect: {rules: ["+own+"]}\n")
	if out, _, code := rulesCommand(t, "list", "--config", cfg, "--lang", "en"); code != 0 || !strings.HasPrefix(out, "LESS IS FOUND") {
		t.Errorf("%d\n%s", code, out)
	}
}

func TestRulesHash(t *testing.T) {
	csv := inFile(t, "in.csv", "\ufeffname,\"customer_no\"\nA,1000123\nB,1000 124\nC,\nD,12\nE,１０００１２３\nF\n")
	list := filepath.Join(filepath.Dir(csv), "customers.list")
	out, msg, code := rulesCommand(t, "hash", "--name", "customers", "--column", "customer_no", csv, list)
	if code != 0 || out != list+": 2 values, digits of 7 to 7 bytes; 3 rows left out\n" {
		t.Fatalf("%d\n%s%s", code, out, msg)
	}
	if info, err := os.Stat(list); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, msg, code := rulesCommand(t, "hash", "--name", "customers", "--column", "2", csv, list); code != 2 || !strings.Contains(msg, "--force") {
		t.Errorf("over a list: %d, %s", code, msg)
	}
	if out, msg, code := rulesCommand(t, "hash", "--name", "customers", "--column", "2", "--force", "--header", csv, list); code != 0 || !strings.Contains(out, ": 2 values") {
		t.Errorf("by number: %d, %s%s", code, out, msg)
	}
	if _, msg, code := rulesCommand(t, "hash", "--name", "x", "--column", "phone", csv, list+"2"); code != 2 || !strings.Contains(msg, `no column is named "phone"`) {
		t.Errorf("no such column: %d, %s", code, msg)
	}
	const rule = `version: 1
rules:
  - id: acme.customer
    class: pi.account.customer
    level: general
    confirm: exact
    list: customers.list
    base: high
    trigger: {zh: [客户号], en: [customer_no]}
    source: ours
    hit: ['{"customer_no":"1000123"}', "客户号：1000124。", "id,customer_no\n1,1000123\n2,1000199\n"]
    miss: ["1000123", '{"customer_no":"1000125"}', "customer_no,x\n1000199,1000123\n"]
`
	own := filepath.Join(filepath.Dir(csv), "own.yaml")
	if err := os.WriteFile(own, []byte(rule), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, msg, code := rulesCommand(t, "check", own, "--lang", "en"); code != 0 {
		t.Errorf("the rule: %d\n%s%s", code, out, msg)
	}
	data, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(list, data[:len(data)-9], 0o600); err != nil {
		t.Fatal(err)
	}
	if out, _, code := rulesCommand(t, "check", own, "--lang", "en"); code != 1 || !strings.Contains(out, "list customers.list: is cut off or damaged") {
		t.Errorf("a list cut off: %d\n%s", code, out)
	}
}

// TestRulesInPieces shows that rules of one's own do not depend on how a
// stream is cut.
func TestRulesInPieces(t *testing.T) {
	own := inFile(t, "own.yaml", `version: 1
rules:
  - {id: a.slow, class: x.a, level: general, base: medium, source: s, confirm: pattern, pattern: '\b[a-f]{3}\d{5}\b', slow: true, hit: [abc12345], miss: [xyz12345]}
  - {id: a.han, class: x.b, level: general, base: medium, source: s, confirm: pattern, pattern: '\b[A-Z]{2}第\d{1,3}号', hit: [AB第1号], miss: [第1号]}
`)
	c, err := rules.LoadFiles(sampleRules, own)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Options{Key: make([]byte, engine.KeySize), Catalogue: c})
	if err != nil {
		t.Fatal(err)
	}
	filler := strings.Repeat("lorem ipsum dolor sit amet. ", 200)
	text := []byte(filler + "Project Nightjar prototype, ACME-123456; abc12345 " + filler + "见AB第12号文\n" + filler + " 员工 ACME-654321 夜鹰计划 fed54321")
	want := map[string]int{"acme.project.nightjar": 2, "acme.staff": 2, "a.slow": 2, "a.han": 1}
	for _, n := range []int{0, 1, 7, 64, 4096} {
		got := map[string]int{}
		for _, f := range inspecttest.Scan(t, e, inspect.Meta{Time: rules.CaseTime()}, text, n).Findings {
			if _, ok := want[f.Rule]; ok && f.Confidence >= inspect.Medium {
				got[f.Rule]++
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("in pieces of %d: %v, want %v", n, got, want)
		}
	}
}
