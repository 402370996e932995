package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
)

// TestAGroupIsAdvisedOnTogether holds two exporters, each below the first
// threshold, to what they come to as one.
func TestAGroupIsAdvisedOnTogether(t *testing.T) {
	const other = "91330100799655058B"
	dir := t.TempDir()
	now := time.Now()
	log, err := audit.Open(audit.Options{Dir: dir, Node: "n1", Files: disk.Files{}, Now: time.Now})
	if err == nil {
		_, err = log.Append(context.Background(), policy.Entry{Schema: policy.EntrySchema, Kind: policy.KindAdmin, Node: "n1", Time: now, Admin: &policy.Admin{Act: "test"}})
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := customsRun("advise", "--data", dir, "--lang", "en"); code != 0 || !strings.Contains(out, "The log has no record") {
		t.Errorf("an empty log: exit %d %s%s", code, out, errs)
	}
	l, err := ledger.Open(ledger.Options{Dir: dir, Key: make([]byte, 32), Files: disk.Files{}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	for uscc, n := range map[string]int64{adviseUSCC: 60_000, other: 50_000} {
		o := ledger.Opening{ID: "before-" + uscc[:4], Entity: uscc, Year: now.In(policy.Shanghai).Year(), Kind: policy.CountNS, Basis: "EX_SMALL", Persons: n}
		if err := l.Preset(context.Background(), o); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "customs.yaml")
	text := "data: " + dir + "\nexporters:\n  - {uscc: " + adviseUSCC + ", ciio: false, group: [" + other + "], clients: [10.1.0.0/16]}\n  - {uscc: " + other + ", ciio: false, clients: [10.2.0.0/16]}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{nil, {"--exporter", other}} {
		code, out, errs := customsRun(append([]string{"advise", "--config", config, "--lang", "en"}, args...)...)
		if code != 0 || !strings.Contains(out, "110,000 of 100,000") || !strings.Contains(out, "needed now       a standard contract") {
			t.Errorf("advise %v: exit %d\n%s%s", args, code, out, errs)
		}
	}
	code, out, errs := customsRun("advise", "--data", dir, "--exporter", other, "--lang", "en")
	if code != 0 || !strings.Contains(out, "50,000 of 100,000") || !strings.Contains(out, "if it is no CIIO  no pathway") {
		t.Errorf("one that nobody knows: exit %d\n%s%s", code, out, errs)
	}
}
