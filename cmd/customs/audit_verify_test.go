package main

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
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

// signedLog makes a data directory with a signed log, and returns its key.
func signedLog(t *testing.T, intents ...policy.Entry) (dir, key string) {
	t.Helper()
	dir = t.TempDir()
	private := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	s, err := tree.NewSigner("customs/n1-0", private)
	if err != nil {
		t.Fatal(err)
	}
	if key, err = tree.VerifierKey("customs/n1-0", private.Public().(ed25519.PublicKey)); err != nil {
		t.Fatal(err)
	}
	log, err := audit.Open(audit.Options{Dir: dir, Node: "n1", Files: disk.Files{}, Now: time.Now, Origin: "customs/n1-0",
		Signers: func() []note.Signer { return []note.Signer{s} }})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range intents {
		if _, err := log.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, key
}

func TestAuditVerifyOfNothingIsNoAnswer(t *testing.T) {
	empty, key := signedLog(t)
	if out, msg, code := customs("audit", "verify", "--data", empty, "--key", key, "--lang", "en"); code != 0 || !strings.Contains(out, "it has no entry yet") {
		t.Errorf("a log that was just begun: exit %d: %s%s", code, out, msg)
	}
	if err := os.Remove(filepath.Join(empty, "audit", "checkpoint")); err != nil {
		t.Fatal(err)
	}
	if out, msg, code := customs("audit", "verify", "--data", empty, "--key", key); code != 1 || out != "" || !strings.Contains(msg, "is empty: nothing was verified") {
		t.Errorf("exit %d: %s%s", code, out, msg)
	}
	if out, _, code := customs("audit", "verify", "--format", "json", "--data", empty, "--key", key); code != 1 || !strings.Contains(out, `"ok":false`) {
		t.Errorf("as JSON: exit %d: %s", code, out)
	}
}

func TestAuditVerifyNeedsAKey(t *testing.T) {
	dir, key := signedLog(t, policytest.Intent("f1", policy.Block), policytest.Intent("f2", policy.Block))
	log := filepath.Join(dir, "audit")
	if _, msg, code := customs("audit", "verify", "--dir", log, "--lang", "en"); code != 2 || !strings.Contains(msg, "name the log's public key") {
		t.Errorf("a bare copy: exit %d: %s", code, msg)
	}
	if _, msg, code := customs("audit", "verify", "--dir", log, "--key", "nothing+here"); code != 2 || !strings.Contains(msg, "neither a public key") {
		t.Errorf("no key: exit %d: %s", code, msg)
	}
	out, msg, code := customs("audit", "verify", "--dir", log, "--key", key, "--lang", "en")
	if code != 0 || !strings.Contains(out, "log verified: 2 entries of 2 flows") || !strings.Contains(out, "(Asia/Shanghai)") ||
		!strings.Contains(out, "rollback not excluded") || strings.Contains(out, "not independent") {
		t.Errorf("exit %d: %s%s", code, out, msg)
	}
	out, msg, code = customs("audit", "verify", "--dir", log, "--key", key, "--lang", "zh")
	if code != 0 || !strings.Contains(out, "未排除回退") {
		t.Errorf("in Chinese: exit %d: %s%s", code, out, msg)
	}
	if err := os.MkdirAll(filepath.Join(dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "keys", "log.pub"), []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, msg, code = customs("audit", "verify", "--data", dir, "--lang", "en"); code != 0 || !strings.Contains(out, "not independent") {
		t.Errorf("own key: exit %d: %s%s", code, out, msg)
	}
}

func TestAuditCheckpointShowsARollback(t *testing.T) {
	dir, key := signedLog(t, policytest.Intent("f1", policy.Block), policytest.Intent("f2", policy.Block))
	early, _ := signedLog(t, policytest.Intent("f1", policy.Block))
	kept := filepath.Join(t.TempDir(), "kept")
	text, msg, code := customs("audit", "checkpoint", "--data", dir)
	if code != 0 || !strings.HasPrefix(text, "customs/n1-0\n2\n") {
		t.Fatalf("exit %d: %s%s", code, text, msg)
	}
	if err := os.WriteFile(kept, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, msg, code := customs("audit", "verify", "--data", dir, "--key", key, "--known", kept, "--lang", "en"); code != 0 || !strings.Contains(out, "excluded up to entry 2") {
		t.Errorf("exit %d: %s%s", code, out, msg)
	}
	if _, msg, code := customs("audit", "verify", "--data", early, "--key", key, "--known", kept, "--lang", "en"); code != 1 || !strings.Contains(msg, "rolled back: entry 2") || !strings.Contains(msg, kept) {
		t.Errorf("exit %d: %s", code, msg)
	}
	if _, msg, code := customs("audit", "verify", "--data", early, "--key", key, "--known", kept, "--lang", "zh"); code != 1 || !strings.Contains(msg, "被回退") {
		t.Errorf("exit %d: %s", code, msg)
	}
	if out, msg, code := customs("audit", "consistency", "--data", dir, "--key", key, kept, "--lang", "en"); code != 0 || !strings.Contains(out, "consistent") {
		t.Errorf("exit %d: %s%s", code, out, msg)
	}
	if out, msg, code := customs("audit", "checkpoint", "--data", dir, "--kept", "--format", "json"); code != 0 || out != "" { // no segment is closed
		t.Errorf("exit %d: %s%s", code, out, msg)
	}
}

func TestAuditProve(t *testing.T) {
	dir, key := signedLog(t, policytest.Intent("f1", policy.Block), policytest.Intent("f2", policy.Block))
	file := filepath.Join(t.TempDir(), "f1.json")
	if out, msg, code := customs("audit", "prove", "f1", "--data", dir, "--out", file, "--lang", "en"); code != 0 || !strings.Contains(out, "1 entries") {
		t.Fatalf("exit %d: %s%s", code, out, msg)
	}
	if out, msg, code := customs("audit", "prove", "--check", file, "--data", dir, "--key", key, "--lang", "en"); code != 0 || !strings.Contains(out, "proved: entry 1") {
		t.Errorf("exit %d: %s%s", code, out, msg)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(b), `"f1\"`, `"f9\"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, msg, code := customs("audit", "prove", "--check", file, "--data", dir, "--key", key, "--lang", "en"); code != 1 || !strings.Contains(msg, "not proved") {
		t.Errorf("exit %d: %s", code, msg)
	}
	if _, msg, code := customs("audit", "prove", "f7", "--data", dir); code != 1 || !strings.Contains(msg, "no record of that id") {
		t.Errorf("exit %d: %s", code, msg)
	}
}
