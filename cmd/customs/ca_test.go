package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/certs"
)

// caCommand runs "customs ca" with arguments on a data directory.
func caCommand(t *testing.T, data string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := newCACmd()
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	cmd.SetArgs(append(args, "--data", data))
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

func TestCALife(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if _, msg, code := caCommand(t, data, "export"); code != 2 || !strings.Contains(msg, "customs ca init") {
		t.Errorf("export without a CA: %d, %s", code, msg)
	}
	first, _, code := caCommand(t, data, "init")
	if code != 0 || !strings.HasPrefix(first, "active  CN=Data Customs CA ") {
		t.Fatalf("init: %d, %s", code, first)
	}
	if again, _, code := caCommand(t, data, "init"); code != 0 || again != first {
		t.Errorf("a second init: %d, %s", code, again)
	}
	exported, _, code := caCommand(t, data, "export")
	block, rest := pem.Decode([]byte(exported))
	if code != 0 || block == nil || len(rest) != 0 {
		t.Fatalf("export: %d, %s", code, exported)
	}
	if ca, err := x509.ParseCertificate(block.Bytes); err != nil || !ca.IsCA {
		t.Errorf("the export is no CA: %v", err)
	}
	if plan, _, code := caCommand(t, data, "rotate"); code != 0 || !strings.Contains(plan, "the new CA signs") {
		t.Errorf("rotate: %d, %s", code, plan)
	}
	if _, msg, code := caCommand(t, data, "rotate"); code != 2 || !strings.Contains(msg, "--activate-after 0s") {
		t.Errorf("a second rotate: %d, %s", code, msg)
	}
	if both, _, _ := caCommand(t, data, "export"); strings.Count(both, "BEGIN CERTIFICATE") != 2 || !strings.HasPrefix(both, exported) {
		t.Errorf("export during a rotation: %s", both)
	}
	if one, _, _ := caCommand(t, data, "export", "--only", "active"); one != exported {
		t.Errorf("export of the active CA: %s", one)
	}
	if _, msg, code := caCommand(t, data, "export", "--only", "previous"); code != 1 {
		t.Errorf("export of a previous CA that is not there: %d, %s", code, msg)
	}
}

func TestCAShowFormats(t *testing.T) {
	data := t.TempDir()
	caCommand(t, data, "init")
	caCommand(t, data, "rotate")
	out, _, code := caCommand(t, data, "show", "--format", "json", "--hints", "--lang", "zh")
	if code != 0 {
		t.Fatalf("show: %d, %s", code, out)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if want := 2 + len(certs.Hints("zh", "f")); len(lines) != want {
		t.Fatalf("%d lines, want %d", len(lines), want)
	}
	for n, want := range []certs.Role{certs.Active, certs.Next} {
		var i certs.Info
		if err := json.Unmarshal([]byte(lines[n]), &i); err != nil || i.Role != want {
			t.Errorf("line %d: %v, %s", n, err, lines[n])
		}
	}
	if _, msg, code := caCommand(t, data, "show", "--format", "xml"); code != 2 || !strings.Contains(msg, "text or json") {
		t.Errorf("an unknown format: %d, %s", code, msg)
	}
	exported, hints, code := caCommand(t, data, "export", "--hints", "--lang", "en")
	if code != 0 || !strings.Contains(hints, "NODE_EXTRA_CA_CERTS") || strings.Contains(exported, "NODE") {
		t.Errorf("hints belong to standard error: %d, %s", code, hints)
	}
}

func TestCAImport(t *testing.T) {
	dir := t.TempDir()
	// A CA made elsewhere is a company's CA here.
	elsewhere, err := certs.Open(filepath.Join(dir, "company"), certs.Options{Host: "company"})
	if err != nil {
		t.Fatal(err)
	}
	id := elsewhere.Status()[0].ID
	cert, key := filepath.Join(dir, "company", id+".pem"), filepath.Join(dir, "company", id+".key")
	data := filepath.Join(dir, "data")
	out, msg, code := caCommand(t, data, "import", "--cert", cert, "--key", key)
	if code != 0 || !strings.Contains(out, id) || !strings.Contains(out, certs.SourceImported) {
		t.Errorf("import: %d, %s%s", code, out, msg)
	}
	if _, msg, code := caCommand(t, data, "import", "--cert", key, "--key", cert); code != 1 || !strings.Contains(msg, "\n  cert: ") || !strings.Contains(msg, "\n  key: ") {
		t.Errorf("import of exchanged files: %d, %s", code, msg)
	}
	if _, msg, code := caCommand(t, data, "import", "--cert", filepath.Join(dir, "nothing"), "--key", key); code != 2 {
		t.Errorf("import of a missing file: %d, %s", code, msg)
	}
}

func TestCAFromConfiguration(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "customs.yaml")
	if err := os.WriteFile(file, []byte("data: ./data\nca: {cert: own.pem, key: own.key}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	if _, msg, code := caCommand(t, data, "init", "--config", file); code != 0 {
		t.Fatalf("init: %d, %s", code, msg)
	}
	want, err := os.ReadFile(filepath.Join(dir, "own.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if got, _, code := caCommand(t, data, "export", "--config", file); code != 0 || got != string(want) {
		t.Errorf("export: %d, not the configured CA", code)
	}
	if _, msg, code := caCommand(t, data, "rotate", "--config", file); code != 2 || !strings.Contains(msg, "SIGHUP") {
		t.Errorf("rotate: %d, %s", code, msg)
	}
}
