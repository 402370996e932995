package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/replay"
)

// text is a policy whose snapshot is its name.
type text string

func (p text) Snapshot() []byte { return []byte(p) }

func TestArchiveKeepsWhatComesIntoForce(t *testing.T) {
	a := archiveOf(t.TempDir())
	book, err := law.Open(law.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second time is the same
		if err := a.keep(book, text("p1")); err != nil {
			t.Fatal(err)
		}
	}
	for digest, want := range book.Snapshots() {
		if got, err := a.get(archivedPack, digest); err != nil || string(got) != string(want) {
			t.Errorf("pack %s: %v", short(digest), err)
		}
	}
	digest := digestOf([]byte("p1"))
	if got, err := a.get(archivedPolicy, digest); err != nil || string(got) != "p1" {
		t.Errorf("policy: %q, %v", got, err)
	}
	if got := a.policies(); len(got) != 1 || got[0] != digest {
		t.Errorf("policies %v", got)
	}
	info, err := os.Stat(a.path(archivedPolicy, digest))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(a.dir, "*.new")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestArchiveRefusesADamagedCopy(t *testing.T) {
	a := archiveOf(t.TempDir())
	if err := a.put(archivedPolicy, []byte("whole")); err != nil {
		t.Fatal(err)
	}
	digest := digestOf([]byte("whole"))
	path := a.path(archivedPolicy, digest)
	for _, damaged := range []string{"whale", "", "whole and more"} {
		if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := a.get(archivedPolicy, digest)
		if err == nil || !strings.Contains(err.Error(), path) || errors.Is(err, errNotArchived) {
			t.Errorf("%q: %v", damaged, err)
		}
	}
	if err := a.put(archivedPolicy, []byte("whole")); err != nil {
		t.Fatal(err)
	}
	if _, err := a.get(archivedPolicy, digest); err != nil {
		t.Errorf("what came into force again did not mend the copy: %v", err)
	}
	for _, bad := range []string{"", "abc", "../../etc/passwd", strings.ToUpper(digest), digest + "0"} {
		if _, err := a.get(archivedPolicy, bad); !errors.Is(err, errNotArchived) {
			t.Errorf("digest %q: %v", bad, err)
		}
	}
}

func TestArchiveThatCannotBeWrittenIsAnError(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, archiveDir), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := archiveOf(dir).put(archivedPolicy, []byte("p")); err == nil {
		t.Error("a policy came into force without a copy")
	}
}

// TestARecordOutlivesItsPackAndPolicy takes packs and policy of an
// installation away: the archive still derives its records, and a damaged
// archive says which copy.
func TestARecordOutlivesItsPackAndPolicy(t *testing.T) {
	w := newPastWorld(t, map[string]string{"cn-2024.yaml": national(t, "reach: 100000, need: sc_or_cert", "reach: 90000, need: sc_or_cert")}, pastModule, pastFilings()...)
	f := pastFlow{exporter: policy.Exporter{USCC: motors, CIIO: policy.No}, host: "api.example.sg", place: policy.Place{Country: "SG", Source: "table"}, ns: 80_000,
		body: reportOf(1, false, "pi.contact.mobile")}
	f.head.Coverage.State = f.body.Coverage.State
	w.send(f)
	r := w.records()[0]
	out, code := asProcess(t, "explain", "--data", w.data(), r.ID)
	if code != 0 || !strings.Contains(string(out), "from 90000 persons on") || !strings.Contains(string(out), "(as recorded)") {
		t.Errorf("exit %d: %s", code, out)
	}
	path := archiveOf(w.data()).path(archivedPolicy, r.Intent.Policy)
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := asProcess(t, "explain", "--data", w.data(), r.ID); code != 1 {
		t.Errorf("a damaged copy: exit %d: %s", code, out)
	}
}

// TestStepsNameModulesThatAreThere compares the steps with the policy.
func TestStepsNameModulesThatAreThere(t *testing.T) {
	for _, v := range []policy.Verdict{policy.Refuse(policy.StateSecret), policy.Refuse(policy.RecipientDenied), policy.Refuse(policy.CoverageOpaque),
		policy.Refuse(policy.FilingNotFound), policy.Refuse(policy.OperatorDenied), policy.Refuse(policy.HeldForReview), policy.Refuse(policy.LedgerUnavail),
		passOn("NOT_OUTBOUND"), passOn("UNREAD_ALLOWED"), passOn("EX_TRANSIT"), passOn("EX_NO_PI"), passOn("EX_HR"), passOn("EX_FTZ_OFFLIST"), passOn("EX_SMALL")} {
		s := replay.StepOf(&replay.Derivation{Verdict: v})
		if _, err := os.Stat(filepath.Join("..", "..", "policy", "rego", "modules", s.File)); err != nil || s.File == "" {
			t.Errorf("step %s: %v", s.Name, err)
		}
	}
}

func passOn(basis string) policy.Verdict { return policy.Verdict{Action: policy.Pass, Basis: basis} }
