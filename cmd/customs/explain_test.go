package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/datacustoms/customs/policy"
)

// asProcess runs customs as a process of its own and returns what it printed.
func asProcess(t testing.TB, args ...string) ([]byte, int) {
	t.Helper()
	exe := os.Getenv("CUSTOMS_BIN")
	if exe == "" {
		var err error
		if exe, err = os.Executable(); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(exe, args...)
	var out, errs bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), asProgram+"=1"), &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 {
		t.Logf("customs %v: exit %d: %s", args, code, errs.Bytes())
	}
	return out.Bytes(), cmd.ProcessState.ExitCode()
}

// stripped writes records without their verdicts.
func stripped(t testing.TB, records []policy.Record) string {
	t.Helper()
	var out bytes.Buffer
	for _, r := range records {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.UseNumber()
		if err := dec.Decode(&m); err != nil {
			t.Fatal(err)
		}
		intent := m["intent"].(map[string]any)
		delete(intent, "decided")
		delete(intent, "enforced")
		if err := json.NewEncoder(&out).Encode(m); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "records.jsonl")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// derivedLines reads what explain --records printed, by record.
func derivedLines(t testing.TB, b []byte) map[string]derivedLine {
	t.Helper()
	out := map[string]derivedLine{}
	s := bufio.NewScanner(bytes.NewReader(b))
	s.Buffer(nil, maxRecordLine)
	for s.Scan() {
		var l derivedLine
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		out[l.Record] = l
	}
	return out
}

// TestVerdictsAreDerivedAgain lets flows of every kind through the real spine,
// takes the verdicts out of their records, and wants the same ones from
// another process, to the last field.
func TestVerdictsAreDerivedAgain(t *testing.T) {
	w := newPastWorld(t, map[string]string{"cn-2024.yaml": national(t, "may_relax: []", "may_relax: [PURPOSE_UNDECLARED]", "hosts: []", "hosts: [bad.example.ru]"),
		"list.yaml": pastList, "general.yaml": pastGeneral, "marks.yaml": pastMarks}, pastModule, pastFilings()...)
	rng := rand.New(rand.NewPCG(5, 9))
	n := 100 * *reps
	for range n {
		w.send(randomFlow(rng))
	}
	records := w.records()
	if len(records) != n {
		t.Fatalf("%d records of %d flows", len(records), n)
	}
	out, code := asProcess(t, "explain", "--data", w.data(), "--records", stripped(t, records))
	lines := derivedLines(t, out)
	kinds := map[policy.Code]int{}
	for _, r := range records {
		l := lines[r.ID]
		for _, reason := range r.Intent.Decided.Reasons {
			kinds[reason.Code]++
		}
		switch {
		case l.Verdict == nil:
			t.Errorf("%s %s: not derived: %s", r.ID, recordKind(&r), l.Error)
		case len(l.Differences) > 0:
			t.Errorf("%s %s: %v", r.ID, recordKind(&r), l.Differences)
		case l.Match != nil:
			t.Errorf("%s: compared with a verdict that was taken out", r.ID)
		case verdictText(t, r.Intent.Decided) != verdictText(t, *l.Verdict):
			t.Errorf("%s: recorded %s\nderived %s", r.ID, verdictText(t, r.Intent.Decided), verdictText(t, *l.Verdict))
		}
	}
	if code != 0 && !t.Failed() {
		t.Errorf("exit %d, want 0", code)
	}
	t.Logf("%d records, %d reason codes: %v", n, len(kinds), kinds)
	if len(kinds) < 20 {
		t.Errorf("only %d reason codes: the flows are too much alike", len(kinds))
	}
}

// TestAVerdictThatDiffersIsTold compares a record with what it says, with a
// verdict that somebody changed, and under a stricter pack.
func TestAVerdictThatDiffersIsTold(t *testing.T) {
	w := newPastWorld(t, nil, "package customs.operator\n")
	w.send(pastFlow{exporter: policy.Exporter{USCC: motors, CIIO: policy.No}, host: "api.example.sg", place: policy.Place{Country: "SG", Source: "table"},
		ns: 60_000, head: reportOf(0, false), body: reportOf(1, false, "pi.contact.mobile")})
	r := w.records()[0]
	changed := r
	changed.Intent.Decided.Action, changed.Intent.Decided.Basis = policy.Block, "SC"
	for name, tt := range map[string]struct {
		record policy.Record
		differ []string
	}{"as recorded": {r, nil}, "changed": {changed, []string{"verdict.action", "verdict.basis"}}} {
		b, err := json.Marshal(tt.record)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "record.jsonl")
		writeTest(t, path, string(b))
		out, code := asProcess(t, "explain", "--data", w.data(), "--records", path)
		l := derivedLines(t, out)[r.ID]
		var told []string
		for _, d := range l.Differences {
			told = append(told, d.Name)
		}
		if l.Match == nil || *l.Match != (tt.differ == nil) || (code == 0) != (tt.differ == nil) || !slices.Equal(told, tt.differ) {
			t.Errorf("%s: exit %d, %s", name, code, out)
		}
	}
	if out, code := asProcess(t, "explain", "--data", w.data(), r.ID); code != 0 {
		t.Errorf("as recorded: exit %d: %s", code, out)
	}
	dir := w.packs("stricter", w.private(), map[string]string{"cn-2024.yaml": national(t, "reach: 100000, need: sc_or_cert", "reach: 50000, need: sc_or_cert")})
	if out, code := asProcess(t, "explain", "--data", w.data(), "--packs", dir, "--keys", w.key, "--format", "json", r.ID); code != 1 || !bytes.Contains(out, []byte(`"match": false`)) {
		t.Errorf("under a stricter pack: exit %d: %s", code, out)
	}
}

func recordKind(r *policy.Record) string {
	v := &r.Intent.Decided
	reason := "none"
	if len(v.Reasons) > 0 {
		reason = string(v.Reasons[0].Code)
	}
	return fmt.Sprint(r.Intent.Judged, " ", v.Action, " ", reason)
}

// verdictText is a verdict without its end.
func verdictText(t testing.TB, v policy.Verdict) string {
	t.Helper()
	v.ValidUntil = policy.Verdict{}.ValidUntil
	if len(v.Reasons) == 0 {
		v.Reasons = nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// FuzzReadRecord reads lines of anybody's making: no panic, and nothing of
// them in an error.
func FuzzReadRecord(f *testing.F) {
	f.Add([]byte(`{"id":"x","intent":{"stopped":"OVERSIZE","decided":null}}`))
	f.Add([]byte(`{"id":"x","intent":{"decided":{"action":"pass"}}}`))
	f.Add([]byte(`{"id":`))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, _, err := readRecord(line)
		switch {
		case err == nil && r.ID == "":
			t.Error("a record without an id")
		case err != nil && len(err.Error()) > 100:
			t.Errorf("says too much: %v", err)
		}
	})
}
