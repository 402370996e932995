package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/certs/vault"
	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
)

// TestProtectIsRecordedOnce interrupts protect between the sealing and its act.
// Run again it records, and once more it does not.
func TestProtectIsRecordedOnce(t *testing.T) {
	dir := t.TempDir()
	data, file, pass := filepath.Join(dir, "data"), filepath.Join(dir, "c.yaml"), filepath.Join(dir, "pass")
	writeTest(t, file, "data: data\nkeys: {passphrase: {file: pass}}\n")
	writeTest(t, pass, "correct horse battery staple")
	if err := os.Chmod(pass, 0o600); err != nil {
		t.Fatal(err)
	}
	keysIn(t, data)
	protect := func(want int, reason string) string {
		t.Helper()
		var out bytes.Buffer
		if got := run([]string{"keys", "protect", "--config", file, "--by", "anna", "--reason", reason, "--work", "10"}, &out, &out); got != want {
			t.Fatalf("exit %d, want %d: %s", got, want, out.Bytes())
		}
		return out.String()
	}
	acts := func() (n int) {
		t.Helper()
		err := audit.Read(t.Context(), audit.Source{Files: disk.Files{}, Dir: data}, func(e policy.Entry) error {
			if e.Admin != nil && e.Admin.Act == actKeyProtect {
				n++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if protect(2, "asked by 13800138000"); present(data, vault.Master) {
		t.Error("sealed although the reason cannot stand in the log")
	}
	// A damaged log: the act cannot be recorded.
	damaged := filepath.Join(data, audit.Sub, "segment-00000001.jsonl")
	if err := os.MkdirAll(filepath.Dir(damaged), 0o700); err != nil {
		t.Fatal(err)
	}
	writeTest(t, damaged, "no segment\n")
	if said := protect(2, "test"); !present(data, vault.Master) {
		t.Fatalf("not sealed: %s", said)
	}
	if err := os.Remove(damaged); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		protect(0, "test")
		if n := acts(); n != 1 {
			t.Errorf("%d acts", n)
		}
	}
}

// TestRecordedLooksFromATimeOn finds an act that is new enough, and no other.
func TestRecordedLooksFromATimeOn(t *testing.T) {
	data := t.TempDir()
	cfg := &config.Config{Data: data}
	cmd := newKeysCmd()
	cmd.SetContext(t.Context())
	act := policy.Admin{Act: actKeyRotate, Object: "x"}
	if done, err := recorded(cmd, cfg, act, time.Time{}); done || err != nil {
		t.Errorf("without a log: %v, %v", done, err)
	}
	log, err := openLog(cfg, keysIn(t, data))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if _, err := log.Append(t.Context(), policy.Entry{Kind: policy.KindAdmin, Time: now, Admin: &act}); err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	for since, want := range map[time.Duration]bool{-time.Hour: true, time.Hour: false} {
		if done, err := recorded(cmd, cfg, act, now.Add(since)); done != want || err != nil {
			t.Errorf("since %s: %v, %v", since, done, err)
		}
	}
	if other := (policy.Admin{Act: actKeyRotate, Object: strings.Repeat("x", 2)}); true {
		if done, err := recorded(cmd, cfg, other, now.Add(-time.Hour)); done || err != nil {
			t.Errorf("another object: %v, %v", done, err)
		}
	}
}
