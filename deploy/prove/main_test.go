package main_test

import (
	"context"
	"crypto/ed25519"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/tree"
)

func key(t *testing.T, c string) (note.Signer, string) {
	t.Helper()
	private := ed25519.NewKeyFromSeed([]byte(strings.Repeat(c, ed25519.SeedSize)))
	s, err := tree.NewSigner("customs/test-1", private)
	if err != nil {
		t.Fatal(err)
	}
	line, err := tree.VerifierKey("customs/test-1", private.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return s, line
}

// proof proves a flow of two entries, of which one is too long for a leaf.
func proof(t *testing.T) (text, public string) {
	t.Helper()
	signer, public := key(t, "a")
	s := audit.Source{Files: disk.Files{}, Dir: t.TempDir()}
	l, err := audit.Open(audit.Options{Dir: s.Dir, Node: "n1", Files: s.Files, Now: time.Now, Origin: "customs/test-1",
		Signers: func() []note.Signer { return []note.Signer{signer} }})
	if err != nil {
		t.Fatal(err)
	}
	long := policytest.Intent("flow", policy.Pass)
	long.Intent.Build = strings.Repeat("x", 70000)
	for _, e := range []policy.Entry{policytest.Intent("a", policy.Block), long, policytest.Intent("b", policy.Block), policytest.Outcome("flow", policy.SentAll)} {
		if _, err := l.Append(context.Background(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := audit.ProveRecord(context.Background(), s, "flow")
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(b), public
}

func TestStandaloneProgram(t *testing.T) {
	text, public := proof(t)
	dir := t.TempDir()
	program := filepath.Join(dir, "prove")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	run := func(text, key string) (string, bool) {
		name := filepath.Join(dir, "proof.json")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(program, name, key).CombinedOutput()
		return string(out), err == nil
	}
	good, ok := run(text, public)
	if !ok || !strings.Contains(good, "proved: entry 2 of 4 in customs/test-1 is") || !strings.Contains(good, "proved: entry 4 of 4") {
		t.Fatalf("%.300s", good)
	}
	_, other := key(t, "b")
	for _, c := range []struct{ name, from, to string }{
		{"an entry", `\"sent\":\"all\"`, `\"sent\":\"none\"`},
		{"the long entry", `\"build\":\"xx`, `\"build\":\"xy`},
		{"an entry's number", `\"seq\":2,`, `\"seq\":3,`},
		{"the index", `index 1\n`, `index 2\n`},
		{"the name of the form", `tlog-proof@v1`, `tlog-proof@v2`},
		{"a hash that is left out", `index 1\n`, `index 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n`},
		{"the size", `customs/test-1\n4\n`, `customs/test-1\n5\n`},
		{"the log's name", `\n\ncustoms/test-1\n`, `\n\ncustoms/test-2\n`},
		{"all entries", `"entries"`, `"nothing"`},
	} {
		changed := strings.Replace(text, c.from, c.to, 1)
		if changed == text {
			t.Fatalf("%s: %s is not there", c.name, c.from)
		}
		if out, ok := run(changed, public); ok || !strings.Contains(out, "not proved") {
			t.Errorf("%s was changed: %.300s", c.name, out)
		}
	}
	if out, ok := run(text, other); ok || !strings.Contains(out, "not signed by the key") {
		t.Errorf("wrong key: %.200s", out)
	}
	// What is for people only changes nothing of what is printed.
	if out, ok := run(strings.Replace(text, `"id": "flow"`, `"id": "flop"`, 1), public); !ok || out != good {
		t.Errorf("the summary counts: %.200s", out)
	}
}

func TestProgramStandsAlone(t *testing.T) {
	b, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(b), "\n"); n > 50 {
		t.Errorf("%d lines; 50 can be read by anyone", n)
	}
	f, err := parser.ParseFile(token.NewFileSet(), "main.go", b, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range f.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		if strings.Contains(path, ".") && !strings.HasPrefix(path, "golang.org/x/mod/sumdb/") {
			t.Errorf("imports %s", path)
		}
	}
}
