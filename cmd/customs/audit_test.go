package main

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/policytest"
)

// logged makes a log of these intents in a new data directory.
func logged(t *testing.T, intents ...policy.Entry) string {
	t.Helper()
	dir := t.TempDir()
	log, err := audit.Open(audit.Options{Dir: dir, Node: "n1", Files: disk.Files{}, Now: time.Now})
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
	return dir
}

func customs(args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = run(args, &out, &errs)
	return out.String(), errs.String(), code
}

func TestAuditListShowsWhatEnforcingWouldDo(t *testing.T) {
	watched := policytest.Intent("f1", policy.Block)
	watched.Intent.Mode, watched.Intent.Enforced = "observe", policy.Pass
	dir := logged(t, watched, policytest.Intent("f2", policy.Block))
	out, _, code := customs("audit", "list", "--data", dir)
	lines := strings.Split(out, "\n")
	if code != 0 || !strings.HasPrefix(lines[0], "TIME (Asia/Shanghai)  RECORD") {
		t.Fatalf("exit %d: %s", code, out)
	}
	// A blocked flow is complete and stands before one that is open.
	if !strings.Contains(lines[1], " f2 ") || !strings.Contains(lines[1], " block ") || strings.Contains(lines[1], "(block)") {
		t.Errorf("enforced: %s", lines[1])
	}
	if !strings.Contains(lines[2], " f1 ") || !strings.Contains(lines[2], " pass (block) ") {
		t.Errorf("observed: %s", lines[2])
	}
	if _, msg, code := customs("audit", "list", "--limit", "-1", "--data", dir); code != 2 || !strings.Contains(msg, "--limit must be 0 (all) or more") {
		t.Errorf("--limit -1: exit %d, %s", code, msg)
	}
}

// locked are files that may not be read.
type locked struct{ disk.Files }

func (locked) List(dir string) ([]string, error) {
	return nil, &fs.PathError{Op: "open", Path: dir, Err: fs.ErrPermission}
}

func TestLogThatMayNotBeReadIsNotAbsent(t *testing.T) {
	s := audit.Source{Files: locked{}, Dir: "data"}
	_, err := audit.Verify(t.Context(), s, audit.VerifyOptions{Now: time.Now()})
	if err = readFault(s, err); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "user of the gateway") {
		t.Errorf("got %v", err)
	}
	s = audit.Source{Files: disk.Files{}, Dir: t.TempDir()}
	_, err = audit.Verify(t.Context(), s, audit.VerifyOptions{Now: time.Now()})
	if err = readFault(s, err); !errors.Is(err, audit.ErrNoLog) {
		t.Errorf("no log: %v", err)
	}
}
