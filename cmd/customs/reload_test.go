package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/sign"
)

// opened is a house in a directory of its own, with rule packs and modules
// that the test writes before it opens.
func opened(t *testing.T, files map[string]string) (*house, string) {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"packs", "rego"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		if strings.HasPrefix(name, "packs/") {
			putSigned(t, filepath.Join(dir, name), text)
		} else {
			put(t, filepath.Join(dir, name), text)
		}
	}
	cfg := demoConfig(filepath.Join(dir, "data"))
	cfg.Law.Packs, cfg.Policy.Dir = filepath.Join(dir, "packs"), filepath.Join(dir, "rego")
	cfg.Law.Keys = []string{packKey().public}
	h, err := openHouse(context.Background(), cfg, zap.NewNop(), extras{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	return h, dir
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// packKey is the key that rule packs of these tests are signed with.
var packKey = sync.OnceValue(func() (k struct {
	signer sign.Signer
	public string
}) {
	private, public, err := sign.Generate("law.test")
	if err != nil {
		panic(err)
	}
	if k.signer, err = sign.ParseSigner(private); err != nil {
		panic(err)
	}
	k.public = public
	return k
})

// putSigned writes a rule pack with its signature.
func putSigned(t *testing.T, path, text string) {
	t.Helper()
	sig, err := sign.Sign(packKey().signer, sign.Pack, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	put(t, path+".sig", string(sig))
	put(t, path, text)
}

func pack(t *testing.T, old, new string) string {
	t.Helper()
	text, err := os.ReadFile("../../policy/law/cn-2024.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := strings.Replace(string(text), old, new, 1)
	if out == string(text) && old != new {
		t.Fatalf("the pack has no %q", old)
	}
	return out
}

// What a reload reads is checked as it will be used: the modules with the
// packs that come with them.
func TestReloadChecksModulesUnderTheNewPack(t *testing.T) {
	h, dir := opened(t, map[string]string{"rego/own.rego": `package customs.operator
deny contains "age" if to_number(split(data.pack.thresholds.national[0].id, ".")[2]) < 5`})
	before, digest := h.law.Load(), h.decider.Digest()
	putSigned(t, filepath.Join(dir, "packs", "cn-2024.yaml"), pack(t, "national.ns.100000,", "national.ns.first,"))
	if err := h.swap(context.Background(), h.cfg); err == nil || h.law.Load() != before || h.decider.Digest() != digest {
		t.Errorf("a pack under which no question can be answered is in force: %v", err)
	}
	putSigned(t, filepath.Join(dir, "packs", "cn-2024.yaml"), pack(t, "both_kinds: true", "both_kinds: false"))
	if err := h.swap(context.Background(), h.cfg); err != nil || h.law.Load() == before {
		t.Errorf("a sound pack was refused: %v", err)
	}
}

// The scan tells minors apart, so it must know the pack's age.
func TestThePackSaysWhoIsAMinor(t *testing.T) {
	h, dir := opened(t, map[string]string{"packs/cn-2024.yaml": pack(t, "minor_age: 14", "minor_age: 16")})
	child := synth.New(1, time.Now()).Minor()
	for years, minor := range map[int]bool{15: true, 16: false} {
		scan, err := h.engine.Open(inspect.Meta{Time: child.Born.AddDate(years, 0, 1)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := scan.Write(synth.JSON([]synth.Person{child})); err != nil {
			t.Fatal(err)
		}
		r, err := scan.Close()
		if err != nil || len(r.Persons) != 1 || r.Persons[0].Minor != minor {
			t.Errorf("%d years: %+v, %v; want minor %v, for the pack says 16", years, r.Persons, err, minor)
		}
	}
	before := h.law.Load()
	putSigned(t, filepath.Join(dir, "packs", "cn-2024.yaml"), pack(t, "minor_age: 14", "minor_age: 18"))
	if err := h.swap(context.Background(), h.cfg); err == nil || h.law.Load() != before {
		t.Errorf("another age is in force without the scan: %v", err)
	}
}

// I4: in clear means in the record alone.
func TestTheLogNeverNamesClients(t *testing.T) {
	h, _ := opened(t, nil)
	core, logs := observer.New(zap.InfoLevel)
	now := time.Now()
	want := h.keys.pseudonym(false)(now, "client", "10.0.0.1")
	for _, tt := range []struct{ clients, recorded string }{{"clear", "10.0.0.1"}, {"pseudonym", want}} {
		h.cfg.Audit.Clients = tt.clients
		l := newFlowLog(zap.New(core), h.cfg, h.keys)
		l.Closed(&policy.Record{ID: "f1", Time: now, Intent: policy.Intent{Client: tt.recorded}})
		if got := logs.TakeAll()[0].ContextMap()[fieldClient]; got != want {
			t.Errorf("clients %s: the log says %q, want the pseudonym", tt.clients, got)
		}
	}
}

// A stop may leave the file of the last recorded change empty; then changes
// are recorded again, and never not at all.
func TestRecordingOfFilingsSurvivesAnEmptyMark(t *testing.T) {
	h, _ := opened(t, nil)
	put(t, h.path("registry.recorded"), "")
	f := demoFiling("F1", demoMotors, "crm.example.sg", []inspect.Class{inspect.Mobile}, 5, time.Now(), time.Now().AddDate(1, 0, 0))
	if _, err := h.registry.Add(context.Background(), f); err != nil {
		t.Fatal(err)
	}
	if _, err := h.recordChanges(context.Background()); err != nil {
		t.Fatal(err)
	}
	if last, err := readSeq(h.path("registry.recorded")); err != nil || last != 1 {
		t.Errorf("recorded up to %d, %v", last, err)
	}
}
